"""The list of runs among ten thousand: finding, following, scrolling, and how it is shown."""

from __future__ import annotations

import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.running_server import RunningServer

from .site import Site

LETTER = {"sop": "Write letter", "initial_data": {"customer": {"name": "B"}, "text": "x"}}
WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: "longtask" });
}"""
BUSY = """() => new Promise((done) => setTimeout(() => {
  const end = performance.now() + 300;
  while (performance.now() < end);
  done();
}, 0))"""


@pytest.fixture
def crowded(page: Page, crowded_server: RunningServer) -> Site:
    return Site(page, crowded_server)


def line(site: Site) -> Locator:
    return site.page.get_by_role("combobox", name="Filter")


def rows(site: Site) -> Locator:
    return site.page.locator("tr[data-run]")


def terms(site: Site) -> list[str | None]:
    return [chip.get_attribute("data-term") for chip in site.page.locator("[data-term]").all()]


def long_tasks(site: Site) -> list[float]:
    # What the observer is told comes a little later than the task.
    site.page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    found: list[float] = site.page.evaluate("window.longTasks")
    return found


def test_the_filter_is_typed_finished_and_removed(crowded: Site) -> None:
    site, page = crowded, crowded.page
    site.open("/runs")
    expect(page.get_by_role("button", name=re.compile("^Failed"))).to_contain_text("1,000")
    page.keyboard.press("f")
    expect(line(site)).to_be_focused()
    page.keyboard.type("stat")
    page.keyboard.press("Tab")
    expect(line(site)).to_have_value("status:")
    page.keyboard.type("fa")
    expect(page.get_by_role("option")).to_have_count(1)
    site.snap("runs-completion", whole=False)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"status=failed"))
    expect(rows(site).first).to_contain_text("no shelf holds it")
    page.keyboard.type("metadata.team:ops data.item.lot:9987 colour:red")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is no filter “colour”")
    expect(line(site)).to_have_value("colour:red")
    expect(rows(site)).to_have_count(1)
    expect(site.row("crowd-09987")).to_be_visible()
    assert terms(site) == ["status:failed", "data.item.lot:9987", "metadata.team:ops"]
    site.snap("runs-wrong-term", whole=False)

    line(site).fill("")
    page.keyboard.press("Backspace")
    expect(page).not_to_have_url(re.compile("metadata"))
    page.get_by_role("button", name="Remove data.item.lot:9987").click()
    expect(rows(site)).to_have_count(50)
    page.reload()
    expect(page.locator('[data-term="status:failed"]')).to_be_visible()
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("[data-term]")).to_have_count(0)
    expect(site.row("crowd-10000")).to_be_visible()
    line(site).fill("text:zebra")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()

    site.open("/runs?data=item.id%3Ditem-42&q=count&name=crowd-")  # as it was written before
    expect(rows(site)).to_have_count(1)
    assert terms(site) == ["name:crowd-", "text:count", "data.item.id:item-42"]


def test_what_needs_attention(crowded: Site) -> None:
    site, page = crowded, crowded.page
    site.open("/runs")
    tab = page.get_by_role("button", name=re.compile("^Needs attention"))
    expect(tab).to_contain_text("1,000")
    tab.click()
    expect(page).to_have_url(re.compile(r"/runs\?attention=yes"))
    expect(rows(site).first).to_have_attribute("data-run", "crowd-09997")
    site.snap("runs-attention", whole=False)


def test_rows_change_in_place_and_new_ones_wait(crowded: Site) -> None:
    site, page = crowded, crowded.page
    held = site.start({"sop_name": "order-refund", "run_name": "Held", "initial_data": ORDER})
    site.wait_for(held, "waiting")
    site.open("/runs")
    expect(site.row(held).locator('[data-status="waiting"]')).to_be_visible()
    first = rows(site).first.get_attribute("data-run")
    news = page.get_by_role("button", name=re.compile("new runs?$"))
    one = site.start({**LETTER, "run_name": "One more"})
    two = site.start({**LETTER, "run_name": "And one more"})
    expect(news).to_have_text("2 new runs")
    expect(rows(site).first).to_have_attribute("data-run", str(first))
    site.snap("runs-news", whole=False)

    site.row(held).hover()
    site.row(held).get_by_role("button", name="More about Held").click()
    site.snap("runs-menu", whole=False)
    page.get_by_role("menuitem", name="Cancel…").click()
    site.dialog().get_by_role("button", name="Cancel run").click()
    expect(site.row(held).locator('[data-status="cancelled"]')).to_be_visible()
    expect(news).to_have_text("2 new runs")
    news.click()
    expect(rows(site).nth(0)).to_have_attribute("data-run", two)
    expect(rows(site).nth(1)).to_have_attribute("data-run", one)
    expect(news).to_have_count(0)

    page.get_by_role("button", name="Live updates").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/admin/runs" in request.url else None)
    site.start({**LETTER, "run_name": "Unseen"})
    page.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # as when one comes back to the tab
    page.wait_for_timeout(3500)  # longer than the list waits between two questions
    assert asked == []
    page.get_by_role("button", name="Live updates").click()
    expect(news).to_have_text("1 new run")


def test_rows_beyond_the_first_page_follow_as_well(crowded: Site) -> None:
    site, page = crowded, crowded.page
    site.open("/runs?name=crowd-099")
    expect(rows(site)).to_have_count(50)
    page.get_by_role("button", name="Load older runs").scroll_into_view_if_needed()
    expect(rows(site)).to_have_count(100)
    expect(page.get_by_text("That is all: 100 runs")).to_be_visible()
    last = site.row("crowd-09900")
    last.scroll_into_view_if_needed()
    request = urllib.request.Request(f"{site.server.url}/admin/runs/crowd-09900", method="DELETE", data=b"{}")
    urllib.request.urlopen(request).close()
    expect(last).to_have_count(0)
    expect(site.row("crowd-09901")).to_be_visible()


def test_scrolling_through_ten_thousand_runs(crowded: Site) -> None:
    site, page = crowded, crowded.page
    site.open("/runs?name=crowd-")
    expect(rows(site)).to_have_count(50)
    page.evaluate(WATCH)
    page.evaluate(BUSY)
    assert max(long_tasks(site), default=0) >= 200  # the observer does observe
    page.evaluate("window.longTasks.length = 0")
    scrolled = page.evaluate(SCROLL)
    assert scrolled["loaded"] == 10_000
    assert rows(site).count() < 60  # of which most are not there
    longest = max(long_tasks(site), default=0)
    print(f"longest task {longest:.0f} ms, others slow the machine down {scrolled['slow']:.1f} times")
    assert longest < 200 * max(1, scrolled["slow"])

    last = rows(site).nth(10)
    there = str(last.get_attribute("data-run"))
    last.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(f"/runs/{there}"))
    page.go_back()
    expect(site.row(there)).to_be_in_viewport()


# To the end, page after page, and a good way back. A piece of work that is always the same tells how much
# other processes slow this one down.
SCROLL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const lastRow = () => Number([...document.querySelectorAll("tr[data-run]")].at(-1)?.dataset.index ?? 0) + 1;
  const times = [];
  const work = () => {
    const begin = performance.now();
    let sum = 0;
    for (let i = 0; i < 4e6; i++) sum += i % 7;
    times.push(performance.now() - begin + sum * 0);
  };
  let loaded = 0;
  for (let step = 0; step < 4000 && loaded < 10000; step++) {
    window.scrollTo(0, document.documentElement.scrollHeight);
    await frame();
    loaded = lastRow();
    if (step % 10 === 0) work();
  }
  for (let step = 0; step < 100; step++) {
    window.scrollBy(0, -1500);
    await frame();
    if (step % 10 === 0) work();
  }
  times.sort((a, b) => a - b);
  return { loaded, slow: times[Math.floor(times.length * 0.9)] / times[0] };
}"""


