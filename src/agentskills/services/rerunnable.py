"""Whether a run can be rerun, and what is restricted."""

from __future__ import annotations

from collections.abc import Sequence

from agentskills.domain.rerun import rerun_id
from agentskills.domain.status import FINAL_RUN, RunStatus
from agentskills.services.rerun import MAX_ID
from agentskills.storage import catalogs
from agentskills.storage.database import Conn
from agentskills.storage.lists import RunItem
from agentskills.storage.runs import RunRow


async def rerunnable_of(conn: Conn, runs: Sequence[RunItem | RunRow]) -> list[dict[str, str | None]]:
    """Return `rerunnable` (yes or no) and `rerunnable_why` of each run: why not, or what is restricted."""
    pinned = {run.catalog for run in runs if run.catalog}
    stored = await catalogs.stored_catalogs(conn, list(pinned)) if pinned else set()
    latest = await catalogs.current_names(conn) if any(run.skills for run in runs) else set()
    return [_answer(run, run.catalog is None or run.catalog in stored, latest) for run in runs]


def _answer(run: RunItem | RunRow, versions_there: bool, latest: set[str]) -> dict[str, str | None]:
    gone = ", ".join(skill for skill in run.skills or () if skill not in latest)
    if len(rerun_id(run.root_thread_id, 1)) > MAX_ID:
        return _no("its id is too long to take the number of a rerun")
    if gone and not versions_there:
        return _no(f"{gone}: gone from the skills, and the versions it had are not stored")
    if run.status not in FINAL_RUN and run.status != RunStatus.RECORDED:
        return _yes("until it has finished, only the same again")
    if gone:
        return _yes(f"{gone}: gone from the skills, so only with the versions it had")
    if not versions_there:
        return _yes("the versions it had are not stored, so only with the latest skills")
    return _yes(None)


def _yes(why: str | None) -> dict[str, str | None]:
    return {"rerunnable": "yes", "rerunnable_why": why}


def _no(why: str) -> dict[str, str | None]:
    return {"rerunnable": "no", "rerunnable_why": why}
