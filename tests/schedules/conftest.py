from __future__ import annotations

import pytest
from tests.engine.conftest import place as place
from tests.engine.workplace import Workplace
from tests.schedules.clockwork import Clockwork


@pytest.fixture
async def clockwork(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Clockwork:
    """Schedules under a clock that only the test moves."""
    return Clockwork(place, monkeypatch)
