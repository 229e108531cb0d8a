"""Take the pictures of the documentation, docs/pictures, from a real server.

Needs the built pages and a Chromium (`ASF_CHROMIUM` names another one than /usr/bin/chromium):

    .venv/bin/python -m tools.take_pictures
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Page, ViewportSize, async_playwright
from rich.progress import track
from tests.running_server import RunningServer, running_server

from agentskills.client import AgentSkills, Run
from agentskills.domain.json_text import parse_json

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SIZE = ViewportSize(width=1440, height=900)
LONG = 60.0  # seconds
TYPO = "the date was a typo"

SCENES: list[tuple[str, str, str]] = [
    ("runs.png", "/runs", "text=Invoices of week 47"),
    ("run.png", "/runs/refund-A-10442_rerun_1?at=4", "text=notify-customer"),
    ("attention.png", "/runs?attention=yes", "text=refund-A-09876"),
    ("failed-run.png", "/runs/refund-A-09876", "text=Rerun from the failure"),
    ("compare.png", "/compare?left=invoices-W47&right=invoices-W47_rerun_2", "text=rules.stop_above"),
    ("family.png", "/runs/invoices-W47?tab=family&family=graph", ".react-flow__node"),
    ("inbox.png", "/inbox", "text=Refund order A-10517"),
    ("failures.png", "/failures", "text=check-refund-policy"),
    ("batch.png", "/batches/{batch}", "text=Refunds that came too late"),
    ("effects.png", "/effects", "text=pay-refund"),
    ("schedule.png", "/schedules/{schedule}", "text=Europe/Berlin"),
    ("skill.png", "/skills/check-refund-policy", "text=check-refund-policy"),
]
"""Each picture: its file, the page, and what is there once the page is."""


def example(sop: str, number: int) -> dict[str, object]:
    """Return the initial_data of one of an SOP's examples."""
    examples = parse_json((ROOT / "examples" / "sops" / f"{sop}.examples.json").read_bytes())
    return dict(examples[number]["initial_data"])


async def start(client: AgentSkills, thread_id: str, name: str, sop: str, number: int) -> Run:
    """Start one example under an id and a name that people would give it."""
    data = example(sop, number)
    return await client.start(thread_id=thread_id, run_name=name, sop_name=sop, initial_data=data)


async def fill(client: AgentSkills) -> dict[str, str]:
    """Start what the pictures show; return the ids of what is made besides runs."""
    invoices = await start(client, "invoices-W47", "Invoices of week 47", "supplier-invoices", 1)
    await invoices.wait(LONG)
    for above in (900, 2000):
        again = await invoices.rerun(changes={"rules": {"stop_above": above}}, reason="agreed")
        await again.wait(LONG)
    for order in ("A-10533", "A-10442"):
        await _refund(client, order, received_on="2026-11-20")
    late = ["A-09876", "A-09876-b", "A-09876-c"]
    for thread, date in zip(late, ("2026-11-20", "2026-11-18", "2026-11-17"), strict=True):
        await _refund(client, "A-09876", thread=thread, received_on=date)
    await start(client, "refund-A-10517", "Refund order A-10517", "order-refund", 1)
    refund = client.run("refund-A-10442")
    await (await refund.rerun(reason="the customer says that no e-mail came")).wait(LONG)
    batch = await client.batches.start(
        ids=[f"refund-{thread}" for thread in late[1:]],
        name="Refunds that came too late",
        rerun={"changes": {"request": {"received_on": "2026-09-01"}}, "reason": TYPO},
        canary=1,
    )
    await batch.wait(LONG)
    schedule = await client.schedules.create(
        name="Refunds of the night",
        cron="30 6 * * 1-5",
        time_zone="Europe/Berlin",
        start={"sop_name": "order-refund", "initial_data": example("order-refund", 0)},
    )
    await schedule.run_now()
    return {"batch": batch.id, "schedule": schedule.id}


async def _refund(client: AgentSkills, order: str, *, received_on: str, thread: str = "") -> None:
    name = thread or order
    run = await client.start(
        thread_id=f"refund-{name}",
        run_name=f"Refund order {name}",
        sop_name="order-refund",
        initial_data={"order": {"id": order}, "request": {"received_on": received_on}},
    )
    await run.wait(LONG)


async def take(page: Page, url: str, name: str, shown: str) -> None:
    """Take one page, once it shows this."""
    await page.goto(url)
    await page.locator(shown).first.wait_for()
    await page.wait_for_timeout(700)  # fonts and transitions
    await page.screenshot(path=PICTURES / name)


async def take_rerun(page: Page, url: str) -> None:
    """Take the rerun dialog with one value changed, and the plan of that."""
    await page.goto(f"{url}/ui/runs/refund-A-10442?rerun=only-what-changed")
    await page.locator(".cm-content").click()
    await page.keyboard.press("Control+a")
    await page.keyboard.insert_text(
        '{\n  "order": {"id": "A-10442"},\n  "request": {"received_on": "2026-11-21"}\n}'
    )
    await page.get_by_text("request.received_on changed").first.wait_for()
    await page.wait_for_timeout(700)
    await page.screenshot(path=PICTURES / "rerun-dialog.png")


async def take_palette(page: Page, url: str) -> None:
    """Take the search over everything, with something typed."""
    await page.goto(f"{url}/ui/runs")
    await page.get_by_text("Invoices of week 47").first.wait_for()
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Search").wait_for()
    await page.keyboard.type("refund")
    await page.get_by_role("option").nth(2).wait_for()
    await page.wait_for_timeout(700)
    await page.screenshot(path=PICTURES / "palette.png")


async def photograph(server: RunningServer) -> None:
    """Fill the server and take all pictures."""
    async with AgentSkills(server.url) as client:
        made: dict[str, Any] = await fill(client)
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        chromium = os.environ.get("ASF_CHROMIUM", "/usr/bin/chromium")
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = await browser.new_page(viewport=SIZE)
        for name, path, shown in track(SCENES, "taking pictures"):
            await take(page, f"{server.url}/ui{path.format(**made)}", name, shown)
        await take_rerun(page, server.url)
        await take_palette(page, server.url)
        await browser.close()


def main() -> int:
    """Start a server with data of its own, take the pictures, and stop it."""
    home = Path(tempfile.mkdtemp(prefix="asf-pictures-"))
    home.chmod(0o755)
    try:
        shutil.copytree(ROOT / "examples", home / "examples")  # pages name the folder
        with running_server(home, None, home / "examples" / "skills") as server:
            asyncio.run(photograph(server))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