def test_the_list_from_the_keyboard(crowded: Site) -> None:
    site, page = crowded, crowded.page
    site.open("/runs?name=crowd-")
    expect(rows(site)).to_have_count(50)
    for _ in range(60):
        page.keyboard.press("j")
    expect(site.row("crowd-09941").locator("[data-row-link]")).to_be_focused()
    expect(site.row("crowd-09941")).to_be_in_viewport()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="Selected runs")).to_contain_text("1 selected")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(site.dialog()).to_contain_text("Count 09942")
    page.keyboard.press("Escape")
    expect(site.dialog()).to_have_count(0)
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/runs/crowd-09942$"))


def test_columns_views_and_links(crowded: Site) -> None:
    site, page = crowded, crowded.page
    site.open("/runs?name=crowd-")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name=re.compile("^Started by")).check()
    page.get_by_role("checkbox", name=re.compile("^team")).check()
    page.get_by_label("Path of a value in the data").fill("item.id")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("checkbox", name=re.compile("^Duration")).uncheck()
    page.get_by_role("button", name="Move item.id to the front").click()
    site.snap("runs-columns-open", whole=False)
    page.keyboard.press("Escape")
    heads = page.get_by_role("columnheader")
    expect(heads.nth(7)).to_have_text("item.id")
    names = [head.inner_text().strip() for head in heads.all()]
    assert names[1:-1] == ["Run", "Status", "SOP", "Started", "Rerun of", "Started by", "item.id", "team"]
    expect(site.row("crowd-10000")).to_contain_text("item-10000")
    expect(site.row("crowd-10000")).to_contain_text("sales")
    site.snap("runs-columns", whole=False)

    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name of the view").fill("Lots")
    page.get_by_role("button", name="Save", exact=True).click()
    site.snap("runs-views", whole=False)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    page.keyboard.press("Escape")
    site.open("/runs")  # the columns are remembered, the filter is not
    expect(heads.filter(has_text="team")).to_be_visible()
    expect(page.locator("[data-term]")).to_have_count(0)
    page.get_by_role("button", name="Views").click()
    page.get_by_role("link", name="Lots").click()
    expect(page.locator("[data-term]")).to_have_count(1)
    expect(page.get_by_role("button", name="Lots")).to_be_visible()
    page.evaluate("localStorage.clear()")
    page.goto(link)
    expect(heads.filter(has_text="item.id")).to_be_visible()
    expect(page.locator("[data-term]")).to_have_count(1)


