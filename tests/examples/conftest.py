"""One server with the example skills, and the agency, for all example tests of a module."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import fresh_database
from tests.running_server import RunningServer, running_server

from agentskills.storage.embedded import EmbeddedPostgres

from .example_files import EXAMPLES, SKILLS


@pytest.fixture(scope="module")
def module_database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """URL of a fresh database for one module."""
    with fresh_database(postgres, template) as url:
        yield url


@pytest.fixture(scope="module")
def module_home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="asf-examples-"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=False)  # unpacked versions are read-only
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def agency() -> Iterator[str]:
    """URL of the background-check agency that the example brings along."""
    program = EXAMPLES / "services" / "background_check.py"
    process = subprocess.Popen(
        [sys.executable, str(program), "--port", "0", "--delay", "0.2"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def server(module_database: str, module_home: Path, agency: str) -> Iterator[RunningServer]:
    more = {"BACKGROUND_CHECK_URL": agency, "ASF_PRIVATE_HOSTS": agency.removeprefix("http://")}
    with running_server(module_home, module_database, SKILLS, more) as running:
        yield running
