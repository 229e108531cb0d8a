"""The rerun dialog: the plan beside what is chosen, consent, corrections, a plan that has changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from .site import Site

SOP = "Measure parcel, then price parcel."


def parcel(site: Site, thread_id: str) -> str:
    data = {"parcel": {"id": "ABC"}, "rate": 2}
    site.start({"thread_id": thread_id, "sop": SOP, "initial_data": data, "run_name": "A parcel"})
    assert site.wait_for(thread_id)["status"] == "completed"
    return thread_id


def letter(site: Site, thread_id: str) -> str:
    data = {"customer": {"name": "A. Turner"}, "text": "Dear customer"}
    site.start({"thread_id": thread_id, "sop": "Write letter", "initial_data": data})
    assert site.wait_for(thread_id)["status"] == "completed"
    return thread_id


def steps(site: Site, thread_id: str) -> dict[str, Any]:
    found = site.ask(f"/admin/runs/{thread_id}/steps")["items"]
    return {step["skill"]: step for step in found if step["skill"]}


def test_the_plan_follows_what_is_chosen_and_only_that_is_carried_out(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-1")
    site.open_run(original)
    site.expect_status("completed")
    page.keyboard.press("r")
    expect(site.plan()).to_contain_text("everything is carried out anew")
    page.get_by_label("Only what changed").check()
    expect(page).to_have_url(re.compile(r"rerun=only-what-changed"))
    expect(site.plan_step("measure-parcel")).to_have_attribute("data-action", "reuse")
    expect(site.plan_step("price-parcel")).to_have_attribute("data-action", "reuse")
    expect(site.plan()).to_contain_text("2 reused, 0 executed, 0 open")
    site.snap("rerun-only-what-changed", whole=False)

    site.write_json('{"parcel": {"id": "ABC"}, "rate": 3}')
    expect(site.plan_step("price-parcel")).to_have_attribute("data-action", "execute")
    expect(site.plan_step("price-parcel")).to_contain_text("input rate changed")
    site.plan()
    page.get_by_label("Reason").fill("the rate went up")
    page.keyboard.press("Control+Enter")  # the reason is not planned yet, and changes nothing that happens
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_1$"))
    site.expect_status("completed")
    expect(page.get_by_text("Only what changed by")).to_contain_text("the rate went up")
    expect(site.step(2)).to_contain_text("reused")
    looked = site.look_at(site.step(2))
    site.snap("run-reused")
    expect(looked.get_by_role("link", name=f"Result of {original}, step")).to_be_visible()
    done = steps(site, f"{original}_rerun_1")
    assert done["measure-parcel"]["reused_from"]["why"] == "reused"
    assert done["price-parcel"]["reused_from"] is None
    assert done["price-parcel"]["outputs"] == {"parcel": {"price": 9}}


def test_the_plan_stays_while_the_next_is_made_and_errors_stand_in_place(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-2")
    site.open_run(original, "?rerun=audit-replay")
    expect(site.plan()).to_contain_text("answered by the recording")
    page.route("**/plan", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    site.write_json('{"parcel": {"id": "AB"}, "rate": 2}')
    expect(page.locator('[data-plan="loading"]')).to_contain_text("answered by the recording")
    expect(page.locator('[data-plan="error"]')).to_contain_text("/changes")
    expect(site.dialog()).to_contain_text("results: recorded answers from recordings only")
    expect(site.dialog().get_by_role("button", name="Rerun")).to_be_disabled()
    page.unroute("**/plan")
    site.snap("rerun-contradiction", whole=False)
    page.get_by_role("button", name="Put the original back").click()
    expect(site.plan()).to_contain_text("2 reused, 0 executed, 0 open")


def test_what_was_not_planned_yet_is_shown_before_it_starts(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-8")
    site.open_run(original, "?rerun=only-what-changed")
    expect(site.plan()).to_contain_text("2 reused, 0 executed, 0 open")
    site.write_json('{"parcel": {"id": "ABCD"}, "rate": 2}')
    page.keyboard.press("Control+Enter")
    told = site.dialog().get_by_role("status").filter(has_text="The plan has changed since you looked")
    expect(told).to_contain_text("input parcel.id changed")
    assert len(site.family(original)) == 1
    site.plan()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_1$"))


def test_without_the_server_nothing_that_was_typed_is_lost(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-9")
    site.open_run(original, "?rerun=only-what-changed")
    site.plan()
    page.route("**/plan", lambda route: route.abort())
    site.write_json('{"parcel": {"id": "ABCDE"}, "rate": 2}')
    expect(page.locator('[data-plan="error"]')).to_contain_text("What you have chosen is kept")
    expect(site.dialog().get_by_role("button", name="Rerun with changes")).to_be_disabled()
    site.snap("rerun-unreachable", whole=False)
    page.unroute("**/plan")
    expect(site.plan()).to_contain_text("input parcel.id changed")
    expect(site.editor()).to_contain_text("ABCDE")
    site.snap("rerun-only-what-changed-edited", whole=False)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(site.dialog().get_by_role("button", name="Rerun with changes")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="See the plan").click()
    expect(page.get_by_role("heading", name="Plan")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_from_a_step(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-3")
    site.open_run(original)
    site.look_at(site.step(4)).get_by_role("link", name="Rerun from this step").click()
    expect(page.get_by_role("radio", name="4 price-parcel")).to_be_checked()
    expect(site.plan()).to_contain_text("before the chosen step")
    site.snap("rerun-from-step", whole=False)
    site.dialog().get_by_role("button", name="Rerun").dblclick()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_1$"))
    site.expect_status("completed")
    assert len(site.family(original)) == 2
    assert steps(site, f"{original}_rerun_1")["measure-parcel"]["reused_from"]["why"] == "kept"
    expect(site.step(2)).to_contain_text("kept")


def test_a_result_is_corrected(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-4")
    site.open_run(original)
    looked = site.look_at(site.step(2))
    site.snap("run-correct-link")
    looked.get_by_role("link", name="Correct parcel.weight and rerun").click()
    box = page.locator('[data-produced="parcel.weight"]').get_by_role("textbox")
    expect(box).to_have_value("3")
    box.fill("heavy")
    expect(page.locator('[data-produced="parcel.weight"]')).to_contain_text("This is not JSON")
    expect(site.dialog().get_by_role("button", name="Rerun")).to_be_disabled()
    box.fill("10")
    expect(site.plan_step("measure-parcel")).to_contain_text("given by")
    expect(site.plan_step("price-parcel")).to_have_attribute("data-action", "execute")
    expect(site.plan()).to_contain_text("Corrections")
    site.snap("rerun-correct", whole=False)
    site.dialog().get_by_role("button", name="Rerun with changes").click()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_1$"))
    site.expect_status("completed")
    expect(site.step(2)).to_contain_text("given by person")
    site.snap("run-given")
    done = steps(site, f"{original}_rerun_1")
    assert done["price-parcel"]["outputs"] == {"parcel": {"price": 20}}
    assert steps(site, original)["price-parcel"]["outputs"] == {"parcel": {"price": 6}}


def test_consent_before_an_effect_happens_again(site: Site) -> None:
    page = site.page
    original = letter(site, "letter-consent")
    site.open_run(original, "?rerun=true")
    expect(site.plan()).to_contain_text("write-letter not repeated")
    site.write_json('{"customer": {"name": "A. Turner"}, "text": "Dear Ms Turner"}')
    effect = page.locator('[data-effect="write-letter"]')
    expect(effect).to_have_attribute("data-state", "needs_consent")
    expect(effect).to_contain_text("Dear customer")
    expect(effect).to_contain_text("Dear Ms Turner")
    site.snap("rerun-consent", whole=False)
    effect.get_by_role("checkbox").check()
    expect(effect).to_have_attribute("data-state", "happens_again")
    site.plan()
    site.dialog().get_by_role("button", name="Rerun with changes").click()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_1$"))
    site.expect_status("completed")
    assert steps(site, f"{original}_rerun_1")["write-letter"]["reused_from"] is None
    request = site.ask(f"/admin/runs/{original}_rerun_1/metadata")["request"]
    assert request["consent"] == ["write-letter"]


def test_a_plan_that_has_changed_is_shown_and_asked_for_again(site: Site) -> None:
    page = site.page
    original = letter(site, "letter-changed")
    site.open_run(original, "?rerun=true")
    changed = {"text": "Dear Sir or Madam"}
    site.write_json('{"customer": {"name": "A. Turner"}, "text": "Dear Sir or Madam"}')
    expect(page.locator('[data-effect="write-letter"]')).to_have_attribute("data-state", "needs_consent")
    site.plan()
    other = site.ask(f"/rerun/{original}", {"changes": changed, "consent": ["write-letter"]})["thread_id"]
    assert site.wait_for(other)["status"] == "completed"

    site.dialog().get_by_role("button", name="Rerun with changes").click()
    told = site.dialog().get_by_role("status").filter(has_text="The plan has changed since you looked")
    expect(told).to_contain_text("effect of write-letter")
    expect(told.get_by_role("insertion").first).to_contain_text("reused: not repeated: write-letter")
    expect(site.dialog().get_by_role("alert")).to_have_count(0)
    expect(page.locator('[data-effect="write-letter"]')).to_have_attribute("data-state", "not_repeated")
    assert len(site.family(original)) == 2
    site.snap("rerun-plan-changed", whole=False)
    site.dialog().get_by_role("button", name="Confirm the new plan").click()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_2$"))
    site.expect_status("completed")
    expect(page.get_by_text("1 effect not repeated")).to_be_visible()
    expect(page.get_by_role("link", name=other).first).to_be_visible()
    site.snap("run-not-repeated")


def test_after_a_failure_from_failure_comes_first(site: Site) -> None:
    page = site.page
    site.start({"thread_id": "parcel-5", "sop": SOP, "initial_data": {"parcel": {"id": "AB"}, "rate": {}}})
    assert site.wait_for("parcel-5")["status"] == "failed"
    site.open_run("parcel-5")
    site.expect_status("failed")
    page.keyboard.press("r")
    expect(page.get_by_label("From failure")).to_be_checked()
    expect(site.plan_step("measure-parcel")).to_contain_text("completed in parcel-5")
    page.get_by_role("button", name="More").click()
    site.snap("rerun-more", whole=False)
    page.get_by_label("What if").check()
    expect(site.dialog()).to_contain_text("Nothing goes out; recordings and samples stand in")


def test_the_quick_confirmation_leads_to_all_choices(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-6")
    site.open("/runs?name=parcel-6")
    site.row(original).get_by_role("button", name=re.compile("^Rerun")).click()
    expect(site.dialog()).to_contain_text("the same procedure and the same input")
    site.snap("rerun-quick", whole=False)
    site.dialog().get_by_role("link", name="Edit the input, see the plan").click()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}\?rerun=true$"))
    expect(site.plan()).to_contain_text("0 reused, 2 executed, 0 open")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(rf"/ui/runs/{original}$"))


def test_what_was_typed_is_not_dropped_without_a_question(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-10")
    site.open_run(original)
    site.expect_status("completed")
    page.keyboard.press("r")
    site.plan()
    page.get_by_label("Reason").fill("the rate went up")
    page.get_by_label("Only what changed").check()  # another preset is no way out, and keeps what was typed
    expect(page).to_have_url(re.compile("rerun=only-what-changed"))
    expect(page.get_by_label("Reason")).to_have_value("the rate went up")
    question = page.get_by_role("dialog", name="Drop what you have typed?")
    page.keyboard.press("Escape")
    expect(question).to_be_visible()
    site.snap("rerun-drop", whole=False)
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(page.get_by_label("Reason")).to_have_value("the rate went up")
    page.locator("div.fixed.inset-0").click(position={"x": 5, "y": 5})  # beside the dialog
    question.get_by_role("button", name="Keep editing").click()
    page.go_back()
    expect(question).to_be_visible()
    question.get_by_role("button", name="Keep editing").click()
    expect(page.get_by_label("Reason")).to_have_value("the rate went up")
    site.dialog().get_by_role("button", name="Cancel").click()
    question.get_by_role("button", name="Drop it").click()
    expect(site.dialog()).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"/ui/runs/{original}$"))
    page.keyboard.press("r")
    expect(page.get_by_label("Reason")).to_have_value("")
    assert len(site.family(original)) == 1


def test_a_closed_dialog_starts_nothing(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-11")
    site.open_run(original, "?rerun=true")
    site.plan()
    site.dialog().get_by_text("Effects", exact=True).click()
    repeat = page.get_by_role("radio", name=re.compile("^Repeat"))
    repeat.wait_for()
    page.route("**/plan", lambda route: (page.wait_for_timeout(500), route.continue_()))
    repeat.check()
    page.keyboard.press("Control+Enter")  # it is planned first
    page.keyboard.press("Escape")
    expect(site.dialog()).to_have_count(0)
    page.wait_for_timeout(1500)
    assert len(site.family(original)) == 1
    page.unroute("**/plan")


def test_a_changed_skill_shows_what_has_changed_in_it(workshop: tuple[Site, Path]) -> None:
    site, skills = workshop
    page = site.page
    original = parcel(site, "parcel-12")
    file = skills / "price-parcel" / "SKILL.md"
    file.write_text(file.read_text().replace("Weight times rate.", "Weight times rate, rounded up."))
    site.ask("/admin/skills/reload", {})
    site.open_run(original, "?rerun=only-what-changed")
    expect(site.plan_step("price-parcel")).to_have_attribute("data-action", "execute")
    section = page.locator("details", has_text="Skill versions").first
    expect(section).to_contain_text("1 changed since")
    page.get_by_text("Skill versions").click()
    expect(section).to_contain_text("another version than in the run")
    section.get_by_text("What has changed").click()
    difference = section.get_by_role("region", name="SKILL.md")
    expect(difference).to_contain_text("- Weight times rate.")
    expect(difference).to_contain_text("+ Weight times rate, rounded up.")
    site.snap("rerun-version-difference", whole=False)
    page.get_by_label("As in the run").check()
    expect(section.get_by_text("What has changed")).to_have_count(0)
    expect(site.plan_step("price-parcel")).to_have_attribute("data-action", "reuse")


def test_other_versions_can_be_chosen(site: Site) -> None:
    page = site.page
    original = parcel(site, "parcel-7")
    site.open_run(original, "?rerun=true")
    page.get_by_text("Skill versions").click()
    page.get_by_label("As in the run").check()
    expect(site.dialog()).to_contain_text("No skill of this run has changed since")
    digest = steps(site, original)["price-parcel"]["skill_digest"]
    page.get_by_text("Choose a version of one of 2 skills").click()
    page.get_by_label("price-parcel").select_option(digest)
    site.plan()
    site.snap("rerun-versions", whole=False)
    site.dialog().get_by_role("button", name="Rerun").click()
    page.wait_for_url(re.compile(rf"/ui/runs/{original}_rerun_1$"))
    request = site.ask(f"/admin/runs/{original}_rerun_1/metadata")["request"]
    assert request["skills"] == {"*": "pinned", "price-parcel": digest}
