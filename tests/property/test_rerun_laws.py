"""Laws of reruns: random skills, edits and requests on the real engine, against an oracle of its own.

For every run of a family the oracle foresees each step: what is taken over and from where, what is
carried out, what waits and how it ends; and the plan has to say the same as what happens. The fields
of the requests are paired so that every two values occur together. ASF_RERUN_EXAMPLES says how many
families are played (`make property`: 5,000).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.property.rerun_stage import Stage, open_stage
from tests.property.rerun_worlds import (
    ALL_PAIRS,
    Row,
    Turn,
    World,
    contradicts,
    covering_rows,
    pairs_of,
    turns,
    worlds,
)

from agentskills.settings import Settings
from agentskills.storage.database import open_pool
from agentskills.storage.embedded import EmbeddedPostgres

pytestmark = pytest.mark.anyio

ROWS = covering_rows()
EXAMPLES = int(os.environ.get("ASF_RERUN_EXAMPLES", "200"))
EACH = -(-EXAMPLES // len(ROWS))
"""Examples for each row."""


ANY_TURN = st.sampled_from(ROWS).flatmap(turns)


def name_of(row: Row) -> str:
    return " ".join(f"{name}={value}" for name, value in row.items() if value)


@pytest.fixture(scope="module")
async def stage(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[Stage]:
    """One database and one worker for all examples of this module."""
    home = Path(tempfile.mkdtemp(prefix="asf-laws-"))
    home.chmod(0o755)
    database = f"laws_{os.getpid()}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}".encode())
    url = postgres.url.replace("/agentskills?", f"/{database}?")
    pool = await open_pool(url, max_size=10, name="asf laws")
    given = Settings(home=home, skills=str(home / "skills"), lease_seconds=10.0, database_url=url, model=None)
    stage = await open_stage(pool, url, home, given)
    async with stage.place.worker():
        yield stage
    await stage.place.notifier.close()
    pool.terminate()
    shutil.rmtree(home, ignore_errors=True)


def test_every_pair_of_values_occurs() -> None:
    assert set().union(*map(pairs_of, ROWS)) == ALL_PAIRS
    for row in ROWS:
        assert contradicts(row) or not any(contradicts(dict(pair)) for pair in pairs_of(row))


@pytest.mark.parametrize("row", ROWS, ids=name_of)
@given(
    world=worlds(),
    before=st.lists(ANY_TURN, max_size=1),
    turn=turns({}),
    after=st.lists(ANY_TURN, max_size=2),
)
@settings(
    max_examples=EACH,
    deadline=None,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
async def test_a_rerun_goes_as_the_oracle_says(
    stage: Stage, row: Row, world: World, before: list[Turn], turn: Turn, after: list[Turn]
) -> None:
    own = replace(turn, row=tuple(sorted(row.items())))
    await stage.play(world, [*before, own, *after])
