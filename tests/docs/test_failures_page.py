"""Every example of docs/failures.md is carried out, and does what the page says."""

from __future__ import annotations

import re

import pytest
from tests.docs.test_commands import carry_out, statuses
from tests.running_server import RunningServer

pytestmark = pytest.mark.anyio


async def test_failures_page(server: RunningServer) -> None:
    outputs = await carry_out("docs/failures.md", server)
    _, groups, over_http, listed, campaign, dismissed, restored, answered, in_python = outputs
    late = "skill-error: The request came # after delivery; the return window is #."
    lost = "skill-error: There is no order # in the order book."
    assert [(n, said) for n, said in re.findall(r"^(\d) .*?(skill-error: .*\.)$", groups, re.MULTILINE)] == [
        ("2", lost),
        ("3", late),
    ]
    assert '"capped":false' in over_http
    assert '"count":2' in over_http
    assert len(re.findall(r"^late-", listed, re.MULTILINE)) == 3
    assert re.search(r"of which +3 succeeded", campaign)
    assert lost in campaign
    assert late not in campaign
    assert "1 dismissed\n1 dismissed\n" in dismissed
    assert "no failures found" in dismissed
    assert "2 dismissed" in dismissed
    assert restored.startswith("1 restored\n")
    assert '{"count":1,"left_out":[]}' in restored
    assert '"answered":1,"refused":0,"more":false' in answered
    assert in_python.splitlines() == [
        "2 fetch-order There is no order B-2 in the order book.",
        "2 restored",
        "lost-B-2 None",
        "lost-B-1 None",
    ]
    ended = await statuses(server)
    assert ended["machine"] == "completed"
    assert [ended[f"late-{date}_rerun_1"] for date in ("2026-09-21", "2026-10-05", "2026-11-02")] == [
        "completed"
    ] * 3
