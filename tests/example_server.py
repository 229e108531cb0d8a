"""A server with the example skills on a database of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.databases import fresh_database
from tests.running_server import RunningServer, running_server

from agentskills.storage.embedded import EmbeddedPostgres

SKILLS = Path(__file__).parents[1] / "examples" / "skills"


@contextmanager
def example_server(
    postgres: EmbeddedPostgres,
    template: str,
    skills: str = str(SKILLS),
    more: Mapping[str, str] | None = None,
) -> Iterator[RunningServer]:
    """Serve until the block ends; database and home are gone afterwards.

    `skills` are other roots, `more` is added to the environment.
    """
    home = Path(tempfile.mkdtemp(prefix="asf-served-"))
    home.chmod(0o755)
    with fresh_database(postgres, template) as url:
        try:
            with running_server(home, url, skills, more) as server:
                yield server
        finally:
            subprocess.run(["chmod", "-R", "u+w", str(home)], check=False)  # unpacked versions are read-only
            shutil.rmtree(home, ignore_errors=True)
