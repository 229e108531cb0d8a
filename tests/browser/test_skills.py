"""The catalogue of skills, a skill's page, and trying a skill alone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Route, expect

from .fleet import expect_no_sideways, price_parcels
from .site import Site


def test_the_catalogue_shows_what_skills_do_and_what_is_wrong(workshop: tuple[Site, Path]) -> None:
    site, skills = workshop
    page = site.page
    price_parcels(site, 3)
    site.wait_for(site.start({"sop": "Count stock", "initial_data": {"item": {"id": "nail"}}}), "failed")
    text = (skills / "book-room" / "SKILL.md").read_text()
    (skills / "book-room" / "SKILL.md").write_text(text.replace("Use when a traveller needs a bed.", ""))
    site.ask("/admin/skills/reload", {})
    site.open("/skills")
    row = page.locator('[data-skill="price-parcel"]')
    expect(row.get_by_role("img", name="price-parcel: 3 completed and 0 failed")).to_be_visible()
    failing = page.locator('[data-skill="count-stock"]')
    expect(failing.get_by_role("link", name="1 failed: count-stock")).to_be_visible()
    every = page.locator("[data-skill]").count()
    broken = page.locator('[data-unread="broken-frontmatter"]')
    expect(broken).to_contain_text(re.compile(r"broken-frontmatter/SKILL\.md:\d+"))
    page.get_by_role("button", name="Pin write-letter").click()
    expect(page.locator("[data-skill]").first).to_have_attribute("data-skill", "write-letter")
    site.snap("skills-activity")
    expect_no_sideways(site)
    page.reload()
    expect(page.locator("[data-skill]").first).to_have_attribute("data-skill", "write-letter")
    page.get_by_label("Search skills").fill("parcel.weight")
    expect(page).to_have_url(re.compile("q=parcel.weight"))
    expect(page.locator("[data-skill]")).to_have_count(2)  # one produces it, one requires it
    page.get_by_label("Search skills").fill("no such words")
    expect(page.get_by_role("heading", name="No skill matches")).to_be_visible()
    page.get_by_role("button", name="Show all skills").click()
    expect(page.locator("[data-skill]")).to_have_count(every)


def test_a_skill_is_tried_alone_and_says_what_came_of_it(workshop: tuple[Site, Path]) -> None:
    site, skills = workshop
    page = site.page
    price_parcels(site, 1)
    site.open("/skills/price-parcel")
    expect(page.get_by_text("Weight times rate.")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_label("parcel.weight")).to_have_value("1")  # from the run that used it
    page.get_by_label("parcel.weight").fill("heavy")
    page.get_by_role("button", name="Try it").last.click()
    expect(page.get_by_role("alert")).to_contain_text("This has to be a number")
    page.get_by_label("parcel.weight").fill("2.50")
    page.get_by_label("rate").fill("4")
    page.get_by_role("button", name="Try it").last.click()
    expect(page).to_have_url(re.compile("tried=run_"))
    outcome = page.locator("section", has_text="What came of it")
    expect(outcome.locator('[data-status="completed"]')).to_be_visible()
    expect(outcome.get_by_role("row", name="parcel.price")).to_contain_text("10.00")
    site.snap("skill-tried")
    expect_no_sideways(site)
    page.reload()
    expect(outcome.get_by_role("row", name="parcel.price")).to_contain_text("10.00")
    tried = re.search(r"tried=(run_\w+)", page.url)
    assert tried
    run = site.ask(f"/admin/runs/{tried[1]}")
    assert run["run_name"] == "Try: price-parcel"
    steps = site.ask(f"/admin/runs/{tried[1]}/steps")["items"]
    assert [step["skill"] for step in steps if step["skill"]] == ["price-parcel"]
    # Its runs, and those of another version.
    (skills / "price-parcel" / "NOTES.md").write_text("Dearer soon.")
    site.ask("/admin/skills/reload", {})
    page.get_by_role("button", name="Runs", exact=True).click()
    expect(page.locator("li[data-run]")).to_have_count(2)
    page.get_by_role("button", name="(current)").click()
    expect(page.get_by_role("heading", name="No run has used it yet")).to_be_visible()
    page.get_by_role("button", name="Versions").click()
    page.reload()
    expect(page.get_by_role("region", name="NOTES.md")).to_contain_text("+ Dearer soon.")
    site.snap("skill-runs-versions")


def test_what_is_typed_stays_while_others_use_the_skill(workshop: tuple[Site, Path]) -> None:
    site, _ = workshop
    page = site.page
    price_parcels(site, 1)
    site.open("/skills/price-parcel?part=try")
    page.get_by_label("rate").fill("77")
    newer = site.start({"sop": "Price", "initial_data": {"parcel": {"weight": 9}, "rate": 9}})
    site.wait_for(newer)
    page.wait_for_timeout(1200)  # what was read before that is asked for again by whoever comes back
    with page.expect_response(re.compile("/admin/runs.*skill=price-parcel")):
        page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(f'option[value="run:{newer}"]')).to_have_count(1)
    expect(page.get_by_label("rate")).to_have_value("77")


def test_a_try_without_an_answer_is_not_done_twice(workshop: tuple[Site, Path]) -> None:
    site, _ = workshop
    page = site.page

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    site.open("/skills/write-letter?part=try")
    page.get_by_label("customer.name").fill("Ada")
    page.get_by_label("text", exact=True).fill("Dear Ada")
    page.get_by_label("I want this to happen").check()
    page.route("**/start", lose)
    button = page.get_by_role("button", name="Try it").last
    button.click()
    expect(page.get_by_text("The server can't be reached").first).to_be_visible()
    page.unroute("**/start")
    button.click()
    expect(page.get_by_role("row", name="letter.number")).to_be_visible()
    assert len(site.ask("/admin/effects")["items"]) == 1
    first = page.url
    button.click()  # after an answer it is meant once more
    expect(page).not_to_have_url(first)
    site.wait_for(page.url.rpartition("tried=")[2])
    assert len(site.ask("/admin/effects")["items"]) == 2


def test_what_goes_out_is_asked_for_before_a_try(workshop: tuple[Site, Path]) -> None:
    site, _ = workshop
    page = site.page
    site.open("/skills/write-letter?part=try")
    page.get_by_label("customer.name").fill("Ada")
    page.get_by_label("text", exact=True).fill("Dear Ada")
    expect(page.get_by_role("status").filter(has_text="can't be taken back")).to_be_visible()
    button = page.get_by_role("button", name="Try it").last
    expect(button).to_be_disabled()
    site.snap("skill-try-effects")
    page.get_by_label("I want this to happen").check()
    button.click()
    expect(page.get_by_role("row", name="letter.number")).to_be_visible()
    assert len(site.ask("/admin/effects")["items"]) == 1
    # One that fails says why.
    site.open("/skills/count-stock?part=try")
    page.get_by_label("item.id").fill("nail")
    page.get_by_role("button", name="Try it").last.click()
    expect(page.locator("section", has_text="What came of it")).to_contain_text("no shelf holds item nail")
    site.snap("skill-try-failed")
