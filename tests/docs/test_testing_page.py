"""What docs/testing.md shows is carried out: a run is kept, passes, and fails once a skill has changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.docs.test_commands import carry_out
from tests.running_server import RunningServer

from agentskills.domain.case import case_from

pytestmark = pytest.mark.anyio
FOLDER = Path("/tmp/asf-testing")


@pytest.fixture
def folder() -> Iterator[Path]:
    shutil.rmtree(FOLDER, ignore_errors=True)
    yield FOLDER
    shutil.rmtree(FOLDER, ignore_errors=True)


async def test_the_testing_page(server: RunningServer, folder: Path) -> None:
    kept, passed, changed = await carry_out("docs/testing.md", server)
    assert kept.endswith(f"{folder}/cases/espresso.run.json\n")
    case = case_from((folder / "cases" / "espresso.run.json").read_bytes())
    assert [expected.path for expected in case.expected] == ["payment.amount", "refund.approved"]
    assert "1 case: 1 passed" in passed
    assert "skill check-refund-policy changed (" in changed
    assert changed.endswith("exit code 1\n")
    suite = ElementTree.parse(folder / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
