"""Write db/run_metadata_schema.sql from the migrations; with --check, exit with 1 if it is not fresh."""

from __future__ import annotations

import sys
from pathlib import Path

from agentskills.storage import migrate

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "db" / "run_metadata_schema.sql"
VERSIONS = ROOT / "src" / "agentskills" / "storage" / "migrations" / "versions"

HEADER = """\
-- The whole schema, written by `make schema` from src/agentskills/storage/migrations: change it there.
-- On an empty database `psql -f db/run_metadata_schema.sql` does the same as `asf db upgrade`.
BEGIN;
"""
FOOTER = f"""
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
INSERT INTO alembic_version (version_num) VALUES ('{migrate.head()}');
COMMIT;
"""


def schema() -> str:
    """Return all revisions, one after the other, and the mark that they are there."""
    parts = [HEADER]
    for file in sorted(VERSIONS.glob("[0-9]*.sql")):
        parts.append(f"\n-- {file.stem}\n\n{file.read_text(encoding='utf-8').strip()}\n")
    return "".join([*parts, FOOTER])


def main() -> int:
    """Write or check the file; return the exit code."""
    text = schema()
    if "--check" in sys.argv[1:]:
        fresh = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        print(f"{TARGET.name} is fresh" if fresh else f"{TARGET.name} is stale: run `make schema`")
        return 0 if fresh else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
