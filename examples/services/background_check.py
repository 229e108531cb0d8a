"""A background-check agency that takes orders at once and calls back later; standard library only.

    python examples/services/background_check.py --port 8100 --delay 3

POST /checks with {thread_id, skill, callback_url, inputs: {candidate: {id, name}}} answers 202.
After `--delay` seconds the result is posted to callback_url as {thread_id, skill, data}.

With a command at the end, the command is run with the agency beside it, told where the agency is
(BACKGROUND_CHECK_URL) and allowed to call it (ASF_PRIVATE_HOSTS); both end together. Where
BACKGROUND_CHECK_URL is set already, there is an agency, and the command is all that is run:

    python examples/services/background_check.py --port 0 -- .venv/bin/asf serve
"""

import argparse
import hashlib
import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REGISTER = {"Jonas Weber": ["Employment at Kluge Logistik ended in March 2024, not in June as stated."]}
TRIES = 5


def result(order: dict, reference: str) -> dict:
    """Return what the agency knows about the candidate of an order."""
    findings = REGISTER.get(order["inputs"]["candidate"]["name"], [])
    status = "findings" if findings else "clear"
    return {"background": {"status": status, "findings": findings, "reference": reference}}


def deliver(order: dict, data: dict) -> None:
    """Post a result to where the order said; try again while the other side can't be reached."""
    body = json.dumps({"thread_id": order["thread_id"], "skill": order["skill"], "data": data}).encode()
    for attempt in range(TRIES):
        request = urllib.request.Request(order["callback_url"], body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                print(f"delivered {data['background']['reference']}: {answer.status}", flush=True)
                return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:  # refused for good: delivered before, or the run has ended
                print(f"refused {data['background']['reference']}: {error.code}", flush=True)
                return
        except urllib.error.URLError as error:
            print(f"not reached: {error.reason}", flush=True)
        time.sleep(0.2 * 2**attempt)


class Agency(BaseHTTPRequestHandler):
    """Answers requests; the delay stands on the server."""

    def do_GET(self) -> None:
        """Say that the service is up."""
        self._answer(200, {"status": "ok"})

    def do_POST(self) -> None:
        """Take an order. The same Idempotency-Key gets the same reference."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            order = json.loads(body)
            key = self.headers.get("Idempotency-Key") or order["callback_url"]
            reference = "BC-" + hashlib.sha256(key.encode()).hexdigest()[:8].upper()
            data = result(order, reference)
        except (ValueError, KeyError, TypeError) as error:
            self._answer(400, {"error": f"not an order: {error!r}"})
            return
        self._answer(202, {"accepted": True, "reference": reference})
        threading.Timer(self.server.delay, deliver, (order, data)).start()

    def _answer(self, status: int, document: dict) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet; deliveries are printed."""


def run_beside(server: ThreadingHTTPServer, command: list[str]) -> None:
    """Become the command, and leave the agency in a child that ends when the command does."""
    url = f"http://127.0.0.1:{server.server_port}"
    life, held = os.pipe()
    if os.fork() == 0:
        os.close(held)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command
        threading.Thread(target=server.serve_forever, daemon=True).start()
        os.read(life, 1)  # nobody writes: it ends when the command is gone, however it went
        os._exit(0)
    os.set_inheritable(held, True)
    hosts = [os.environ.get("ASF_PRIVATE_HOSTS", ""), url.removeprefix("http://")]
    os.environ |= {"BACKGROUND_CHECK_URL": url, "ASF_PRIVATE_HOSTS": ",".join(filter(None, hosts))}
    os.execvp(command[0], command)


def main() -> None:
    """Serve until interrupted; prints the address first."""
    parser = argparse.ArgumentParser(description="A background-check agency for an example.")
    parser.add_argument("--port", type=int, default=8100, help="0 takes a free one")
    parser.add_argument("--delay", type=float, default=3.0, help="seconds until the callback")
    parser.add_argument("command", nargs="*", help="a program to run with the agency beside it")
    arguments = parser.parse_args()
    if arguments.command and os.environ.get("BACKGROUND_CHECK_URL"):
        os.execvp(arguments.command[0], arguments.command)
    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), Agency)
    server.daemon_threads = True
    server.delay = arguments.delay
    if arguments.command:
        run_beside(server, arguments.command)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
