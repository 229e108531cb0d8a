"""Each example procedure on the real server and worker: what completes, waits, fails and is rerun."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from tests.running_server import RunningServer

from agentskills.client import AgentSkills, Run

from .example_files import example, sop
from .following import LONG, waiting_for

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(server: RunningServer) -> AsyncIterator[AgentSkills]:
    async with AgentSkills(server.url) as client:
        yield client


async def start(client: AgentSkills, name: str, title: str) -> Run:
    return await client.start(sop_name=name, initial_data=example(name, title))


async def carried_out(run: Run) -> list[str]:
    return [step["skill"] async for step in run.steps() if step["kind"] == "skill"]


def mails_to(server: RunningServer, address: str) -> list[dict[str, Any]]:
    return [mail for mail in map(json.loads, server.lines("mail.jsonl")) if mail["to"] == address]


async def test_small_refund_is_paid_and_a_rerun_pays_and_writes_nothing(
    client: AgentSkills, server: RunningServer
) -> None:
    run = await start(client, "order-refund", "Kettle")
    status = await run.wait(LONG)
    assert status["status"] == "completed", status["error"]
    assert status["data_store"]["payment"]["amount"] == Decimal("64.70")
    assert await carried_out(run) == ["fetch-order", "check-refund-policy", "pay-refund", "notify-customer"]
    ledger = [line for line in server.lines("refunds.jsonl") if "A-10442" in line]
    assert len(ledger) == 1
    assert len(mails_to(server, "marta.lindqvist@example.com")) == 1

    again = await run.rerun(reason="to be sure")
    second = await again.wait(LONG)
    assert second["status"] == "completed", second["error"]
    assert again.thread_id == f"{run.thread_id}_rerun_1"
    assert second["data_store"] == status["data_store"]  # the payment's random id too: it is the receipt's
    assert [line for line in server.lines("refunds.jsonl") if "A-10442" in line] == ledger
    assert len(mails_to(server, "marta.lindqvist@example.com")) == 1
    by_receipt = {step["skill"]: step["reused_from"] async for step in again.steps() if step["reused_from"]}
    assert set(by_receipt) == {"pay-refund", "notify-customer"}
    assert {source["thread_id"] for source in by_receipt.values()} == {run.thread_id}


async def test_large_refund_waits_for_a_person_who_may_lower_it(
    client: AgentSkills, server: RunningServer
) -> None:
    run = await start(client, "order-refund", "Espresso")
    entry = await waiting_for(run, "approval")
    assert entry["skill"] == "release-large-refund"
    assert not any("A-10517" in line for line in server.lines("refunds.jsonl"))
    await run.approve(step=entry["step"], digest=entry["digest"], data={"refund": {"amount": 600}})
    status = await run.wait(LONG)
    assert status["status"] == "completed", status["error"]
    assert status["data_store"]["refund"]["approved"] == {"amount": 600, "by": "a person"}
    (line,) = [line for line in server.lines("refunds.jsonl") if "A-10517" in line]
    assert json.loads(line)["amount"] == "600 EUR"


async def test_rejected_refund_is_not_paid(client: AgentSkills, server: RunningServer) -> None:
    before = server.lines("refunds.jsonl")
    run = await start(client, "order-refund", "Espresso")
    await waiting_for(run, "approval")
    await run.approve(decision="reject", note="the machine was never sent back")
    status = await run.wait(LONG)
    assert status["status"] == "failed"
    assert status["error"]["type"] == "rejected"
    assert server.lines("refunds.jsonl") == before


async def test_late_refund_fails_and_passes_with_another_date(
    client: AgentSkills, server: RunningServer
) -> None:
    run = await start(client, "order-refund", "Coffee grinder")
    status = await run.wait(LONG)
    assert status["status"] == "failed"
    assert status["error"]["skill"] == "check-refund-policy"
    assert "98 days after delivery; the return window is 30 days" in status["error"]["message"]
    assert not mails_to(server, "aisha.rahman@example.com")

    again = await run.rerun(changes={"request": {"received_on": "2026-09-01"}})
    second = await again.wait(LONG)
    assert second["status"] == "completed", second["error"]
    assert len(mails_to(server, "aisha.rahman@example.com")) == 1
    assert (await run.status())["status"] == "failed"  # the first run stays as it was


async def test_unknown_order_fails(client: AgentSkills) -> None:
    status = await (await start(client, "order-refund", "Unknown")).wait(LONG)
    assert status["status"] == "failed"
    assert status["error"]["skill"] == "fetch-order"
    assert "no order A-1O442" in status["error"]["message"]


async def test_twenty_digits_survive_to_the_ledger_and_through_a_rerun(
    client: AgentSkills, server: RunningServer
) -> None:
    run = await start(client, "order-refund", "Kitchen scale")
    assert (await run.wait(LONG))["status"] == "completed"
    (line,) = [line for line in server.lines("refunds.jsonl") if "A-10533" in line]
    assert '"reference": 20261120000000004711' in line
    again = await run.rerun(changes={"request": {"reason": "edited"}})
    row = await again.metadata()
    assert row["initial_data"]["request"] == {
        "received_on": "2026-11-20",
        "reason": "edited",
        "reference": 20261120000000004711,
    }


async def test_invoices_are_checked_side_by_side_and_posted_once(
    client: AgentSkills, server: RunningServer
) -> None:
    run = await start(client, "supplier-invoices", "Week 46")
    status = await run.wait(LONG)
    assert status["status"] == "completed", status["error"]
    checks = {"check-invoice-prices", "check-invoice-quantities", "check-duplicate-invoices"}
    ordered_by = {step["skill"]: step["decision"] async for step in run.steps() if step["skill"] in checks}
    assert set(ordered_by) == checks
    assert len(set(ordered_by.values())) == 1
    assert status["data_store"]["posting"]["total"] == Decimal("4214.00")
    assert status["data_store"]["report"]["subject"] == "Batch 2026-W46: 1 to look at"

    assert (await (await run.rerun()).wait(LONG))["status"] == "completed"
    assert len([line for line in server.lines("postings.jsonl") if "2026-W46" in line]) == 1


async def test_a_large_mismatch_stops_the_batch_until_the_rule_is_raised(
    client: AgentSkills, server: RunningServer
) -> None:
    run = await start(client, "supplier-invoices", "Week 47")
    status = await run.wait(LONG)
    assert status["status"] == "failed"
    assert status["error"]["skill"] == "match-invoices"
    assert "Office chair: billed at 262.00, ordered at 214.00" in status["error"]["message"]
    assert not any("2026-W47" in line for line in server.lines("postings.jsonl"))

    again = await run.rerun(changes={"rules": {"stop_above": 2000}}, reason="agreed with purchasing")
    second = await again.wait(LONG)
    assert second["status"] == "completed", second["error"]
    assert second["data_store"]["posting"]["invoices"] == 2
    assert any("2026-W47" in line for line in server.lines("postings.jsonl"))


async def test_invoices_can_be_brought_along_as_text(client: AgentSkills) -> None:
    status = await (await start(client, "supplier-invoices", "Two invoices")).wait(LONG)
    assert status["status"] == "completed", status["error"]
    assert status["data_store"]["report"]["lines"] == ["HV-5498: booked before, on 2026-11-02"]


async def test_screening_waits_for_the_agency_and_the_recruiter(
    client: AgentSkills, server: RunningServer
) -> None:
    run = await start(client, "candidate-screening", "Shift lead")
    entry = await waiting_for(run, "approval")
    assert entry["skill"] == "decide-on-candidate"
    data = (await run.status())["data_store"]
    assert data["background"]["status"] == "findings"
    assert data["score"] == {"points": 62, "missing": ["first aid"]}
    await run.approve(data={"decision": {"outcome": "decline", "comment": "dates do not fit"}})
    status = await run.wait(LONG)
    assert status["status"] == "completed", status["error"]
    (letter,) = mails_to(server, "jonas.weber@example.com")
    assert "other candidates" in letter["text"]


async def test_candidate_without_a_permit_is_refused_before_the_agency_is_asked(client: AgentSkills) -> None:
    run = await start(client, "candidate-screening", "Work permit")
    status = await run.wait(LONG)
    assert status["status"] == "failed"
    assert "ends on 2026-12-15, before the first day on 2027-01-04" in status["error"]["message"]
    assert await carried_out(run) == ["check-eligibility"]


async def test_an_sop_as_text_does_the_same_as_its_name(client: AgentSkills) -> None:
    data = example("order-refund", "Unknown")
    run = await client.start(sop=sop("order-refund"), initial_data=data)
    assert (await run.wait(LONG))["error"]["skill"] == "fetch-order"


async def test_without_a_model_a_complaint_fails_at_once(client: AgentSkills) -> None:
    status = await (await start(client, "complaint-reply", "Kettle")).wait(LONG)
    assert status["status"] == "failed"
    assert "ASF_MODEL" in status["error"]["message"]
    assert status["data_store"].keys() == example("complaint-reply", "Kettle").keys()  # no skill has run
