"""The first minutes of somebody who has just installed it; tests/cli/test_start_up.py has the refusals."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.example_server import SKILLS, example_server
from tests.running_server import RunningServer, free_port

from agentskills.client import AgentSkills
from agentskills.storage.embedded import EmbeddedPostgres

FOREVER = 60.0
ASF = ["-m", "agentskills.cli.main"]


@pytest.fixture
def home() -> Iterator[Path]:
    """An ASF_HOME that anybody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="asf-first-"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=False)  # unpacked versions are read-only
    shutil.rmtree(folder, ignore_errors=True)


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of somebody who has set nothing but what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASF_")}
    kept.pop("DATABASE_URL", None)
    return kept | {"ASF_HOME": str(home), "ASF_PORT": str(free_port()), "NO_PROXY": "*"} | more


@pytest.fixture(scope="module")
def server(postgres: EmbeddedPostgres, template: str) -> Iterator[RunningServer]:
    with example_server(postgres, template) as running:
        yield running


@pytest.mark.anyio
class TestTheFirstRunFails:
    async def error(self, server: RunningServer, **request: Any) -> dict[str, Any]:
        async with AgentSkills(server.url) as client:
            status = await (await client.start(**request)).wait(FOREVER)
        assert status["status"] == "failed"
        error = status["error"]
        assert isinstance(error, dict)
        return error

    async def test_nothing_is_ready(self, server: RunningServer):
        error = await self.error(server, sop="Fetch order.", initial_data={"order": {"number": "A-10442"}})
        assert error["type"] == "missing-paths"
        assert error["missing"] == ["order.id"]
        assert "fetch-order" in error["message"]

    async def test_the_sop_names_no_skill(self, server: RunningServer):
        error = await self.error(server, sop="Water the plants.")
        assert error["type"] == "nothing-to-do"
        assert "names no skill" in error["message"]

    async def test_an_llm_skill_and_no_model(self, server: RunningServer):
        error = await self.error(
            server,
            sop_name="complaint-reply",
            initial_data={
                "customer": {"id": "C-2041"},
                "complaint": {"id": "K-1", "text": "The kettle arrived with a dent."},
            },
        )
        assert error["type"] == "no-model"
        assert "draft-reply" in error["message"]
        assert "ASF_MODEL" in error["message"]


@contextmanager
def serving(env: dict[str, str], python: str = sys.executable, **who: Any) -> Iterator[list[str]]:
    """Serve as somebody; yields what is printed up to the last line of the greeting."""
    process = subprocess.Popen(
        [python, *ASF, "serve"],
        env=env,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **who,
    )
    stop = threading.Timer(FOREVER, process.kill)  # a test that hangs says what it saw
    stop.start()
    try:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        yield printed
    finally:
        stop.cancel()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=FOREVER)


def first_run(env: dict[str, str]) -> dict[str, Any]:
    """Start an example the way the quickstart does and return its status."""
    order = ["--set", "order.id=A-10442", "--set", "request.received_on=2026-11-20"]
    command = [sys.executable, *ASF, "run", "start", "--name", "order-refund", *order, "--wait", "-o", "json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=FOREVER, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    status = json.loads(done.stdout)
    assert isinstance(status, dict)
    return status


def test_with_nothing_but_a_home_it_works(home: Path):
    env = environment(home, ASF_SKILLS=str(SKILLS), EXAMPLE_OUTBOX=str(home / "outbox"))
    with serving(env) as printed:
        greeting = "".join(printed)
        assert f"http://127.0.0.1:{env['ASF_PORT']}/ui/" in greeting, greeting
        assert str(home) in greeting
        assert first_run(env)["status"] == "completed"


def python_for(user: str) -> str:
    """Return a Python of this version that `user` may run; ours may lie in a private folder."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/local/bin/python{version}", f"/usr/bin/python{version}"):
        with contextlib.suppress(OSError):
            if subprocess.run([python, "-c", "import ssl"], user=user, cwd="/", check=False).returncode == 0:
                return python
    pytest.skip(f"no Python {version} that an ordinary user may run")


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can be somebody else; others are ordinary users above"
)
def test_an_ordinary_user(home: Path):
    env = environment(home, ASF_SKILLS=str(SKILLS), EXAMPLE_OUTBOX=str(home / "outbox"), HOME=str(home))
    env["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    shutil.chown(home, "nobody")
    with serving(env, python_for("nobody"), user="nobody", group="nogroup", extra_groups=[]) as printed:
        assert "is ready" in "".join(printed), "".join(printed)
        assert first_run(env)["status"] == "completed"
    assert {path.owner() for path in home.iterdir()} == {"nobody"}
