"""What docs/api.md and docs/client.md show is carried out against a real server."""

from __future__ import annotations

import inspect
import re

import pytest
from tests.docs.test_commands import ROOT, carry_out, statuses
from tests.running_server import RunningServer

from agentskills.client import AgentSkills, Batches, Run

pytestmark = pytest.mark.anyio


async def test_the_api_by_example(server: RunningServer) -> None:
    outputs = await carry_out("docs/api.md", server)
    found = await statuses(server)
    assert found.pop("order-42_rerun_3")  # tries the one ingredient that differs
    assert found == {
        "order-42_rerun_1": "completed",
        "order-42_rerun_2": "completed",
        "order-43": "completed",
    }
    status, steps, events = outputs[1:4]
    assert '"status":"completed"' in status
    assert "20261120000000004711" in status
    assert '"skill":"pay-refund"' in steps
    assert "event: run" in events
    metadata, plan, family, compared, which, case, found, folded, *more = outputs[6:]
    order_43, inbox, approved, *last = more
    deleted, effects, audit, refused = last
    assert family.count('"parent_thread_id":"order-42"') == 2
    assert '"headline":"1 origin: input request.received_on' in compared
    assert '"path":"request.received_on"' in which
    assert '"path":"payment.amount","value":64.70' in case
    assert '"received_on":"2026-11-21"' in metadata
    assert '"reference":20261120000000004711' in metadata
    assert found.count('"thread_id":"order-42') >= 3
    assert '"plan_token":"' in plan
    assert '"reason":"input request.received_on changed"' in plan
    assert '"items":[],"next_cursor":null' in folded  # all is well
    assert '"thread_id":"order-43"' in order_43
    assert '"options":["approve","reject"]' in inbox
    assert '"decision":"approve"' in approved
    assert '"status":"deleted"' in deleted
    assert effects.count('"skill":"pay-refund"') == 1
    assert '"not_repeated":2' in effects
    assert [action in audit for action in ('"start"', '"approve"', '"agreed by phone"')] == [True] * 3
    assert '"pointer":"/sop"' in refused


async def test_the_client_by_example(server: RunningServer) -> None:
    outputs = await carry_out("docs/client.md", server)
    first, followed, answered, rerun, planned, differs, ledger, errors = outputs
    assert first == "kettle-42 completed 64.70\n"
    assert followed.splitlines()[-1] == "completed"
    assert "6 pay-refund completed" in followed.splitlines()
    assert answered == "completed\n"
    assert rerun.splitlines()[-1] == "completed after True"
    assert "reuse fetch-order unchanged since kettle-42, step 2" in planned.splitlines()
    assert planned.splitlines()[-1] == "completed"
    assert differs.startswith("1 origin: input order.id")
    assert "pay-refund receipt 0" in ledger
    assert "because: typo in the order number" in ledger
    assert "nobody-knows-it" in errors
    assert "/sop" in errors


def test_the_client_page_names_every_method() -> None:
    page = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)\(", page))
    methods = {name for name, member in inspect.getmembers(AgentSkills) if inspect.isfunction(member)}
    assert {name for name in methods if not name.startswith("_")} - {"close"} <= named
    of_batches = {name for name, member in inspect.getmembers(Batches) if inspect.isfunction(member)}
    assert {name for name in of_batches if not name.startswith("_")} <= named
    of_runs = {name for name, member in inspect.getmembers(Run) if inspect.isfunction(member)}
    assert {name for name in of_runs if not name.startswith("_")} <= named
