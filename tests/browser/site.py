"""The pages as a person moves through them, and the API to prepare and to check."""

from __future__ import annotations

import os
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from tests.running_server import RunningServer

from agentskills.domain.json_text import json_bytes, parse_json

FOLDER = os.environ.get("ASF_SCREENSHOTS")
FINAL = {"completed", "failed", "cancelled"}
WIDTHS = {"wide": (1280, 900), "small": (390, 844)}


class Site:
    """One browser page on one server."""

    def __init__(self, page: Page, server: RunningServer) -> None:
        self.page = page
        self.server = server

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server.url}/ui{path}")

    def open_run(self, thread_id: str, search: str = "") -> None:
        self.open(f"/runs/{urllib.parse.quote(thread_id, safe='')}{search}")

    def row(self, thread_id: str) -> Locator:
        return self.page.locator(f'tr[data-run="{thread_id}"]')

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def editor(self) -> Locator:
        """The JSON editor's content."""
        return self.page.locator(".cm-content")

    def write_json(self, text: str) -> None:
        """Replace all that stands in the JSON editor."""
        self.editor().click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def plan(self) -> Locator:
        """The plan beside the form, once it is that of what is chosen."""
        plan = self.page.locator('[data-plan="current"]')
        plan.wait_for()
        return plan

    def plan_step(self, skill: str) -> Locator:
        return self.page.locator(f'[data-plan-step="{skill}"]')

    def step(self, seq: int) -> Locator:
        """A step's row in the list of steps."""
        return self.page.get_by_role("tree", name="Steps").locator(f'[data-step="{seq}"]')

    def steps(self) -> Locator:
        """The rows of all steps that were carried out, decisions left out."""
        return self.page.locator('[role="treeitem"][data-step]:not([data-kind="decision"])')

    def step_of(self, skill: str) -> Locator:
        """The row of the first step of that name."""
        return self.steps().filter(has=self.page.get_by_text(skill, exact=True)).first

    def look_at(self, row: Locator) -> Locator:
        """Choose a step in the list; what is shown of it."""
        seq = row.get_attribute("data-step")
        row.click()
        return self.page.locator(f'article[data-detail="{seq}"]')

    def more(self, action: str) -> None:
        """Choose one of the run page's further actions."""
        self.page.get_by_role("button", name="More actions").click()
        self.page.get_by_role("menuitem", name=action).click()

    def status(self, status: str) -> Locator:
        return self.page.locator("header").locator(f'[data-status="{status}"]')

    def expect_status(self, status: str) -> None:
        expect(self.status(status)).to_be_visible(timeout=30_000)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """GET, or POST with a body; numbers stay exact."""
        data = None if body is None else json_bytes(body)
        with urllib.request.urlopen(urllib.request.Request(self.server.url + path, data=data)) as answer:
            return parse_json(answer.read())

    def start(self, body: dict[str, Any]) -> str:
        return str(self.ask("/start", body)["thread_id"])

    def wait_for(self, thread_id: str, *statuses: str) -> dict[str, Any]:
        """Wait until a run has one of these statuses (or has finished), and return it."""
        wanted = set(statuses) or FINAL
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            run: dict[str, Any] = self.ask(f"/admin/runs/{urllib.parse.quote(thread_id)}")
            if run["status"] in wanted:
                return run
            time.sleep(0.05)
        raise AssertionError(f"{thread_id} is {run['status']}, not {wanted}")

    def family(self, thread_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"/admin/runs?root={urllib.parse.quote(thread_id)}")["items"]
        return found

    def snap(self, name: str, *, whole: bool = True) -> None:
        """Keep pictures of the page, light and dark, wide and small, where ASF_SCREENSHOTS names a folder."""
        if not FOLDER:
            return
        folder = Path(FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for width, (w, h) in WIDTHS.items():
            self.page.set_viewport_size({"width": w, "height": h})
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                self.page.wait_for_timeout(350)  # colours fade
                self.page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=whole)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1280, "height": 900})
