"""What docs/policies.md and docs/webhooks.md show is carried out, and their tables are complete."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.test_commands import ROOT, carry_out, statuses
from tests.running_server import RunningServer, running_server

from agentskills.domain.failure_types import NEVER
from agentskills.domain.policy import PolicyAnswer
from agentskills.domain.webhook import EVENTS

POLICIES = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
WEBHOOKS = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")


@pytest.fixture
def server(asf_home: Path, database_url: str) -> Iterator[RunningServer]:
    """A server that may call back to this machine."""
    more = {"ASF_PRIVATE_HOSTS": "127.0.0.1"}
    with running_server(asf_home, database_url, ROOT / "examples" / "skills", more) as running:
        yield running
    subprocess.run(["chmod", "-R", "u+w", str(asf_home)], check=False)  # unpacked versions are read-only


@pytest.mark.anyio
async def test_policies_by_example(server: RunningServer) -> None:
    outputs = await carry_out("docs/policies.md", server)
    created, _, answers, mended, listed = outputs
    assert created.startswith("policy_")
    assert re.findall(r"order-42\S* +check-refund-policy +(rerun|given up)", answers) == [
        "given up",
        "rerun",
        "rerun",
    ]
    assert '"reruns_by_kind":{"person":1,"policy":2}' in mended
    assert await statuses(server) == {
        "order-42": "failed",
        "order-42_rerun_1": "failed",
        "order-42_rerun_2": "failed",
        "order-42_rerun_3": "completed",
    }
    assert listed.splitlines()[0] == "bank False 5 {}"
    assert listed.splitlines()[1].startswith("refunds True 2 {")


@pytest.mark.anyio
async def test_webhooks_by_example(server: RunningServer) -> None:
    received, operated = await carry_out("docs/webhooks.md", server)
    assert "webhook.test  genuine" in received
    assert "run.completed order-42 genuine" in received
    assert received.splitlines()[-2:] == ["run.completed delivered 204", "webhook.test delivered 204"]
    assert operated.count("whsec_") == 1
    assert "connection" in operated.lower()
    assert "the receiver is moving" in operated


def test_the_tables_are_complete() -> None:
    for kind in NEVER.keys() - {"run-ended", "cancelled", "failed"}:  # no run ends with these
        assert f"`{kind}`" in POLICIES, kind
    for answer in PolicyAnswer:
        assert re.search(rf"^\| `{answer}` \|", POLICIES, re.MULTILINE)
    for event in EVENTS:
        assert f"`{event}`" in WEBHOOKS
