"""The database goes while the server runs: it says so, comes back by itself, and has lost nothing."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.engine.workplace import inline
from tests.running_server import RunningServer, running_server

from agentskills.storage import migrate
from agentskills.storage.embedded import EmbeddedPostgres

pytestmark = pytest.mark.timeout(600)

RUNS = 40
GIVE_UP = 60.0


@pytest.fixture
def server(asf_home: Path) -> Iterator[tuple[RunningServer, EmbeddedPostgres]]:
    """`asf serve` on a Postgres that it does not look after itself."""
    database = EmbeddedPostgres(asf_home / "elsewhere").acquire()
    inline(asf_home / "skills", "slow", 'await asyncio.sleep(0.3)\nreturn {"done": True}', produces="done")
    asyncio.run(migrate.upgrade(database.url))
    try:
        more = {"ASF_LEASE_SECONDS": "4", "ASF_WORKER_CONCURRENCY": "5"}
        with running_server(asf_home, database.url, asf_home / "skills", more) as running:
            yield running, database
    finally:
        database.ensure_alive()
        database.release()


def ask(url: str, body: dict[str, Any] | None = None) -> tuple[int, str, dict[str, Any]]:
    """Status, content type and document of the answer."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=30) as answer:
            return answer.status, answer.headers["content-type"], json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["content-type"], json.load(error)


def test_it_says_so_and_goes_on_by_itself(
    server: tuple[RunningServer, EmbeddedPostgres], report: Callable[[str, dict[str, Any]], None]
) -> None:
    running, database = server
    accepted = []
    for number in range(RUNS):
        asked = {"sop": "Do it slowly.", "thread_id": f"run-{number}", "skills": ["slow"]}
        assert ask(f"{running.url}/start", asked)[0] == 200
        accepted.append(f"run-{number}")
    database.stop()
    gone = time.monotonic()
    refused: Counter[str] = Counter()
    requests: list[tuple[str, dict[str, Any] | None]] = [
        ("/start", {"sop": "Do it slowly.", "thread_id": "meanwhile", "skills": ["slow"]}),
        ("/rerun/run-1", {}),
        ("/admin/runs", None),
        ("/admin/runs/run-1", None),
        ("/admin/skills", None),
        ("/status/run-1", None),
    ]
    for path, body in requests * 2:
        status, kind, document = ask(running.url + path, body)
        assert (status, kind, document.get("type")) == (503, "application/problem+json", "database-gone"), (
            path,
            document,
        )
        assert "password" not in json.dumps(document)
        refused[path] += 1
    assert ask(f"{running.url}/health")[0] == 503
    while time.monotonic() < gone + 1.5:
        time.sleep(0.05)
    away = time.monotonic() - gone
    database.ensure_alive()
    back = time.monotonic()
    while ask(f"{running.url}/start", requests[0][1])[0] != 200:  # the same id: it is saved once
        assert time.monotonic() < back + GIVE_UP
        time.sleep(0.05)
    answered = time.monotonic() - back
    accepted.append("meanwhile")
    left = set(accepted)
    while left:
        assert time.monotonic() < back + GIVE_UP, f"{left}: {running.log.read_text()[-4000:]}"
        left = {run for run in left if ask(f"{running.url}/status/{run}")[2]["status"] != "completed"}
    finished = time.monotonic() - back
    with psycopg.connect(database.url) as connection:
        found = connection.execute("SELECT thread_id FROM run_state").fetchall()
        journal = connection.execute(
            "SELECT thread_id FROM run_steps WHERE kind = 'skill' AND status = 'completed'"
        ).fetchall()
    assert sorted(row[0] for row in found) == sorted(accepted)
    assert sorted(row[0] for row in journal) == sorted(accepted)
    report(
        "Database gone while serving",
        {
            "runs accepted before / refused requests meanwhile": f"{RUNS} / {sum(refused.values())}",
            "away, s": away,
            "first request answered after it was back, s": answered,
            "all runs completed after it was back, s": finished,
            "runs lost": 0,
        },
    )
