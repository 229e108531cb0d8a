"""Every page in its states: loading, empty, error, filled."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .site import Site

REFUND = {
    "order": {"id": "A-10442"},
    "request": {"received_on": "2026-11-20", "reason": "arrived with a dent"},
}


class HeldBack:
    """Requests that the browser holds back at first, and refuses later."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page, self._pattern = page, pattern
        self._held: list[Route] = []
        self._refused = False
        page.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self._refused:
            route.abort()
        else:
            self._held.append(route)

    def refuse(self) -> None:
        self._refused = True
        for route in self._held:
            route.abort()

    def let_through(self) -> None:
        self._page.unroute(self._pattern)


@pytest.fixture
def runs(site: Site) -> dict[str, str]:
    """One run of each kind that the list should tell apart; made once."""
    wanted = {
        "ok": {"sop_name": "order-refund", "initial_data": REFUND, "run_name": "Refund A-10442"},
        "late": {
            "sop_name": "order-refund",
            "initial_data": {
                "order": {"id": "A-09876"},
                "request": {"received_on": "2026-11-20", "reason": "loud"},
            },
            "run_name": "Refund A-09876",
        },
        "invoices": {
            "sop_name": "supplier-invoices",
            "initial_data": {
                "batch": {"id": "2026-W46"},
                "rules": {"tolerance_percent": 2, "stop_above": 1000},
            },
            "run_name": "Invoices of week 46",
        },
        "waits": {
            "sop_name": "order-refund",
            "initial_data": {
                "order": {"id": "A-10517"},
                "request": {"received_on": "2026-11-20", "reason": "leaks"},
            },
            "run_name": "Refund A-10517",
        },
        "flaky": {
            "sop": "Flaky lookup",
            "initial_data": {"customer": {"id": "C-9"}},
            "run_name": "Second try",
        },
    }
    for name, body in wanted.items():
        site.start({"thread_id": f"page-{name}", **body})
        site.wait_for(f"page-{name}", "waiting" if name == "waits" else "completed", "failed", "completed")
    if len(site.family("page-ok")) == 1:
        site.ask("/rerun/page-ok", {})
    site.wait_for("page-ok_rerun_1")
    return {name: f"page-{name}" for name in wanted}


def test_the_runs_list(site: Site, runs: dict[str, str]) -> None:
    site.open("/runs")
    for name, status in {"ok": "completed", "late": "failed", "waits": "waiting"}.items():
        expect(site.row(runs[name]).locator(f'[data-status="{status}"]')).to_be_visible()
        expect(site.row(runs[name]).get_by_role("button", name=re.compile("^Rerun"))).to_be_visible()
    expect(site.row("page-ok_rerun_1")).to_contain_text("not repeated")
    expect(site.row("page-ok_rerun_1").get_by_role("link", name="First run")).to_be_visible()
    site.snap("runs-filled")


def test_filters_live_in_the_url(site: Site, runs: dict[str, str]) -> None:
    page = site.page
    site.open("/runs")
    page.get_by_role("button", name=re.compile("^Failed")).click()
    expect(page).to_have_url(re.compile("status=failed"))
    expect(site.row(runs["late"])).to_be_visible()
    expect(site.row(runs["ok"])).to_have_count(0)
    line = page.get_by_role("combobox", name="Filter")
    line.fill("data.order.id:A-09876")
    line.press("Enter")
    expect(page).to_have_url(re.compile("data=order.id"))
    line.fill("Refund A-09")
    line.press("Enter")
    expect(page).to_have_url(re.compile("name=Refund"))
    expect(page.locator("tr[data-run]")).to_have_count(1)
    site.snap("runs-filtered")
    page.reload()
    expect(page.locator("tr[data-run]")).to_have_count(1)
    expect(page.locator("[data-term]")).to_have_count(3)
    line.fill("text:zebra")
    line.press("Enter")
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    site.snap("runs-no-match")
    page.get_by_role("button", name="Clear the filter").click()
    expect(site.row(runs["ok"])).to_be_visible()
    expect(page.locator("[data-term]")).to_have_count(0)


def test_loading_and_error_of_the_list(site: Site, runs: dict[str, str]) -> None:
    page = site.page
    answers = HeldBack(page, "**/admin/runs?**")
    site.open("/runs?name=page-")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    site.snap("runs-loading")
    answers.refuse()
    expect(page.get_by_role("alert")).to_contain_text("can't be reached")
    site.snap("runs-error")
    answers.let_through()
    page.get_by_role("button", name="Try again").click()
    expect(site.row(runs["ok"])).to_be_visible()


def test_the_run_page(site: Site, runs: dict[str, str]) -> None:
    page = site.page
    site.open_run(runs["invoices"])
    site.expect_status("completed")
    site.look_at(site.step_of("match-invoices"))
    expect(page.get_by_role("columnheader", name="supplier").first).to_be_visible()
    site.snap("run-invoices")
    page.get_by_role("button", name="Data", exact=True).click()
    expect(page).to_have_url(re.compile("tab=data"))
    site.snap("run-data")
    page.get_by_role("button", name="Request", exact=True).click()
    expect(page.get_by_role("heading", name="Match supplier invoices")).to_be_visible()
    site.snap("run-request")
    page.get_by_role("button", name="Copy the id").click()
    assert page.evaluate("navigator.clipboard.readText()") == runs["invoices"]


