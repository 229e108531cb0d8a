"""A past run is a test: kept, it is gone through again anywhere, and says what changed and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cases.conftest import Bench
from tests.engine.workplace import inline

pytestmark = pytest.mark.anyio


def adder(root: Path, name: str, reads: str, writes: str, plus: int = 1) -> None:
    inline(root, name, f'return {{"{writes}": inputs["{reads}"] + {plus}}}', requires=reads, produces=writes)


async def chain(bench: Bench) -> str:
    """A run of three skills, each adding one: v0 = 0 to v3 = 3."""
    place = bench.place
    for n in range(3):
        adder(place.root, f"s{n + 1}", f"v{n}", f"v{n + 1}")
    await place.load()
    async with place.worker():
        run = await place.start("s1", "s2", "s3", data={"v0": 0})
        await place.until(run, "completed")
    return run


async def test_a_kept_run_passes_and_names_what_changes(bench: Bench) -> None:
    run = await chain(bench)
    await bench.keep(run)
    await bench.keep(run, "v1", name="first")
    found = bench.verdicts()
    assert found[""] == 0, found
    assert [found[name]["outcome"] for name in (run, "first")] == ["passed", "passed"]

    adder(bench.place.root, "s2", "v1", "v2", plus=10)
    found = bench.verdicts()
    assert found[""] == 1
    assert found["first"]["outcome"] == "passed"
    assert found[run]["outcome"] == "changed"
    changes = {change["path"]: change for change in found[run]["changes"]}
    assert changes.keys() == {"v2", "v3"}
    assert (changes["v3"]["before"], changes["v3"]["after"]) == (3, 12)
    assert [why.split(" (")[0] for why in changes["v3"]["why"]] == ["skill s2 changed"]
