"""Waits: approve, reject, edit; forms; doubts; consent; services that answer later; cancelling."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from playwright.sync_api import expect

from .site import Site

ESPRESSO = {
    "order": {"id": "A-10517"},
    "request": {"received_on": "2026-11-20", "reason": "leaks", "reference": 20261120000000004711},
}


def _large_refund(site: Site, name: str) -> str:
    thread_id = site.start({"sop_name": "order-refund", "initial_data": ESPRESSO, "run_name": name})
    site.wait_for(thread_id, "waiting")
    return thread_id


def test_an_approval_with_a_lower_amount(site: Site) -> None:
    page = site.page
    thread_id = _large_refund(site, "Espresso machine")
    site.open_run(thread_id)
    panel = page.locator('[data-wait="approval"]')
    expect(panel).to_contain_text("749")
    site.snap("run-waits-approval")
    _edit_amount(site, "700.50")
    site.snap("run-waits-approval-edit")
    panel.get_by_label("Note").fill("one part is missing")
    panel.get_by_role("button", name=re.compile("^(Approve with edits|Send the answer)$")).click()
    site.expect_status("completed")
    data: dict[str, Any] = site.ask(f"/status/{thread_id}")["data_store"]
    assert data["payment"]["amount"] == Decimal("700.50")
    assert data["request"]["reference"] == 20261120000000004711


def _edit_amount(site: Site, amount: str) -> None:
    panel = site.page.locator('[data-wait="approval"]')
    edit = panel.get_by_role("button", name="Edit")
    if edit.count():
        edit.click()
    panel.get_by_label(re.compile("amount|approved", re.IGNORECASE)).first.fill(amount)


def test_a_rejected_run_fails_and_says_so(site: Site) -> None:
    page = site.page
    thread_id = _large_refund(site, "Rejected refund")
    site.open_run(thread_id)
    panel = page.locator('[data-wait="approval"]')
    panel.get_by_label("Note").fill("the machine was never sent back")
    panel.get_by_role("button", name="Reject").click()
    site.expect_status("failed")
    expect(page.get_by_role("alert")).to_contain_text("the machine was never sent back")
    expect(page.get_by_role("alert").get_by_role("button", name="Edit the input and rerun")).to_be_visible()


def test_a_service_that_answers_later_and_a_form(site: Site) -> None:
    page = site.page
    (screening,) = [s for s in site.ask("/admin/sops")["items"] if s["name"] == "candidate-screening"]
    thread_id = site.start(
        {"sop_name": "candidate-screening", "initial_data": screening["examples"][0]["initial_data"]}
    )
    site.open_run(thread_id)
    expect(page.locator('[data-wait="callback"]')).to_be_visible()
    site.snap("run-waits-callback")
    panel = page.locator('[data-wait="approval"]')
    expect(panel).to_be_visible(timeout=30_000)  # arrives by itself, once the agency has called back
    site.snap("run-waits-form")
    panel.get_by_role("button", name="Send the answer").click()
    expect(panel.get_by_role("alert")).to_contain_text("This is needed")
    panel.get_by_role("radio", name="invite").check()
    panel.get_by_label("Comment for the file").fill("Strong in the interview.")
    panel.get_by_role("button", name="Send the answer").click()
    site.expect_status("completed")
    assert site.ask(f"/status/{thread_id}")["data_store"]["decision"] == {
        "outcome": "invite",
        "comment": "Strong in the interview.",
    }


def test_an_approval_with_a_form_beside_it(site: Site) -> None:
    page = site.page
    data = {"guest": {"name": "Anna Bach", "wish": ""}, "nights": 3}
    thread_id = site.start({"sop": "Book room", "initial_data": data})
    site.open_run(thread_id)
    panel = page.locator('[data-wait="approval"]')
    expect(panel).to_contain_text("Anna Bach")
    panel.get_by_role("button", name="Approve", exact=True).click()
    expect(panel.get_by_text("This is needed")).to_have_count(2)
    panel.get_by_label("Which budget pays?").fill("Travel")
    panel.get_by_role("radio", name="No").check()
    panel.get_by_label("At most, a night").fill("120.07")
    panel.get_by_role("button", name="Edit").click()
    panel.get_by_label("nights").fill("2")  # the wish stays the empty text that it is
    site.snap("run-waits-approval-form")
    panel.get_by_role("button", name="Approve with edits").click()
    expect(panel.get_by_text("120.07 is not a multiple of 0.05")).not_to_have_count(0)
    panel.get_by_label("At most, a night").fill("120.05")
    panel.get_by_role("button", name="Approve with edits").click()
    site.expect_status("completed")
    assert site.ask(f"/status/{thread_id}")["data_store"] == data | {
        "nights": 2,
        "booking": {"number": "A-2"},
    }
    steps = site.ask(f"/admin/runs/{thread_id}/steps")["items"]
    [approval] = [step for step in steps if step["kind"] == "approval"]
    approved = {"budget": "Travel", "breakfast": False, "limit": Decimal("120.05")}
    assert approval["outputs"] == {"approval": approved, "nights": 2}


def test_a_doubt_is_answered_with_what_came_of_it(site: Site) -> None:
    page = site.page
    data = {"supplier": {"iban": "CH93 0076 2011 6238 5295 7"}, "amount": Decimal("1200.00")}
    thread_id = site.start({"sop": "Transfer money", "initial_data": data})
    site.wait_for(thread_id, "waiting")
    site.open_run(thread_id)
    panel = page.locator('[data-wait="in_doubt"]')
    expect(panel).to_contain_text("the bank closed the connection")
    site.snap("run-in-doubt")
    panel.get_by_role("button", name="It happened").click()
    panel.get_by_role("button", name="Go on with these values").click()
    expect(panel.get_by_role("alert").first).to_contain_text("This is needed")
    panel.get_by_label("transfer.id").fill("T-77")
    panel.get_by_label("transfer.booked_on").fill("2026-11-23")
    site.snap("run-in-doubt-happened")
    panel.get_by_role("button", name="Go on with these values").click()
    site.expect_status("completed")
    assert site.ask(f"/status/{thread_id}")["data_store"]["transfer"] == {
        "id": "T-77",
        "booked_on": "2026-11-23",
    }


def test_a_doubt_can_end_the_run(site: Site) -> None:
    thread_id = site.start(
        {"sop": "Transfer money", "initial_data": {"supplier": {"iban": "X1"}, "amount": 5}}
    )
    site.wait_for(thread_id, "waiting")
    site.open_run(thread_id)
    site.page.get_by_role("button", name="Stop the run").click()
    site.expect_status("failed")


def test_a_repetition_needs_consent_beside_the_earlier_receipt(site: Site) -> None:
    page = site.page
    first = site.start(
        {"sop": "Write letter", "initial_data": {"customer": {"name": "Anna Bach"}, "text": "Hello"}}
    )
    site.wait_for(first)
    rerun = site.ask(f"/rerun/{first}", {"changes": {"text": "Good morning"}})["thread_id"]
    site.wait_for(rerun, "waiting")
    site.open_run(rerun)
    panel = page.locator('[data-wait="consent"]')
    expect(panel.get_by_role("heading", name="Done before", exact=True)).to_be_visible()
    expect(panel).to_contain_text("Hello")
    expect(panel).to_contain_text("Good morning")
    site.snap("run-consent")
    panel.get_by_role("button", name="Do it again").click()
    site.expect_status("completed")


def test_a_waiting_run_is_cancelled(site: Site) -> None:
    page = site.page
    thread_id = _large_refund(site, "Cancelled refund")
    site.open_run(thread_id)
    site.more("Cancel run")
    site.dialog().get_by_label("Reason").fill("entered twice")
    site.snap("run-cancel", whole=False)
    site.dialog().get_by_role("button", name="Cancel run").click()
    site.expect_status("cancelled")
    page.get_by_role("button", name="More actions").click()
    cancel = page.get_by_role("menuitem", name="Cancel run")
    expect(cancel).to_be_disabled()
    expect(cancel).to_contain_text("It has ended")


def test_an_answer_to_a_page_that_is_out_of_date_changes_nothing(site: Site) -> None:
    page = site.page
    thread_id = _large_refund(site, "Answered twice")
    site.open_run(thread_id)
    panel = page.locator('[data-wait="approval"]')
    expect(panel).to_be_visible()
    # Another person is quicker; this page has not heard of it yet.
    page.route("**/admin/runs/**", lambda route: route.abort())
    site.ask(f"/approve/{thread_id}", {"decision": "reject", "note": "no"})
    panel.get_by_role("button", name=re.compile("^(Approve|Send the answer)$")).click()
    expect(panel.get_by_role("alert").or_(page.get_by_role("alert")).first).to_be_visible()
    page.unroute("**/admin/runs/**")
    assert site.wait_for(thread_id)["error"]["type"] == "rejected"
