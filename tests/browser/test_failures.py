"""Failures by kind: what stands there, a campaign, dismissing and restoring."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect
from tests.browser.test_pages import HeldBack

from .fleet import batch_of, dry_run, expect_no_sideways, mend_count_stock, start_counts
from .site import Site


def test_a_kind_of_failure_is_looked_at_and_mended_by_a_campaign(workshop: tuple[Site, Path]) -> None:
    site, skills = workshop
    page = site.page
    start_counts(site, 8)
    site.open("/runs")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Failures").click()
    group = page.locator('tr[data-failure="count-stock"]')
    expect(group).to_have_count(1)
    expect(group).to_contain_text("ValueError")
    expect(group.get_by_role("link", name="The 8 runs that failed so")).to_have_text("8")
    expect(group.get_by_role("img", name="8 in the last 7 days")).to_be_visible()
    site.snap("failures-filled")
    expect_no_sideways(site)
    group.get_by_role("link", name="The 8 runs that failed so").click()
    expect(page.locator("tr[data-run]")).to_have_count(8)
    expect(page.get_by_role("button", name="Remove signature:")).to_be_visible()
    site.snap("runs-of-a-failure")
    page.reload()
    expect(page.locator("tr[data-run]")).to_have_count(8)

    mend_count_stock(site, skills)
    site.open("/failures")
    group.get_by_role("button", name="Campaign for count-stock").click()
    expect(dry_run(site)).to_contain_text("8 runs")
    expect(page.get_by_label("First so many, then look")).to_have_value("5")
    expect(page.get_by_label("Pause when more fail than (%)")).to_have_value("20")
    site.snap("campaign", whole=False)
    dry_run(site)
    site.dialog().get_by_role("button", name="Rerun 8 runs").click()
    page.wait_for_url(re.compile("/ui/batches/"))
    expect(page.locator('h1 [data-state="completed"]')).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Passed", exact=True)).to_be_visible()
    batch = batch_of(site)
    assert batch["counts"]["succeeded"] == 8
    assert batch["canary"] == {"size": 5, "gate": None, "state": "passed"}
    site.open("/failures")
    expect(page.get_by_text("Nothing is broken")).to_be_visible()
    site.snap("failures-empty")


def test_a_failure_that_nobody_will_mend(workshop: tuple[Site, Path]) -> None:
    site, _ = workshop
    page = site.page
    start_counts(site, 2)
    site.open("/failures?since=24h")
    group = page.locator('tr[data-failure="count-stock"]')
    group.get_by_role("button", name="Dismiss count-stock").click()
    page.get_by_label("Note").fill("the shop has closed")
    site.snap("failure-dismiss", whole=False)
    page.route("**/admin/failures/dismiss", lambda route: route.abort())
    site.dialog().get_by_role("button", name="Dismiss 2 runs").click()
    expect(site.dialog().get_by_role("alert")).to_contain_text("can't be reached")
    page.unroute("**/admin/failures/dismiss")
    site.dialog().get_by_role("button", name="Dismiss 2 runs").dblclick()
    expect(page.get_by_text("No failure matches")).to_be_visible()
    page.get_by_label("Show dismissed").check()
    expect(page).to_have_url(re.compile("dismissed=yes"))
    expect(group).to_contain_text("2 dismissed")
    expect(group.get_by_role("button", name="Campaign for count-stock")).to_have_count(0)
    site.snap("failures-dismissed")
    audit = [one for one in site.ask("/admin/audit")["items"] if "dismiss" in one["action"]]
    assert sorted(one["thread_id"] for one in audit) == ["count-001", "count-002"]
    assert {one["reason"] for one in audit} == {"the shop has closed"}
    group.get_by_role("button", name="Restore count-stock").click()
    site.dialog().get_by_role("button", name="Restore 2 runs").click()
    expect(group.get_by_role("button", name="Campaign for count-stock")).to_be_visible()
    page.get_by_label("Skill", exact=True).fill("another-skill")
    expect(page.get_by_text("No failure matches")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    expect(group).to_have_count(1)


def test_failures_loading_and_error(empty_site: Site) -> None:
    site, page = empty_site, empty_site.page
    held = HeldBack(page, "**/admin/failures*")
    site.open("/failures")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    held.refuse()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_be_visible()
    held.let_through()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Nothing is broken")).to_be_visible()


def test_the_menu_of_a_small_screen(empty_site: Site) -> None:
    site, page = empty_site, empty_site.page
    page.set_viewport_size({"width": 390, "height": 844})
    site.open("/runs")
    menu = page.get_by_role("button", name="Menu")
    expect(page.get_by_role("link", name="Failures")).to_be_hidden()
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.get_by_role("link", name="Failures").click()
    expect(page).to_have_url(re.compile("/ui/failures"))
    expect(page.get_by_role("link", name="Batches")).to_be_hidden()
    menu.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Batches")).to_be_hidden()
