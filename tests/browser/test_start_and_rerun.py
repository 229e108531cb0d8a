"""The main job: start an example, watch it, rerun it with another input, land on the new run."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Route, expect

from .site import Site

REFERENCE = 20261120000000004711


def test_an_example_from_the_start_page_to_an_edited_rerun(empty_site: Site) -> None:
    site, page = empty_site, empty_site.page
    site.open("/")
    expect(page).to_have_url(re.compile(r"/ui/runs$"))
    expect(page.get_by_role("heading", name="Nothing has run yet")).to_be_visible()
    site.snap("runs-start-page")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Inbox").click()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    site.snap("inbox-nothing")
    page.go_back()

    page.get_by_role("link", name="Kitchen scale").click()
    expect(site.editor()).to_contain_text(str(REFERENCE))
    site.snap("new-example")
    page.get_by_role("button", name="Start run").click()
    page.wait_for_url(re.compile(r"/ui/runs/run_"))
    site.expect_status("completed")
    original = page.url.rsplit("/", 1)[1]
    for skill in ("fetch-order", "check-refund-policy", "pay-refund", "notify-customer"):
        expect(site.step_of(skill)).to_have_attribute("data-status", "completed")
    site.snap("run-completed")

    page.get_by_role("button", name="Rerun Refund an order").click()
    expect(site.dialog()).to_contain_text("the same input, digit for digit")
    text = site.editor().inner_text()
    assert str(REFERENCE) in text
    site.write_json(text.replace("two of them came", "one of them was scratched").replace("\xa0", " "))
    expect(site.dialog()).to_contain_text("one of them was scratched")
    expect(site.dialog().get_by_role("rowheader", name="request.reason")).to_be_visible()
    page.get_by_label("Reason").fill("the customer called back")
    expect(site.plan()).to_contain_text("pay-refund not repeated")
    site.snap("rerun-edited", whole=False)
    page.get_by_role("button", name="Rerun with changes").click()
    page.wait_for_url(re.compile(r"/ui/runs/run_.*_rerun_1$"))
    site.expect_status("completed")
    expect(page.get_by_role("heading", name="Refund an order (Rerun #1)")).to_be_visible()
    site.snap("run-rerun-not-repeated")

    rerun = site.ask(f"/admin/runs/{original}_rerun_1/metadata")
    request = site.ask(f"/admin/runs/{original}/metadata")["initial_data"]["request"]
    assert rerun["initial_data"]["request"] == request | {"reason": "one of them was scratched"}
    assert rerun["initial_data"]["request"]["reference"] == REFERENCE
    assert rerun["request"]["changes"] == {"request": {"reason": "one of them was scratched"}}
    assert rerun["requested_by"]["reason"] == "the customer called back"
    page.get_by_role("link", name=re.compile(r"^Completed Refund an order$")).click()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}$"))
    assert len(site.server.lines("refunds.jsonl")) == 1


def test_every_digit_of_untouched_and_edited_numbers_survives(site: Site) -> None:
    page = site.page
    data = {
        "invoice": 12345678901234567890,
        "rate": Decimal("0.10"),
        "customer": {"name": "A", "n": 1},
        "text": "b",
    }
    original = site.start({"sop": "Write letter", "initial_data": data, "run_name": "Digits"})
    site.wait_for(original)
    site.open_run(original)
    site.expect_status("completed")
    page.keyboard.press("r")
    text = site.editor().inner_text().replace("\xa0", " ")
    assert "12345678901234567890" in text
    assert "0.10" in text
    site.write_json(text.replace('"n": 1', '"n": 98765432109876543210.50'))
    expect(site.dialog()).to_contain_text("98765432109876543210.50")
    site.plan()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"{original}_rerun_1$"))
    rerun = site.ask(f"/admin/runs/{original}_rerun_1/metadata")["initial_data"]
    assert rerun == data | {"customer": {"name": "A", "n": Decimal("98765432109876543210.50")}}
    page.get_by_role("button", name="Data").click()
    expect(page.get_by_text("98765432109876543210.5", exact=False)).to_be_visible()


def test_a_double_click_makes_one_rerun(site: Site) -> None:
    page = site.page
    original = site.start({"sop": "Write letter", "initial_data": {"customer": {"name": "B"}, "text": "x"}})
    site.wait_for(original)
    site.open("/runs")
    site.row(original).get_by_role("button", name=re.compile("^Rerun")).click()
    site.dialog().get_by_role("button", name="Rerun").dblclick()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_1$"))
    site.wait_for(f"{original}_rerun_1")
    assert [run["thread_id"] for run in site.family(original)] == [f"{original}_rerun_1", original]


def test_the_new_row_is_there_before_the_answer(site: Site) -> None:
    page = site.page
    original = site.start({"sop": "Write letter", "initial_data": {"customer": {"name": "C"}, "text": "x"}})
    site.wait_for(original)
    site.open("/runs")
    held: list[Route] = []
    page.route("**/rerun/**", lambda route: held.append(route))
    site.row(original).get_by_role("button", name=re.compile("^Rerun")).click()
    site.dialog().get_by_role("button", name="Rerun").click()
    starting = page.locator("tr[data-starting]")
    expect(starting).to_contain_text(f"{original}_rerun_…")
    expect(starting.locator('[data-status="starting"]')).to_be_visible()
    expect(site.dialog().get_by_role("button", name="Starting the rerun")).to_be_disabled()
    site.snap("runs-starting", whole=False)
    page.wait_for_timeout(3500)  # a poll of the list goes by and does not take it away
    expect(starting).to_have_count(1)
    held[0].continue_()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_1$"))


def test_a_rerun_that_fails_takes_its_row_away_and_says_so_beside_the_button(site: Site) -> None:
    page = site.page
    original = site.start({"sop": "Write letter", "initial_data": {"customer": {"name": "D"}, "text": "x"}})
    site.wait_for(original)
    site.open("/runs")
    page.route("**/rerun/**", lambda route: route.abort())
    site.row(original).get_by_role("button", name=re.compile("^Rerun")).click()
    site.dialog().get_by_role("button", name="Rerun").click()
    expect(site.dialog().get_by_role("alert")).to_contain_text("can't be reached")
    expect(page.locator("tr[data-starting]")).to_have_count(0)
    site.snap("rerun-error", whole=False)
    page.keyboard.press("Escape")
    expect(site.row(original).get_by_role("alert")).to_contain_text("can't be reached")
    assert len(site.family(original)) == 1
    page.unroute("**/rerun/**")
    site.row(original).get_by_role("button", name="Dismiss").click()
    expect(site.row(original).get_by_role("alert")).to_have_count(0)


def test_input_that_is_no_json_can_not_be_sent(site: Site) -> None:
    original = site.start({"sop": "Write letter", "initial_data": {"customer": {"name": "E"}, "text": "x"}})
    site.wait_for(original)
    site.open_run(original, "?rerun=true")
    site.write_json('{"customer": }')
    expect(site.dialog().get_by_role("alert")).to_contain_text("Line 1")
    expect(site.dialog().get_by_role("button", name="Rerun")).to_be_disabled()
    site.snap("rerun-invalid", whole=False)
