"""Schedules in the browser: made, previewed, fired, paused, backfilled, edited, deleted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.test_pages import HeldBack

from .site import Site

SOP = "Measure parcel"
NIGHTLY = {
    "name": "Nightly parcels",
    "start": {"sop": SOP, "initial_data": {"parcel": {"id": "{{ scheduled_at.date }}"}}},
    "cron": "30 2 * * *",
    "time_zone": "Europe/Berlin",
}


def row(site: Site, name: str) -> Locator:
    return site.page.locator("tr[data-schedule]").filter(
        has=site.page.get_by_role("link", name=name, exact=True)
    )


def make(site: Site, **fields: Any) -> str:
    return str(site.ask("/admin/schedules", NIGHTLY | fields)["id"])


@pytest.fixture
def parcel(site: Site) -> str:
    """A completed run to repeat; made once."""
    site.start(
        {
            "thread_id": "nightly-parcel",
            "sop": SOP,
            "initial_data": {"parcel": {"id": "12345678901234567890"}},
            "run_name": "Parcel one",
        }
    )
    site.wait_for("nightly-parcel", "completed")
    return "nightly-parcel"


def test_none_yet_then_one_by_cron_with_its_next_times(empty_site: Site) -> None:
    site, page = empty_site, empty_site.page
    site.open("/schedules")
    expect(page.get_by_text("Nothing is scheduled yet")).to_be_visible()
    site.snap("schedules-empty")
    page.get_by_role("link", name="New schedule").first.click()
    preview = page.locator("[data-preview]")
    expect(preview.get_by_role("listitem")).to_have_count(5)
    page.get_by_label("Cron rule").fill("30 2 * * 1")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    expect(page.get_by_text("every Monday at 02:30")).to_be_visible()
    expect(preview.get_by_role("listitem").first).to_contain_text("02:30 Europe/Berlin")
    expect(preview.get_by_role("listitem").first).to_contain_text(re.compile(r"= 0[01]:30 UTC"))
    page.get_by_label("Cron rule").fill("61 2 * * *")
    expect(page.get_by_role("alert").first).to_contain_text("61")
    page.get_by_label("Cron rule").fill("30 2 * * 1-5")
    page.get_by_label("Time zone").fill("Europe/Nowhere")
    expect(page.get_by_role("alert").first).to_contain_text("Europe/Nowhere")
    site.snap("schedule-form-wrong-zone")
    page.get_by_label("Time zone").fill("America/New_York")
    expect(preview.get_by_role("listitem")).to_have_count(5)
    page.get_by_role("button", name="Create schedule").click()
    expect(page.get_by_text("What people call it.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Morning refunds")
    page.get_by_label("Which procedure?").select_option("order-refund")
    site.write_json('{"order": {"id": "A-{{ scheduled_at.nonsense }}"}}')
    page.get_by_text("Placeholders, such as").click()
    expect(page.get_by_text("seconds since 1970, a number")).to_be_visible()
    page.get_by_role("button", name="Create schedule").click()
    expect(page.get_by_text(re.compile("scheduled_at.nonsense.*", re.I)).last).to_be_visible()
    site.snap("schedule-form-filled")
    site.write_json('{"order": {"id": "A-{{ scheduled_at.date }}", "number": 12345678901234567890}}')
    page.get_by_role("button", name="Create schedule").click()
    expect(page.get_by_role("heading", name="Morning refunds")).to_be_visible()
    expect(page.get_by_text("Monday to Friday at 02:30, America/New_York")).to_be_visible()
    expect(page.get_by_text("12345678901234567890")).to_be_visible()
    assert len(site.ask("/admin/schedules")["items"]) == 1


def test_fired_by_itself_and_by_hand(site: Site) -> None:
    page = site.page
    due = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    make(site, name="Parcel once", cron=None, at=due)
    site.open("/schedules")
    expect(row(site, "Parcel once").locator('[data-state="fired"]')).to_be_visible()
    expect(row(site, "Parcel once")).to_contain_text("never again")
    row(site, "Parcel once").get_by_role("link", name=re.compile("Measure parcel")).first.click()
    expect(page.get_by_text("Started by")).to_be_visible()
    page.get_by_role("link", name="Parcel once").click()
    expect(page).to_have_url(re.compile("/ui/schedules/schedule"))
    schedule = make(site)
    site.open("/schedules")
    page.locator("tr[data-schedule]").first.get_by_role("button", name="What can be done with").click()
    site.snap("schedules-menu", whole=False)
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/ui/schedules/new"))
    site.open(f"/schedules/{schedule}")
    expect(page.get_by_text("every day at 02:30, Europe/Berlin").first).to_be_visible()
    expect(page.get_by_role("list", name="Next times").get_by_role("listitem")).to_have_count(5)
    page.get_by_role("button", name="Run now").click()
    site.dialog().get_by_label("Reason").fill("to see it run")
    site.dialog().get_by_role("button", name="Run now").dblclick()
    expect(page.get_by_text("A run has been started")).to_be_visible()
    firing = page.locator("tr[data-firing]")
    expect(firing).to_have_count(1)
    expect(firing).to_contain_text("by hand")
    firing.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/ui/runs/"))
    site.expect_status("completed")
    site.more("Schedule this")
    expect(page).to_have_url(re.compile(r"/ui/schedules/new\?run="))


def test_a_run_names_the_schedule_that_reran_it(site: Site, parcel: str) -> None:
    page = site.page
    site.open_run(parcel)
    site.more("Schedule this")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Parcel one")
    expect(page.get_by_label("Run", exact=True)).to_have_value(parcel)
    expect(page.get_by_role("link", name="Parcel one")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Parcel one again")
    page.get_by_text("Only what changed").click()
    site.write_json('{"parcel": {"id": "{{ schedule.name }}"}}')
    page.get_by_text("At intervals").click()
    page.get_by_label("Every", exact=True).fill("1")
    page.get_by_label("Every: unit").select_option("seconds")
    expect(page.locator("[data-preview]").get_by_role("listitem")).to_have_count(5)
    site.snap("schedule-form-rerun")
    page.get_by_role("button", name="Create schedule").click()
    expect(page.get_by_role("heading", name="Parcel one again")).to_be_visible()
    fired = page.locator('tr[data-firing][data-state="fired"]')
    expect(fired.nth(1)).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    site.dialog().get_by_label("Note").fill("enough parcels")
    site.dialog().get_by_role("button", name="Pause").click()
    expect(page.get_by_text("“enough parcels”")).to_be_visible()
    expect(page.get_by_text("None while it is paused.")).to_be_visible()
    site.snap("schedule-filled")
    fired.first.get_by_role("link").click()
    site.expect_status("completed")
    expect(page.get_by_text("by schedule Parcel one again")).to_be_visible()
    site.snap("run-by-schedule")
    page.get_by_role("link", name="Parcel one again").first.click()
    expect(page).to_have_url(re.compile("/ui/schedules/schedule"))
    site.open("/schedules?state=paused")
    paused = row(site, "Parcel one again")
    expect(paused).to_contain_text("enough parcels")
    expect(paused.get_by_role("list", name="Last firings").get_by_role("listitem").first).to_be_visible()
    site.snap("schedules-filled")
    paused.get_by_role("link", name="Parcel one again", exact=True).click()
    page.get_by_role("button", name="Resume").click()
    site.dialog().get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    site.snap("schedule-delete", whole=False)
    site.dialog().get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("/ui/schedules$"))
    expect(row(site, "Parcel one again")).to_have_count(0)


def test_backfill_shows_which_times_before_it_fires_them(site: Site) -> None:
    page = site.page
    schedule = make(site, name="To backfill", overlap="queue_one")
    site.open(f"/schedules/{schedule}")
    page.get_by_role("button", name="Backfill").click()
    dialog = site.dialog()
    dialog.get_by_label("From").fill("2026-03-27T00:00")
    dialog.get_by_label("To").fill("2026-03-26T00:00")
    dialog.get_by_role("button", name="Show which times").click()
    expect(dialog.get_by_role("alert")).to_contain_text("later than from")
    dialog.get_by_label("To").fill("2026-03-30T00:00")
    dialog.get_by_role("button", name="Show which times").click()
    times = dialog.get_by_role("list", name="Times").get_by_role("listitem")
    expect(times).to_have_count(3)
    expect(times.nth(0)).to_contain_text("= 01:30 UTC")
    expect(dialog.get_by_text("3 times to fire")).to_be_visible()
    site.snap("schedule-backfill", whole=False)
    dialog.get_by_label("Reason").fill("the week that was missed")
    dialog.get_by_role("button", name="Fire 3 times").dblclick()
    expect(dialog).to_have_count(0)
    fired = page.locator('tr[data-firing][data-state="fired"]')
    expect(fired).to_have_count(3)
    expect(fired.first).to_contain_text("backfill")
    page.get_by_role("button", name="Backfill").click()
    dialog.get_by_label("From").fill("2026-03-27T00:00")
    dialog.get_by_label("To").fill("2026-03-30T00:00")
    dialog.get_by_role("button", name="Show which times").click()
    expect(dialog.get_by_text("Nothing to fire in this window.")).to_be_visible()
    expect(dialog.get_by_text("has a firing, left alone").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Skipped").click()
    expect(page).to_have_url(re.compile("state=skipped"))
    expect(page.get_by_text("No firing is in this state.")).to_be_visible()


def test_an_edit_sends_only_what_differs(site: Site) -> None:
    page = site.page
    schedule = make(site, name="To edit")
    sent: list[str] = []
    page.on("request", lambda asked: asked.method == "PATCH" and sent.append(asked.post_data or ""))
    site.open(f"/schedules/{schedule}")
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Cron rule")).to_have_value("30 2 * * *")
    page.get_by_label("Name", exact=True).fill("Edited")
    page.get_by_text("Queue one").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Edited")).to_be_visible()
    expect(page.get_by_text("one time waits for its end")).to_be_visible()
    assert sent == ['{"name":"Edited","overlap":"queue_one"}']


def test_loading_error_and_no_such_schedule(site: Site) -> None:
    page = site.page
    held = HeldBack(page, "**/admin/schedules?*")
    site.open("/schedules")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    held.refuse()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_be_visible()
    site.snap("schedules-error")
    page.get_by_role("button", name="Try again").click()
    held.let_through()  # it would also ask again by itself
    expect(page.get_by_text("The server can't be reached", exact=True)).to_have_count(0)
    site.open("/schedules/none")
    expect(page.get_by_text("There is no such schedule")).to_be_visible()


def test_on_a_small_screen(site: Site) -> None:
    page = site.page
    make(site, name="In a pocket")
    page.set_viewport_size({"width": 390, "height": 844})
    site.open("/runs")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Schedules").click()
    expect(row(site, "In a pocket")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="In a pocket").click()
    page.get_by_role("button", name="Run now").click()
    site.dialog().get_by_role("button", name="Run now").click()
    expect(page.locator("tr[data-firing]")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Edit").click()
    expect(page.locator("[data-preview]").get_by_role("listitem")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
