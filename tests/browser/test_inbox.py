"""The inbox: what waits over all runs, answered one after the other or many at once."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

from .site import Site

REQUEST = {"received_on": "2026-11-20", "reason": "leaks"}


def _refunds(site: Site, *names: str) -> list[str]:
    """Refunds above the limit, in the order in which they wait."""
    found = []
    for name in names:
        body = {"sop_name": "order-refund", "initial_data": {"order": {"id": "A-10517"}, "request": REQUEST}}
        found.append(site.start(body | {"run_name": name}))
        site.wait_for(found[-1], "waiting")
    return found


def _items(page: Page) -> Locator:
    return page.get_by_role("list", name="Items").get_by_role("listitem")


def _open_item(page: Page) -> Locator:
    return page.get_by_role("region", name="The open item")


def test_one_after_the_other_by_keyboard(site: Site) -> None:
    page = site.page
    first, second, third = _refunds(site, "Walk: espresso", "Walk: kettle", "Walk: toaster")
    site.open("/inbox?q=walk:")
    expect(_items(page)).to_have_count(3)
    expect(page).to_have_title(re.compile(r"^\(\d+\) Inbox"))
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Inbox")).to_contain_text(
        re.compile(r"\d+ waiting")
    )
    expect(_open_item(page)).to_contain_text("Walk: espresso")
    expect(_open_item(page)).to_contain_text("749")
    expect(_open_item(page)).to_contain_text("1 of 3")
    site.snap("inbox")
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(rf"run={second}&step=\d+"))
    expect(_open_item(page)).to_contain_text("Walk: kettle")
    page.keyboard.press("k")
    expect(_open_item(page)).to_contain_text("Walk: espresso")
    page.keyboard.press("a")
    expect(_items(page)).to_have_count(2)  # it leaves, and the next one comes up
    expect(_open_item(page)).to_contain_text("Walk: kettle")
    site.wait_for(first, "completed")

    panel = page.locator('[data-wait="approval"]')
    panel.get_by_role("button", name="Edit").click()
    panel.get_by_label("refund.amount").fill("600.50")
    site.snap("inbox-edit")
    panel.get_by_label("Note").fill("used for a week")
    panel.get_by_role("button", name="Approve with edits").click()
    expect(_open_item(page)).to_contain_text("Walk: toaster")
    site.wait_for(second, "completed")
    assert site.ask(f"/status/{second}")["data_store"]["payment"]["amount"] == Decimal("600.50")

    panel.get_by_label("Note").fill("never sent back")
    panel.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("heading", name="Nothing like this waits")).to_be_visible()
    assert site.wait_for(third, "failed")["error"]["message"] == "never sent back"

    page.get_by_role("button", name="Answered").click()
    expect(page.get_by_role("searchbox", name="Run, subject or value")).to_have_value("walk:")
    expect(_items(page)).to_have_count(3)
    expect(_open_item(page)).to_contain_text("Walk: toaster")
    expect(_open_item(page)).to_contain_text("“never sent back”")
    page.keyboard.press("j")
    expect(_open_item(page)).to_contain_text("Approved")
    expect(_open_item(page)).to_contain_text("600.50")
    site.snap("inbox-answered")


def test_many_at_once_and_what_became_of_each(site: Site) -> None:
    page = site.page
    runs = _refunds(site, "Pile: one", "Pile: two", "Pile: three")
    form = site.start({"sop": "Book room", "initial_data": {"guest": {"name": "Pile: Bach"}, "nights": 3}})
    site.wait_for(form, "waiting")
    site.open("/inbox?q=pile:")
    expect(_items(page)).to_have_count(4)
    page.keyboard.press("x")
    _items(page).nth(2).get_by_role("checkbox").click(modifiers=["Shift"])
    bar = page.get_by_role("region", name="Selected items")
    expect(bar).to_contain_text("3 selected")
    site.snap("inbox-selected", whole=False)
    _items(page).nth(3).get_by_role("checkbox").check()
    expect(bar).to_contain_text("Some have a form")
    expect(bar.get_by_role("button", name="Approve")).to_have_count(0)
    _items(page).nth(3).get_by_role("checkbox").uncheck()
    bar.get_by_role("button", name="Approve").click()
    expect(site.dialog()).to_contain_text("Pile: three")
    site.dialog().get_by_label("Note").fill("seen by the team lead")
    site.snap("inbox-many", whole=False)
    # Somebody else is quicker with one of them; this page has not heard of it yet.
    page.route("**/admin/waits?*", lambda route: route.abort())
    site.ask(f"/approve/{runs[1]}", {"decision": "reject", "note": "a duplicate"})
    page.unroute("**/admin/waits?*")
    site.dialog().get_by_role("button", name="Approve (3)").click()
    told = page.get_by_role("status").filter(has_text="2 answers were taken, 1 not")
    expect(told).to_contain_text("Pile: two")
    expect(told).to_contain_text("Rejected")
    expect(told).to_contain_text("a duplicate")
    expect(_items(page)).to_have_count(1)
    site.snap("inbox-many-told")
    assert [site.wait_for(run)["status"] for run in runs] == ["completed", "failed", "completed"]
    site.ask(f"/approve/{form}", {"decision": "reject"})


def test_somebody_else_was_quicker(site: Site) -> None:
    page = site.page
    late, left = _refunds(site, "Race: espresso", "Race: kettle")
    site.open("/inbox?q=race:")
    expect(_items(page)).to_have_count(2)
    page.route("**/admin/waits**", lambda route: route.abort())
    site.ask(f"/approve/{late}", {"decision": "approve", "note": "done by phone"})
    page.keyboard.press("a")
    told = page.get_by_role("status").filter(has_text="Somebody else was quicker")
    expect(told).to_contain_text("Race: espresso")
    expect(told).to_contain_text("done by phone")
    page.unroute("**/admin/waits**")
    expect(_open_item(page)).to_contain_text("Race: kettle")
    site.snap("inbox-too-late", whole=False)
    link = page.url
    site.ask(f"/approve/{left}", {"decision": "reject"})
    step = site.ask(f"/admin/waits?state=answered&thread_id={left}")["items"][0]["step"]
    assert "race" in link
    site.open(f"/inbox?run={left}&step={step}")  # a link to it still says what became of it
    expect(_open_item(page)).to_contain_text("Rejected")
    site.open("/inbox?run=nobody&step=1")
    expect(page.get_by_role("heading", name="This does not wait any more")).to_be_visible()


def test_what_goes_out_a_repetition_and_a_doubt(site: Site) -> None:
    page = site.page
    gift = {"customer": {"mail": "anna@example.com"}, "gift": {"amount": Decimal("25.00")}}
    mark = "Effects: "
    card = site.start({"sop": "Send gift", "initial_data": gift, "run_name": f"{mark}gift"})
    letter = {"customer": {"name": "Berta Kern"}, "text": "Hello"}
    first = site.start({"sop": "Write letter", "initial_data": letter, "run_name": f"{mark}letter"})
    site.wait_for(first)
    again = site.ask(f"/rerun/{first}", {"changes": {"text": "Good morning"}})["thread_id"]
    money = {"supplier": {"iban": "CH93 0076"}, "amount": Decimal("1200.00")}
    doubt = site.start({"sop": "Transfer money", "initial_data": money, "run_name": f"{mark}transfer"})
    for run in (card, again, doubt):
        site.wait_for(run, "waiting")
    site.open(f"/inbox?q={mark}")
    expect(_items(page)).to_have_count(3)
    _items(page).filter(has_text="gift").get_by_role("link").click()
    request = page.get_by_role("region", name="What goes out")
    expect(request).to_contain_text("POST https://gifts.example.com/cards")
    expect(request).to_contain_text("anna@example.com")
    expect(request).to_contain_text("Please take 25.00 EUR.")
    site.snap("inbox-goes-out")
    page.get_by_role("button", name="Repetition").click()
    expect(_items(page)).to_have_count(1)
    expect(page.get_by_role("heading", name="Done before", exact=True)).to_be_visible()
    expect(_open_item(page)).to_contain_text("Hello")
    site.snap("inbox-repetition")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing like this waits")).to_be_visible()
    site.wait_for(again, "completed")
    page.get_by_role("button", name="In doubt").click()
    page.get_by_role("button", name="Repetition").click()
    expect(page).to_have_url(re.compile("reason=in_doubt"))
    page.get_by_role("button", name="It happened").click()
    page.get_by_label("transfer.id").fill("T-77")
    page.get_by_label("transfer.booked_on").fill("2026-11-23")
    site.snap("inbox-doubt")
    page.get_by_role("button", name="Go on with these values").click()
    site.wait_for(doubt, "completed")
    site.ask(f"/approve/{card}", {"decision": "reject"})


def test_the_open_item_stays_and_keeps_what_was_typed(site: Site) -> None:
    page = site.page
    first, second = _refunds(site, "Stay: espresso", "Stay: kettle")
    site.open("/inbox?q=stay:")
    panel = page.locator('[data-wait="approval"]')
    panel.get_by_role("button", name="Edit").click()
    panel.get_by_label("refund.amount").fill("1.50")
    expect(panel.get_by_role("button", name="Approve with edits")).to_be_visible()
    panel.get_by_label("Note").fill("half of it")
    panel.get_by_role("button", name="Drop the edits").focus()
    page.keyboard.press("j")
    expect(_open_item(page)).to_contain_text("Stay: kettle")
    expect(panel.get_by_label("Note")).to_have_value("")
    page.keyboard.press("k")
    expect(panel.get_by_label("refund.amount")).to_have_value("1.50")
    expect(panel.get_by_label("Note")).to_have_value("half of it")

    # Without a link the first one is open. Somebody else answers it: the next one does not slip in.
    site.open("/inbox?q=stay:")
    expect(_open_item(page)).to_contain_text("Stay: espresso")
    expect(_items(page)).to_have_count(2)
    site.ask(f"/approve/{first}", {"decision": "approve", "note": "done by phone"})
    expect(_items(page)).to_have_count(1)
    expect(_open_item(page)).to_contain_text("Stay: espresso")
    expect(_open_item(page)).to_contain_text("“done by phone”")
    page.keyboard.press("a")
    page.keyboard.press("j")
    expect(_open_item(page)).to_contain_text("Stay: kettle")
    assert site.ask(f"/admin/runs/{second}")["status"] == "waiting"
    site.ask(f"/approve/{second}", {"decision": "reject"})


def test_on_a_small_screen_the_list_comes_first(site: Site) -> None:
    page = site.page
    [run] = _refunds(site, "Small: espresso")
    page.set_viewport_size({"width": 390, "height": 844})
    site.open("/inbox?q=small:")
    expect(_items(page)).to_have_count(1)
    expect(_open_item(page)).to_be_hidden()
    _items(page).get_by_role("link").click()
    expect(_open_item(page)).to_be_visible()
    expect(_items(page)).to_have_count(0)
    site.snap("inbox-item", whole=False)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="All items").click()
    expect(_items(page)).to_have_count(1)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "the page scrolls sideways"
    site.ask(f"/approve/{run}", {"decision": "reject"})
