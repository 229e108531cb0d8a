"""One server with a worker, and an outside service, for all contract tests of a module."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from tests.databases import fresh_database
from tests.running_server import running_server

from agentskills.storage.embedded import EmbeddedPostgres

from .skill_folders import write_skills
from .talking import Api

SECRET = "sesame-4711"
"""A secret of the server."""


@pytest.fixture(scope="module")
def module_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """URL of a fresh database for one module."""
    with fresh_database(postgres, template) as url:
        yield url


class Outside:
    """A service that takes every order with 202 and never calls back by itself."""

    def __init__(self) -> None:
        self.orders: Queue[dict[str, Any]] = Queue()
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.orders.put(json.loads(body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def order_of(self, thread_id: str) -> dict[str, Any]:
        """The order of a run, once it has come in."""
        while True:
            order = self.orders.get(timeout=30)
            if order.get("thread_id") == thread_id:  # what webhooks are told has none
                return order


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    service = Outside()
    yield service
    service.server.shutdown()
    service.server.server_close()


@pytest.fixture(scope="module")
def skills_root() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="asf-contract-skills-"))
    yield write_skills(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def api(module_url: str, skills_root: Path, outside: Outside) -> Iterator[Api]:
    """A client of a server with its worker."""
    home = Path(tempfile.mkdtemp(prefix="asf-contract-"))
    home.chmod(0o755)
    (home / "outbox").mkdir()
    (home / "secrets").mkdir()
    more = {
        "OUTSIDE_URL": f"http://{outside.address}",
        "ASF_PRIVATE_HOSTS": outside.address,
        "ASF_LEASE_SECONDS": "3",
        "ASF_SECRET_BANK": SECRET,
        "ASF_SECRETS_DIR": str(home / "secrets"),
    }
    with running_server(home, module_url, skills_root, more) as server:
        client = Api(server.url, server.outbox)
        yield client
        client.http.close()
    subprocess.run(["chmod", "-R", "u+w", str(home)], check=False)  # unpacked versions are read-only
    shutil.rmtree(home, ignore_errors=True)
