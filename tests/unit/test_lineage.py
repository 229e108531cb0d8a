"""Which later run has fixed a failed one, against a plain search written here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentskills.domain.lineage import Relative, fixed_by

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def run(
    thread_id: str, parent: str | None, status: str | None, minute: int = 0, *, dry: bool = False
) -> Relative:
    over = status in ("completed", "failed", "cancelled")
    return Relative(
        thread_id=thread_id,
        parent_thread_id=parent,
        status=status,
        finished_at=NOON + timedelta(minutes=minute) if over else None,
        dry=dry,
    )


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        pytest.param([run("a", None, "failed")], {}, id="nothing later"),
        pytest.param([run("a", None, "failed"), run("b", "a", "completed")], {"a": "b"}, id="rerun"),
        pytest.param([run("a", None, "failed"), run("b", "a", "running")], {}, id="not over"),
        pytest.param(
            [run("a", None, "failed"), run("b", "a", "completed", dry=True)], {}, id="nothing really happened"
        ),
        pytest.param(
            [run("a", None, "failed"), run("b", "a", "completed", dry=True), run("c", "b", "completed")],
            {"a": "c"},
            id="real after a dry one",
        ),
        pytest.param(
            [run("a", None, "failed"), run("b", "a", "failed"), run("c", "b", "completed")],
            {"a": "c", "b": "c"},
            id="all failed ancestors",
        ),
        pytest.param(
            [run("a", None, "failed"), run("b", "a", None), run("c", "b", "completed")],
            {"a": "c"},
            id="over a deleted one",
        ),
        pytest.param(
            [
                run("a", None, "failed"),
                run("b", "a", "failed"),
                run("c", "b", "completed", 1),
                run("d", "a", "completed", 9),
                run("e", "a", "completed", 8),
            ],
            {"a": "e", "b": "c"},
            id="fewest generations, then the earliest",
        ),
        pytest.param([run("a", None, "cancelled"), run("b", "a", "completed")], {}, id="only failed ones"),
        pytest.param([run("a", None, "completed"), run("b", "a", "failed")], {}, id="not downwards"),
        pytest.param([run("a", "lost", "failed"), run("b", "a", "completed")], {"a": "b"}, id="lost parent"),
        pytest.param([run("a", "b", "failed"), run("b", "a", "completed")], {}, id="a circle made by hand"),
    ],
)
def test_who_fixed_it(family: list[Relative], expected: dict[str, str]) -> None:
    assert fixed_by(family) == expected
    assert fixed_by(family[::-1]) == expected


STATUSES = st.sampled_from(["failed", "completed", "cancelled", "running", None])


@st.composite
def families(draw: st.DrawFn) -> list[Relative]:
    size = draw(st.integers(1, 12))
    return [
        run(
            f"r{number:02}",
            f"r{draw(st.integers(0, number - 1)):02}" if number else None,
            draw(STATUSES),
            draw(st.integers(0, 3)),
            dry=draw(st.booleans()),
        )
        for number in range(size)
    ]


@given(families())
def test_it_is_the_nearest_descendant_that_completed(family: list[Relative]) -> None:
    found = {}
    for failed in (one for one in family if one.status == "failed"):
        level, generation = [failed], 0
        while level and failed.thread_id not in found:
            generation += 1
            level = [r for r in family if r.parent_thread_id in {above.thread_id for above in level}]
            good = [(r.finished_at, r.thread_id) for r in level if r.status == "completed" and not r.dry]
            if good:
                found[failed.thread_id] = min(good)[1]  # type: ignore[type-var]
    assert fixed_by(family) == found