def test_folded_families(crowded: Site) -> None:
    site, page = crowded, crowded.page
    root = "crowd-05000"
    for _ in range(2):
        site.wait_for(str(site.ask(f"/rerun/{root}", {})["thread_id"]))
    site.open(f"/runs?root={root}")
    expect(rows(site)).to_have_count(3)
    page.get_by_role("button", name="Fold reruns").click()
    expect(page).to_have_url(re.compile("folded=yes"))
    expect(rows(site)).to_have_count(1)
    expect(site.row(root)).to_contain_text("2 reruns, latest: failed")
    site.snap("runs-folded", whole=False)
    site.row(root).get_by_role("link", name=re.compile("2 reruns")).click()
    expect(page).to_have_url(re.compile(rf"/runs/{root}\?tab=family"))


def test_the_time_is_chosen_and_narrowed_on_the_chart(crowded: Site) -> None:
    site, page = crowded, crowded.page
    site.open("/runs")
    chart = page.get_by_role("img", name=re.compile("^Activity from"))
    expect(chart).to_have_attribute("aria-label", re.compile("completed"))
    page.get_by_role("button", name="Time: All time").click()
    site.snap("runs-time", whole=False)
    page.get_by_role("button", name="Last 7 days").click()
    expect(page).to_have_url(re.compile("last=7d"))
    box = chart.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"after=.*before="))
    expect(page.get_by_role("button", name=re.compile("^Time: 20.* to 20"))).to_be_visible()
    newest = rows(site).first.locator("time").first.get_attribute("datetime")
    assert newest
    page.get_by_role("button", name=re.compile("^Time:")).click()
    page.get_by_role("textbox", name="From").fill("")
    page.get_by_role("textbox", name="To").fill("2020-01-01T00:00")
    page.get_by_role("button", name="Go there").click()
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    page.get_by_role("button", name="Activity chart").click()
    expect(chart).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    expect(chart).to_have_count(0)


def test_the_rows_stay_when_the_server_is_gone(crowded: Site) -> None:
    site, page = crowded, crowded.page
    site.open("/runs?name=crowd-")
    expect(rows(site)).to_have_count(50)
    page.route("**/admin/runs?**", lambda route: route.abort())
    expect(page.get_by_text(re.compile("The rows are as of"))).to_be_visible()
    expect(rows(site)).to_have_count(50)
    page.get_by_role("button", name="Load older runs").click()
    expect(page.get_by_text("Older runs could not be loaded.")).to_be_visible()
    site.snap("runs-server-gone", whole=False)
    page.unroute("**/admin/runs?**")
    expect(page.get_by_text(re.compile("The rows are as of"))).to_have_count(0)
    page.get_by_role("button", name="Try again").click()
    expect(site.row("crowd-09950")).to_be_visible()


ORDER: dict[str, Any] = {
    "order": {"id": "A-10517"},
    "request": {"received_on": "2026-11-20", "reason": "leaks"},
}
