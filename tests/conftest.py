"""A real Postgres for every test: one server, one migrated template, a fresh clone per test."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.databases import execute, fresh_database, named, passing_postgres
from tests.quick_folder import use_quick_folder

from agentskills.storage import migrate
from agentskills.storage.database import Pool, open_pool
from agentskills.storage.embedded import EmbeddedPostgres

TEMPLATE = "asf_template"


def pytest_configure() -> None:
    use_quick_folder()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Names what failed at once: a long run that is cut off still tells."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\nFAILED ({report.when}) {report.nodeid}\n{report.longreprtext[-1500:]}\n", flush=True)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def asf_home() -> Iterator[Path]:
    """A fresh ASF_HOME that Postgres may enter also when the tests run as root (tmp_path is private)."""
    folder = Path(tempfile.mkdtemp(prefix="asf-home-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this test process; ASF_TEST_POSTGRES_BIN names other programs to run it with."""
    binaries = os.environ.get("ASF_TEST_POSTGRES_BIN")
    with passing_postgres(Path(binaries) if binaries else None) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database at the newest revision, to be cloned."""
    execute(postgres.url, f"CREATE DATABASE {TEMPLATE}")
    asyncio.run(migrate.upgrade(named(postgres.url, TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """URL of a fresh database at the newest revision."""
    with fresh_database(postgres, template) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """URL of a fresh database without tables."""
    with fresh_database(postgres, None) as url:
        yield url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool on a fresh database."""
    pool = await open_pool(database_url, max_size=10, name="asf test")
    yield pool
    pool.terminate()
