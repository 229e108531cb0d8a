"""Webhooks in the browser: a secret shown once, a test that arrives, deliveries that are sent again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.test_pages import HeldBack

from .receiver import Receiver
from .site import Site


@pytest.fixture(autouse=True)
def _answering(receiver: Receiver) -> None:
    receiver.status = 204


def make(site: Site, receiver: Receiver, path: str) -> str:
    body = {"url": receiver.url + path, "events": ["webhook.test"]}
    return str(site.ask("/admin/webhooks", body)["id"])


def test_nobody_is_told_yet(empty_site: Site) -> None:
    page = empty_site.page
    empty_site.open("/webhooks")
    expect(page.get_by_text("Nobody is told yet")).to_be_visible()
    empty_site.snap("webhooks-empty")


def test_made_tested_and_its_secret_is_shown_once(site: Site, receiver: Receiver) -> None:
    page = site.page
    site.open("/webhooks")
    page.get_by_role("button", name="New webhook").first.click()
    dialog = site.dialog()
    dialog.get_by_label("URL").fill("http://127.0.0.1:9/hooks")
    dialog.get_by_label("webhook.test").check()
    dialog.get_by_role("button", name="Create webhook").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_label("URL")).to_have_attribute("aria-invalid", "true")
    site.snap("webhook-refused", whole=False)
    dialog.get_by_label("URL").fill(receiver.url + "/made")
    dialog.get_by_role("button", name="Create webhook").dblclick()
    secret = page.locator("[data-secret]")
    expect(secret).to_have_text(re.compile("^whsec_"))
    shown = secret.text_content() or ""
    site.snap("webhook-secret", whole=False)
    page.get_by_role("button", name="Copy the secret").click()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    page.keyboard.press("Escape")
    expect(secret).to_be_visible()
    page.get_by_role("button", name="I have copied it").click()
    expect(page).to_have_url(re.compile("/ui/webhooks/[a-z]"))
    made = [hook for hook in site.ask("/admin/webhooks")["items"] if hook["url"].endswith("/made")]
    assert len(made) == 1
    page.get_by_role("button", name="Send a test").dblclick()
    delivery = page.locator("[data-delivery]")
    expect(delivery.locator('[data-state="delivered"]')).to_be_visible()
    expect(delivery).to_contain_text("204")
    expect(delivery).to_have_count(1)
    assert "webhook.test" in [body["type"] for body in receiver.seen]
    page.get_by_role("button", name="Replace secret").click()
    site.dialog().get_by_role("button", name="Replace secret").click()
    expect(secret).to_have_text(re.compile("^whsec_"))
    assert secret.text_content() != shown
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_text("the old one signs as well")).to_be_visible()


def test_what_did_not_arrive_is_sent_again(site: Site, receiver: Receiver) -> None:
    page = site.page
    webhook = make(site, receiver, "/broken")
    receiver.status = 410
    site.open(f"/webhooks/{webhook}")
    expect(page.get_by_text("Nothing has been sent yet")).to_be_visible()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("Off", exact=True).first).to_be_visible()
    delivery = page.locator("[data-delivery]")
    expect(delivery).to_contain_text("410")
    expect(delivery.get_by_role("button", name="Resend")).to_be_disabled()
    receiver.status = 204
    page.get_by_role("button", name="Enable").click()
    site.dialog().get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Disable")).to_be_visible()
    if delivery.first.get_attribute("data-state") != "delivered":
        delivery.first.get_by_role("button", name="Resend").click()
    expect(delivery.locator('[data-state="delivered"]').first).to_be_visible()
    delivery.first.get_by_role("button", name=re.compile("^Open delivery")).click()
    expect(page.get_by_role("cell", name="410", exact=True)).to_be_visible()
    site.snap("webhook-filled")
    page.get_by_role("button", name=re.compile("^Failed")).click()
    expect(page).to_have_url(re.compile("state=failed"))
    expect(page.get_by_text("No delivery is in this state.")).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    site.dialog().get_by_label("schedule.failed").check()
    site.snap("webhook-edit", whole=False)
    site.dialog().get_by_role("button", name="Save").click()
    expect(page.get_by_title("A schedule could not start its run")).to_be_visible()
    page.get_by_role("button", name="Disable").click()
    site.dialog().get_by_label("Note").fill("moving house")
    site.dialog().get_by_role("button", name="Disable").click()
    expect(page.get_by_text("moving house")).to_be_visible()
    site.open("/webhooks")
    row = page.locator(f'tr[data-webhook="{webhook}"]')
    expect(row).to_contain_text("moving house")
    site.snap("webhooks-filled")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Delete").click()
    site.dialog().get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("/ui/webhooks$"))
    expect(row).to_have_count(0)


def test_loading_error_and_no_such_webhook(site: Site) -> None:
    page = site.page
    held = HeldBack(page, "**/admin/webhooks?*")
    site.open("/webhooks")
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    held.refuse()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_be_visible()
    held.let_through()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The server can't be reached", exact=True)).to_have_count(0)
    site.open("/webhooks/none")
    expect(page.get_by_text("There is no such webhook")).to_be_visible()


def test_on_a_small_screen(site: Site, receiver: Receiver) -> None:
    page = site.page
    webhook = make(site, receiver, "/a-rather-long-address-of-a-receiver-in-a-pocket")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/webhooks", f"/webhooks/{webhook}"):
        site.open(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    site.open("/webhooks?add=true")
    last = site.dialog().get_by_label("webhook.test")
    last.check()
    expect(last).to_be_in_viewport()
    expect(site.dialog().get_by_role("button", name="Create webhook")).to_be_in_viewport()
