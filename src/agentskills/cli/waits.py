"""What a run waits for, as lines: what is asked, what it is about, and the command that answers."""

from __future__ import annotations

from typing import Any

from agentskills.cli import output as out
from agentskills.domain.status import WaitReason

ANSWERS = {
    WaitReason.APPROVAL: "[--reject | --data …]",
    WaitReason.CONSENT: "[--reject]",
    WaitReason.IN_DOUBT: "--happened | --not-happened | --stop",
}
"""The flags of `asf run approve`, by why a run waits; nothing else waits for a person."""

_NAMES = {WaitReason.APPROVAL: "shown:", WaitReason.CONSENT: "now:", WaitReason.IN_DOUBT: "sent:"}


def waiting_lines(thread_id: str, waiting: list[dict[str, Any]] | None) -> list[str]:
    """Return what a run waits for: the command that answers it, and what a person has to see before."""
    return [line for wait in waiting or [] for line in wait_lines(thread_id, wait)]


def wait_lines(thread_id: str, wait: dict[str, Any]) -> list[str]:
    """Return the lines of one thing that a run waits for."""
    until = f", until {out.moment(wait['until'])}" if wait.get("until") else ""
    reason = wait["reason"].replace("_", " ")
    head = f"waits for {reason}: step {wait['step']} {wait.get('skill') or ''}{until}"
    flags = ANSWERS.get(wait["reason"])
    if not flags:
        return [out.cell(head)]
    head += f"; answer with: asf run approve {thread_id} --step {wait['step']} {flags}"
    return [out.cell(head), *_asked(wait)]


def _asked(wait: dict[str, Any]) -> list[str]:
    """Return what is asked about; for a repetition both times, one below the other."""
    asks = wait.get("asks") or {}
    lines = [f"  {out.cell(asks['subject'])}"] if asks.get("subject") else []
    if earlier := asks.get("earlier_receipt"):
        at = f"by {earlier['thread_id']} at {out.moment(earlier['at'])}"
        lines.append(f"  earlier: {out.cell(earlier['inputs'])}, {out.cell(at)}")
    if "shown" in asks:
        lines.append(f"  {_NAMES[wait['reason']]:<8} {out.cell(asks['shown'])}")
    return lines
