"""Signing in where the server asks for an API key, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.site import Site
from tests.running_server import RunningServer, running_server

KEY = "browser-key-0001"


@pytest.fixture
def keyed(asf_home: Path, database_url: str) -> Iterator[RunningServer]:
    with running_server(asf_home, database_url, "", {"ASF_API_KEYS": KEY}, with_worker=False) as server:
        yield server


def test_signing_in_and_out(page: Page, keyed: RunningServer) -> None:
    site = Site(page, keyed)
    site.open("/runs?status=failed")
    key = page.get_by_label("API key")
    expect(key).to_be_visible()
    site.snap("login")
    key.fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("API keys")
    site.snap("login-refused")
    key.fill(KEY)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{keyed.url}/ui/runs?status=failed")  # where one wanted to go
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Strict", False)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key")).to_be_visible()
    assert page.context.cookies() == []
    page.goto(f"{keyed.url}/ui/skills")
    expect(page.get_by_label("API key")).to_be_visible()


def test_signing_in_leads_to_pages_of_this_app_only(page: Page, keyed: RunningServer) -> None:
    page.goto(f"{keyed.url}/ui/login?next=https://evil.example/")
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{keyed.url}/ui/runs")


def test_a_session_that_ends_leaves_the_draft(page: Page, keyed: RunningServer) -> None:
    page.goto(f"{keyed.url}/ui/login?next=/ui/new")
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Sign in").click()
    draft = page.get_by_role("textbox", name="Procedure")
    draft.fill("Use nothing.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Start run").click()
    expect(page.get_by_role("alert").first).to_contain_text("not signed in")
    expect(draft).to_have_value("Use nothing.")
