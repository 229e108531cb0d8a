"""The family of a run as a tree, what has fixed a failed run, and deleting a run."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from .site import Site

DATA = {"customer": {"name": "E"}, "text": "x"}


def failed(site: Site, name: str) -> str:
    """A run that has failed, since what its goal needs is missing."""
    original = site.start(
        {"sop": "Write letter", "initial_data": {}, "skills": ["write-letter"], "run_name": name}
    )
    assert site.wait_for(original)["status"] == "failed"
    return original


def rerun(site: Site, thread_id: str, body: dict[str, object]) -> str:
    again = str(site.ask(f"/rerun/{thread_id}", body)["thread_id"])
    site.wait_for(again)
    return again


def family(site: Site) -> Locator:
    return site.page.get_by_role("list", name="Family").get_by_role("listitem")


def test_the_tree_of_a_family(site: Site) -> None:
    page = site.page
    original = failed(site, "Letter to E")
    first = rerun(site, original, {"reason": "perhaps it works now"})
    second = rerun(site, first, {"changes": DATA, "reason": "the customer was missing"})
    third = rerun(site, original, {"plan": "unchanged", "results": "unchanged"})

    site.open("/runs")
    badge = site.row(original).get_by_role("link", name="Fixed by #2").first
    expect(badge).to_be_visible()
    expect(site.row(original).locator('[data-status="failed"]')).to_be_visible()
    expect(site.row(third)).not_to_contain_text("Fixed by")
    site.snap("runs-fixed-by", whole=False)

    site.open_run(original)
    expect(page.locator("header").get_by_role("link", name="Fixed by #2")).to_be_visible()
    page.get_by_role("button", name="Family").click()
    expect(page).to_have_url(re.compile(r"tab=family"))
    expect(family(site)).to_have_count(4)
    shown = [(row.get_attribute("data-run"), row.get_attribute("data-depth")) for row in family(site).all()]
    assert shown == [(original, "0"), (first, "1"), (second, "2"), (third, "1")]
    expect(family(site).nth(0)).to_have_attribute("aria-current", "true")
    expect(family(site).nth(0)).to_contain_text("First run")
    expect(family(site).nth(1)).to_contain_text("“perhaps it works now”")
    expect(family(site).nth(1)).to_contain_text("Fixed by #2")
    expect(family(site).nth(2).locator('[data-status="completed"]')).to_be_visible()
    expect(family(site).nth(3)).to_contain_text("Only what changed")
    site.snap("run-family")
    family(site).nth(2).get_by_role("link", name="Letter to E (Rerun #2)").click()
    page.wait_for_url(re.compile(rf"/ui/runs/{second}"))
    site.expect_status("completed")
    expect(page.locator("header").get_by_text("Fixed by")).to_have_count(0)


def test_deleting_a_run(site: Site) -> None:
    page = site.page
    original = failed(site, "Letter to F")
    first = rerun(site, original, {"changes": DATA})
    site.open_run(original)
    site.more("Delete")
    expect(site.dialog()).to_contain_text("What stays")
    expect(site.dialog()).to_contain_text("the effects it had")
    site.snap("run-delete", whole=False)
    site.dialog().get_by_role("button", name="Keep it").click()
    expect(site.dialog()).to_have_count(0)
    assert site.ask(f"/admin/runs/{original}")["status"] == "failed"

    site.more("Delete")
    page.get_by_label("Reason").fill("not needed")
    site.dialog().get_by_role("button", name="Delete run").click()
    page.wait_for_url(re.compile(r"/ui/runs$"))
    expect(site.row(first)).to_be_visible()
    expect(site.row(original)).to_have_count(0)

    site.open_run(first, "?tab=family")
    gone = family(site).nth(0)
    expect(gone).to_contain_text("Deleted")
    expect(gone.get_by_role("link")).to_have_count(0)
    expect(family(site).nth(1)).to_have_attribute("data-depth", "1")
    site.snap("run-family-deleted")
    site.open_run(original)
    expect(page.get_by_role("alert")).to_contain_text("This run has been deleted")
    expect(family(site)).to_have_count(2)
    site.snap("run-deleted")


def test_a_run_that_is_needed_is_not_deleted(site: Site) -> None:
    page = site.page
    order = {"order": {"id": "A-10517"}, "request": {"received_on": "2026-11-20"}}
    original = site.start({"sop_name": "order-refund", "initial_data": order, "run_name": "Needed"})
    site.wait_for(original, "waiting")
    site.open_run(original)
    site.expect_status("waiting")
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem", name="Delete")).to_be_disabled()
    expect(page.get_by_role("menuitem", name="Delete")).to_contain_text("cancel it first")
    page.keyboard.press("Escape")
    again = str(site.ask(f"/rerun/{original}", {})["thread_id"])
    site.wait_for(again, "waiting")
    site.ask(f"/admin/runs/{original}/cancel", {})
    site.wait_for(original)
    site.more("Delete")
    site.dialog().get_by_role("button", name="Delete run").click()
    expect(site.dialog().get_by_role("alert")).to_contain_text(f"{again} has been made from")
    site.snap("run-delete-refused", whole=False)
    assert site.ask(f"/admin/runs/{original}")["status"] == "cancelled"
