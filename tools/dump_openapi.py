"""Write admin-ui/openapi.json from the application; with --check, say whether it is fresh (exit 1 if not)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from agentskills.api.app import create_app

TARGET = Path(__file__).parent.parent / "admin-ui" / "openapi.json"


def main() -> int:
    """Write or check the file; return the exit code."""
    text = json.dumps(create_app().openapi(), indent=2, ensure_ascii=False) + "\n"
    if "--check" in sys.argv[1:]:
        fresh = TARGET.is_file() and TARGET.read_text() == text
        print("openapi.json is fresh" if fresh else "openapi.json is stale: run `make openapi`")
        return 0 if fresh else 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
