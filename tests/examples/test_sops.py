"""Each SOP names its skills in words, and no others; the files follow the standard."""

from __future__ import annotations

import re

import pytest

from agentskills.planner.sop_names import SopNames
from agentskills.skills.catalog import read_roots

from .example_files import SKILLS, SOPS, examples, frontmatter, sop

GOALS = {
    "order-refund": ("fetch-order", "check-refund-policy", "pay-refund", "notify-customer"),
    "supplier-invoices": (
        "read-supplier-invoices",
        "check-invoice-prices",
        "check-invoice-quantities",
        "check-duplicate-invoices",
        "match-invoices",
        "post-invoices",
        "report-invoice-exceptions",
    ),
    "candidate-screening": (
        "check-eligibility",
        "background-check",
        "score-candidate",
        "decide-on-candidate",
        "tell-candidate",
    ),
    "complaint-reply": ("look-up-customer", "draft-reply", "send-reply"),
}
ALL = sorted(folder.name for folder in SKILLS.iterdir())


def test_every_sop_is_here() -> None:
    assert sorted(GOALS) == sorted(path.stem for path in SOPS.glob("*.md"))


@pytest.mark.parametrize("name", GOALS)
def test_the_sop_names_its_goals(name: str) -> None:
    assert SopNames(ALL).find(sop(name)) == GOALS[name]


def test_only_the_release_of_a_large_refund_is_named_nowhere() -> None:
    assert set(ALL) - {skill for goals in GOALS.values() for skill in goals} == {"release-large-refund"}


@pytest.mark.parametrize("name", GOALS)
def test_examples_have_titles_and_one_fails(name: str) -> None:
    found = examples(name)
    assert len({entry["title"] for entry in found}) == len(found)
    assert all(set(entry) <= {"title", "initial_data", "note"} for entry in found)
    assert any(
        "Fails" in entry.get("note", "") and re.search(r"refused|too large", entry["title"])
        for entry in found
    )


def test_the_linter_has_nothing_to_say() -> None:
    reading = read_roots([SKILLS])
    assert reading.diagnostics == []
    assert sorted(found.skill.name for found in reading.skills) == ALL


@pytest.mark.parametrize("skill", ALL)
def test_frontmatter_is_flat_quoted_text(skill: str) -> None:
    found = frontmatter(SKILLS / skill)
    assert set(found) <= {"name", "description", "license", "compatibility", "metadata"}
    assert found["name"] == skill
    assert "Use " in found["description"]  # says when, not only what
    assert all(isinstance(value, str) for value in found["metadata"].values())
    text = (SKILLS / skill / "SKILL.md").read_text(encoding="utf-8")
    assert all(re.fullmatch(r'  [\w.-]+: "[^"]*"', line) for line in _metadata_lines(text))
    assert "---" not in text.split("---\n", 2)[1]


def _metadata_lines(text: str) -> list[str]:
    return [line for line in text.split("---\n", 2)[1].splitlines() if line.startswith("  ")]


@pytest.mark.parametrize("skill", ALL)
def test_every_python_skill_says_what_it_does_to_the_world(skill: str) -> None:
    metadata = frontmatter(SKILLS / skill)["metadata"]
    if metadata["asf.executor"] == "python":
        assert metadata["asf.effects"] in {"none", "idempotent", "irreversible"}
        assert ("asf.effect-key" in metadata) == (metadata["asf.effects"] == "irreversible")
