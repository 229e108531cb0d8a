"""A browser on the real server with its real worker, and the folder that screenshots go to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from tests.example_server import example_server
from tests.running_server import RunningServer

from agentskills.api.ui import FOLDER as BUILT_UI
from agentskills.storage.embedded import EmbeddedPostgres

from .crowd import write_crowd
from .receiver import Receiver
from .site import Site

ROOT = Path(__file__).resolve().parents[2]
SKILLS = f"{ROOT / 'examples' / 'skills'}:{Path(__file__).parent / 'skills'}"
CHROMIUM = Path(os.environ.get("ASF_CHROMIUM", "/usr/bin/chromium"))
PATIENCE = 20_000  # milliseconds; only the limit after which a test gives up
QUIET = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser(template: str) -> Iterator[Browser]:
    """Chromium: the system's where there is one, else Playwright's own.

    Playwright keeps an event loop on this thread: what needs one of its own (the template) comes
    first, and the browser is closed before the async tests of other modules.
    """
    if not (BUILT_UI / "index.html").is_file():
        pytest.fail("the UI has not been built: run `npm run build` in admin-ui")
    with sync_playwright() as playwright:
        program = str(CHROMIUM) if CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def agency() -> Iterator[str]:
    """URL of the background-check agency that an example brings along; it takes its time."""
    program = ROOT / "examples" / "services" / "background_check.py"
    process = subprocess.Popen(
        [sys.executable, str(program), "--port", "0", "--delay", "3"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """Where webhooks of these tests lead."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def server(
    postgres: EmbeddedPostgres, template: str, agency: str, receiver: Receiver
) -> Iterator[RunningServer]:
    """The examples and the skills of these tests, for all of them."""
    private = f"{agency.removeprefix('http://')},{receiver.host}"
    more = {"BACKGROUND_CHECK_URL": agency, "ASF_PRIVATE_HOSTS": private}
    with example_server(postgres, template, SKILLS, more) as running:
        yield running


@pytest.fixture
def empty_server(postgres: EmbeddedPostgres, template: str) -> Iterator[RunningServer]:
    """The examples, and a database without a run."""
    with example_server(postgres, template) as running:
        yield running


@pytest.fixture(scope="module")
def crowded_server(postgres: EmbeddedPostgres, template: str) -> Iterator[RunningServer]:
    """The examples, the skills of these tests, and ten thousand runs that have ended."""
    with example_server(postgres, template, SKILLS) as running:
        write_crowd(running.env["DATABASE_URL"])
        yield running


@pytest.fixture
def workshop(postgres: EmbeddedPostgres, template: str, page: Page) -> Iterator[tuple[Site, Path]]:
    """The pages on a server whose skills the test may change, and the folder of these."""
    folder = Path(tempfile.mkdtemp(prefix="asf-workshop-"))
    shutil.copytree(Path(__file__).parent / "skills", folder / "skills")
    with example_server(postgres, template, str(folder / "skills")) as running:
        yield Site(page, running), folder / "skills"
    shutil.rmtree(folder)


def _is_trouble(message: ConsoleMessage) -> bool:
    """Whether it is an error of the pages, which have a line that it comes from.

    Where somebody types over text of several colours, Chromium itself styles the new text, and the
    Content-Security-Policy keeps it from that.
    """
    own = message.text.startswith("Applying inline style") and message.location["lineNumber"] == 0
    return message.type == "error" and not own


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of 1280 × 900; anything the console calls an error fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text) if _is_trouble(message) else None)
    yield page
    context.close()
    # Chromium itself writes a line for each refused or blocked request, and so do the pages.
    own = [line for line in trouble if not line.startswith(("Failed to load resource", "PartMissing:"))]
    assert own == []


@pytest.fixture
def site(page: Page, server: RunningServer) -> Site:
    """The pages, and the API beside them."""
    return Site(page, server)


@pytest.fixture
def empty_site(page: Page, empty_server: RunningServer) -> Site:
    return Site(page, empty_server)
