"""A receiver of webhooks: what came in, and with which status it answers."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agentskills.domain.json_text import parse_json


class Receiver:
    """Answers on a free port of this machine until it is closed."""

    def __init__(self) -> None:
        self.status = 204
        self.seen: list[dict[str, Any]] = []  # bodies, as they came in
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.seen.append(parse_json(body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Write nothing: the test's own words are enough."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        """With the port, as ASF_PRIVATE_HOSTS has it."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/hooks"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
