"""Backtests: from a skill's version and from a selection, and the report."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect
from tests.browser.test_pages import HeldBack

from .fleet import bar, expect_no_sideways, price_parcels
from .site import Site


def dearer(site: Site, skills: Path) -> None:
    """Heavy parcels cost more than they did, and none of nine kilograms is taken."""
    script = skills / "price-parcel" / "scripts" / "price_parcel.py"
    script.write_text(
        "def run(inputs):\n"
        '    weight = inputs["parcel"]["weight"]\n'
        "    if weight == 5:\n"
        '        raise ValueError("too heavy by a hair")\n'
        '    return {"parcel": {"price": weight * inputs["rate"] + (1 if weight > 2 else 0)}}\n'
    )
    site.ask("/admin/skills/reload", {})


def test_a_version_of_a_skill_against_past_runs(workshop: tuple[Site, Path]) -> None:
    site, skills = workshop
    page = site.page
    price_parcels(site, 5)
    dearer(site, skills)
    site.open("/skills/price-parcel")
    page.get_by_role("button", name="Backtest this version").click()
    expect(page.get_by_label("The newest runs, at most")).to_have_value("100")
    page.get_by_label("The newest runs, at most").fill("fifty")
    expect(site.dialog().get_by_role("alert")).to_have_text("Write a number")
    expect(site.dialog().get_by_role("button", name="Start backtest")).to_be_disabled()
    page.get_by_label("The newest runs, at most").fill("50")
    site.dialog().get_by_label("Name").fill("Dearer parcels")
    site.snap("backtest-dialog", whole=False)
    site.dialog().get_by_role("button", name="Start backtest").dblclick()
    page.wait_for_url(re.compile("/ui/backtests/[^?]+$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dearer parcels")
    expect(page.locator("[data-headline]")).to_have_text(
        "2 of 5 outcomes change, 1 can't be told, 1 newly fails", timeout=60_000
    )
    expect(page.locator('[data-path="parcel.price"]')).to_contain_text("price-parcel")
    expect(page.locator('[data-path="parcel.price"]')).to_contain_text("2 runs")
    expect(page.locator("[data-untold]")).to_contain_text("too heavy by a hair")
    site.snap("backtest-report")
    expect_no_sideways(site)
    assert len(site.ask("/admin/backtests")["items"]) == 1
    page.get_by_role("button", name="Changes 2").click()
    expect(page).to_have_url(re.compile("verdict=changed"))
    expect(page.locator("tr[data-item]")).to_have_count(2)
    page.get_by_label("Compare parcel-4 with its replay").click()
    expect(page).to_have_url(re.compile("/ui/compare.*left=parcel-4"))
    expect(page.locator("[data-headline]")).to_be_visible()
    backtest = site.ask("/admin/backtests")["items"][0]["id"]
    site.open(f"/batches/{backtest}")
    expect(page).to_have_url(re.compile(f"/ui/backtests/{backtest}$"))
    site.open("/backtests")
    row = page.locator("tr[data-backtest]")
    expect(row).to_contain_text("2 of 5 outcomes change")
    site.snap("backtests-filled")
    expect_no_sideways(site)


def test_selected_runs_are_replayed(workshop: tuple[Site, Path]) -> None:
    site, _ = workshop
    page = site.page
    price_parcels(site, 3)
    site.open("/runs")
    page.get_by_label("Select Parcel 1").check()
    page.get_by_label("Select Parcel 3").check()
    bar(site).get_by_role("button", name="Backtest…").click()
    expect(page.get_by_label("The newest runs, at most")).to_have_count(0)
    page.route("**/admin/backtests", lambda route: route.abort())
    site.dialog().get_by_role("button", name="Start backtest").click()
    expect(site.dialog().get_by_role("alert")).to_contain_text("can't be reached")
    page.unroute("**/admin/backtests")
    site.dialog().get_by_role("button", name="Start backtest").click()
    page.wait_for_url(re.compile("/ui/backtests/"))
    expect(page.locator("[data-headline]")).to_have_text("No outcome changes", timeout=60_000)
    expect(page.locator('tr[data-verdict="stays"]')).to_have_count(2)


def test_backtests_empty_loading_and_error(empty_site: Site) -> None:
    site, page = empty_site, empty_site.page
    held = HeldBack(page, "**/admin/backtests*")
    site.open("/backtests")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    held.refuse()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_be_visible()
    held.let_through()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No backtest yet")).to_be_visible()
    site.snap("backtests-empty")
    page.get_by_role("button", name="New backtest").click()
    site.dialog().get_by_role("button", name="Start backtest").click()
    expect(site.dialog().get_by_role("alert")).to_contain_text("No finished run matches")
