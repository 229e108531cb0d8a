"""The async client: one method for each thing that the HTTP API can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, Unpack

from agentskills.client.backtests import Backtests
from agentskills.client.batches import Batches
from agentskills.client.body import JsonObject, as_object, as_time, given, quoted
from agentskills.client.errors import WaitTimedOut
from agentskills.client.events import Event, follow
from agentskills.client.failures import Failures
from agentskills.client.policies import Policies
from agentskills.client.rerun_request import RerunRequest, rerun_body
from agentskills.client.run import Run
from agentskills.client.run_filter import RunFilter, params_of
from agentskills.client.schedules import Schedules
from agentskills.client.skills import SkillsAndServer
from agentskills.client.start_request import StartRequest
from agentskills.client.transport import PAGE, Transport
from agentskills.client.webhooks import Webhooks
from agentskills.domain.json_text import json_str


class AgentSkills(SkillsAndServer):
    """Starts, follows and reruns SOPs on an AgentSkills server.

    Answers are the server's JSON as it is, numbers exact (`int` or `Decimal`). Failed calls raise
    the server's error class, such as `RunNotFound`; all derive from `AgentSkillsError`.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        on_behalf_of: str | None = None,
        timeout: float = 30.0,
        retries: int = 5,
    ) -> None:
        """Name the server; without `url` it is ASF_API_URL, or else ASF_HOST and ASF_PORT.

        `api_key` (or ASF_API_TOKEN) is sent as Bearer; `on_behalf_of` is a label that the audit keeps
        of all calls. `timeout`: seconds for one answer. `retries`: after a lost connection or 429, 502,
        503, 504; never with other effect than one try.
        """
        if url is None or api_key is None:
            from agentskills.settings import Settings

            settings = Settings()
            url = url or settings.client_url
            token = settings.api_token
            api_key = api_key or (token.get_secret_value() if token else None)
        self._transport = Transport(url, api_key, on_behalf_of=on_behalf_of, timeout=timeout, retries=retries)

    @property
    def batches(self) -> Batches:
        """Bulk reruns: start, plan, follow, pause, resume and abort them."""
        return Batches(self._transport)

    @property
    def backtests(self) -> Backtests:
        """Past runs replayed with nothing going out: start, follow, and read what changed."""
        return Backtests(self._transport)

    @property
    def failures(self) -> Failures:
        """Failed runs by kind: list, dismiss, restore."""
        return Failures(self._transport)

    @property
    def url(self) -> str:
        """The server's URL, without a trailing slash."""
        return self._transport.url

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    # Starting and rerunning

    async def start(
        self,
        *,
        sop: str | None = None,
        sop_name: str | None = None,
        initial_data: Mapping[str, Any] | None = None,
        thread_id: str | None = None,
        run_name: str | None = None,
        skills: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        model: str | None = None,
        priority: str | None = None,
        limits: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Start an SOP (its text, or the name of a stored one) and return at once.

        `skills` limits the run to those skills and makes them its goal. `priority` is `interactive`
        or `batch`; `limits` may hold `steps`, `seconds`, `tokens`, `money`. Raises `BadInput` naming
        the field, and `IdTaken` when `thread_id` belongs to a run with another body.
        """
        body = given(
            sop=sop,
            sop_name=sop_name,
            initial_data=initial_data,
            thread_id=thread_id,
            run_name=run_name,
            skills=list(skills) if skills is not None else None,
            metadata=metadata,
            model=model,
            priority=priority,
            limits=limits,
        )
        return self._started(await self._transport.post("/start", body, key=idempotency_key))

    async def plan_start(self, **request: Unpack[StartRequest]) -> JsonObject:
        """Return what a run would begin with and what it lacks; nothing is started, no model is asked.

        Raises what `start` raises.
        """
        return as_object(await self._transport.post("/start/plan", given(**request)))

    async def rerun(
        self, thread_id: str, *, idempotency_key: str | None = None, **request: Unpack[RerunRequest]
    ) -> Run:
        """Start a new run that repeats `thread_id`; with nothing given, exactly the same again.

        The fields are those of `RerunRequest`, such as `preset="only-what-changed"`, `changes` (a JSON
        merge patch, None removes a key) or `consent`. Raises `RunNotFound`, `BadInput` and its kinds
        naming the field, and where it can't be done as asked `PlanChanged` (`fields["plan"]` is the
        plan as it is now), `NotFinished`, `NothingFailed`, `VersionMissing`, `PlanDiverged`,
        `NotRecorded` or `EffectNeeded`.
        """
        path = f"/rerun/{quoted(thread_id)}"
        return self._started(await self._transport.post(path, rerun_body(request), key=idempotency_key))

    async def plan(self, thread_id: str, **request: Unpack[RerunRequest]) -> JsonObject:
        """Return what a rerun would reuse, execute or leave open, and why; nothing is started.

        Give the answer's `plan_token` to `rerun`, with the same fields, to start just that. Raises
        what `rerun` raises, but what certainly ends the rerun is in the plan's `ends`.
        """
        return as_object(await self._transport.post(f"/rerun/{quoted(thread_id)}/plan", rerun_body(request)))

    def run(self, thread_id: str) -> Run:
        """Return a handle on a run that exists; asks the server nothing."""
        return Run(self, thread_id)

    def _started(self, answer: JsonObject) -> Run:
        return Run(self, answer["thread_id"], answer)

    # Following

    async def status(self, thread_id: str) -> JsonObject:
        """Return `{thread_id, status, waiting, error, data_store}`."""
        return as_object(await self._transport.get(f"/status/{quoted(thread_id)}"))

    async def metadata(self, thread_id: str) -> JsonObject:
        """Return the run's row: SOP, initial_data, name, parent, root, rerun counts, metadata."""
        return as_object(await self._transport.get(f"/admin/runs/{quoted(thread_id)}/metadata"))

    async def detail(self, thread_id: str) -> JsonObject:
        """Return the run's row with its state, its parent and its reruns."""
        return as_object(await self._transport.get(f"/admin/runs/{quoted(thread_id)}"))

    async def case(self, thread_id: str, *, expect: Sequence[str] | None = None) -> JsonObject:
        """Return a finished run as a test, as `asf run keep` writes it.

        `expect` names the paths whose values count; without it all that steps produced. Raises
        `NotFinished`, and `BadInput` for a path that holds nothing.
        """
        return as_object(
            await self._transport.get(f"/admin/runs/{quoted(thread_id)}/case", given(expect=expect))
        )

    def events(self, thread_id: str, *, after: str | None = None) -> AsyncIterator[Event]:
        """Yield what happens in a run until it ends; a broken connection is taken up where it broke.

        `after` is the id of the last event already seen.
        """
        return follow(self._transport, thread_id, after)

    async def wait(self, thread_id: str, timeout: float | None = None) -> JsonObject:
        """Return the status document once the run has ended: completed, failed or cancelled.

        A run that waits for a person has not ended. Raises `WaitTimedOut` after `timeout` seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                async for _ in self.events(thread_id):
                    pass
        except TimeoutError:
            raise WaitTimedOut(f"{thread_id} had not ended after {timeout:g} s; it goes on") from None
        return await self.status(thread_id)

    async def steps(self, thread_id: str) -> AsyncIterator[JsonObject]:
        """Yield the steps of a run, oldest first, page after page."""
        async for step in self._pages(f"/admin/runs/{quoted(thread_id)}/steps", {}):
            yield step

    async def runs(self, *, page_size: int = PAGE, **wanted: Unpack[RunFilter]) -> AsyncIterator[JsonObject]:
        """Yield runs, newest first, page after page; all filters given must hold (see `RunFilter`)."""
        async for run in self._pages("/admin/runs", params_of(wanted), page_size):
            yield run

    async def waits(
        self,
        *,
        reason: Sequence[str] | None = None,
        skill: str | None = None,
        thread_id: str | None = None,
        q: str | None = None,
        answered: bool = False,
    ) -> AsyncIterator[JsonObject]:
        """Yield what runs wait for, the oldest first; without `reason` only what people can answer.

        `q` stands in the run's id or name, the skill, the subject or the values shown. With `answered`
        what was answered, the last answer first: who, when and what.
        """
        state = "answered" if answered else None
        wanted = given(reason=reason, skill=skill, thread_id=thread_id, q=q, state=state)
        async for wait in self._pages("/admin/waits", wanted):
            yield wait

    async def count_waits(self, *, reason: Sequence[str] | None = None) -> JsonObject:
        """Return how much waits, `{count, capped, groups: [{reason, skill, count}]}`; it stops at 10,000."""
        return as_object(await self._transport.get("/admin/waits/count", given(reason=reason)))

    async def _pages(
        self, path: str, params: dict[str, Any], page_size: int = PAGE
    ) -> AsyncIterator[JsonObject]:
        async for item in self._transport.pages(path, params, page_size):
            yield item

    # Comparing

    async def compare(self, left: str, right: str) -> JsonObject:
        """Return how two runs differ and why: headline, origins, aligned steps, data, totals.

        Any two runs, finished or not. Raises `RunNotFound` and `RunDeleted`.
        """
        return as_object(await self._transport.get("/admin/runs/compare", {"left": left, "right": right}))

    async def attribute(
        self, left: str, right: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> JsonObject:
        """Find out which: rerun `left` once for each ingredient that differs, with only that one.

        Returns `{reruns: [{ingredient, thread_id}], left_out}`; nothing goes out of these reruns. What each
        has brought is in `compare`, under `attribution`. Raises `NothingDiffers`.
        """
        body = given(left=left, right=right, reason=reason)
        path = "/admin/runs/compare/attribute"
        return as_object(await self._transport.post(path, body, key=idempotency_key))

    # Answering and stopping

    async def approve(
        self,
        thread_id: str,
        *,
        step: int | None = None,
        decision: str | None = None,
        data: Mapping[str, Any] | None = None,
        note: str | None = None,
        digest: str | None = None,
        idempotency_key: str | None = None,
    ) -> JsonObject:
        """Answer what a run waits for.

        `decision` is `approve` (the default) or `reject`; for a step in doubt `happened`,
        `not_happened` or `stop`. `data` edits what is approved, at the wait's `asks["paths"]` (nested, or
        with paths as keys; other places raise `BadInput`), or is the output of what happened.
        `digest` (of the `waiting` entry) makes sure that what you saw is what you approve. Raises
        `NotWaiting`, `StepChoiceNeeded` when several steps wait, `OutOfDate` and `TooEarly`.
        """
        body = given(step=step, decision=decision, data=data, note=note, digest=digest)
        return as_object(
            await self._transport.post(f"/approve/{quoted(thread_id)}", body, key=idempotency_key)
        )

    async def answer_all(
        self,
        decision: str,
        *,
        answers: Sequence[Mapping[str, Any]] | None = None,
        reason: str | None = None,
        skill: str | None = None,
        until: datetime | str | None = None,
        note: str | None = None,
    ) -> JsonObject:
        """Give one answer to many runs that wait, at most 1,000; each is taken or refused by itself.

        `answers` lists `{thread_id, step, digest}`, or `reason` (`approval`, `consent`, `in_doubt`), `skill`
        and `until` find them: what has begun to wait after `until` is left alone; `in_doubt` can do
        without. Returns `{items: [{thread_id, step, outcome, problem}], answered, refused, more}`.
        """
        found = None if reason is None else given(reason=reason, skill=skill, until=as_time(until))
        listed = None if answers is None else [dict(answer) for answer in answers]
        body = given(answers=listed, filter=found, decision=decision, note=note)
        return as_object(await self._transport.post("/admin/answers", body))

    async def cancel(
        self, thread_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> JsonObject:
        """Stop a run: nothing new starts, what waits is closed. Raises `AlreadyFinished`."""
        path = f"/admin/runs/{quoted(thread_id)}/cancel"
        return as_object(await self._transport.post(path, given(reason=reason), key=idempotency_key))

    # Families

    async def lineage(self, thread_id: str) -> JsonObject:
        """Return `{root_thread_id, thread_id, items, capped}`: the run's whole family, the oldest first.

        Each item has its `parent_thread_id`, who asked and why, and for a failed run `fixed_by`. Deleted runs
        are there too, with `deleted_at`. Raises `RunNotFound`.
        """
        return as_object(await self._transport.get(f"/admin/runs/{quoted(thread_id)}/lineage"))

    async def delete(self, thread_id: str, *, reason: str | None = None) -> JsonObject:
        """Delete a run that is over; what it held goes, its place in the family and its effects stay.

        A second time gives the same answer. Raises `RunNotFound` and `NotFinished`. A deleted run raises
        `RunDeleted` wherever it is asked for.
        """
        return as_object(
            await self._transport.delete(f"/admin/runs/{quoted(thread_id)}", given(reason=reason))
        )

    # Effects and audit

    async def effects(
        self,
        *,
        state: str | Sequence[str] | None = None,
        skill: str | None = None,
        thread_id: str | None = None,
        root: str | None = None,
        scope: str | None = None,
        data: Mapping[str, Any] | None = None,
        after: datetime | str | None = None,
        before: datetime | str | None = None,
        not_repeated: bool = False,
        page_size: int = PAGE,
    ) -> AsyncIterator[JsonObject]:
        """Yield what skills did to the outside world, the latest news first; all filters given must hold.

        `data` is JSON that what went out must contain; its keys may be data paths. `root` finds the
        whole family of a run, `not_repeated` what another run did not do again.
        """
        wanted = given(
            state=[state] if isinstance(state, str) else state,
            skill=skill,
            thread_id=thread_id,
            root=root,
            scope=scope,
            data=_text(data),
            after=as_time(after),
            before=as_time(before),
            not_repeated="true" if not_repeated else None,
        )
        async for effect in self._pages("/admin/effects", wanted, page_size):
            yield effect

    async def effect(self, effect_id: int) -> JsonObject:
        """Return one effect with all that is known about it. Raises `EffectNotFound`."""
        return as_object(await self._transport.get(f"/admin/effects/{effect_id}"))

    async def audit(
        self,
        *,
        thread_id: str | None = None,
        action: str | None = None,
        actor: str | None = None,
        after: datetime | str | None = None,
        before: datetime | str | None = None,
        page_size: int = PAGE,
    ) -> AsyncIterator[JsonObject]:
        """Yield who did what, when, on whose behalf and why, the newest first.

        `actor` is a name, a kind such as `person`, or on whose behalf it was done.
        """
        wanted = given(
            thread_id=thread_id, action=action, actor=actor, after=as_time(after), before=as_time(before)
        )
        async for entry in self._pages("/admin/audit", wanted, page_size):
            yield entry

    # What starts by itself

    @property
    def schedules(self) -> Schedules:
        """Schedules: what is started or rerun at given times."""
        return Schedules(self._transport)

    @property
    def policies(self) -> Policies:
        """Policies: which failed runs are rerun by themselves."""
        return Policies(self._transport)

    @property
    def webhooks(self) -> Webhooks:
        """Webhooks: who is told what happens."""
        return Webhooks(self._transport)


def _text(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json_str(dict(value))
