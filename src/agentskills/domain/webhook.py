"""Outgoing webhooks: events, signatures (Standard Webhooks 1.0.0), and when a delivery is tried again."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias, get_args

import msgspec

from agentskills.domain.backoff import jittered
from agentskills.domain.json_text import json_bytes

TEST = "webhook.test"
EventName: TypeAlias = Literal[
    "run.completed",
    "run.failed",
    "run.cancelled",
    "run.waiting",
    "run.failed_for_good",
    "batch.completed",
    "batch.paused",
    "batch.aborted",
    "schedule.fired",
    "schedule.skipped",
    "schedule.failed",
    "webhook.test",
]
EVENTS: tuple[EventName, ...] = get_args(EventName)
"""What can be heard of."""

DELAYS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each try, after the one before."""
JITTER = 0.1
LONGEST_PAUSE = 86_400.0
"""Seconds; a Retry-After beyond that is cut."""
MOST_BYTES = 20_000
"""Of a body."""
ROTATION_SECONDS = 86_400
"""How long an old secret goes on signing beside the new one."""

_PREFIX = "whsec_"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # for good, or until somebody sends it again


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver of events."""

    id: str
    url: str
    events: list[str]
    secret: str
    old_secret: str | None
    old_until: datetime | None  # until then the old secret signs beside the new one
    enabled: bool
    note: str | None  # why it is off
    requested_by: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    def __repr__(self) -> str:
        """Leave out the secrets: this may end up in a log."""
        return f"Webhook({self.id!r})"

    def secrets(self, at: datetime) -> list[str]:
        """Return what signs at this time, the newest first."""
        rotating = self.old_secret is not None and self.old_until is not None and at < self.old_until
        return [self.secret, self.old_secret] if rotating and self.old_secret else [self.secret]


def secret_of(key: bytes) -> str:
    """Return a key as Standard Webhooks writes it."""
    return _PREFIX + base64.b64encode(key).decode()


def body_of(type_: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """Return the body of an event, below `MOST_BYTES`; details that make it longer are left out."""
    body = json_bytes({"type": type_, "timestamp": at.isoformat(), "data": dict(data)})
    if len(body) < MOST_BYTES:
        return body
    short = {name: value for name, value in data.items() if len(json_bytes(value)) < 1_000}
    return json_bytes({"type": type_, "timestamp": at.isoformat(), "data": short | {"left_out": True}})


def headers_of(message_id: str, at: datetime, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """Return the headers that say which message this is, and who signed it when."""
    stamp = str(int(at.timestamp()))
    signed = f"{message_id}.{stamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def pause_after(tries: int, message_id: str, asked: float | None) -> float | None:
    """Return the seconds until the next try after so many; None: there is none.

    `asked`: what the receiver's Retry-After says.
    """
    if tries >= len(DELAYS):
        return None
    pause = jittered(float(DELAYS[tries]), JITTER, message_id, tries)
    return max(pause, min(asked or 0.0, LONGEST_PAUSE))
