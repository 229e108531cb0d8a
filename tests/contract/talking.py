"""Talking to the server in tests: exact JSON in and out, and patience."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2

from agentskills.domain.json_text import json_bytes, parse_stored

GIVE_UP = 30.0  # seconds; only the limit after which a test fails
_numbers = count(1)


def new_name(stem: str) -> str:
    """An id that no other test of this process uses."""
    return f"{stem}-{next(_numbers)}"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, its JSON read with exact numbers."""

    status: int
    body: Any
    headers: httpx2.Headers


class Api:
    """A client that knows nothing about the API but HTTP and JSON."""

    def __init__(self, url: str, outbox: Any = None) -> None:
        self.url = url
        self.outbox = outbox
        self.http = httpx2.Client(base_url=url, timeout=GIVE_UP, trust_env=False)

    def get(self, path: str, **params: Any) -> Answer:
        return self._answer(self.http.get(path, params=params or None))

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(path, b"" if body is None else json_bytes(body), **named)

    def send(self, path: str, content: bytes, **headers: str) -> Answer:
        return self._answer(self.http.post(path, content=content, headers=headers))

    def patch(self, path: str, body: Any) -> Answer:
        return self._answer(self.http.patch(path, content=json_bytes(body)))

    def delete(self, path: str, body: Any = None) -> Answer:
        return self._answer(
            self.http.request("DELETE", path, content=b"" if body is None else json_bytes(body))
        )

    @staticmethod
    def _answer(response: httpx2.Response) -> Answer:
        kind = response.headers.get("content-type", "")
        body = parse_stored(response.content) if "json" in kind else response.text
        return Answer(response.status_code, body, response.headers)

    def start(self, sop: str, initial_data: Any = None, **more: Any) -> str:
        answer = self.post("/start", {"sop": sop, "initial_data": initial_data or {}, **more})
        assert answer.status == 200, answer
        return str(answer.body["thread_id"])

    def until(self, thread_id: str, reached: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The run's status document, once `reached` says so."""
        give_up = time.monotonic() + GIVE_UP
        while time.monotonic() < give_up:
            status = self.get(f"/status/{thread_id}").body
            if reached(status):
                return dict(status)
            time.sleep(0.03)
        raise AssertionError(f"never reached: {status}")

    def ended(self, thread_id: str) -> dict[str, Any]:
        return self.until(thread_id, lambda s: s["status"] in ("completed", "failed", "cancelled"))

    def waits(self, thread_id: str, reason: str, number: int = 1) -> list[dict[str, Any]]:
        """What the run waits for, once `number` steps wait for this reason."""

        def reached(status: dict[str, Any]) -> bool:
            assert status["status"] not in ("completed", "failed", "cancelled"), status
            return [w["reason"] for w in status["waiting"] or []].count(reason) >= number

        return list(self.until(thread_id, reached)["waiting"])


def is_problem(answer: Answer, status: int, kind: str, pointer: str | None = None) -> bool:
    """Check that the answer is a problem of this kind that names the field."""
    assert answer.status == status, answer
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.body["type"] == kind, answer.body
    assert answer.body["status"] == status
    assert answer.body["title"]
    assert answer.body["detail"]
    if pointer is not None:
        assert pointer in [error["pointer"] for error in answer.body["errors"]], answer.body
    return True
