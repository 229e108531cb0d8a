"""New run: what it would begin with is told before it is started, what is missing at its place."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Locator, expect

from .site import Site


def _begins(site: Site) -> Locator:
    """What the run would begin with, once it is that of what stands in the form."""
    shown = site.page.locator('[data-first-choice="current"]')
    shown.wait_for()
    return shown


def _prospect(site: Site, skill: str, when: str) -> Locator:
    return site.page.locator(f'[data-prospect="{skill}"][data-when="{when}"]')


def test_what_is_missing_is_added_and_it_begins_as_it_was_told(site: Site) -> None:
    page = site.page
    site.open("/new?sop=order-refund")
    expect(_begins(site)).to_contain_text("It would fail at once.")
    expect(_prospect(site, "fetch-order", "never")).to_contain_text("order.id is missing")
    expect(page.locator('[data-need="order.id"]')).to_have_attribute("data-there", "false")
    site.snap("new-missing")
    page.get_by_role("button", name="Add what is missing").click()
    expect(site.editor()).to_contain_text('"id": null')
    expect(page.get_by_text("are still empty")).to_be_visible()
    site.write_json('{"order": {"id": "A-10442"}, "request": {"received_on": "2026-11-20", "n": 1.50}}')
    expect(_prospect(site, "fetch-order", "first")).to_be_visible()
    expect(_prospect(site, "pay-refund", "later")).to_contain_text("irreversible")
    expect(page.locator('[data-need="order.id"]')).to_have_attribute("data-there", "true")
    site.snap("new-first-choice")
    begins = site.ask(
        "/start/plan",
        {"sop_name": "order-refund", "initial_data": {"order": {"id": "x"}, "request": {"received_on": "y"}}},
    )
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ui/runs/run_"))
    thread_id = page.url.rsplit("/", 1)[1]
    site.wait_for(thread_id, "completed")
    first = site.ask(f"/admin/runs/{thread_id}/steps")["items"][0]
    assert first["outputs"]["run"] == begins["decision"]["skills"]
    data = site.ask(f"/admin/runs/{thread_id}/metadata")["initial_data"]
    assert data["request"]["n"] == Decimal("1.50")


def test_more_choices_and_errors_at_their_fields(site: Site) -> None:
    page = site.page
    site.open("/new?sop=order-refund")
    page.get_by_role("button", name="Edit a copy").click()
    procedure = page.get_by_label("Procedure", exact=True)
    expect(procedure).to_have_value(re.compile("refund"))
    procedure.fill("Write a letter to the customer.")
    site.write_json('{"customer": {"name": "Anna"}, "text": "Hello"}')
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="write-letter").click()
    page.get_by_label("Steps").fill("0")
    expect(page.get_by_role("alert").filter(has_text="greater than or equal to 1")).to_be_visible()
    site.snap("new-more")
    page.get_by_label("Steps").fill("20")
    expect(_prospect(site, "write-letter", "first")).to_contain_text("listed in the request")
    page.get_by_label("Model").fill("openai:none")  # no model is asked: nobody can say what it decides
    expect(_begins(site)).to_contain_text("it has not been asked")
    expect(_prospect(site, "write-letter", "offered")).to_be_visible()
    site.snap("new-model-decides")
    page.get_by_label("Model").fill("")
    expect(_prospect(site, "write-letter", "first")).to_be_visible()
    page.get_by_label("Run name").fill("A letter")
    page.get_by_role("button", name="Start run").click()
    page.wait_for_url(re.compile(r"/ui/runs/run_"))
    thread_id = page.url.rsplit("/", 1)[1]
    site.wait_for(thread_id, "completed")
    row = site.ask(f"/admin/runs/{thread_id}/metadata")
    assert (row["skills"], row["limits"], row["sop_name"]) == (["write-letter"], {"steps": 20}, None)

    site.open(f"/new?run={thread_id}")  # the same again, to be changed
    expect(page.get_by_text("As “A letter” was started.")).to_be_visible()
    expect(page.get_by_label("Procedure", exact=True)).to_have_value("Write a letter to the customer.")
    expect(site.editor()).to_contain_text('"Anna"')
    expect(page.get_by_text("only write-letter · with limits")).to_be_visible()


def test_a_copied_run_shows_its_metadata_and_typed_text_is_not_dropped(site: Site) -> None:
    page = site.page
    thread_id = site.start(
        {
            "sop": "Write letter",
            "initial_data": {"customer": {"name": "Bo"}, "text": "Hello"},
            "metadata": {"team": "letters", "ref": Decimal("1.50")},
            "run_name": "With metadata",
        }
    )
    site.wait_for(thread_id, "completed")
    site.open(f"/new?run={thread_id}")
    expect(page.get_by_text("with metadata", exact=True)).to_be_visible()
    page.get_by_text("More", exact=True).click()
    metadata = page.get_by_label("Metadata")
    expect(metadata).to_have_value(re.compile(r'"ref": 1\.50'))
    site.snap("new-metadata")
    metadata.fill("{team}")
    expect(page.get_by_role("alert").filter(has_text="Line 1")).to_be_visible()
    expect(page.get_by_role("button", name="Start run")).to_be_disabled()

    question = page.get_by_role("dialog", name="Drop what you have typed?")
    procedures = page.get_by_label("Which procedure?")
    procedures.select_option("order-refund")
    question.get_by_role("button", name="Keep editing").click()
    expect(procedures).to_have_value("")
    expect(metadata).to_have_value("{team}")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Runs").click()
    question.get_by_role("button", name="Keep editing").click()
    metadata.fill('{"team": "returns"}')
    page.keyboard.press("Control+Enter")  # no question: nothing is lost
    page.wait_for_url(re.compile(r"/ui/runs/run_"))
    copy = page.url.rsplit("/", 1)[1]
    assert site.ask(f"/admin/runs/{copy}/metadata")["metadata"] == {"team": "returns"}

    site.open("/new")
    page.get_by_label("Run name").fill("To be dropped")
    procedures.select_option("order-refund")
    question.get_by_role("button", name="Drop it").click()
    expect(page).to_have_url(re.compile("sop=order-refund"))
    expect(page.get_by_label("Run name")).to_have_value("")
