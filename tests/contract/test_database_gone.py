"""Postgres gone while the server runs: 503, then by itself again, and no run lost."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import psycopg
from tests.running_server import running_server

from agentskills.storage import migrate
from agentskills.storage.embedded import EmbeddedPostgres

from .skill_folders import write_skills
from .talking import Api, is_problem


def test_postgres_killed_and_back(asf_home: Path, tmp_path: Path) -> None:
    database = EmbeddedPostgres(asf_home / "apart").acquire()
    try:
        asyncio.run(migrate.upgrade(database.url))
        home = asf_home / "server"
        home.mkdir(mode=0o755)
        with running_server(home, database.url, write_skills(tmp_path / "skills")) as server:
            api = Api(server.url)
            runs = [api.start("Use echo-approved.", {"amount": number}) for number in range(5)]
            for run in runs:
                api.waits(run, "approval")
            with psycopg.connect(database.url) as sql:
                [data] = sql.execute("SHOW data_directory").fetchone() or [""]
            pid = int((Path(data) / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGKILL)

            answers = []
            give_up = time.monotonic() + 20
            while not answers or answers[-1].status != 503:
                assert time.monotonic() < give_up, answers
                answers.append(api.post("/start", {"sop": "Use double.", "initial_data": {"number": 1}}))
            assert is_problem(answers[-1], 503, "database-gone")
            assert answers[-1].headers["retry-after"]
            assert api.get("/health").status == 503

            database.ensure_alive()
            while api.get("/health").status != 200:
                assert time.monotonic() < give_up + 20
                time.sleep(0.05)
            for run in runs:
                assert api.post(f"/approve/{run}").status == 200
            assert [api.ended(run)["data_store"]["seen"] for run in runs] == list(range(5))
            for answer in answers:
                if answer.status == 200:
                    assert api.ended(answer.body["thread_id"])["status"] == "completed"
            api.http.close()
    finally:
        database.release()
