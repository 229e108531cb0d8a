"""What failures of one kind have in common, and what keeps two kinds apart."""

from __future__ import annotations

from collections import defaultdict

import pytest

from agentskills.storage.database import Pool

from .broken_world import KINDS, failures

pytestmark = pytest.mark.anyio

ALIKE = [
    ("no answer from db.internal within 30 s", "no answer from 10.0.0.7:5432 within 500 ms"),
    ("can't parse 'it's' as a date", 'can\'t parse "" as a date'),
    ("lacks 'a'", "lacks 'a', 'b', 'c'"),
    ("paid 12.50 EUR on 3 May 2026", "paid €1,299.00 on 2026-11-24T12:03:04Z"),
    ("Order order-42 is closed", "Order 7f0c2b5e-77aa-4c1e-8a4e-0a1b2c3d4e5f is closed"),
    ("see /var/log/a.log for more", "see ~/logs/b for more"),
    ("write to ada@example.com failed", "write to b.c+d@shop.co.uk failed"),
    ("the answer was {}", 'the answer was {"a": [{"b": {"c": []}}], "d": "}"}'),
    ('the answer was {"a": "cut o', "the answer was [1, 2, {"),
    ("at Tue, 24 November 2026 18:52:12 GMT", "at 06:52 PM"),
    ("token deadbeef has expired", "token run_abc1 has expired"),
]
APART = [
    ("lacks order.total", "lacks order.id"),
    ("the order can't be refunded", "the order can't be found"),
    ("users' orders are closed", "users' orders are open"),
    ("either/or", "and/or"),
    ("it's late, don't go", "it's late, don't stay"),
]


async def signature(pool: Pool, error_type: str, message: str) -> str:
    return str(await pool.fetchval("SELECT failure_signature($1, $2)", error_type, message))


@pytest.mark.parametrize(("one", "other"), ALIKE)
async def test_values_make_no_difference(pool: Pool, one: str, other: str) -> None:
    assert await signature(pool, "skill-failed", one) == await signature(pool, "skill-failed", other)


@pytest.mark.parametrize(("one", "other"), APART)
async def test_words_make_a_difference(pool: Pool, one: str, other: str) -> None:
    assert await signature(pool, "skill-failed", one) != await signature(pool, "skill-failed", other)


async def test_types_make_a_difference(pool: Pool) -> None:
    assert await signature(pool, "bad-output", "no") != await signature(pool, "skill-failed", "no")


@pytest.mark.parametrize("seed", range(5))
async def test_generated_failures_fall_into_the_kinds_they_are(pool: Pool, seed: int) -> None:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for skill, error_type, message in failures(300, seed):
        found[await signature(pool, error_type, message)].add((skill, error_type))
    assert sorted(found.values(), key=sorted) == sorted(({kind} for kind in KINDS), key=sorted), list(found)


async def test_a_signature_of_a_signature_is_the_same(pool: Pool) -> None:
    for _, error_type, message in failures(40, 7):
        made = await signature(pool, error_type, message)
        assert await signature(pool, error_type, made.removeprefix(f"{error_type}: ")) == made


async def test_odd_messages(pool: Pool) -> None:
    assert await pool.fetchval("SELECT failure_signature('t', NULL)") == "t: "
    for message in (
        "{" * 3000,
        "'" * 3000,
        "[{" * 800 + '"',
        "1a," * 900,
        "a." * 2000,
        "/" * 2000,
        "-1" * 900,
    ):
        assert len(await signature(pool, "t", message)) <= 303
