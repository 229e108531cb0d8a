"""Ids and names of runs."""

from __future__ import annotations

import os
import re
import time

from agentskills.domain.errors import BadInput

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}")
ROUTE_WORDS = frozenset(
    [
        "activity",
        "batches",
        "bulk",
        "cancel",
        "compare",
        "count",
        "events",
        "lineage",
        "metadata",
        "new",
        "plan",
        "policies",
        "rerun",
        "schedules",
        "search",
        "steps",
    ]
)
"""Words that stand, or will stand, in a path where an id could."""

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
_MARKS = re.compile(r"^[\s#>\-+=_~]+|[*`]+|[\s#]+$")
MAX_NAME = 120


def check_id(thread_id: str) -> str:
    """Return an id that a caller chose, or raise `BadInput`."""
    if not _ID.fullmatch(thread_id):
        raise BadInput(
            "thread_id must match [A-Za-z0-9][A-Za-z0-9._:@-]{0,199}",
            pointer="/thread_id",
        )
    if thread_id.lower() in ROUTE_WORDS:
        raise BadInput(f"thread_id can't be {thread_id!r}, which is a word of the API", pointer="/thread_id")
    return thread_id


def check_name(run_name: str | None) -> None:
    """Raise `BadInput` for a name that nobody could see."""
    if run_name is not None and not run_name.strip():
        raise BadInput("run_name is blank", pointer="/run_name")


def new_id(kind: str = "run") -> str:
    """Return `run_` (or another kind) and a UUIDv7 in base 32: 26 digits that sort by time."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 7 << 76 | (random >> 68 & 0xFFF) << 64 | 0b10 << 62 | random & (2**62 - 1)
    return f"{kind}_" + "".join(_DIGITS[value >> shift & 31] for shift in range(125, -1, -5))


def title_of(sop: str) -> str:
    """Return the first line of an SOP that says something, without markdown signs."""
    for line in sop[:1000].splitlines():
        title = _MARKS.sub("", line).strip()
        if title:
            return title if len(title) <= MAX_NAME else title[: MAX_NAME - 1].rstrip() + "…"
    return "Untitled"


def name_of(run_name: str | None, sop: str) -> str:
    """Return what a run is called."""
    return run_name or title_of(sop)
