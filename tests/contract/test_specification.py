"""docs/specification.md names files and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "specification.md").read_text()
TESTS = sorted(set(re.findall(r"`(tests/[\w/.]+::\w+)`", PAGE)))
FILES = sorted(set(re.findall(r"`((?:src|admin-ui|tools)/[\w/.-]+)`", PAGE)))


@pytest.mark.parametrize("name", TESTS + FILES)
def test_what_is_named_exists(name: str) -> None:
    file, _, function = name.partition("::")
    assert (ROOT / file).exists()
    if function:
        assert re.search(rf"^(async )?def {function}\(", (ROOT / file).read_text(), re.MULTILINE)


def test_the_page_names_something() -> None:
    assert len(TESTS) > 50
    assert len(FILES) > 20


def test_the_ui_exports_what_was_asked_for() -> None:
    exported = (ROOT / "admin-ui" / "src" / "lib" / "api.ts").read_text()
    for name in ("rerunWorkflow", "getRunMetadata"):
        assert re.search(rf"export (const|(async )?function) {name}\b", exported)
