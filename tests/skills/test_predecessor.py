"""The older form, lowercase skill.md with keys at the top: read as it is, with every gap named."""

from __future__ import annotations

from pathlib import Path

from agentskills.domain.skill import Approval, Effects, ExecutorName

from .folders import codes, read_one, skill_text, write

REST = """---
name: HealthCheck
description: Asks a service that answers later. Note: it is slow.
requires: []
produces:
  - report
optional_produces: [details, hint]
executor: rest
rest:
  url: http://localhost:8000/tasks/{ticket}
  method: POST
  timeout: 5
  headers:
    Authorization: Bearer {token}
  retry: 3
---
# HealthCheck
"""


def test_rest_waits_for_a_callback_and_is_idempotent(tmp_path: Path) -> None:
    text = REST.replace("requires: []", "requires: [ticket, token]")
    write(tmp_path / "HealthCheck" / "skill.md", text)
    skill, diagnostics = read_one(tmp_path)
    assert skill is not None
    contract = skill.contract
    assert contract.executor is ExecutorName.REST
    assert contract.callback
    assert contract.effects is Effects.IDEMPOTENT
    assert (contract.requires, contract.produces) == (("ticket", "token"), ("report",))
    assert contract.may_produce == ("details", "hint")
    assert contract.timeout == 5
    assert contract.request is not None
    assert contract.request["url"] == "http://localhost:8000/tasks/{ticket}"
    assert contract.request["headers"] == {"Authorization": "Bearer {token}"}
    assert {(item.level, item.code) for item in diagnostics} == {
        ("warning", "unquoted-colon"),
        ("warning", "not-carried-out"),
        ("info", "older-form"),
    }
    (gap,) = [item for item in diagnostics if item.code == "not-carried-out"]
    assert (gap.message, gap.line) == ("rest.retry is declared, but not carried out", 15)


def test_a_get_is_answered_at_once(tmp_path: Path) -> None:
    text = REST.replace("requires: []", "requires: [ticket, token]").replace("method: POST", "method: GET")
    write(tmp_path / "HealthCheck" / "skill.md", text)
    skill, _ = read_one(tmp_path)
    assert skill is not None
    assert (skill.contract.callback, skill.contract.effects) == (False, Effects.NONE)


def test_prompts_and_a_person_who_reviews(tmp_path: Path) -> None:
    text = (
        "---\nname: Verify\ndescription: x\nrequires: full_name, dob\nproduces:\n  - risk\n"
        "hitl_enabled: true\nsystem_prompt: |\n  Be strict.\nowner: ops\n---\nBody\n"
    )
    write(tmp_path / "Verify" / "skill.md", text)
    write(tmp_path / "Verify" / "prompt.md", "Check {full_name}.\n")
    skill, diagnostics = read_one(tmp_path)
    assert skill is not None
    contract = skill.contract
    assert contract.requires == ("full_name", "dob")
    assert contract.approval is Approval.AFTER
    assert (contract.prompt, contract.system_prompt) == ("Check {full_name}.", "Be strict.")
    assert skill.body == "Body"
    assert codes(diagnostics) == {("warning", "not-carried-out", 10), ("info", "older-form", 1)}


def test_an_executor_we_do_not_have_is_an_error(tmp_path: Path) -> None:
    write(
        tmp_path / "X" / "skill.md",
        "---\nname: X\ndescription: x\nexecutor: action\naction:\n  type: query\n---\n",
    )
    skill, diagnostics = read_one(tmp_path)
    assert skill is None
    assert ("error", "bad-value", 4) in codes(diagnostics)
    assert ("warning", "not-carried-out", 5) in codes(diagnostics)


def test_skill_md_in_capitals_wins(tmp_path: Path) -> None:
    write(tmp_path / "x" / "SKILL.md", skill_text("x"))
    write(tmp_path / "x" / "skill.md", skill_text("y"))
    skill, diagnostics = read_one(tmp_path)
    assert skill is not None
    assert skill.name == "x"
    assert codes(diagnostics) == {("warning", "both-forms", 1)}


def test_without_a_contract_it_reads_everything_too(tmp_path: Path) -> None:
    write(tmp_path / "Free" / "skill.md", "---\nname: Free\ndescription: x\n---\nBody\n")
    skill, _ = read_one(tmp_path)
    assert skill is not None
    assert skill.contract.reads_everything
    assert skill.contract.produces == ("results.Free",)
