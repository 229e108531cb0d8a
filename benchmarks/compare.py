"""Comparing two long runs in which every step differs: milliseconds of the use case behind the page.

Usage: python benchmarks/compare.py [--steps N] [--turns N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.json_text import json_bytes
from agentskills.domain.skill import Contract, ExecutorName, Skill
from agentskills.services.compare import compare_runs
from agentskills.services.context import Context
from agentskills.storage import catalogs
from agentskills.storage.database import Conn
from measure import percentile
from scratch import installation

NOW = datetime(2027, 1, 1, tzinfo=UTC)
TEXT = "what a skill has found out " * 20


async def measure(context: Context, steps: int = 200, turns: int = 20) -> dict[str, float]:
    """Write two runs of `steps` skills, each with its decision, and compare them `turns` times.

    Every skill reads what the two before it produced, and no result is the same in both runs.
    """
    async with context.pool.acquire() as conn, conn.transaction():
        skills = [_skill(number) for number in range(1, steps + 1)]
        for skill in skills:
            await catalogs.save_version(conn, skill, b"")
        for thread_id, value in (("compared-left", 1), ("compared-right", 2)):
            await _write(conn, thread_id, skills, value)
    took, size = [], 0
    for _ in range(turns):
        began = time.perf_counter()
        answer = await compare_runs(context, "compared-left", "compared-right")
        size = len(json_bytes(answer))
        took.append(time.perf_counter() - began)
        assert answer["headline"].startswith(f"1 origin: input start; {steps - 1} steps follow")
    return {
        "compare_steps": steps,
        "compare_p50_ms": percentile(took, 0.5) * 1000,
        "compare_p95_ms": percentile(took, 0.95) * 1000,
        "compare_answer_kb": size / 1000,
    }


def _skill(number: int) -> Skill:
    reads = [f"group{n % 10}.v{n}" for n in (number - 1, number - 2) if n > 0] or ["start"]
    produces = (f"group{number % 10}.v{number}",)
    contract = Contract(executor=ExecutorName.PYTHON, requires=tuple(reads), produces=produces)
    return Skill(f"skill-{number}", digest(["compared", number]), "One of many.", contract, "Text. " * 200)


async def _write(conn: Conn, thread_id: str, skills: list[Skill], value: int) -> None:
    await conn.execute(
        "INSERT INTO run_metadata (thread_id, sop, initial_data, planner) VALUES ($1, $2, $3, 'dataflow')",
        thread_id,
        "Do it all.",
        {"start": value},
    )
    rows: list[tuple[Any, ...]] = []
    for skill in skills:
        seq = len(rows) + 1
        [path] = skill.contract.writes
        group, key = path.split(".")
        made = {"value": value, "text": TEXT, "number": seq}
        outputs, digests = {group: {key: made}}, {path: digest(made)}
        rows.append((thread_id, seq, seq, "decision", None, None, {"run": [skill.name]}, None))
        rows.append((thread_id, seq + 1, seq, "skill", skill.name, skill.digest, outputs, digests))
    rows.append((thread_id, len(rows) + 1, len(rows) + 1, "decision", None, None, {"finish": True}, None))
    await conn.executemany(
        """INSERT INTO run_steps (thread_id, seq, decision, kind, skill, skill_digest, outputs, digests,
                                  status, started_at, finished_at, version)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'completed', $9, $9, $2)""",
        [(*row, NOW) for row in rows],
    )


async def _main(steps: int, turns: int) -> dict[str, float]:
    async with installation() as (_, context):
        return await measure(context, steps, turns)


def main() -> None:
    """Measure on an installation of its own and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--turns", type=int, default=20)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(_main(asked.steps, asked.turns)), indent=2))


if __name__ == "__main__":
    main()
