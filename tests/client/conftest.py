"""One server with the example skills for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.example_server import example_server
from tests.running_server import RunningServer

from agentskills.storage.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def server(postgres: EmbeddedPostgres, template: str) -> Iterator[RunningServer]:
    with example_server(postgres, template) as running:
        yield running
