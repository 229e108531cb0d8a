"""The run page: steps on the time axis beside the step looked at, finding, following, and 2,000 steps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from .long_run import STEPS, live_run, longest_task, observe_long_tasks, processor_times, write_long_run
from .site import Site

LIMIT_MS = 200
FAILED = STEPS - 100


@pytest.mark.smooth
def test_two_thousand_steps_open_and_are_walked_through_without_a_pause(site: Site, browser: Browser) -> None:
    page = site.page
    thread_id = write_long_run(site)
    observe_long_tasks(page)
    if _open_and_walk(site, thread_id) >= LIMIT_MS:
        # A machine that is busy with something else stretches every task: then its processor time counts.
        with processor_times(browser, page) as times:
            _open_and_walk(site, thread_id)
        assert len(times) > 1_000
        assert max(times) < LIMIT_MS
    assert page.locator('[role="treeitem"]').count() < 100  # what is out of view is not drawn
    # The observer does observe.
    page.evaluate(
        "() => setTimeout(() => { const end = performance.now() + 250; while (performance.now() < end); })"
    )
    page.wait_for_function("(limit) => Math.max(0, ...window.longTasks) >= limit", arg=LIMIT_MS)


def _open_and_walk(site: Site, thread_id: str) -> int:
    """Return the milliseconds of the longest task. Looks for roles would be tasks of the page themselves."""
    page = site.page
    site.open_run(thread_id)
    page.locator(f'[data-step="{FAILED}"]').wait_for()  # the list opens where it failed
    page.locator('button:has-text("Executed 801")').wait_for()  # all pages are there
    tree = page.locator('[role="tree"]')
    tree.focus()
    for key in ("Home", *["ArrowDown"] * 25, "End", *["ArrowUp"] * 25, "w", "e"):
        page.keyboard.press(key)
    page.locator(f'article[data-detail="{STEPS - 25}"]').wait_for()
    for _ in range(12):
        tree.evaluate("(tree) => tree.scrollBy(0, -4000)")
        page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    return longest_task(page)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_new_steps_scroll_into_view_until_one_scrolls_up(site: Site, motion: Any) -> None:
    page = site.page
    page.emulate_media(reduced_motion=motion)
    with live_run(site, f"live-{motion}") as add_steps:
        site.open_run(f"live-{motion}")
        tree = page.get_by_role("tree", name="Steps")
        expect(site.step(60)).to_be_in_viewport()
        add_steps(61, 70)
        expect(site.step(70)).to_be_in_viewport()
        to_live = page.get_by_role("button", name="Jump to live")
        expect(to_live).to_have_count(0)
        tree.hover()
        page.mouse.wheel(0, -600)
        expect(to_live).to_be_visible()
        stays = tree.evaluate("(tree) => tree.scrollTop")
        add_steps(71, 80)
        expect(page.get_by_role("button", name="Executed 40")).to_be_visible()  # they have arrived
        assert tree.evaluate("(tree) => tree.scrollTop") == stays
        to_live.click()
        expect(site.step(80)).to_be_in_viewport()
        expect(to_live).to_have_count(0)
        add_steps(81, 90)
        expect(site.step(90)).to_be_in_viewport()
        page.mouse.wheel(0, -600)
        expect(to_live).to_be_visible()
        site.snap("run-live", whole=False)


def test_the_step_that_is_looked_at(site: Site, tmp_path: Path) -> None:
    page = site.page
    site.open_run(write_long_run(site))
    looked = page.locator(f'article[data-detail="{FAILED}"]')
    expect(looked).to_contain_text("timed out after 30 s")
    expect(looked).to_contain_text("1,200 in, 300 out")
    expect(looked).to_contain_text("$0.0042")
    expect(looked.get_by_role("region", name="Prompt and model messages")).to_contain_text(
        "Model calls the tool rate_of"
    )
    expect(looked).to_contain_text("12345678901234567890")
    looked.get_by_role("button", name="Raw").first.click()
    expect(looked.get_by_role("region", name="Inputs").locator("pre")).to_contain_text('"rate": 2.50')
    looked.get_by_role("button", name="Copy the inputs as JSON").click()
    assert '"order.number": 12345678901234567890' in page.evaluate("navigator.clipboard.readText()")
    looked.get_by_role("button", name="Raw").first.click()
    site.snap("run-long", whole=False)

    log = looked.get_by_role("region", name=re.compile("^Logs"))
    expect(log).to_contain_text("no answer within 30 s")  # the end comes first
    assert log.locator("[data-level]").count() < 100
    log.get_by_label("Level of the log").select_option("warning")
    log.get_by_label("Find in the log").fill("rate 4900")
    expect(log.locator("[data-level]")).to_have_count(1)
    expect(log.locator("[data-level]")).to_have_text(re.compile("WARNING rate 4900 is old"))
    site.snap("run-log", whole=False)
    with page.expect_download() as download:
        log.get_by_role("button", name="Download the log").click()
    download.value.save_as(tmp_path / "log")
    assert len((tmp_path / "log").read_text().splitlines()) == 5_002

    looked.get_by_role("link", name=f"step {FAILED - 2}").click()
    expect(page.locator(f'article[data-detail="{FAILED - 2}"]')).to_be_visible()
    expect(page).to_have_url(re.compile(f"at={FAILED - 2}"))
    expect(site.step(FAILED - 2)).to_have_attribute("aria-selected", "true")
    page.reload()
    expect(page.locator(f'article[data-detail="{FAILED - 2}"]')).to_be_visible()


def test_steps_are_found_by_kind_and_text_and_walked_with_the_keyboard(site: Site) -> None:
    page = site.page
    site.open_run(write_long_run(site))
    page.get_by_role("button", name="Failed 1").click()
    expect(page).to_have_url(re.compile("only=failed"))
    expect(site.steps()).to_have_count(1)
    page.get_by_role("button", name="Failed 1").click()
    page.get_by_label("Find steps").fill("parcel_1234.price")
    expect(page).to_have_url(re.compile("find=parcel_1234"))
    expect(site.steps()).to_have_count(2)  # who produced it, and who read it
    page.get_by_role("button", name="Reused").click()
    expect(page.get_by_role("heading", name="No step matches")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.get_by_label("Find steps")).to_have_value("")

    tree = page.get_by_role("tree", name="Steps")
    tree.focus()
    page.keyboard.press("Home")
    first = site.step(1)
    expect(first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("aria-expanded", "false")
    expect(site.step(2)).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator('article[data-detail="2"]')).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator('article[data-detail="1"]')).to_be_visible()
    page.keyboard.press("w")
    expect(site.steps()).to_have_count(0)
    page.keyboard.press("e")
    expect(site.step(2)).to_be_visible()


def test_the_panes_are_in_view_and_their_border_stays_where_it_was_put(site: Site) -> None:
    page = site.page
    site.open_run(write_long_run(site))
    border = page.get_by_role("separator", name="Width of the list of steps")
    before = border.bounding_box()
    assert before
    # With all that stands above them for a run that failed.
    assert before["y"] + before["height"] <= 900
    border.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(x) => document.querySelector('[role=separator]').getBoundingClientRect().x > x + 10",
        arg=before["x"],
    )
    moved = border.bounding_box()
    assert moved
    page.reload()
    expect(border).to_be_visible()
    again = border.bounding_box()
    assert again
    assert abs(again["x"] - moved["x"]) < 2

    expect(page.get_by_role("list", name="Labels")).to_contain_text("logistics")
    expect(page.locator("main dl").first).to_contain_text("key nightly")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(border).to_have_count(0)
    expect(site.step(FAILED)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_else_can_be_done_with_a_run(site: Site) -> None:
    page = site.page
    thread_id = write_long_run(site)
    site.open_run(thread_id)
    page.get_by_role("button", name="More actions").click()
    site.snap("run-menu", whole=False)
    for action, why in {
        "Compare with parent": "first run of its family",
        "Cancel run": "It has ended",
    }.items():
        item = page.get_by_role("menuitem", name=action)
        expect(item).to_be_disabled()
        expect(item).to_contain_text(why)
    page.get_by_role("menuitem", name="Copy the link").click()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.server.url}/ui/runs/{thread_id}"
    site.more("Raw JSON")
    expect(page.locator("pre")).to_contain_text("12345678901234567890")
    site.snap("run-raw", whole=False)
    site.more("Copy to new run")
    expect(page).to_have_url(re.compile(f"/new\\?run={thread_id}$"))
    expect(page.get_by_label("Procedure", exact=True)).to_have_value("Price all parcels")
    expect(site.editor()).to_contain_text("12345678901234567890")


def test_data_says_who_produced_it_and_effects_have_their_receipts(site: Site) -> None:
    page = site.page
    data = {"customer": {"name": "Ada"}, "text": "Dear Ada"}
    original = site.start({"sop": "Write letter", "initial_data": data, "run_name": "A letter"})
    site.wait_for(original)
    site.ask(f"/rerun/{original}", {})
    site.wait_for(f"{original}_rerun_1")
    site.open_run(original, "?tab=data")
    page.get_by_label("Find data").fill("letter")
    producer = page.get_by_role("link", name="step 2, write-letter").first
    expect(producer).to_be_visible()
    expect(page.get_by_role("rowheader", name="customer.name")).to_have_count(0)
    site.snap("run-data-found")
    producer.click()
    expect(page.locator('article[data-detail="2"]')).to_be_visible()
    expect(page.get_by_role("region", name="Effect")).to_contain_text("there is a receipt")
    page.get_by_role("button", name="Effects", exact=True).click()
    expect(page.locator("tr[data-effect]")).to_contain_text("write-letter")
    site.snap("run-effects")
    site.open_run(f"{original}_rerun_1", "?tab=effects")
    expect(page.get_by_text(f"done by {original}").last).to_be_visible()
    expect(page.locator("tr[data-effect]")).to_have_count(0)


def test_why_it_waits(site: Site) -> None:
    page = site.page
    order = {"order": {"id": "A-10517"}, "request": {"received_on": "2026-11-20", "reason": "leaks"}}
    waits = site.start({"sop_name": "order-refund", "initial_data": order, "run_name": "Waits"})
    site.wait_for(waits, "waiting")
    site.open_run(waits)
    why = page.locator("[data-why-waiting]")
    expect(why).to_contain_text("waits for approval")
    expect(why).to_contain_text("A person answers")
    site.snap("run-why-waiting")
    later = site.start({"sop": "Write letter", "initial_data": {}, "run_name": "Later"})
    site.wait_for(later)
    again = site.ask(f"/rerun/{later}", {"not_before": "2999-01-01T00:00:00Z"})["thread_id"]
    site.open_run(again)
    expect(why).to_contain_text("It is not to start before")
    site.ask(f"/admin/runs/{again}/cancel", {})
    site.ask(f"/admin/runs/{waits}/cancel", {})
