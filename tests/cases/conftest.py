"""A place to make runs and keep them, and `asf test` as people call it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cli.asf_command import asf
from tests.engine.conftest import place as place  # a fixture
from tests.engine.workplace import Workplace

from agentskills.cli.keep import write_case
from agentskills.domain.json_text import parse_json
from agentskills.services.keep import keep


@dataclass
class Bench:
    """Kept cases in a folder of their own, and the command that goes through them."""

    place: Workplace
    folder: Path
    empty_home: Path

    async def keep(self, thread_id: str, *expect: str, name: str | None = None) -> Path:
        """Keep a run of the place, through JSON as HTTP would carry it."""
        file = self.folder / f"{name or thread_id}.run.json"
        write_case(file, await keep(self.place.context, thread_id, expect))
        return file

    def test(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`asf test` against the place's skills, without database, server or home in its environment."""
        return asf(
            "test",
            str(self.folder),
            "--skills",
            str(self.place.root),
            *arguments,
            environment={"ASF_HOME": str(self.empty_home), "DATABASE_URL": "", **environment},
        )

    def verdicts(self, *arguments: str, **environment: str) -> dict[str, Any]:
        """The verdicts by case, and the exit code under ""."""
        ended = self.test("-o", "json", *arguments, **environment)
        assert ended.stdout, ended.stderr
        document = parse_json(ended.stdout)
        return {case["name"]: case for case in document["cases"]} | {"": ended.returncode}


@pytest.fixture
async def bench(place: Workplace, tmp_path: Path) -> AsyncIterator[Bench]:
    home = tmp_path / "home"
    home.mkdir()
    yield Bench(place, tmp_path / "cases", home)
    assert os.listdir(home) == []  # ASF_HOME is never touched
