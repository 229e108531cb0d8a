"""What acceptance tests share: figures that are always shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.engine.conftest import place  # noqa: F401  # a fixture

Report = Callable[[str, Mapping[str, Any]], None]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Print a title and figures, also where the output of tests that pass is not shown."""

    def show(title: str, figures: Mapping[str, Any]) -> None:
        with capsys.disabled():
            print(f"\n{title}")
            for name, value in figures.items():
                print(f"  {name:<52} {_said(value)}")

    return show


def _said(value: Any) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" if type(value) is int else str(value)
