"""docs/skills.md has every key and every lint code, and its example loads, plans and runs as shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from agentskills.domain.skill import Contract, Effects
from agentskills.skills import contract, folder
from agentskills.skills.catalog import read_roots
from agentskills.skills.parse import PREDECESSOR_FIELDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "skills.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    (found,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, flags=re.M | re.S)
    assert isinstance(found, str)
    return found


def rows(text: str) -> set[str]:
    """The words in backquotes in the first column of the tables in `text`."""
    return {
        word
        for line in text.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`([^`]+)`", line.split("|")[1])
    }


def test_every_key_has_its_row_and_every_row_its_key() -> None:
    assert rows(section("Contract keys")) == {f"asf.{key}" for key in contract.TEXT_KEYS}
    assert rows(section("asf.yaml")) == set(contract.DOCUMENT_KEYS)
    assert rows(section("The older form")) == set(PREDECESSOR_FIELDS) - {"name", "description"}


def test_the_defaults_are_those_of_a_contract() -> None:
    table = {
        re.findall(r"`asf\.([a-z-]+)`", line)[0]: line.rstrip("| ").rsplit("|", 1)[1].strip().strip("`")
        for line in section("Contract keys").splitlines()
        if line.startswith("| `asf.")
    }
    plain = Contract()
    assert table["executor"] == plain.executor
    assert table["approval"] == plain.approval
    assert table["retries"] == str(plain.retries)
    assert table["inline"] == str(plain.inline).lower()
    assert table["effect-scope"] == plain.effect_scope
    assert table["backoff"] == f"exponential {plain.backoff.first:g}s..{plain.backoff.most:g}s"


def test_every_code_of_the_linter_has_its_row() -> None:
    package = ROOT / "src/agentskills"
    files = [*(package / "skills").glob("*.py"), package / "services/skills.py"]
    source = "\n".join(file.read_text() for file in files)
    said = set(
        re.findall(r"(?:report\.\w+|warn|FolderProblem|Remark|_add|_problem)\(\s*\"([a-z0-9-]+)\"", source)
    )
    said |= {f"no-{key}" for key in ("name", "description")} | {"license", "allowed-tools"}
    said -= {"error", "warning", "info"}
    assert len(said) > 40
    assert rows(section("What lint says")) == said


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{folder.MAX_FILES:,} files and {folder.MAX_BYTES // 1024**2} MB" in PAGE


def example(tmp_path: Path) -> Path:
    """Write the files of the worked example."""
    blocks = re.findall(r"^```\w+ (skills/\S+)\n(.*?)^```$", section("A worked example"), flags=re.M | re.S)
    assert len(blocks) == 7
    for name, text in blocks:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "skills"


def test_the_worked_example_loads_without_a_remark(tmp_path: Path) -> None:
    reading = read_roots([example(tmp_path)])
    assert reading.diagnostics == []
    skills = {found.skill.name: found.skill.contract for found in reading.skills}
    assert skills["fetch-order"].effects is Effects.NONE
    assert skills["fetch-order"].reuse == "no"
    assert skills["pay-refund"].effect_key == ("order.id",)


def test_the_code_of_the_worked_example_does_what_it_says(tmp_path: Path) -> None:
    root = example(tmp_path)
    score: dict[str, Any] = {}
    exec((root / "score-order/scripts/score.py").read_text(), score)
    order = {"lines": [{"price": 1200}, {"price": 3}], "total": 1203}
    assert score["run"]({"order": order}) == {"refund": {"amount": 1203, "risk": "high"}}
    pay: dict[str, Any] = {}
    exec((root / "pay-refund/scripts/pay.py").read_text(), pay)
    pay["LEDGER"] = tmp_path / "ledger"
    inputs = {"order": {"id": "A-1"}}
    assert pay["already_paid"](inputs) == {"happened": False}
    paid = pay["run"](inputs)
    assert pay["already_paid"](inputs) == {"happened": True, "output": paid}
