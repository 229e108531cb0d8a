"""Take the pictures of the documentation from a real server: docs/pictures/runs.png and run.png.

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

from playwright.async_api import Page, async_playwright
from tests.running_server import RunningServer, running_server

from agentskills.client import AgentSkills, Run
from agentskills.domain.json_text import parse_json

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1440, "height": 900}
LONG = 60.0  # seconds


def example(sop: str, number: int) -> dict[str, object]:
    """Return the initial_data of one of an SOP's examples."""
    examples = parse_json((ROOT / "examples" / "sops" / f"{sop}.examples.json").read_bytes())
    return dict(examples[number]["initial_data"])


async def start(client: AgentSkills, thread_id: str, name: str, sop: str, number: int) -> Run:
    """Start one example under an id and a name that people would give it."""
    data = example(sop, number)
    return await client.start(thread_id=thread_id, run_name=name, sop_name=sop, initial_data=data)


async def fill(client: AgentSkills) -> Run:
    """Start what the pictures show; return the run whose page is taken."""
    invoices = await start(client, "invoices-W47", "Invoices of week 47", "supplier-invoices", 1)
    await invoices.wait(LONG)
    await (await invoices.rerun(changes={"rules": {"stop_above": 2000}}, reason="agreed")).wait(LONG)
    await start(client, "refund-A-10517", "Refund order A-10517", "order-refund", 1)
    late = await start(client, "refund-A-09876", "Refund order A-09876", "order-refund", 2)
    await late.wait(LONG)
    refund = await start(client, "refund-A-10442", "Refund order A-10442", "order-refund", 0)
    await refund.wait(LONG)
    again = await refund.rerun(reason="the customer says that no e-mail came")
    await again.wait(LONG)
    return again


async def take(page: Page, url: str, name: str, text: str) -> None:
    """Take one page, once it shows this text."""
    await page.goto(url)
    await page.get_by_text(text).first.wait_for()
    await page.wait_for_timeout(500)  # fonts and transitions
    await page.screenshot(path=PICTURES / name)


async def photograph(server: RunningServer) -> None:
    """Fill the server and take all pictures."""
    async with AgentSkills(server.url) as client:
        run = await fill(client)
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        chromium = os.environ.get("ASF_CHROMIUM", "/usr/bin/chromium")
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = await browser.new_page(viewport=SIZE)
        await take(page, f"{server.url}/ui/runs", "runs.png", "Invoices of week 47")
        await take(page, f"{server.url}/ui/runs/{run.thread_id}", "run.png", "notify-customer")
        await browser.close()


def main() -> int:
    """Start a server with data of its own, take the pictures, and stop it."""
    home = Path(tempfile.mkdtemp(prefix="asf-pictures-"))
    home.chmod(0o755)
    try:
        with running_server(home, None, ROOT / "examples" / "skills") as server:
            asyncio.run(photograph(server))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
