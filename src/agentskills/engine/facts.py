"""What a write says of facts: receipts and spending, which are recorded whoever owns the run by now."""

from __future__ import annotations

import msgspec

from agentskills.storage.journal import Write

NO_EPOCH = -1
"""An epoch that no run ever has: the journal refuses what is written under it."""


def stamped(write: Write) -> Write:
    """Return the write with its settlements naming whose act they end.

    A settlement may arrive late, or twice: it must not end the act of somebody who has taken
    the effect since.
    """
    if not write.settlements:
        return write
    named = [
        msgspec.structs.replace(s, thread_id=write.thread_id, epoch=write.epoch) for s in write.settlements
    ]
    return msgspec.structs.replace(write, settlements=named)


def facts_of(write: Write) -> Write | None:
    """Return only the facts of a stamped write, or None where it tells none."""
    if not write.settlements and not write.spent:
        return None
    return Write(
        thread_id=write.thread_id,
        epoch=NO_EPOCH,
        version=write.version,
        settlements=write.settlements,
        spent=write.spent,
    )
