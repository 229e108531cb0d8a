"""Many runs at once for the tests of batches, failures and backtests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from .site import Site

MENDED = '''"""Counts what is left of an item."""


def run(inputs):
    return {"item": {"left": 3}}
'''


def start_counts(site: Site, count: int) -> list[str]:
    """Start runs that fail because no shelf holds their item, and wait until all have."""
    started = [
        site.start(
            {
                "thread_id": f"count-{number:03d}",
                "sop": "Count stock",
                "initial_data": {"item": {"id": f"item-{number:03d}"}},
                "run_name": f"Count {number:03d}",
            }
        )
        for number in range(1, count + 1)
    ]
    for thread_id in started:
        site.wait_for(thread_id, "failed")
    return started


def mend_count_stock(site: Site, skills: Path) -> None:
    """Mend the skill that fails."""
    (skills / "count-stock" / "scripts" / "count_stock.py").write_text(MENDED)
    site.ask("/admin/skills/reload", {})


def price_parcels(site: Site, count: int) -> list[str]:
    """Run parcels through the shop, and wait until all have their price."""
    started = [
        site.start(
            {
                "thread_id": f"parcel-{number}",
                "sop": "Price parcel",
                "initial_data": {"parcel": {"id": "x" * number}, "rate": 2},
                "run_name": f"Parcel {number}",
            }
        )
        for number in range(1, count + 1)
    ]
    for thread_id in started:
        site.wait_for(thread_id, "completed")
    return started


def bar(site: Site) -> Locator:
    """What can be done with the selected runs."""
    return site.page.get_by_role("region", name="Selected runs")


def dry_run(site: Site) -> Locator:
    """The dry run beside the form, once it is that of what is chosen."""
    shown = site.dialog().locator('[data-plan="current"]')
    shown.wait_for()
    return shown


def batch_of(site: Site) -> dict[str, Any]:
    """The batch whose page is open, as the API has it."""
    found: dict[str, Any] = site.ask(f"/admin/batches/{site.page.url.rsplit('/', 1)[1].split('?')[0]}")
    return found


def expect_no_sideways(site: Site) -> None:
    """At 390 px nothing may stick out."""
    page = site.page
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
