"""Figures about the whole installation, for /metrics and /health."""

from __future__ import annotations

import msgspec

from agentskills.storage import workers
from agentskills.storage.database import Conn


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand."""

    runs: dict[str, int]  # by status, without dry ones
    dry_runs: dict[str, int]  # reruns in which nothing went out, by status
    waits: dict[str, int]  # open ones, by reason
    effects: dict[str, int]  # by state
    not_repeated: int  # effects honoured by receipt
    tokens: int
    runs_of_unknown_price: int
    oldest_due: float  # seconds that the oldest due run has been due; 0 where none is
    workers: int  # whose lease is good
    policy_answers: dict[str, int]  # failed runs by what policies did about them
    open_breakers: int  # skills that rest, or are being probed
    deliveries: dict[str, int]  # to webhooks, by state
    oldest_delivery: float  # seconds that the oldest due delivery has been due; 0 where none is
    worker_counts: dict[str, dict[str, float]]  # by worker, then by name


async def read(conn: Conn) -> Figures:
    """Return the figures now."""
    runs = await conn.fetch(
        """SELECT status, count(*) AS n, sum(not_repeated) AS not_repeated, sum(tokens) AS tokens,
                  count(*) FILTER (WHERE money_unknown) AS unknown
           FROM run_state GROUP BY status"""
    )
    dry = await conn.fetch(
        """SELECT s.status, count(*) AS n FROM run_metadata m JOIN run_state s ON s.thread_id = m.thread_id
           WHERE m.request ->> 'effects' = 'none' GROUP BY s.status"""
    )
    dry_runs = {row["status"]: row["n"] for row in dry}
    waits = await conn.fetch("SELECT reason, count(*) AS n FROM waits WHERE state = 'open' GROUP BY reason")
    effects = await conn.fetch("SELECT state, count(*) AS n FROM effects GROUP BY state")
    oldest = await conn.fetchval(
        """SELECT extract(epoch FROM clock_timestamp() - min(wake_at))::float8 FROM run_state
           WHERE owner IS NULL AND wake_at <= clock_timestamp()"""
    )
    answers = await conn.fetch("SELECT answer, count(*) AS n FROM policy_answers GROUP BY answer")
    breakers = await conn.fetchval("SELECT count(*) FROM breakers WHERE closed_at IS NULL")
    sent = await conn.fetch("SELECT state, count(*) AS n FROM deliveries GROUP BY state")
    late = await conn.fetchval(
        """SELECT extract(epoch FROM clock_timestamp() - min(d.due_at))::float8
           FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id AND w.enabled
           WHERE d.due_at IS NOT NULL"""
    )
    return Figures(
        runs={row["status"]: max(0, row["n"] - dry_runs.get(row["status"], 0)) for row in runs},
        dry_runs=dry_runs,
        waits={row["reason"]: row["n"] for row in waits},
        effects={row["state"]: row["n"] for row in effects},
        not_repeated=int(sum(row["not_repeated"] or 0 for row in runs)),
        tokens=int(sum(row["tokens"] or 0 for row in runs)),
        runs_of_unknown_price=sum(row["unknown"] for row in runs),
        oldest_due=max(0.0, oldest or 0.0),
        workers=await living_workers(conn),
        policy_answers={row["answer"]: row["n"] for row in answers},
        open_breakers=breakers,
        deliveries={row["state"]: row["n"] for row in sent},
        oldest_delivery=max(0.0, late or 0.0),
        worker_counts=await workers.counts(conn),
    )


async def living_workers(conn: Conn) -> int:
    """Return how many workers have a good lease."""
    alive: int = await conn.fetchval("SELECT count(*) FROM workers WHERE lease_until > clock_timestamp()")
    return alive
