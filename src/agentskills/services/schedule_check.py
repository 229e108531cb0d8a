"""Whether what a schedule starts could be started, asked when it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agentskills.domain.clock import now
from agentskills.domain.errors import BadInput, NotFinished, RunDeleted, RunNotFound
from agentskills.domain.placeholders import check_names, filled_fields
from agentskills.domain.rerun import request_from
from agentskills.services.actor import Actor
from agentskills.services.firing import RERUN, STARTED, occasion
from agentskills.services.rerun_draft import drafted
from agentskills.services.start import StartRequest, check_start
from agentskills.settings import Settings
from agentskills.storage.database import Conn
from agentskills.storage.schedules import Schedule

_EACH_ITS_OWN = "each run that a schedule starts has its own"


async def check_action(conn: Conn, settings: Settings, schedule: Schedule, actor: Actor) -> None:
    """Raise what starting the schedule's run right now would raise; `BadInput` points into the schedule.

    A run that has not finished yet may be rerun later.
    """
    if (schedule.starts is None) == (schedule.reruns is None):
        raise BadInput(
            "give either start (a start request) or rerun (thread_id and request)",
            pointer="/start" if schedule.starts is None else "/rerun",
        )
    values = occasion(schedule, now(), None, "due").values()
    if schedule.starts is not None:
        with _within("/start"):
            _without(schedule.starts, "thread_id")
            _check_names(schedule.starts, STARTED)
            fields = filled_fields(schedule.starts, STARTED, values)
            await check_start(conn, settings, StartRequest(**fields), actor)
        return
    assert schedule.reruns is not None
    assert schedule.rerun is not None
    with _within("/rerun/request"):
        _without(schedule.rerun, "not_before", "plan_token")
        _check_names(schedule.rerun, RERUN)
        request = request_from(filled_fields(schedule.rerun, RERUN, values))
        try:
            await drafted(conn, settings, schedule.reruns, request, actor)
        except NotFinished:
            pass
        except (RunNotFound, RunDeleted) as error:
            raise BadInput(error.detail, pointer="/../thread_id") from None


def _without(document: dict[str, Any], *fields: str) -> None:
    for name in fields:
        if document.get(name) is not None:
            raise BadInput(f"leave {name} out: {_EACH_ITS_OWN}", pointer=f"/{name}")


def _check_names(document: dict[str, Any], fields: tuple[str, ...]) -> None:
    for name in fields:
        check_names(document.get(name), f"/{name}")


@contextmanager
def _within(place: str) -> Iterator[None]:
    """Let pointers of bad input begin at `place`."""
    try:
        yield
    except BadInput as error:
        pointer = f"{place}{error.pointer}".replace("/request/..", "")
        raise type(error)(error.detail, pointer=pointer) from None
