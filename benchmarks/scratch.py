"""A whole installation in a temporary folder: embedded Postgres, migrated, with the workload's skills."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from agentskills.engine.notifier import Notifier
from agentskills.services.context import Context
from agentskills.services.skills import load_skills
from agentskills.storage.database import connect, open_pool
from agentskills.storage.embedded import EmbeddedPostgres
from chain import CHAINS
from processes import Place, last_words


@contextlib.asynccontextmanager
async def installation(more_skills: Iterable[Path] = ()) -> AsyncIterator[tuple[Place, Context]]:
    """Make one, load the skills of both chains and of `more_skills` (roots), and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="asf-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # as root, Postgres runs as another account
        home = Path(folder) / "home"
        home.mkdir()
        server = EmbeddedPostgres(home).acquire()
        try:
            root = Path(folder) / "skills"
            for chain in CHAINS.values():
                chain.write(root)
            place = Place(home, (root, *more_skills), server.url)
            migrate(place)
            pool = await open_pool(place.database, min_size=4, max_size=16, name="benchmark")
            context = Context(pool, place.settings(), Notifier(pool))
            context.notifier.start()
            try:
                await load_skills(pool, context.settings)
                yield place, context
            except Exception:
                print(last_words(place), file=sys.stderr)
                raise
            finally:
                await context.notifier.close()
                await pool.close()
        finally:
            server.release()
            _await_watcher(server)


def _await_watcher(server: EmbeddedPostgres) -> None:
    """Return once the server's watcher has ended: it would leave files in a folder that is being removed."""
    with (server.folder / "watcher").open("a") as watched:
        fcntl.flock(watched, fcntl.LOCK_EX)


def migrate(place: Place) -> None:
    """Bring the database up to date, as a person does."""
    command = [sys.executable, "-m", "agentskills.cli.main", "db", "upgrade"]
    subprocess.run(command, env=place.environment(), check=True, stdout=subprocess.DEVNULL)


async def empty_database(place: Place, name: str) -> str:
    """Make an empty database on the same server and return its URL, as libpq and asyncpg read it."""
    conn = await connect(place.database)
    try:
        await conn.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await conn.execute(f'CREATE DATABASE "{name}"')
    finally:
        await conn.close()
    return urlunsplit(urlsplit(place.database)._replace(path=f"/{name}"))
