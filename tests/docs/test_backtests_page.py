"""Every example of docs/backtests.md is carried out, and does what the page says."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.conftest import ROOT
from tests.docs.test_commands import carry_out, statuses
from tests.running_server import RunningServer, running_server

pytestmark = pytest.mark.anyio
FOLDER = Path("/tmp/asf-backtests")


@pytest.fixture
def copied(asf_home: Path, database_url: str) -> Iterator[RunningServer]:
    """A server whose skills may be changed."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in ("skills", "sops"):
        shutil.copytree(ROOT / "examples" / name, FOLDER / name)
    with running_server(asf_home, database_url, FOLDER / "skills") as running:
        yield running
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run(["chmod", "-R", "u+w", str(asf_home)], check=False)  # unpacked versions are read-only


async def test_backtests_page(copied: RunningServer) -> None:
    _, started, shown, in_python = await carry_out("docs/backtests.md", copied)
    assert "0 stay, 3 changed, 0 can't tell" in started
    assert re.search(
        r"^3 +refund\.approved\.by +skill version of check-refund-policy ", started, re.MULTILINE
    )
    assert re.search(r"^1 +refund\.approved\.amount +skill version of check-ref", started, re.MULTILINE)
    assert "\nexit code 1\n" in started
    assert len(re.findall(r"^changed +(?:kettle|scale|espresso) ", shown, re.MULTILINE)) == 3
    assert '"stays":0,"changed":3,"cant_tell":0,"newly_failed":0,"pending":0' in shown
    assert in_python.splitlines() == ["2 stay, 0 changed", "kettle None", "scale None"]
    assert set((await statuses(copied)).values()) == {"completed"}
    assert len(copied.lines("refunds.jsonl")) == len(copied.lines("mail.jsonl")) == 3
