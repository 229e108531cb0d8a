"""The async client: one method for each thing that the HTTP API can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, Unpack
from urllib.parse import quote

from agentskills.client.errors import WaitTimedOut
from agentskills.client.events import Event, follow
from agentskills.client.rerun_request import RerunRequest, rerun_body
from agentskills.client.run import Run
from agentskills.client.schedules import Schedules
from agentskills.client.transport import Transport
from agentskills.domain.json_text import json_str

PAGE = 200
JsonObject = dict[str, Any]


class AgentSkills:
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
        body = _given(
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
        path = f"/rerun/{_id(thread_id)}"
        return self._started(await self._transport.post(path, rerun_body(request), key=idempotency_key))

    async def plan(self, thread_id: str, **request: Unpack[RerunRequest]) -> JsonObject:
        """Return what a rerun would reuse, execute or leave open, and why; nothing is started.

        Give the answer's `plan_token` to `rerun`, with the same fields, to start just that. Raises
        what `rerun` raises, but what certainly ends the rerun is in the plan's `ends`.
        """
        return _object(await self._transport.post(f"/rerun/{_id(thread_id)}/plan", rerun_body(request)))

    def run(self, thread_id: str) -> Run:
        """Return a handle on a run that exists; asks the server nothing."""
        return Run(self, thread_id)

    def _started(self, answer: JsonObject) -> Run:
        return Run(self, answer["thread_id"], answer)

    # Following

    async def status(self, thread_id: str) -> JsonObject:
        """Return `{thread_id, status, waiting, error, data_store}`."""
        return _object(await self._transport.get(f"/status/{_id(thread_id)}"))

    async def metadata(self, thread_id: str) -> JsonObject:
        """Return the run's row: SOP, initial_data, name, parent, root, rerun counts, metadata."""
        return _object(await self._transport.get(f"/admin/runs/{_id(thread_id)}/metadata"))

    async def detail(self, thread_id: str) -> JsonObject:
        """Return the run's row with its state, its parent and its reruns."""
        return _object(await self._transport.get(f"/admin/runs/{_id(thread_id)}"))

    async def case(self, thread_id: str, *, expect: Sequence[str] | None = None) -> JsonObject:
        """Return a finished run as a test, as `asf run keep` writes it.

        `expect` names the paths whose values count; without it all that steps produced. Raises
        `NotFinished`, and `BadInput` for a path that holds nothing.
        """
        return _object(await self._transport.get(f"/admin/runs/{_id(thread_id)}/case", _given(expect=expect)))

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
        async for step in self._pages(f"/admin/runs/{_id(thread_id)}/steps", {}):
            yield step

    async def runs(
        self,
        *,
        status: str | Sequence[str] | None = None,
        name: str | None = None,
        q: str | None = None,
        sop_name: str | None = None,
        initial_data: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
        parent: str | None = None,
        root: str | None = None,
        page_size: int = PAGE,
    ) -> AsyncIterator[JsonObject]:
        """Yield runs, newest first, page after page; all filters given must hold.

        `name` is the beginning of the run's name or id, `q` are words in the SOP; `initial_data` and
        `metadata` are JSON that the run's must contain; `parent` finds the reruns of that very run,
        `root` the whole family.
        """
        given = _given(
            status=[status] if isinstance(status, str) else status,
            name=name,
            q=q,
            sop_name=sop_name,
            initial_data=_text(initial_data),
            metadata=_text(metadata),
            created_after=_time(created_after),
            created_before=_time(created_before),
            parent=parent,
            root=root,
        )
        async for run in self._pages("/admin/runs", given, page_size):
            yield run

    async def waits(self, *, reason: Sequence[str] | None = None) -> AsyncIterator[JsonObject]:
        """Yield what runs wait for, the oldest first; without `reason` only what people can answer."""
        async for wait in self._pages("/admin/waits", _given(reason=reason)):
            yield wait

    async def _pages(
        self, path: str, params: dict[str, Any], page_size: int = PAGE
    ) -> AsyncIterator[JsonObject]:
        cursor = None
        while True:
            here = params | {"limit": str(page_size)} | ({"cursor": cursor} if cursor else {})
            page = await self._transport.get(path, here)
            for item in page["items"]:
                yield item
            cursor = page.get("next_cursor")
            if not cursor:
                return

    # Comparing

    async def compare(self, left: str, right: str) -> JsonObject:
        """Return how two runs differ and why: headline, origins, aligned steps, data, totals.

        Any two runs, finished or not. Raises `RunNotFound` and `RunDeleted`.
        """
        return _object(await self._transport.get("/admin/runs/compare", {"left": left, "right": right}))

    async def attribute(
        self, left: str, right: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> JsonObject:
        """Find out which: rerun `left` once for each ingredient that differs, with only that one.

        Returns `{reruns: [{ingredient, thread_id}], left_out}`; nothing goes out of these reruns. What each
        has brought is in `compare`, under `attribution`. Raises `NothingDiffers`.
        """
        body = _given(left=left, right=right, reason=reason)
        path = "/admin/runs/compare/attribute"
        return _object(await self._transport.post(path, body, key=idempotency_key))

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
        body = _given(step=step, decision=decision, data=data, note=note, digest=digest)
        return _object(await self._transport.post(f"/approve/{_id(thread_id)}", body, key=idempotency_key))

    async def cancel(
        self, thread_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> JsonObject:
        """Stop a run: nothing new starts, what waits is closed. Raises `AlreadyFinished`."""
        path = f"/admin/runs/{_id(thread_id)}/cancel"
        return _object(await self._transport.post(path, _given(reason=reason), key=idempotency_key))

    # Families

    async def lineage(self, thread_id: str) -> JsonObject:
        """Return `{root_thread_id, thread_id, items, capped}`: the run's whole family, the oldest first.

        Each item has its `parent_thread_id`, who asked and why, and for a failed run `fixed_by`. Deleted runs
        are there too, with `deleted_at`. Raises `RunNotFound`.
        """
        return _object(await self._transport.get(f"/admin/runs/{_id(thread_id)}/lineage"))

    async def delete(self, thread_id: str, *, reason: str | None = None) -> JsonObject:
        """Delete a run that is over; what it held goes, its place in the family and its effects stay.

        A second time gives the same answer. Raises `RunNotFound` and `NotFinished`. A deleted run raises
        `RunDeleted` wherever it is asked for.
        """
        return _object(await self._transport.delete(f"/admin/runs/{_id(thread_id)}", _given(reason=reason)))

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
        given = _given(
            state=[state] if isinstance(state, str) else state,
            skill=skill,
            thread_id=thread_id,
            root=root,
            scope=scope,
            data=_text(data),
            after=_time(after),
            before=_time(before),
            not_repeated="true" if not_repeated else None,
        )
        async for effect in self._pages("/admin/effects", given, page_size):
            yield effect

    async def effect(self, effect_id: int) -> JsonObject:
        """Return one effect with all that is known about it. Raises `EffectNotFound`."""
        return _object(await self._transport.get(f"/admin/effects/{effect_id}"))

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
        given = _given(
            thread_id=thread_id, action=action, actor=actor, after=_time(after), before=_time(before)
        )
        async for entry in self._pages("/admin/audit", given, page_size):
            yield entry

    # What starts by itself

    @property
    def schedules(self) -> Schedules:
        """Schedules: what is started or rerun at given times."""
        return Schedules(self)

    # Skills and SOPs

    async def skills(self) -> JsonObject:
        """Return `{items, catalog, roots, diagnostics, …}`: the skills that new runs see."""
        return _object(await self._transport.get("/admin/skills"))

    async def skill(self, name: str, digest: str | None = None) -> JsonObject:
        """Return a skill, or one version of it: contract, body, files. Raises `SkillNotFound`."""
        version = f"/versions/{_id(digest)}" if digest else ""
        return _object(await self._transport.get(f"/admin/skills/{_id(name)}{version}"))

    async def skill_versions(self, name: str) -> list[JsonObject]:
        """Return all versions of a skill, the newest first. Raises `SkillNotFound`."""
        return _items(await self._transport.get(f"/admin/skills/{_id(name)}/versions"))

    async def skill_diff(self, name: str, left: str, right: str | None = None) -> JsonObject:
        """Return what differs between two versions of a skill, without `right` to the current one.

        A digest may be its beginning, from eight characters on. Raises `SkillNotFound`.
        """
        params = _given(left=left, right=right)
        return _object(await self._transport.get(f"/admin/skills/{_id(name)}/diff", params))

    async def sops(self) -> list[JsonObject]:
        """Return the named SOPs with their text and example inputs."""
        return _items(await self._transport.get("/admin/sops"))

    async def reload_skills(self) -> JsonObject:
        """Read all skill folders anew; runs under way keep the versions they began with."""
        return _object(await self._transport.post("/admin/skills/reload"))

    async def health(self) -> JsonObject:
        """Return whether the server can do its work."""
        return _object(await self._transport.get("/health"))

    async def server(self) -> JsonObject:
        """Return what the server is set up to do: model, planner, skill roots, workers."""
        return _object(await self._transport.get("/admin/server"))


def _given(**fields: Any) -> JsonObject:
    return {name: value for name, value in fields.items() if value is not None}


def _id(thread_id: str) -> str:
    return quote(thread_id, safe="")


def _text(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json_str(dict(value))


def _time(value: datetime | str | None) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else value


def _object(answer: Any) -> JsonObject:
    assert isinstance(answer, dict), f"expected a JSON object, got {type(answer).__name__}"
    return answer


def _items(answer: Any) -> list[JsonObject]:
    return list(_object(answer)["items"])
