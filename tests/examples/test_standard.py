"""The examples are valid skills for other clients: by the standard's own reader, and by our linter."""

from __future__ import annotations

from pathlib import Path

import pytest
from skills_ref import read_properties, validate

from agentskills.skills.catalog import read_roots

from .example_files import SKILLS

FOLDERS = sorted(SKILLS.iterdir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_the_reader_of_the_standard_takes_it_and_reads_what_we_read(folder: Path) -> None:
    assert validate(folder) == []
    theirs = read_properties(folder)
    (ours,) = (found.skill for found in read_roots([SKILLS]).skills if found.skill.name == folder.name)
    assert theirs.name == ours.name
    assert theirs.description == ours.description
    assert any(key.startswith("asf.") for key in theirs.metadata)


def test_it_refuses_what_is_not_valid(tmp_path: Path) -> None:
    bad = tmp_path / "pay-refund"
    bad.mkdir()
    text = (SKILLS / "pay-refund" / "SKILL.md").read_text(encoding="utf-8")
    (bad / "SKILL.md").write_text(text.replace("license:", "licence:"), encoding="utf-8")
    assert "licence" in " ".join(validate(bad))
