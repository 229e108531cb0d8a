"""Go through kept runs again with the skills as they are now, side by side, and judge each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from agentskills.domain.case import Case
from agentskills.domain.errors import AgentSkillsError
from agentskills.domain.rerun import RerunRequest
from agentskills.domain.status import FINAL_RUN, RunStatus
from agentskills.domain.step import Step
from agentskills.domain.verdict import Verdict
from agentskills.engine.notifier import Notifier
from agentskills.engine.offline import OfflineWorker, settings_for
from agentskills.services.actor import Actor
from agentskills.services.case_import import import_case
from agentskills.services.context import Context
from agentskills.services.rerun import rerun
from agentskills.services.skills import LoadReport, load_skills
from agentskills.services.verdict import Ended, judge
from agentskills.settings import Settings
from agentskills.storage import cases, catalogs, journal, runs
from agentskills.storage.cases import Standing
from agentskills.storage.database import Pool, open_pool

REQUEST = RerunRequest(plan="unchanged", results="unchanged", effects="none", reason="a test")
"""Everything that can be is answered by the recording, and nothing goes out."""

PATIENCE = 120.0
"""Seconds after which a case that has not ended is given up."""

_LOOK_EVERY = 0.03
_GO_ON_BY_THEMSELVES = {"retry", "time", "slot", "effect_elsewhere"}
_TESTER = Actor(kind="person", name="asf test")


@dataclass(slots=True)
class _Trial:
    """One case under way."""

    number: int
    case: Case
    thread_id: str
    kept: list[Step]
    rerun_id: str = ""
    began: float = 0.0
    verdict: Verdict | None = None


async def replay(
    settings: Settings, url: str, asked: Sequence[Case], done: Callable[[int, Verdict], None]
) -> LoadReport:
    """Go through all cases on an empty database; return what loading the skills found.

    `done` is told each verdict as it comes, with the number of its case. `settings` name the skill
    roots and a home for unpacked skills; models in them are never asked.
    """
    pool = await open_pool(url, max_size=10, name="asf test")
    try:
        report = await load_skills(pool, settings)
        bench = _Bench(pool, settings, url, report)
        await bench.bring_in(asked)
        await bench.go_through(done)
        return report
    finally:
        pool.terminate()


class _Bench:
    """A database with the cases in it, and a worker that reaches nothing outside."""

    def __init__(self, pool: Pool, settings: Settings, url: str, report: LoadReport) -> None:
        self._context = Context(pool, settings, Notifier(pool))
        self._url = url
        self._catalog = report.catalog
        self._versions: dict[str, str] = {}
        self._trials: list[_Trial] = []

    async def bring_in(self, asked: Sequence[Case]) -> None:
        """Import all cases."""
        async with self._context.writing() as conn:
            await cases.let_results_not_age(conn)
            entries = await catalogs.load_entries(conn, self._catalog)
            self._versions = {entry.name: entry.skill_digest for entry in entries}
            for number, case in enumerate(asked):
                thread_id = f"case-{number + 1}"
                kept = await import_case(conn, thread_id, case, self._versions, _TESTER)
                self._trials.append(_Trial(number, case, thread_id, kept))

    async def go_through(self, done: Callable[[int, Verdict], None]) -> None:
        """Rerun all cases side by side, and tell each verdict."""
        self._context.notifier.start()
        try:
            async with self._working() as worker:
                for trial in self._trials:
                    await self._begin(trial)
                    if trial.verdict is not None:
                        done(trial.number, trial.verdict)
                while open_ones := [trial for trial in self._trials if trial.verdict is None]:
                    if worker.done():
                        worker.result()  # which is what has ended it
                    for trial in await self._settled(open_ones):
                        assert trial.verdict is not None
                        done(trial.number, trial.verdict)
        finally:
            await self._context.notifier.close()

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[asyncio.Task[None]]:
        hosts = {trial.thread_id: trial.case.host for trial in self._trials}
        worker = OfflineWorker(self._context.settings, self._url, hosts)
        task = asyncio.create_task(worker.run())
        try:
            yield task
        finally:
            worker.stop()
            await task

    async def _begin(self, trial: _Trial) -> None:
        """Start the rerun; where it certainly can't be followed, that is the verdict."""
        trial.began = time.monotonic()
        here = settings_for(self._context.settings, trial.case.host)
        try:
            made = await rerun(replace(self._context, settings=here), trial.thread_id, REQUEST, _TESTER)
        except AgentSkillsError as error:
            ended = {"type": error.type, "message": error.detail, "seq": error.fields.get("step")}
            self._judge(trial, Ended([], RunStatus.FAILED, ended))
        else:
            trial.rerun_id = made.thread_id

    async def _settled(self, open_ones: Sequence[_Trial]) -> list[_Trial]:
        """Return the cases that have come to their end since the last look."""
        await asyncio.sleep(_LOOK_EVERY)
        by_id = {trial.rerun_id: trial for trial in open_ones}
        async with self._context.reading() as conn:
            standings = {found.thread_id: found for found in await cases.standings(conn, list(by_id))}
            settled = [trial for trial in open_ones if self._is_settled(trial, standings[trial.rerun_id])]
            journals = await journal.load(conn, [trial.rerun_id for trial in settled])
            for trial in settled:
                run = await runs.get(conn, trial.rerun_id)
                standing = standings[trial.rerun_id]
                waits = standing.waits if standing.status == RunStatus.WAITING else []
                steps = journals[trial.rerun_id]
                self._judge(trial, Ended(steps, standing.status, run.error if run else None, waits))
        return settled

    def _is_settled(self, trial: _Trial, standing: Standing) -> bool:
        if standing.status in FINAL_RUN or time.monotonic() - trial.began > PATIENCE:
            return True
        reasons = {wait["reason"] for wait in standing.waits}
        return standing.status == RunStatus.WAITING and not reasons & _GO_ON_BY_THEMSELVES

    def _judge(self, trial: _Trial, ended: Ended) -> None:
        verdict = judge(trial.case, trial.kept, ended, self._versions)
        trial.verdict = replace(verdict, seconds=time.monotonic() - trial.began)
