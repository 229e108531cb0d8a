"""`asf serve` with the embedded Postgres: quick to be there, repairs what dies, leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.running_server import free_port

from agentskills.storage.embedded import EmbeddedPostgres

GIVE_UP = 60.0  # seconds


class Served:
    """An `asf serve` of its own, and what can be seen of it from outside."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.log = home / "log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ASF_")}
        environment |= {"ASF_HOME": str(home), "ASF_PORT": str(self.port), "ASF_SKILLS": ""}
        environment.pop("DATABASE_URL", None)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "agentskills.cli.main", "serve"],
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def health(self) -> dict[str, Any]:
        """What /health says; nothing while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return {"status": error.code}
        except OSError:
            assert self.process.poll() is None, self.log.read_text()
            return {}

    def until(self, condition: Callable[[], object], seconds: float = GIVE_UP) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.log.read_text()[-4000:]
            time.sleep(0.02)

    def healthy(self) -> bool:
        found = self.health()
        return found.get("status") == "ok" and found.get("workers") == 1

    def save(self, thread_id: str) -> int:
        """Start a run; the status code."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/start",
            data=json.dumps({"thread_id": thread_id, "sop": "Nothing that any skill does."}).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def status(self, thread_id: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/status/{thread_id}", timeout=5) as answer:
            return str(json.load(answer)["status"])

    def worker(self) -> int:
        """Process id of the worker child."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        return next(pid for pid in map(int, found.stdout.split()) if b"worker" in command_line(pid))

    def postmaster(self) -> int:
        return int((self.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])

    def left_behind(self) -> list[bytes]:
        """Command lines of processes that belong to this home, but for the server itself."""
        found = [command_line(int(p.name)) for p in Path("/proc").glob("[0-9]*")]
        return [line for line in found if os.fsencode(self.home) in line]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")


@pytest.fixture
def served(asf_home: Path) -> Iterator[Served]:
    served = Served(asf_home)
    served.until(served.healthy)
    yield served
    if served.process.poll() is None:
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(30)
    served.until(lambda: not served.left_behind())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_all_it_started(served: Served, number: signal.Signals) -> None:
    worker, postmaster = served.worker(), served.postmaster()
    said = served.log.read_text()
    assert f"http://127.0.0.1:{served.port}/ui/" in said
    assert str(served.home) in said
    served.process.send_signal(number)
    assert served.process.wait(30) == 0
    assert not alive(worker)
    assert not alive(postmaster)
    assert not EmbeddedPostgres(served.home).answers()
    assert "Traceback" not in served.log.read_text()


def test_kill_9_stops_all_it_started(served: Served) -> None:
    worker, postmaster = served.worker(), served.postmaster()
    served.process.kill()
    served.process.wait()
    served.until(lambda: not alive(worker) and not alive(postmaster))


def test_a_dead_worker_is_replaced(served: Served) -> None:
    for n in range(2):
        worker = served.worker()
        os.kill(worker, signal.SIGKILL)
        served.until(lambda worker=worker: not alive(worker))
        assert served.save(f"after-{n}") == 200
        served.until(lambda n=n: served.status(f"after-{n}") == "failed")  # nothing is ready: that is its end


def test_a_dead_postmaster_is_replaced_and_no_run_is_lost(served: Served) -> None:
    assert served.save("before") == 200
    served.until(lambda: served.status("before") == "failed")
    postmaster = served.postmaster()
    os.kill(postmaster, signal.SIGKILL)
    served.until(lambda: not alive(postmaster))
    served.until(lambda: served.save("after") == 200)  # 503 until then
    served.until(lambda: served.status("after") == "failed")
    assert served.status("before") == "failed"
    assert served.worker()


def test_on_existing_data_it_is_there_soon(served: Served) -> None:
    """Within three seconds on two idle cores: at most three times what importing the application takes."""
    served.process.send_signal(signal.SIGTERM)
    served.process.wait(30)
    ready, bare = [], []
    for _ in range(3):
        begin = time.monotonic()
        subprocess.run([sys.executable, "-c", "import agentskills.api.app"], check=True)
        bare.append(time.monotonic() - begin)
        begin = time.monotonic()
        again = Served(served.home)
        again.until(again.health)
        ready.append(time.monotonic() - begin)
        again.process.send_signal(signal.SIGTERM)
        again.process.wait(30)
    print(f"ready after {min(ready):.2f} s; the import alone {min(bare):.2f} s")
    assert min(ready) < 3 * min(bare)


def test_two_servers_share_a_home(served: Served) -> None:
    """The second takes the database that is there; it goes on when the first has gone."""
    second = Served(served.home)
    try:
        second.until(lambda: second.health().get("workers") == 2)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(30) == 0
        assert second.save("still") == 200
        second.until(lambda: second.status("still") == "failed")
    finally:
        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(30) == 0
