"""Schedules: what is started or rerun at given times, and a handle on one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict, Unpack

from agentskills.client.body import JsonObject, as_object, quoted
from agentskills.client.rerun_request import RerunRequest, rerun_body
from agentskills.client.transport import Transport

Moment = datetime | str
PATH = "/admin/schedules"


class Rule(TypedDict, total=False):
    """When a schedule comes due: just one of `cron`, `every_seconds` and `at`."""

    cron: str | None  # five fields, or @daily and the like
    every_seconds: int | None
    at: Moment | None  # once
    time_zone: str | None  # such as Europe/Berlin; UTC without
    anchor: Moment | None  # intervals count from here


class ScheduleFields(Rule, total=False):
    """What a schedule is."""

    start: Mapping[str, Any] | None  # a start request without thread_id; or
    rerun: str | None  # the run to repeat, with
    request: RerunRequest | None  # how
    overlap: str | None  # skip, queue_one, allow, cancel_other
    catch_up_seconds: int | None  # how late a missed due time is still fired


class Schedules:
    """All schedules of a server: `client.schedules`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create(
        self,
        name: str,
        *,
        paused: bool | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
        **fields: Unpack[ScheduleFields],
    ) -> Schedule:
        """Save a schedule that starts an SOP (`start=`) or repeats a run (`rerun=`, `request=`).

        It comes due by `cron=` (in `time_zone=`), `every_seconds=` or `at=`. Raises `BadInput` and its kinds,
        naming the field.
        """
        body = _body({"name": name, "paused": paused, "note": note, **fields})
        return self._handle(await self._transport.post(PATH, body, key=idempotency_key))

    async def get(self, schedule_id: str) -> Schedule:
        """Return a schedule as it is now, with its next times. Raises `ScheduleNotFound`."""
        return self._handle(await self._transport.get(f"{PATH}/{quoted(schedule_id)}"))

    async def preview(
        self, *, count: int | None = None, after: Moment | None = None, **rule: Unpack[Rule]
    ) -> list[JsonObject]:
        """Return the next `count` times of a rule, each `{at, local}`; nothing is saved."""
        body = _body({"count": count, "after": after, **rule})
        return list(as_object(await self._transport.post(f"{PATH}/preview", body))["times"])

    async def list(self, *, paused: bool | None = None) -> AsyncIterator[Schedule]:
        """Yield schedules, the newest first, page after page."""
        params = {} if paused is None else {"paused": "true" if paused else "false"}
        async for found in self._transport.pages(PATH, params):
            yield self._handle(found)

    def _handle(self, answer: Any) -> Schedule:
        return Schedule(self._transport, answer["id"], as_object(answer))


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule on the server; `answer` is its document as it was when the handle was made."""

    transport: Transport = field(repr=False, compare=False)
    id: str
    answer: JsonObject = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.answer["name"])

    async def change(self, *, name: str | None = None, **fields: Unpack[ScheduleFields]) -> Schedule:
        """Change the given fields and return the schedule; another rule counts from now on."""
        found = await self.transport.patch(self._path(), _body({"name": name, **fields}))
        return Schedule(self.transport, self.id, as_object(found))

    async def pause(self, note: str | None = None) -> Schedule:
        """Let it come due no more until it is resumed; the note says why."""
        return await self._moved("pause", {"note": note})

    async def resume(self, *, reason: str | None = None) -> Schedule:
        """Let it come due again from now on; what came due meanwhile is not fired."""
        return await self._moved("resume", {"reason": reason})

    async def run_now(self, *, reason: str | None = None, idempotency_key: str | None = None) -> JsonObject:
        """Fire it at once and return the firing: `{state, thread_id, reason, …}`; overlap applies."""
        body = _body({"reason": reason})
        path = self._path("run-now")
        return as_object(await self.transport.post(path, body, key=idempotency_key))

    async def backfill(
        self,
        start: Moment,
        end: Moment,
        *,
        dry_run: bool = False,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> JsonObject:
        """Fire the due times from `start` on and before `end`, one after the other; at most 1,000.

        Returns `{count, left_alone, times, …}`; with `dry_run` nothing is fired.
        """
        body = _body({"from": start, "to": end, "dry_run": dry_run, "reason": reason})
        path = self._path("backfill")
        return as_object(await self.transport.post(path, body, key=idempotency_key))

    async def firings(self, *, state: str | Sequence[str] | None = None) -> AsyncIterator[JsonObject]:
        """Yield what became of its due times, the latest first, page after page."""
        states = [state] if isinstance(state, str) else state
        async for found in self.transport.pages(self._path("firings"), {"state": states} if states else {}):
            yield found

    async def delete(self, *, reason: str | None = None) -> JsonObject:
        """Delete it and the record of its firings; the runs that it has started stay."""
        return as_object(await self.transport.delete(self._path(), _body({"reason": reason})))

    async def _moved(self, action: str, fields: JsonObject) -> Schedule:
        found = await self.transport.post(self._path(action), _body(fields))
        return Schedule(self.transport, self.id, as_object(found))

    def _path(self, action: str = "") -> str:
        return f"{PATH}/{quoted(self.id)}" + (f"/{action}" if action else "")


def _body(fields: Mapping[str, Any]) -> JsonObject:
    """Return the given fields as JSON; `rerun` and `request` become one object."""
    given = {name: value for name, value in fields.items() if value is not None}
    request: RerunRequest = given.pop("request", {})
    if "rerun" in given:
        given["rerun"] = {"thread_id": given["rerun"], "request": rerun_body(request)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()
    }
