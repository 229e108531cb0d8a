"""What the tests of executors share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agentskills.executors.python import PythonExecutor
from agentskills.executors.python_pool import PythonPool
from executors.skill_versions import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
async def python(store: Store) -> AsyncIterator[PythonExecutor]:
    executor = PythonExecutor(store.folders, PythonPool(limit=2))
    yield executor
    await executor.close()
