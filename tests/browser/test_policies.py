"""Policies in the browser: the rule in words, what it did about failed runs, and a breaker."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect
from tests.browser.test_pages import HeldBack

from .site import Site

NO_PAUSE = {"first_seconds": 0, "factor": 1, "most_seconds": 0, "jitter": 0}


def make(site: Site, label: str, **fields: Any) -> str:
    """Make a policy for the runs with this label alone: other tests have failures of their own."""
    body = {"name": f"Try {label}", "matches": {"metadata": {"case": label}}, "backoff": NO_PAUSE}
    return str(site.ask("/admin/policies", body | fields)["id"])


def fail(site: Site, label: str, number: int = 1) -> str:
    """Start a run whose last skill always fails: a weight times an object."""
    data = {"parcel": {"id": f"{label}-{number}"}, "rate": {"per": "kilo"}}
    body = {"sop": "Measure parcel, then price parcel.", "initial_data": data, "metadata": {"case": label}}
    return site.start(body | {"run_name": f"Parcel {label} {number}"})


def test_a_policy_is_made_and_says_what_it_does(empty_site: Site) -> None:
    site, page = empty_site, empty_site.page
    site.open("/policies")
    expect(page.get_by_text("No policy yet")).to_be_visible()
    site.snap("policies-empty")
    page.get_by_role("link", name="New policy").first.click()
    words = page.locator("[data-sentence]")
    expect(words).to_contain_text(
        "Reruns every failed run from the failed step, up to 3 times, after 1 min, 2 min, 4 min ±20 %."
    )
    page.get_by_label("Of the SOP").fill("order-refund")
    page.get_by_label("First pause", exact=True).fill("30")
    page.get_by_label("First pause: unit").select_option("seconds")
    expect(words).to_contain_text(
        "failed runs of order-refund from the failed step, up to 3 times, after 30 s"
    )
    page.get_by_label("Attempts").fill("none")
    expect(words).to_contain_text("as soon as all of it can be read")
    page.get_by_label("Attempts").fill("200")
    page.get_by_role("button", name="Create policy").click()
    expect(page.get_by_text("What people call it.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Refunds try again")
    page.get_by_role("button", name="Create policy").click()
    expect(page.get_by_role("alert").first).to_contain_text("100")
    page.get_by_label("Attempts").fill("2")
    page.get_by_text("Only some").click()
    page.get_by_label("timeout", exact=True).check()
    page.get_by_label("Others").fill("http-503")
    expect(words).to_contain_text("only after timeout or http-503")
    site.snap("policy-form")
    page.get_by_role("button", name="Create policy").dblclick()
    expect(page.get_by_role("heading", name="Refunds try again")).to_be_visible()
    expect(words).to_contain_text(
        "failed runs of order-refund from the failed step, up to 2 times, after 30 s, 1 min"
    )
    assert len(site.ask("/admin/policies")["items"]) == 1
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Others").fill("http-401")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").first).to_contain_text("http-401")
    page.get_by_label("Others").fill("")
    page.get_by_role("button", name="Save").click()
    expect(words).to_contain_text("only after timeout.")


def test_what_it_did_about_a_failed_run(site: Site) -> None:
    page = site.page
    policy = make(site, "answers", attempts=2)
    failed = fail(site, "answers")
    site.open(f"/policies/{policy}")
    rows = page.locator("tr[data-failed]")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("all 2 attempts have failed")
    expect(rows.nth(0).locator('[data-state="given_up"]')).to_be_visible()
    expect(rows.nth(2)).to_contain_text("price-parcel failed")
    site.snap("policy-filled")
    page.get_by_role("button", name=re.compile("^Rerun")).click()
    expect(page).to_have_url(re.compile("answer=rerun"))
    expect(rows).to_have_count(2)
    rows.last.locator(f'a[href$="{failed}_rerun_1"]').click()
    expect(page.get_by_text("attempt 1 of 2 after")).to_be_visible()
    page.get_by_role("link", name="Try answers").first.click()
    expect(page).to_have_url(re.compile(f"/ui/policies/{policy}"))
    page.get_by_role("button", name="Disable").click()
    site.dialog().get_by_label("Note").fill("the scales are being mended")
    site.dialog().get_by_role("button", name="Disable").click()
    expect(page.get_by_text("“the scales are being mended”")).to_be_visible()
    site.open("/policies")
    row = page.locator(f'tr[data-policy="{policy}"]')
    expect(row).to_contain_text("the scales are being mended")
    expect(row).to_contain_text("2 rerun")
    site.snap("policies-filled")
    did = row.get_by_role("list", name="What it did last")
    expect(did.get_by_role("listitem")).to_have_count(3)
    row.get_by_role("link", name="Try answers").click()
    page.get_by_role("button", name="Enable").click()
    site.dialog().get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Disable")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    site.dialog().get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("/ui/policies$"))
    expect(row).to_have_count(0)


def test_a_breaker_shows_what_it_holds_back_and_is_closed(site: Site) -> None:
    page = site.page
    rule = {"failures": 1, "seconds": 600, "rest_seconds": 3600}
    policy = make(site, "storm", breaker=rule)
    for number in range(3):
        fail(site, "storm", number)
    site.open(f"/policies/{policy}")
    breaker = page.locator('[data-breaker="price-parcel"]')
    expect(breaker.locator('[data-state="open"]')).to_be_visible()
    expect(breaker).to_contain_text("3 held back")
    expect(page.locator('tr[data-failed] [data-state="held_back"]')).to_have_count(3)
    site.snap("policy-breaker")
    breaker.get_by_role("button", name="Close breaker").click()
    dialog = site.dialog()
    expect(dialog).to_contain_text("What it held back (3) is looked at again at once")
    site.snap("policy-close-breaker", whole=False)
    dialog.get_by_label("Reason").fill("mended")
    dialog.get_by_role("button", name="Close breaker").click()
    expect(dialog).to_have_count(0)
    expect(page.locator('tr[data-failed] [data-state="rerun"]').first).to_be_visible()


def test_loading_error_and_no_such_policy(site: Site) -> None:
    page = site.page
    held = HeldBack(page, "**/admin/policies?*")
    site.open("/policies")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    held.refuse()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_be_visible()
    held.let_through()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_have_count(0)
    site.open("/policies/none")
    expect(page.get_by_text("There is no such policy")).to_be_visible()


def test_on_a_small_screen(site: Site) -> None:
    page = site.page
    policy = make(site, "pocket", attempts=1)
    fail(site, "pocket")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/policies", "/policies/new", f"/policies/{policy}", f"/policies/{policy}/edit"):
        site.open(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
