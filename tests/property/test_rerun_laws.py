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
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.databases import fresh_database
from tests.property.rerun_stage import Stage
from tests.property.rerun_worlds import (
    ALL_PAIRS,
    POSSIBLE_PAIRS,
    Row,
    Turn,
    World,
    any_row,
    comes_to_nothing,
    covering_rows,
    failing,
    pairs_of,
    turns,
    worlds,
)

from agentskills.settings import Settings
from agentskills.storage.database import open_pool
from agentskills.storage.embedded import EmbeddedPostgres

# A row with 5,000 families in all takes minutes; each wait within it has a limit of its own.
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3600)]

ROWS = covering_rows()
FOLLOWED = [row for row in ROWS if not comes_to_nothing(row)]
REFUSED = [row for row in ROWS if comes_to_nothing(row)]
EXAMPLES = int(os.environ.get("ASF_RERUN_EXAMPLES", "200"))
EACH = -(-EXAMPLES // len(FOLLOWED))
"""Families for each row that can be followed."""

ANY_TURN = any_row().flatmap(turns)


def name_of(row: Row) -> str:
    return " ".join(f"{name}={value}" for name, value in row.items() if value)


def examples(most: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=most,
        deadline=None,
        phases=(Phase.reuse, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),  # a family takes a while, and all share a stage
    )


@pytest.fixture(scope="module")
async def stage(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[Stage]:
    """One database and one worker for all examples; at the end every row must have been carried out."""
    home = Path(tempfile.mkdtemp(prefix="asf-laws-"))
    home.chmod(0o755)
    (home / "skills").mkdir()
    with fresh_database(postgres, template) as url:
        pool = await open_pool(url, max_size=10, name="asf laws")
        stage = Stage(
            pool, url, Settings(home=home, skills=str(home / "skills"), database_url=url, model=None)
        )
        stage.place.notifier.start()
        async with stage.place.worker():
            yield stage
        await stage.place.notifier.close()
        pool.terminate()
    shutil.rmtree(home, ignore_errors=True)
    idle = [name_of(row) for row in stage.rows if row not in stage.carried_out]
    assert not idle, f"never carried out, so that their pairs were not covered: {idle}"


def test_every_pair_of_values_occurs() -> None:
    assert set().union(*map(pairs_of, ROWS)) == ALL_PAIRS
    assert set().union(*map(pairs_of, FOLLOWED)) == POSSIBLE_PAIRS


@pytest.mark.parametrize("row", FOLLOWED, ids=name_of)
@given(worlds(), st.lists(ANY_TURN, max_size=1), turns({}), st.lists(ANY_TURN, min_size=1, max_size=2))
@examples(EACH)
async def test_a_rerun_goes_as_the_oracle_says(
    stage: Stage, row: Row, world: World, before: list[Turn], turn: Turn, after: list[Turn]
) -> None:
    stage.rows.append(row)
    own = replace(turn, row=tuple(sorted(row.items())))
    if row["from"] == "failure":
        world = failing(world)
    await stage.play(world, [*before, own, *after])


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
@given(worlds(), turns({}))
@examples(max(1, EACH // 8))
async def test_what_comes_to_nothing_is_refused_before_anything_starts(
    stage: Stage, row: Row, world: World, turn: Turn
) -> None:
    await stage.play(world, [replace(turn, row=tuple(sorted(row.items())))])
