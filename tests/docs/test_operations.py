"""docs/operations.md names every setting, and its transcripts are what the program says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.asf_command import asf

from agentskills.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_setting_has_its_line_and_no_other() -> None:
    named = re.findall(r"^\| `(ASF_\w+|DATABASE_URL)` \|", PAGE, flags=re.M)
    prefix = "ASF_"
    expected = {
        field.validation_alias if isinstance(field.validation_alias, str) else prefix + name.upper()
        for name, field in Settings.model_fields.items()
    }
    assert len(named) == len(set(named))
    assert set(named) == expected


def test_defaults_are_what_the_table_says() -> None:
    for name, default in re.findall(r"^\| `ASF_(\w+)` \| `([^`]+)` \|", PAGE, flags=re.M):
        assert str(Settings.model_fields[name.lower()].default).removesuffix(".0") == default, name


@pytest.mark.parametrize(
    ("environment", "start"),
    [
        ({"DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/x"}, "the database of DATABASE_URL"),
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, "DATABASE_URL is wrong"),
        ({"ASF_HOST": "0.0.0.0"}, "ASF_HOST=0.0.0.0"),
    ],
)
def test_transcripts(environment: dict[str, str], start: str, tmp_path: Path) -> None:
    said = asf("serve", "--port", "18998", environment={"ASF_HOME": str(tmp_path), **environment}).stderr
    assert said.startswith(f"Error: {start}")
    assert f"    {said.strip()}\n" in PAGE
