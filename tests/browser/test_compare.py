"""Two runs side by side: from the page of a rerun, with its origins, followers, data and totals."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from .site import Site

DATA = {
    "order": {"id": "A-10442"},
    "request": {"received_on": "2026-11-20", "reference": 20261120000000004711, "reason": "broken"},
}


def refund(site: Site) -> str:
    asked = {"sop_name": "order-refund", "initial_data": DATA, "run_name": "Refund the kettle"}
    original = site.start(asked)
    assert site.wait_for(original)["status"] == "completed"
    return original


def rerun_with(site: Site, original: str, changes: dict[str, object]) -> str:
    made = str(site.ask(f"/rerun/{original}", {"changes": changes})["thread_id"])
    site.wait_for(made)
    return made


def test_from_a_rerun_to_what_made_it_differ(site: Site) -> None:
    page, original = site.page, refund(site)
    rerun = rerun_with(site, original, {"request": {"received_on": "2027-06-01"}, "note": "late"})
    site.open_run(rerun)
    site.more("Compare with parent")
    page.wait_for_url(re.compile(rf"/ui/compare\?left={original}&right={rerun}"))
    headline = page.locator("[data-headline]")
    expect(headline).to_contain_text("1 origin: input request.received_on")
    expect(headline).to_contain_text("input note differs without effect")
    changed = page.locator('li[data-state="differs"]').first
    expect(changed).to_contain_text("input request.received_on")
    expect(page.locator("li[data-state]").filter(has_text="follows from").first).to_be_visible()
    expect(page.locator('li[data-state="only_left"]').first).to_be_visible()
    expect(page.get_by_role("rowheader", name="request.received_on")).to_be_visible()
    expect(page.locator('[data-total="model_calls"]')).to_contain_text("same")
    expect(page.locator('[data-total="seconds"]')).to_contain_text("→")
    site.snap("compare")
    page.get_by_role("list", name="Origins").get_by_role("button").first.click()
    expect(changed).to_be_focused()
    differing = page.locator('li[data-state]:not([data-state="same"])')
    count = differing.count()
    for key, at in (("n", 1), ("n", 2), ("N", 1), ("N", count)):
        page.keyboard.press(key)
        expect(differing.nth(at - 1)).to_be_focused()
        expect(page.get_by_text(f"Difference {at} of {count}")).to_be_in_viewport()
    site.snap("compare-difference", whole=False)
    changed.get_by_role("button", name="input request.received_on").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("The initial data differ there")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.get_by_label("Only differences").check()
    expect(page.locator('li[data-state="same"]')).to_have_count(0)
    expect(page).to_have_url(re.compile("only=differences"))
    page.reload()
    expect(page.locator('li[data-state="differs"]').first).to_be_visible()
    expect(page.locator('li[data-state="same"]')).to_have_count(0)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("x")
    page.wait_for_url(re.compile(rf"left={rerun}&right={original}"))
    expect(page.locator('li[data-state="only_right"]').first).to_be_visible()
    page.get_by_role("button", name="Swap the two runs").click()
    page.wait_for_url(re.compile(rf"left={original}&right={rerun}"))
    other = rerun_with(site, original, {})
    page.reload()
    page.get_by_role("button", name="Other baseline").click()
    expect(page.get_by_role("menuitem", name="First run, its parent")).to_be_disabled()
    site.snap("compare-baseline", whole=False)
    page.get_by_role("menuitem", name="#2").click()
    page.wait_for_url(re.compile(rf"left={other}&right={rerun}&only=differences"))


def test_find_out_which(site: Site) -> None:
    page, original = site.page, refund(site)
    rerun = rerun_with(site, original, {"request": {"received_on": "2027-06-01"}, "note": "late"})
    site.open(f"/compare?left={original}&right={rerun}")
    page.get_by_role("button", name="Find out which").click()
    tried = page.get_by_role("list", name="Tried one at a time").get_by_role("listitem")
    expect(tried).to_have_count(2)
    expect(tried.filter(has_text="input note")).to_be_visible()
    expect(tried.filter(has_text="input request.received_on")).to_be_visible()
    made = [run for run in site.family(original) if run["thread_id"] not in (original, rerun)]
    assert len(made) == 2
    for run in made:
        site.wait_for(run["thread_id"])
    site.snap("compare-which")


def test_choosing_two_runs_that_do_not_differ(site: Site) -> None:
    page, original = site.page, refund(site)
    again = rerun_with(site, original, {})
    site.open("/compare")
    expect(page.get_by_role("heading", name="Choose two runs")).to_be_visible()
    site.snap("compare-empty")
    page.get_by_label("Left run").fill(original)
    page.get_by_label("Right run").fill(again)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("[data-headline]")).to_contain_text("No differences")
    expect(page.get_by_role("heading", name="The data are the same")).to_be_visible()
    site.snap("compare-same")


def test_trouble_is_said_and_waiting_is_seen(site: Site) -> None:
    page, original = site.page, refund(site)
    site.open(f"/compare?left={original}&right=nobody")
    expect(page.get_by_role("alert")).to_contain_text("There is no such run")
    site.snap("compare-trouble")
    held: list[Route] = []
    page.route("**/admin/runs/compare**", lambda route: held.append(route))
    site.open(f"/compare?left={original}&right={original}")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    site.snap("compare-loading")
    for route in list(held):
        route.continue_()
    expect(page.locator("[data-headline]")).to_contain_text("No differences")
