"""What holds on every page: search, shortcuts, settings, errors, the first load."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import Response, Route, expect

from . import axe
from .relay import relay_to
from .site import Site

MOST_AT_FIRST = 300_000  # bytes, gzipped


@pytest.fixture
def refund(site: Site) -> str:
    """A run that has ended, with a name."""
    data = {
        "order": {"id": "A-10442"},
        "request": {"received_on": "2026-11-20", "reason": "arrived with a dent"},
    }
    body = {"thread_id": "everywhere-1", "sop_name": "order-refund", "run_name": "Zebra refund"}
    run = site.start({**body, "initial_data": data})
    site.wait_for(run)
    return run


def test_search_leads_anywhere(site: Site, refund: str) -> None:
    page = site.page
    axe.watch(page)
    site.open("/skills")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Search").click()
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    field.fill("everywhere-1")
    expect(page.get_by_role("option", name=re.compile("Zebra refund"))).to_be_visible()
    assert axe.found(page) == []
    site.snap("search-run", whole=False)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/ui/runs/everywhere-1$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zebra refund")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name=re.compile("^Rerun this run"))).to_be_visible()
    expect(page.get_by_role("group", name="Opened lately")).to_contain_text("Zebra refund")
    site.snap("search-empty", whole=False)
    field.fill("price-parcel")
    expect(page.get_by_role("option", name="price-parcel", exact=True)).to_be_visible()
    for page_of in ("Inbox", "Settings"):
        field.fill(page_of.lower())
        expect(page.get_by_role("option", name=re.compile(f"^{page_of}"))).to_be_visible()
    field.fill("no such thing at all")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    site.snap("search-nothing", whole=False)
    field.fill("rerun this")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=re.compile("Rerun"))).to_be_visible()


def test_enter_opens_what_was_typed_to_the_end(site: Site, refund: str) -> None:
    page = site.page
    other = site.start({"thread_id": "everywhere-2", "sop": "Nothing to do", "initial_data": {}})
    site.wait_for(other)
    site.open("/skills")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("everywhere-")
    expect(page.get_by_role("option").filter(has=page.locator("[data-status]"))).to_have_count(2)
    page.keyboard.type("1")  # the list is still that of the shorter text, with the newer run first
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/ui/runs/everywhere-1$"))


def test_keys_lead_to_pages_and_are_listed(site: Site, refund: str) -> None:
    page = site.page
    axe.watch(page)
    site.open_run(refund)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Rerun this run")
    expect(sheet).to_contain_text("Go to failures")
    assert axe.found(page) == []
    site.snap("shortcuts", whole=False)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("s")
    heading = page.get_by_role("heading", level=1, name="Schedules")
    expect(heading).to_be_focused()  # so that a screen reader starts there
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", level=1, name="Inbox")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()


def test_choices_hold_on_every_page(site: Site, refund: str) -> None:
    page = site.page
    created = site.ask(f"/admin/runs/{refund}")["created_at"]
    site.open("/settings")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_text("The time itself").click()
    page.get_by_text("Compact").click()
    page.get_by_role("radio", name="Dark").check(force=True)
    expect(page.get_by_text("Now it is")).to_contain_text("GMT+9")
    secret = page.locator("dl > div", has_text="DATABASE_URL")
    expect(secret).to_contain_text("set, not shown")
    expect(page.get_by_text("Runs being worked on")).to_be_visible()
    page.get_by_role("link", name="Runs", exact=True).click()
    shown = site.row(refund).locator(f'time[datetime^="{created[:16]}"]').first
    expect(shown).to_contain_text("GMT+9")
    page.reload()
    expect(shown).to_contain_text("GMT+9")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    site.snap("runs-compact-zone")
    site.open("/settings")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    page.get_by_role("radio", name="As the system").check(force=True)
    page.get_by_text("Comfortable").click()
    site.snap("settings")


def test_copying_where_the_browser_has_no_clipboard(site: Site, refund: str) -> None:
    """As on a page that came over plain HTTP from another computer."""
    page = site.page
    page.add_init_script('Object.defineProperty(navigator, "clipboard", { value: undefined })')
    site.open_run(refund)
    page.get_by_role("button", name="Copy the id").first.click()
    expect(page.get_by_role("button", name="Copied").first).to_be_focused()
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    page.keyboard.press("Control+v")
    expect(field).to_have_value(refund)


def test_the_menu_of_small_screens_has_all(site: Site) -> None:
    page = site.page
    page.set_viewport_size({"width": 390, "height": 844})
    site.open("/batches")
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("button", name="Dark")).to_be_visible()
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()
    site.snap("menu", whole=False)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()


def test_a_server_that_goes_and_comes_back(site: Site) -> None:
    page = site.page
    strip = page.locator("[data-connection]")
    with relay_to(site.server.url) as relay:
        page.goto(f"{relay.url}/ui/skills")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        relay.cut()
        page.get_by_role("button", name="Read the folders again").click()
        page.get_by_role("link", name="Failures", exact=True).hover()
        expect(strip).to_contain_text("The server can't be reached.")
        site.snap("server-away", whole=False)
        relay.down = False
        expect(strip).to_have_count(0)
        page.goto("about:blank")


def test_a_page_of_a_version_that_is_gone(site: Site) -> None:
    page = site.page

    def gone(route: Route) -> None:
        route.fulfill(status=404, body="not found")

    site.open("/skills")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.route("**/assets/batches-*.js", gone)
    page.get_by_role("link", name="Batches").click()
    expect(page.get_by_role("heading", level=1, name="A new version is there")).to_be_visible()
    page.get_by_role("button", name="Copy details").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "Page: /ui/batches" in page.evaluate("navigator.clipboard.readText()")
    site.snap("new-version", whole=False)
    page.unroute("**/assets/batches-*.js")
    page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("heading", level=1, name="Batches")).to_be_visible()


def test_the_first_load_is_small(site: Site) -> None:
    """All that the runs page needs before it stands, each file gzipped as the server sends it."""
    page = site.page
    files: list[Response] = []
    page.on("response", lambda answer: files.append(answer) if "/ui/" in answer.url else None)
    site.open("/runs")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("load")
    sizes = {answer.url.rpartition("/")[2]: len(gzip.compress(answer.body(), 6)) for answer in files}
    print(f"\nfirst load: {sum(sizes.values()):,} bytes gzipped in {len(sizes)} files")
    assert sum(sizes.values()) < MOST_AT_FIRST
    [script] = [answer for answer in files if re.search(r"/index-[\w-]+\.js$", answer.url)]
    assert script.headers["content-encoding"] == "gzip"
