"""db/run_metadata_schema.sql and db/setup_database.py do the same as the migrations."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.storage.test_migrate import catalogue

from agentskills.storage import migrate

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
SAME = slice(0, 3)  # columns, indexes, constraints; the others hold transaction numbers and a secret


async def test_the_file_makes_what_the_migrations_make(database_url: str, empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute((ROOT / "db" / "run_metadata_schema.sql").read_bytes())
    made, migrated = catalogue(empty_database_url), catalogue(database_url)
    assert list(made.values())[SAME] == list(migrated.values())[SAME]
    assert await migrate.upgrade(empty_database_url) is False


async def test_the_script_is_asf_db_upgrade(empty_database_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": empty_database_url, "ASF_HOME": str(tmp_path)}
    said = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        for command in (
            [sys.executable, ROOT / "db" / "setup_database.py"],
            [sys.executable, ROOT / "db" / "setup_database.py"],
            [sys.executable, "-m", "agentskills.cli.main", "db", "upgrade"],
        )
    ]
    assert said == [f"{word} {migrate.head()}\n" for word in ("upgraded to", "already at", "already at")]
