"""States and their moves: whole by themselves, and the same in the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from itertools import product
from typing import Any

import asyncpg
import pytest

from agentskills.domain.status import (
    EFFECT_MOVES,
    FINAL_RUN,
    FINAL_STEP,
    RUN_MOVES,
    STEP_MOVES,
    EffectState,
    RunStatus,
    StepKind,
    StepStatus,
    WaitReason,
)
from agentskills.storage.database import Pool

SQL = files("agentskills.storage").joinpath("migrations/versions/0001_core.sql").read_text()


def table(name: str) -> str:
    found = re.search(rf"CREATE TABLE {name} \((.*?)\n\)", SQL, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("states", "moves", "starts"),
    [
        (RunStatus, RUN_MOVES, {RunStatus.RECORDED}),
        (StepStatus, STEP_MOVES, {StepStatus.STARTED}),
        (EffectState, EFFECT_MOVES, {EffectState.INTENT}),
    ],
)
def test_every_state_can_be_reached(
    states: type[StrEnum], moves: Mapping[StrEnum, frozenset[StrEnum]], starts: set[StrEnum]
) -> None:
    assert set(moves) == set(states)
    reached = starts
    while (further := reached | {new for old in reached for new in moves[old]}) != reached:
        reached = further
    assert reached == set(states)
    assert all(old not in news for old, news in moves.items())


def test_the_final_states() -> None:
    assert {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED} == FINAL_RUN
    assert {StepStatus.COMPLETED, StepStatus.FAILED} == FINAL_STEP


@pytest.mark.parametrize("moves", [RUN_MOVES, STEP_MOVES])
def test_an_end_can_be_reached_from_everywhere(moves: Mapping[StrEnum, frozenset[StrEnum]]) -> None:
    ends = {old for old, news in moves.items() if not news}
    leading = set(ends)
    for _ in moves:
        leading |= {old for old, news in moves.items() if news & leading}
    assert leading == set(moves)


@pytest.mark.parametrize(
    ("name", "column", "values"),
    [
        ("run_state", "status", RunStatus),
        ("run_steps", "status", StepStatus),
        ("run_steps", "kind", StepKind),
        ("waits", "reason", WaitReason),
        ("effects", "state", EffectState),
    ],
)
def test_the_tables_take_the_same_names(name: str, column: str, values: type[StrEnum]) -> None:
    found = re.search(rf"\b{column} +text NOT NULL.*?CHECK \({column} IN \(([^)]*)\)\)", table(name))
    assert found
    assert re.findall(r"'(\w+)'", found[1]) == [str(value) for value in values]


def test_the_tables_know_the_same_final_states() -> None:
    run_ends = re.search(r"CHECK \(status NOT IN \(([^)]*)\) OR", table("run_state"))
    step_ends = re.search(r"CHECK \(\(status IN \(([^)]*)\)\) = \(finished_at", table("run_steps"))
    assert run_ends
    assert step_ends
    assert set(re.findall(r"'(\w+)'", run_ends[1])) == FINAL_RUN
    assert set(re.findall(r"'(\w+)'", step_ends[1])) == FINAL_STEP


async def moved(pool: Pool, update: str, *arguments: Any) -> bool:
    try:
        await pool.execute(update, *arguments)
    except asyncpg.IntegrityConstraintViolationError:
        return False
    return True


async def seen_moves(pool: Pool, states: type[StrEnum], insert: str, update: str) -> dict[Any, set[Any]]:
    """Try every move on a row of its own; return those that the table has let through."""
    allowed: dict[Any, set[Any]] = {state: set() for state in states}
    for number, (old, new) in enumerate(product(states, states), 1):
        await pool.execute(insert, number, str(old))
        if await moved(pool, update, number, str(new)) and old != new:
            allowed[old].add(new)
    return allowed


@pytest.mark.anyio
async def test_the_journal_lets_the_same_moves_through(pool: Pool) -> None:
    ends = "CASE WHEN $2::text IN ('completed', 'failed') THEN now() END"
    error = "CASE WHEN $2::text = 'failed' THEN '{}'::jsonb END"
    insert = f"""INSERT INTO run_steps (thread_id, seq, decision, kind, skill, status, started_at, version,
                finished_at, error)
        VALUES ('r', $1, 1, 'skill', 's', $2::text, now(), 1, {ends}, {error})"""
    update = f"""UPDATE run_steps SET status = $2::text, finished_at = {ends}, error = {error}
        WHERE seq = $1"""
    assert await seen_moves(pool, StepStatus, insert, update) == STEP_MOVES


@pytest.mark.anyio
async def test_the_ledger_lets_the_same_moves_through(pool: Pool) -> None:
    output = "CASE WHEN $2::text = 'receipt' THEN '{}'::jsonb END"
    insert = f"""INSERT INTO effects (scope, skill, key_digest, key, repeat, state, thread_id, seq, output)
        VALUES ('r', 's', 'd', '{{}}', $1, $2::text, 'r', 1, {output})"""
    update = f"UPDATE effects SET state = $2::text, output = {output} WHERE repeat = $1"
    assert await seen_moves(pool, EffectState, insert, update) == EFFECT_MOVES
