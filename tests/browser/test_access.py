"""Every page of the router: nothing serious for axe, within its width and its policy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from . import axe
from .conftest import ROOT
from .receiver import Receiver
from .site import Site

ROUTES = re.findall(r'^\s+path: "(/[^"]*)"', (ROOT / "admin-ui/src/router.tsx").read_text(), re.M)
LEAD_ELSEWHERE = {"/"}
REFUND = {
    "order": {"id": "A-10442"},
    "request": {"received_on": "2026-11-20", "reason": "arrived with a dent"},
}
STATES = {
    "/runs/$threadId": [
        "?tab=data",
        "?tab=effects",
        "?tab=request",
        "?tab=family",
        "?tab=family&family=graph",
        "?tab=history",
        "?tab=raw",
        "?rerun=again",
    ],
    "/compare": ["?left=access-ok&right=access-ok_rerun_1"],
    "/inbox": ["?state=answered"],
    "/skills/$name": ["?part=try", "?part=runs", "?left=first&right=first"],
}
"""What else a page shows, by its search; every page is also opened without."""


def _made(site: Site, path: str, **body: Any) -> str:
    """The id of the thing with this name; it is made where it is not there."""
    [name] = [value for key, value in body.items() if key in ("name", "url")]
    there = [item["id"] for item in site.ask(path)["items"] if name in (item.get("name"), item.get("url"))]
    return str(there[0] if there else site.ask(path, body)["id"])


@pytest.fixture
def things(site: Site, receiver: Receiver) -> dict[str, str]:
    """One of everything that has a page of its own, by the parameter of its route."""
    start = {"sop_name": "order-refund", "initial_data": REFUND}
    late = {"order": {"id": "A-09876"}, "request": REFUND["request"]}
    asks = {"order": {"id": "A-10517"}, "request": REFUND["request"]}
    site.start({"thread_id": "access-ok", **start})
    site.start({"thread_id": "access-late", "sop_name": "order-refund", "initial_data": late})
    site.start({"thread_id": "access-asks", "sop_name": "order-refund", "initial_data": asks})
    for run, status in {"ok": "completed", "late": "failed", "asks": "waiting"}.items():
        site.wait_for(f"access-{run}", status)
    if len(site.family("access-ok")) == 1:
        site.ask("/rerun/access-ok", {})
    batch = _made(site, "/admin/batches", name="access", ids=["access-late"])
    backtest = _made(site, "/admin/backtests", name="access", ids=["access-ok"])
    rule = {"cron": "0 6 * * *", "time_zone": "Europe/Berlin", "start": start, "paused": True}
    policy = {"matches": {"metadata": {"case": "access"}}}
    site.wait_for("access-ok_rerun_1")
    return {
        "$threadId": "access-ok",
        "$batchId": batch,
        "$backtestId": backtest,
        "$name": "price-parcel",
        "$scheduleId": _made(site, "/admin/schedules", name="access", **rule),
        "$policyId": _made(site, "/admin/policies", name="access", **policy),
        "$webhookId": _made(site, "/admin/webhooks", url=f"{receiver.url}/access", events=["webhook.test"]),
    }


def _addresses(things: dict[str, str]) -> list[str]:
    """Every page of the router with things in place of parameters; KeyError for a parameter without."""
    found = []
    for route in ROUTES:
        if route not in LEAD_ELSEWHERE:
            path = re.sub(r"\$\w+", lambda name: things[name.group()], route)
            found += [path, *(path + search for search in STATES.get(route, []))]
    return [*found, "/runs/access-asks", "/runs/access-late", "/runs/no-such-run", "/no-such-page"]


def _beyond(site: Site) -> list[str]:
    """What to say where a page is wider than the window."""
    width, window = site.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{width} px wide in a window of {window} px"] if width > window else []


def test_every_page(site: Site, things: dict[str, str]) -> None:
    page = site.page
    axe.watch(page)
    page.emulate_media(reduced_motion="reduce")
    digest = site.ask("/admin/skills/price-parcel")["digest"]
    troubles: list[str] = []
    for address in _addresses(things):
        site.open(address.replace("=first", f"={digest}"))
        expect(page.locator("h1").first).to_be_visible()
        expect(page.get_by_role("status", name="Loading").or_(page.locator(".opacity-60"))).to_have_count(0)
        where = [f"wide, light: {line}" for line in axe.found(page)]
        where += _beyond(site)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 390, "height": 844})
        where += [f"small, dark: {line}" for line in axe.found(page)]
        where += _beyond(site)
        where += [f"{page.locator('h1').count()} h1"] if page.locator("h1").count() != 1 else []
        where += [f"title {page.title()}"] if not page.title().endswith(" · AgentSkills") else []
        where += [f"blocked {line}" for line in axe.blocked(page)]
        troubles += [f"{address}: {line}" for line in where]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
    assert not troubles, "\n".join(troubles)
