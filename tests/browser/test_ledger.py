"""The effects page, the history of a run, and what has changed between two versions of a skill."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.test_pages import HeldBack

from .site import Site

LETTER = {"customer": {"name": "Anna Quill"}, "text": "The kettle is on its way, with a new lid." * 3}


@pytest.fixture
def effects(site: Site) -> dict[str, str]:
    """A letter that a rerun did not send again, and a transfer in doubt; made once."""
    site.start(
        {"thread_id": "ledger-letter", "sop": "Write letter", "initial_data": LETTER, "run_name": "Letter"}
    )
    site.wait_for("ledger-letter", "completed")
    if len(site.family("ledger-letter")) == 1:
        site.ask("/rerun/ledger-letter", {"reason": "the printer jammed"})
    site.wait_for("ledger-letter_rerun_1", "completed")
    site.start(
        {
            "thread_id": "ledger-transfer",
            "sop": "Transfer money",
            "initial_data": {"supplier": {"iban": "CH93"}, "amount": 1200},
            "run_name": "Pay the supplier",
        }
    )
    site.wait_for("ledger-transfer", "waiting")
    return {"letter": "ledger-letter", "again": "ledger-letter_rerun_1", "transfer": "ledger-transfer"}


def test_what_went_out_and_who_did_not_do_it_again(site: Site, effects: dict[str, str]) -> None:
    page = site.page
    site.open("/runs")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Effects").click()
    expect(page).to_have_url(re.compile("/ui/effects$"))
    row = page.locator("tr[data-effect]").filter(has=page.get_by_role("link", name="Letter", exact=True))
    expect(row.locator('[data-state="receipt"]')).to_have_text("Done")
    expect(row).to_contain_text("Anna Quill")
    expect(row.get_by_role("link", name="Letter (Rerun #1)")).to_be_visible()
    doubt = page.locator("tr[data-effect]").filter(has_text="Pay the supplier")
    expect(doubt).to_contain_text("the bank closed the connection")
    row.get_by_role("button", name=re.compile("^Open effect")).click()
    expect(page.get_by_text("Not done again by one step")).to_be_visible()
    expect(page.get_by_text("What came of it")).to_be_visible()
    site.snap("effects-filled")
    doubt.get_by_role("link", name="Say whether it happened").click()
    expect(page).to_have_url(re.compile("/ui/runs/ledger-transfer"))
    expect(page.locator('[data-wait="in_doubt"]')).to_be_visible()


def test_filters_live_in_the_url(site: Site, effects: dict[str, str]) -> None:
    page = site.page
    site.open("/effects")
    rows = page.locator("tr[data-effect]")
    page.get_by_label("What went out, as path=value").fill('customer.name="Anna Quill"')
    expect(page).to_have_url(re.compile("data=customer.name"))
    expect(rows).to_have_count(1)
    page.get_by_label("Not done again").check()
    expect(page).to_have_url(re.compile("only=not-repeated"))
    expect(rows).to_have_count(1)
    page.get_by_label("When", exact=True).select_option("24h")
    expect(page).to_have_url(re.compile("since=24h"))
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Not done again")).to_be_checked()
    page.get_by_role("button", name="In doubt").click()
    expect(page.get_by_text("No effect matches")).to_be_visible()
    site.snap("effects-no-match")
    page.get_by_role("button", name="Clear the filter").click()
    expect(page).to_have_url(re.compile("/ui/effects$"))
    page.get_by_label("Id of a run: effects of its family").fill(effects["transfer"])
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Pay the supplier")
    page.get_by_label("What went out, as path=value").fill("amount")
    expect(page.get_by_text("Write path=value")).to_be_visible()


def test_loading_and_error(site: Site, effects: dict[str, str]) -> None:
    page = site.page
    held = HeldBack(page, "**/admin/effects*")
    site.open("/effects")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    held.refuse()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_be_visible()
    site.snap("effects-error")
    held.let_through()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("tr[data-effect]").first).to_be_visible()


def test_nothing_has_gone_out(empty_site: Site) -> None:
    empty_site.open("/effects")
    expect(empty_site.page.get_by_text("Nothing has gone out yet")).to_be_visible()
    empty_site.snap("effects-empty")


def test_the_history_of_a_run(site: Site, effects: dict[str, str]) -> None:
    page = site.page
    thread_id = site.start(
        {"sop": "Transfer money", "initial_data": {"supplier": {"iban": "H"}, "amount": 1}}
    )
    site.wait_for(thread_id, "waiting")
    site.open_run(thread_id)
    page.get_by_role("button", name="History").click()
    expect(page).to_have_url(re.compile("tab=history"))
    expect(page.locator('[data-action="start"]')).to_contain_text("Started by a person at the server")
    panel = page.locator('[data-wait="in_doubt"]')
    panel.get_by_role("textbox").first.fill("the bank has no such order")
    panel.get_by_role("button", name="Stop the run").click()
    site.expect_status("failed")
    stopped = page.locator('[data-action="approve"]')
    expect(stopped).to_contain_text("stopped while in doubt")
    expect(stopped).to_contain_text("the bank has no such order")
    site.snap("run-history")
    site.open_run(effects["again"], "?tab=history")
    expect(page.locator('[data-action="rerun"]')).to_contain_text("Started as a rerun of ledger-letter")
    expect(page.locator('[data-action="rerun"]')).to_contain_text("the printer jammed")


def test_what_has_changed_between_two_versions(workshop: tuple[Site, Path]) -> None:
    site, skills = workshop
    page = site.page
    first = site.ask("/admin/skills/write-letter")["digest"]
    script = skills / "write-letter" / "scripts" / "write_letter.py"
    script.write_text(script.read_text().replace("def run", "# one letter a day\ndef run"))
    (skills / "write-letter" / "stamp.png").write_bytes(b"\x89PNG\x00")
    site.ask("/admin/skills/reload", {})
    second = site.ask("/admin/skills/write-letter")["digest"]
    assert first != second
    site.open("/skills/write-letter?part=versions")
    changed = page.get_by_role("region", name="scripts/write_letter.py")
    expect(changed).to_contain_text("+ # one letter a day")
    expect(page.get_by_role("region", name="stamp.png")).to_contain_text("Not a text: 5 bytes")
    site.snap("skill-versions")
    page.get_by_label("From version").select_option(second)
    page.get_by_label("To version").select_option(first)
    expect(page).to_have_url(re.compile(f"left={second}&right={first}"))
    expect(changed).to_contain_text("- # one letter a day")
    page.reload()
    expect(changed).to_contain_text("- # one letter a day")
    page.get_by_label("To version").select_option(second)
    expect(page.get_by_text("The two versions are the same.")).to_be_visible()