def test_a_failed_run_says_what_to_do(site: Site, runs: dict[str, str]) -> None:
    page = site.page
    site.open_run(runs["late"])
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("check-refund-policy")
    site.snap("run-failed")
    alert.get_by_role("button", name="Edit the input and rerun").click()
    expect(site.dialog()).to_be_visible()


def test_attempts_are_shown(site: Site, runs: dict[str, str]) -> None:
    site.open_run(runs["flaky"])
    site.expect_status("completed")
    row = site.step_of("flaky-lookup")
    expect(row).to_contain_text("attempt 2")
    expect(row.locator('[data-piece="failed"]')).to_be_visible()
    expect(site.look_at(row)).to_contain_text("the register did not answer")
    site.snap("run-attempts")


def test_no_such_run_and_no_such_page(site: Site) -> None:
    page = site.page
    site.open_run("never-was")
    expect(page.get_by_role("alert")).to_contain_text("There is no such run")
    site.snap("run-unknown")
    site.open("/nowhere")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    site.snap("page-unknown")


def test_a_run_that_loads(site: Site, runs: dict[str, str]) -> None:
    page = site.page
    held: list[Route] = []
    page.route(f"**/admin/runs/{runs['ok']}", lambda route: held.append(route))
    site.open_run(runs["ok"])
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    site.snap("run-loading")
    held[0].continue_()
    page.unroute(f"**/admin/runs/{runs['ok']}")
    site.expect_status("completed")


def test_steps_that_were_read_before_the_run_ended_are_read_again(site: Site, runs: dict[str, str]) -> None:
    page = site.page
    early = [b'{"items": [], "next_cursor": null}']  # what stood there before the first step
    page.route(
        f"**/admin/runs/{runs['ok']}/steps*",
        lambda route: (
            route.fulfill(body=early.pop(), content_type="application/json") if early else route.continue_()
        ),
    )
    site.open_run(runs["ok"])
    site.expect_status("completed")
    expect(site.step(2)).to_be_visible()
    assert not early


def test_a_new_run_names_the_field_that_is_wrong(site: Site) -> None:
    page = site.page
    site.open("/new")
    site.snap("new-empty")
    page.get_by_role("button", name="Start run").click()
    expect(page.get_by_role("alert")).to_contain_text("Write what is to be done")
    page.get_by_label("Procedure", exact=True).fill("Flaky lookup")
    site.write_json('{"customer": {"id": 1e131071}}')
    page.get_by_role("button", name="Start run").click()
    expect(page.locator('[role="alert"]').last).to_contain_text(re.compile("number|digits|exponent"))
    site.snap("new-error")
    site.write_json('{"customer": {"id": "C-77"')
    expect(page.get_by_role("button", name="Start run")).to_be_disabled()
    site.write_json('{"customer": {"id": "C-77"}}')
    page.get_by_label("Run name").fill("Written here")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/ui/runs/run_"))
    site.expect_status("completed")
    expect(page.get_by_role("heading", name="Written here")).to_be_visible()


def test_skills_with_diagnostics(site: Site) -> None:
    page = site.page
    site.open("/skills")
    expect(page.get_by_text(re.compile(r"broken-frontmatter/SKILL\.md:\d+"))).to_be_visible()
    expect(page.get_by_role("link", name="pay-refund")).to_be_visible()
    site.snap("skills-filled")
    page.get_by_role("link", name="pay-refund").click()
    expect(page.get_by_role("heading", name="Contract")).to_be_visible()
    expect(page.get_by_text("irreversible", exact=True)).to_be_visible()
    expect(page.get_by_text("current", exact=True)).to_be_visible()
    site.snap("skill-detail")
    site.open("/skills/never-was")
    expect(page.get_by_role("alert")).to_contain_text("There is no such skill")
    site.snap("skill-unknown")


def test_loading_and_error_of_the_skills(site: Site) -> None:
    page = site.page
    answers = HeldBack(page, "**/admin/skills")
    site.open("/skills")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    site.snap("skills-loading")
    answers.refuse()
    expect(page.get_by_role("alert")).to_contain_text("can't be reached")
    site.snap("skills-error")


def test_loading_and_error_of_a_skill_and_of_a_new_run(site: Site) -> None:
    page = site.page
    pages = {"skill": ("/skills/pay-refund", "**/admin/skills/*"), "new": ("/new", "**/admin/sops")}
    for name, (path, asked) in pages.items():
        answers = HeldBack(page, asked)
        site.open(path)
        expect(page.get_by_role("status", name="Loading")).to_be_visible()
        site.snap(f"{name}-loading")
        answers.refuse()
        expect(page.get_by_role("alert")).to_contain_text("can't be reached")
        site.snap(f"{name}-unreachable")


def test_a_chosen_theme_stays(site: Site) -> None:
    page = site.page
    site.open("/runs")
    page.get_by_role("button", name="Dark").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(14, 15, 19)"


@pytest.mark.parametrize("path", ["/runs", "/new", "/skills", "/runs/page-invoices"])
def test_nothing_sticks_out_on_a_small_screen(site: Site, runs: dict[str, str], path: str) -> None:
    page = site.page
    page.set_viewport_size({"width": 390, "height": 844})
    site.open(path)
    page.locator("h1").first.wait_for()
    page.wait_for_load_state("networkidle") if path == "/new" else page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
