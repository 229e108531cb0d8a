"""Many runs at once: selecting them, the dialog with its dry run, the batch's page."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect
from tests.browser.test_pages import HeldBack

from .fleet import bar, batch_of, dry_run, expect_no_sideways, mend_count_stock, start_counts
from .site import Site


def test_all_that_the_filter_finds_rerun_once(workshop: tuple[Site, Path]) -> None:
    site, skills = workshop
    page = site.page
    start_counts(site, 53)
    site.open("/runs?status=failed")
    expect(page.locator("tr[data-run]")).to_have_count(50)
    page.get_by_label("Select Count 053").check()
    expect(bar(site)).to_contain_text("1 selected")
    page.get_by_label("Select Count 050").click(modifiers=["Shift"])
    expect(bar(site)).to_contain_text("4 selected")
    page.get_by_label("Select the runs that are loaded").check()
    expect(bar(site)).to_contain_text("50 selected")
    page.get_by_role("button", name="Load older runs").scroll_into_view_if_needed()
    expect(page.locator("tr[data-run]")).to_have_count(53)
    page.get_by_label("Select Count 002").check()
    expect(bar(site)).to_contain_text("51 selected")
    site.snap("runs-selected", whole=False)
    expect(page.get_by_label("Select Count 053")).to_be_checked()
    page.keyboard.press("Escape")
    expect(bar(site)).to_have_count(0)

    page.get_by_label("Select Count 053").check()
    page.get_by_role("button", name="Select all 53 matching the filter").click()
    expect(bar(site)).to_contain_text("All 53 runs of the filter")
    expect(page.get_by_label("Select Count 020")).to_be_checked()
    expect_no_sideways(site)
    mend_count_stock(site, skills)
    bar(site).get_by_role("button", name="Rerun…").click()
    expect(dry_run(site)).to_contain_text("53 runs")
    expect(dry_run(site).locator('[data-outcome="rerun"]')).to_have_count(10)
    site.dialog().get_by_label("Name").fill("Counts of Monday")
    page.get_by_label("Reason").fill("the shelves are known now")
    site.snap("batch-dialog", whole=False)
    dry_run(site)
    site.dialog().get_by_role("button", name="Rerun 53 runs").dblclick()
    page.wait_for_url(re.compile("/ui/batches/[^?]+$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Counts of Monday")
    expect(page.locator('h1 [data-state="completed"]')).to_be_visible(timeout=60_000)
    expect(page.locator("[data-done]")).to_have_text("53 of 53")
    expect(page.get_by_text("the shelves are known now")).to_be_visible()
    batch = batch_of(site)
    assert batch["counts"]["succeeded"] == 53
    assert batch["filter"]["status"] == ["failed"]
    assert len(site.ask("/admin/batches")["items"]) == 1
    assert len(site.family("count-001")) == 2

    page.get_by_role("button", name="Succeeded").click()
    expect(page).to_have_url(re.compile("state=succeeded"))
    expect(page.locator("tr[data-item]")).to_have_count(50)
    expect(page.locator('tr[data-item="count-001"]')).to_contain_text("count-001_rerun_1")
    site.snap("batch-completed")
    expect_no_sideways(site)
    page.get_by_role("link", name="Next").click()
    expect(page.locator("tr[data-item]")).to_have_count(3)
    page.get_by_label("Compare count-053 with its rerun").click()
    expect(page).to_have_url(re.compile("/ui/compare.*left=count-053"))
    site.open("/batches")
    row = page.locator("tr[data-batch]")
    expect(row).to_contain_text("53 of 53")
    expect(row).to_contain_text("53 succeeded")
    site.snap("batches-filled")
    expect_no_sideways(site)


def test_a_batch_with_a_gate_stops_and_is_gone_on_with_or_ended(workshop: tuple[Site, Path]) -> None:
    site, _ = workshop
    page = site.page
    start_counts(site, 6)
    site.open("/runs")
    page.get_by_label("Select the runs that are loaded").check()
    bar(site).get_by_role("button", name="Rerun…").click()
    page.get_by_text("First a few, then the others").click()
    page.get_by_label("First so many, then look").fill("two")
    expect(site.dialog().get_by_role("alert")).to_have_text("Write a number")
    expect(site.dialog().get_by_role("button", name=re.compile("^Rerun"))).to_be_disabled()
    page.get_by_label("First so many, then look").fill("2")
    page.get_by_label("Value that must be there at the end").fill("item.left")
    dry_run(site)
    site.dialog().get_by_role("button", name="Rerun 6 runs").click()
    page.wait_for_url(re.compile("/ui/batches/"))
    expect(page.locator('h1 [data-state="paused"]')).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile("canary: 2 of 2 did not pass"))).to_be_visible()
    expect(page.locator("[data-done]")).to_have_text("2 of 6")
    canary = page.locator("section", has=page.locator('[data-canary="failed"]'))
    expect(canary).to_contain_text("Each of them must complete with item.left")
    expect(canary.locator("tr[data-item]")).to_have_count(2)
    site.snap("batch-paused")
    expect_no_sideways(site)
    page.get_by_role("button", name="Resume").click()
    expect(site.dialog()).to_contain_text("Resume this batch?")
    site.snap("batch-resume", whole=False)
    page.get_by_role("button", name="Leave it paused").click()
    page.get_by_role("button", name="Abort").click()
    page.get_by_label("Reason").fill("mend it first")
    site.dialog().get_by_role("button", name="Abort batch").dblclick()
    expect(page.locator('h1 [data-state="aborted"]')).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    page.get_by_role("button", name="Cancelled 4").click()
    expect(page.locator('tr[data-outcome="cancelled"]')).to_have_count(4)
    assert batch_of(site)["note"] == "aborted: mend it first"


def test_a_limit_is_lifted_and_what_failed_is_rerun(workshop: tuple[Site, Path]) -> None:
    site, skills = workshop
    page = site.page
    failed = start_counts(site, 3)
    asked = {"ids": failed, "name": "Too early", "concurrency": 1, "stop_at_failure_rate": 0}
    site.open(f"/batches/{site.ask('/admin/batches', asked)['id']}")
    expect(page.locator('h1 [data-state="paused"]')).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_label("Pause when more fail than (%)")).to_be_visible()
    page.get_by_label("Pause no more because of failures").check()
    site.snap("batch-lift-limit", whole=False)
    site.dialog().get_by_role("button", name="Resume batch").click()
    expect(page.locator('h1 [data-state="completed"]')).to_be_visible(timeout=60_000)
    assert batch_of(site)["stop_at_failure_rate"] is None
    mend_count_stock(site, skills)
    page.get_by_role("button", name="Rerun the 3 failed").click()
    expect(dry_run(site)).to_contain_text("3 runs")
    expect(site.dialog().get_by_label("Name")).to_have_value("Too early: failed ones")
    site.dialog().get_by_role("button", name="Rerun 3 runs").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Too early: failed ones")
    expect(page.locator('h1 [data-state="completed"]')).to_be_visible(timeout=60_000)
    assert batch_of(site)["counts"]["succeeded"] == 3


def test_what_goes_wrong_is_said_in_the_dialog(workshop: tuple[Site, Path]) -> None:
    site, _ = workshop
    page = site.page
    start_counts(site, 2)
    site.open("/runs")
    page.get_by_label("Select Count 001").check()
    page.get_by_label("Select Count 002").check()
    expect(bar(site).get_by_role("link", name="Compare")).to_be_visible()
    page.route("**/admin/batches", lambda route: route.abort())
    bar(site).get_by_role("button", name="Rerun…").click()
    expect(site.dialog().get_by_text("The server can't be reached", exact=True)).to_be_visible()
    expect(site.dialog().get_by_role("button", name=re.compile("^Rerun"))).to_be_disabled()
    page.unroute("**/admin/batches")
    page.get_by_role("button", name="Try again").click()
    dry_run(site)
    page.route("**/admin/batches", lambda route: route.abort())
    site.dialog().get_by_role("button", name="Rerun 2 runs").click()
    expect(site.dialog().get_by_role("alert")).to_contain_text("can't be reached")
    page.unroute("**/admin/batches")
    assert site.ask("/admin/batches")["items"] == []


def test_batches_empty_loading_and_error(empty_site: Site) -> None:
    site, page = empty_site, empty_site.page
    held = HeldBack(page, "**/admin/batches*")
    site.open("/batches")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    held.refuse()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_be_visible()
    held.let_through()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No batch yet")).to_be_visible()
    site.snap("batches-empty")
    site.open("/batches/nobody-knows-it")
    expect(page.get_by_text("There is no such batch", exact=True)).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("nobody-knows-it")


def test_reruns_that_wait_and_effects_that_would_happen_again(site: Site) -> None:
    page = site.page
    for number in (1, 2):
        letter = {"customer": {"name": f"Guest {number}"}, "text": "Your room is ready."}
        thread_id = f"bulk-letter-{number}"
        site.start({"thread_id": thread_id, "sop": "Write letter", "initial_data": letter})
        site.wait_for(thread_id, "completed")
    site.open("/runs?name=bulk-letter")
    expect(page.locator("tr[data-run]")).to_have_count(2)
    page.get_by_label("Select the runs that are loaded").check()
    bar(site).get_by_role("button", name="Rerun…").click()
    expect(dry_run(site)).to_contain_text("2 runs")
    page.get_by_role("radio", name=re.compile("^Again")).check()
    expect(dry_run(site).locator('[data-state="not_repeated"]')).to_contain_text("2 ×")
    page.locator("summary").filter(has_text="Effects").click()
    page.get_by_role("radio", name=re.compile("^Repeat")).check()
    expect(site.dialog().locator('[data-state="needs_consent"]')).to_contain_text("2 ×")
    agree = page.get_by_label("Yes, write-letter may happen again in each of these runs")
    agree.check()
    expect(site.dialog().locator('[data-state="happens_again"]')).to_contain_text("2 ×")
    agree.uncheck()
    expect(site.dialog().locator('[data-state="needs_consent"]')).to_contain_text("2 ×")
    site.snap("batch-dialog-effects", whole=False)
    dry_run(site)
    site.dialog().get_by_role("button", name="Rerun 2 runs").click()
    page.wait_for_url(re.compile("/ui/batches/"))
    expect(page.get_by_text("2 wait for a person.")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Show them").click()
    expect(page).to_have_url(re.compile("state=waiting"))
    expect(page.locator('tr[data-outcome="waiting"]')).to_have_count(2)
    site.snap("batch-waiting")
    page.get_by_role("link", name="Answer it").first.click()
    expect(page.locator('[data-wait="consent"]')).to_be_visible()
