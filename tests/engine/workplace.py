"""A place to run SOPs for tests: skills on disk, a database, and workers in this process or their own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.skills.folders import skill_text, write

from agentskills.domain.fold import fold
from agentskills.engine.notifier import Notifier
from agentskills.engine.worker import Worker
from agentskills.services.actor import Actor
from agentskills.services.answers import Answer, approve
from agentskills.services.context import Context
from agentskills.services.plan import plan_rerun
from agentskills.services.rerun import rerun
from agentskills.services.skills import load_skills
from agentskills.services.start import StartRequest, start_run
from agentskills.settings import Settings
from agentskills.storage import journal
from agentskills.storage.database import Pool

PERSON = Actor(kind="person", name="ada")
FINAL = ("completed", "failed", "cancelled")


def add_skill(
    root: Path, name: str, code: str, *, sidecar: str | None = None, body: str = "Do it.", **keys: str
) -> None:
    """Write a python skill whose module is `code`; underscores in key names become hyphens."""
    given = {"executor": "python", "entry": "scripts/run.py:run", "effects": "none"}
    given |= {key.replace("_", "-"): value for key, value in keys.items()}
    if given["executor"] != "python":
        del given["entry"]
    write(root / name / "SKILL.md", skill_text(name, given, body))
    write(root / name / "scripts" / "run.py", code)
    if sidecar:
        write(root / name / "asf.yaml", sidecar)


def inline(root: Path, name: str, code: str, **keys: str) -> None:
    """Write an inline skill; `code` is the body of `async def run(inputs)`."""
    lines = "\n".join("    " + line for line in code.splitlines())
    add_skill(root, name, f"import asyncio\n\n\nasync def run(inputs):\n{lines}\n", inline="true", **keys)


@dataclass
class Workplace:
    """What a test needs to start runs and look at them."""

    pool: Pool
    url: str
    settings: Settings
    root: Path
    started: int = 0
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.notifier = Notifier(self.pool)
        self.context = Context(self.pool, self.settings, self.notifier)

    async def load(self) -> None:
        """Read the skills as they are on disk now."""
        report = await load_skills(self.pool, self.settings)
        errors = [d for d in report.diagnostics if d.level == "error"]
        assert not errors, errors

    async def start(self, *skills: str, data: Mapping[str, Any] | None = None, **more: Any) -> str:
        """Start a run whose SOP names `skills`; return its id."""
        self.started += 1
        asked = StartRequest(
            sop=more.pop("sop", f"Do {' and '.join(skills)}."),
            initial_data=dict(data or {}),
            thread_id=more.pop("thread_id", f"run-{self.started}"),
            **more,
        )
        return (await start_run(self.context, asked, PERSON)).thread_id

    async def rerun(self, thread_id: str, request: Any) -> str:
        return (await rerun(self.context, thread_id, request, PERSON)).thread_id

    async def plan(self, thread_id: str, request: Any) -> dict[str, Any]:
        return await plan_rerun(self.context, thread_id, request, PERSON)

    async def approve(self, thread_id: str, **answer: Any) -> dict[str, Any]:
        return await approve(self.context, thread_id, Answer(**answer), PERSON)

    async def state(self, thread_id: str) -> dict[str, Any]:
        """The row of run_state."""
        return dict(await self.pool.fetchrow("SELECT * FROM run_state WHERE thread_id = $1", thread_id))

    async def steps(self, thread_id: str) -> list[Any]:
        """The journal, without its decisions."""
        async with self.pool.acquire() as conn:
            return [s for s in (await journal.load(conn, [thread_id]))[thread_id] if s.kind != "decision"]

    async def data(self, thread_id: str) -> dict[str, Any]:
        """The data_store."""
        initial = await self.pool.fetchval(
            "SELECT initial_data FROM run_metadata WHERE thread_id = $1", thread_id
        )
        return fold(initial, await self.steps(thread_id))

    async def effects(self) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch("SELECT * FROM effects ORDER BY id")]

    async def waits(self, thread_id: str) -> list[dict[str, Any]]:
        """What a run waits for now."""
        rows = await self.pool.fetch(
            "SELECT * FROM waits WHERE thread_id = $1 AND state = 'open' ORDER BY seq", thread_id
        )
        return [dict(row) for row in rows]

    async def until(self, thread_id: str, *statuses: str, within: float = 30.0) -> dict[str, Any]:
        """Wait until the run has one of these statuses, or by default has ended; return its state."""
        wanted = statuses or FINAL
        try:
            async with asyncio.timeout(within):
                while (state := await self.state(thread_id))["status"] not in wanted:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"{thread_id} is {state['status']}: {await self.steps(thread_id)}") from None
        return state

    async def until_waiting(self, thread_id: str, reason: str) -> dict[str, Any]:
        """Wait until the run is parked and waits for this; return the wait."""
        async with asyncio.timeout(30):
            while True:
                if (await self.state(thread_id))["status"] == "waiting":
                    for wait in await self.waits(thread_id):
                        if wait["reason"] == reason:
                            return wait
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def worker(self, **settings: Any) -> AsyncIterator[Worker]:
        """A worker in this process."""
        worker = Worker(self.settings.model_copy(update=settings), self.url)
        task = asyncio.create_task(worker.run())
        ready = asyncio.create_task(worker.ready.wait())
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if task.done():
            await task
        try:
            yield worker
        finally:
            worker.stop()
            await task

    def spawn(self, **env: str) -> subprocess.Popen[bytes]:
        """A worker in a process of its own; the caller stops it by its pid."""
        log = self.settings.home / "worker.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ASF_")}
        with log.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "agentskills.cli.main", "worker"],
                env=kept
                | {
                    "DATABASE_URL": self.url,
                    "ASF_HOME": str(self.settings.home),
                    "ASF_LEASE_SECONDS": str(self.settings.lease_seconds),
                    "ASF_WORKER_CONCURRENCY": str(self.settings.worker_concurrency),
                    **self.env,
                    **env,
                },
                stdout=out,
                stderr=out,
                start_new_session=True,
            )


@asynccontextmanager
async def opened(pool: Pool, url: str, home: Path, **more: Any) -> AsyncIterator[Workplace]:
    """Lend a workplace on a fresh database with an empty skill root; `more` are further settings."""
    root = home / "skills"
    root.mkdir()
    settings = Settings(home=home, skills=str(root), lease_seconds=2.0, database_url=url, model=None, **more)
    place = Workplace(pool, url, settings, root)
    place.notifier.start()
    yield place
    await place.notifier.close()
