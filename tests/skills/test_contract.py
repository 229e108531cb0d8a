"""Contract keys: what each value means, every default, and what is refused where."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agentskills.domain.skill import Approval, Backoff, Contract, Diagnostic, Effects, ExecutorName, Skill

from .folders import codes, python_skill, read_one, skill_text, write

REST = 'request: {method: POST, url: "https://shop.example/x"}\n'


def read(tmp_path: Path, keys: dict[str, str], sidecar: str = "") -> tuple[Skill | None, list[Diagnostic]]:
    write(tmp_path / "probe" / "SKILL.md", skill_text("probe", keys))
    write(tmp_path / "probe" / "scripts" / "run.py", "async def run(inputs):\n    return {}\n")
    if sidecar:
        write(tmp_path / "probe" / "asf.yaml", sidecar)
    return read_one(tmp_path)


def contract_of(tmp_path: Path, keys: dict[str, str], sidecar: str = "") -> Contract:
    skill, diagnostics = read(tmp_path, keys, sidecar)
    assert skill is not None, diagnostics
    return skill.contract


PYTHON = {"executor": "python", "entry": "scripts/run.py:run"}


def test_defaults_where_only_paths_are_given(tmp_path: Path) -> None:
    assert contract_of(tmp_path, {"requires": "a.b items[] c?"}) == Contract(
        requires=("a.b", "items[]"), optional=("c",), produces=("results.probe",), reads_sop=True
    )


def test_every_text_key(tmp_path: Path) -> None:
    keys = PYTHON | {
        "requires": "order.id  shop?",
        "produces": "order.total note?",
        "inline": "true",
        "effects": "irreversible",
        "effect-key": "order.id",
        "effect-scope": "global",
        "reuse": "24h",
        "approval": "before",
        "retries": "3",
        "backoff": "exponential 2s..60s",
        "timeout": "1m30s",
        "concurrency": "4",
        "reads-sop": "true",
    }
    assert contract_of(tmp_path, keys) == Contract(
        executor=ExecutorName.PYTHON,
        requires=("order.id",),
        optional=("shop",),
        produces=("order.total",),
        may_produce=("note",),
        entry="scripts/run.py:run",
        inline=True,
        effects=Effects.IRREVERSIBLE,
        says_effects=True,
        effect_key=("order.id",),
        effect_scope="global",
        reuse="24h",
        approval=Approval.BEFORE,
        retries=3,
        backoff=Backoff(2, 60),
        timeout=90,
        concurrency=4,
        reads_sop=True,
    )


def test_every_document_key(tmp_path: Path) -> None:
    sidecar = """
mode: direct
model: openai:gpt-5
request:
  method: POST
  url: "{env.SHOP}/orders/{order.id}"
  headers: {X-Version: 1.10, Authorization: "Bearer {secret.shop}"}
  query: {limit: 5}
  body:
    {amount: 1.10, id: 12345678901234567890, ok: yes, plz: 01234, flag: true, nothing: null, day: 2026-11-20}
response: {total: "$.order.total", note: "$..note"}
output_schema: {type: object, properties: {total: {maximum: 1e3}}}
form: {type: object}
check: {url: "{env.SHOP}/orders/{order.id}/paid"}
sample: {total: 5.50}
"""
    keys = {"executor": "rest", "requires": "order.id", "produces": "total note?", "effects": "irreversible"}
    skill, diagnostics = read(tmp_path, keys, sidecar)
    assert skill is not None
    assert codes(diagnostics) == {("warning", "not-carried-out", 3)}  # model is for llm
    contract = skill.contract
    assert contract.request == {
        "method": "POST",
        "url": "{env.SHOP}/orders/{order.id}",
        "headers": {"X-Version": "1.10", "Authorization": "Bearer {secret.shop}"},
        "query": {"limit": 5},
        "body": {
            "amount": Decimal("1.10"),
            "id": 12345678901234567890,
            "ok": "yes",
            "plz": "01234",
            "flag": True,
            "nothing": None,
            "day": "2026-11-20",
        },
    }
    assert str(contract.request["body"]["amount"]) == "1.10"
    assert contract.response == {"total": "$.order.total", "note": "$..note"}
    assert contract.output_schema == {"type": "object", "properties": {"total": {"maximum": 1000}}}
    assert (contract.form, contract.sample) == ({"type": "object"}, {"total": Decimal("5.50")})
    assert contract.check == {"url": "{env.SHOP}/orders/{order.id}/paid"}


@pytest.mark.parametrize(
    ("keys", "sidecar", "effects", "reuse", "callback"),
    [
        ({}, "request: {url: https://x.example/}\n", Effects.NONE, "no", False),
        ({}, "request: {method: head, url: https://x.example/}\n", Effects.NONE, "no", False),
        ({}, REST, Effects.IRREVERSIBLE, "yes", False),
        ({}, "request: {url: https://x.example/, body: {a: 1}}\n", Effects.IRREVERSIBLE, "yes", False),
        ({"mode": "callback"}, REST, Effects.IDEMPOTENT, "yes", True),
        ({}, "mode: callback\nrequest: {url: https://x.example/}\n", Effects.IDEMPOTENT, "yes", True),
        ({"effects": "idempotent", "reuse": "no"}, REST, Effects.IDEMPOTENT, "no", False),
    ],
)
def test_what_rest_does_to_the_world_unless_it_says_so(
    tmp_path: Path, keys: dict[str, str], sidecar: str, effects: Effects, reuse: str, callback: bool
) -> None:
    contract = contract_of(tmp_path, {"executor": "rest"} | keys, sidecar)
    assert (contract.effects, contract.reuse, contract.callback) == (effects, reuse, callback)
    assert contract.says_effects == ("effects" in keys)
    assert contract.reads_sop is callback  # what answers later is sent the procedure


def test_python_that_says_nothing_about_effects_has_none_and_is_told_so(tmp_path: Path) -> None:
    skill, diagnostics = read(tmp_path, PYTHON)
    assert skill is not None
    assert (skill.contract.effects, skill.contract.says_effects) == (Effects.NONE, False)
    assert not skill.contract.reads_everything
    assert [(item.code, "says nothing about effects" in item.message) for item in diagnostics] == [
        ("effects", True)
    ]


def test_a_model_alone_is_no_contract(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, {"model": "openai:x", "timeout": "60s"})
    assert contract.reads_everything
    assert contract.model == "openai:x"


BAD: dict[str, tuple[dict[str, str], str, str, str, int]] = {
    "misspelt key": ({"retrys": "3"}, "", "unknown-key", "SKILL.md", 5),
    "misspelt key in asf.yaml": ({}, "mode: direct\nrequst: {}\n", "unknown-key", "asf.yaml", 2),
    "executor": ({"executor": "action"}, "", "bad-value", "SKILL.md", 5),
    "path": ({"requires": "order.id, shop"}, "", "bad-value", "SKILL.md", 5),
    "path twice": ({"produces": "a a?"}, "", "bad-value", "SKILL.md", 5),
    "overlapping paths": ({"produces": "order order.total?"}, "", "overlap", "SKILL.md", 5),
    "effects": ({"effects": "maybe"}, "", "bad-value", "SKILL.md", 5),
    "approval": ({"approval": "yes"}, "", "bad-value", "SKILL.md", 5),
    "retries": ({"retries": "-1"}, "", "bad-value", "SKILL.md", 5),
    "many retries": ({"retries": "101"}, "", "bad-value", "SKILL.md", 5),
    "backoff": ({"backoff": "60s..2s"}, "", "bad-value", "SKILL.md", 5),
    "timeout": ({"timeout": "soon"}, "", "bad-value", "SKILL.md", 5),
    "zero timeout": ({"timeout": "0s"}, "", "bad-value", "SKILL.md", 5),
    "concurrency": ({"concurrency": "0"}, "", "bad-value", "SKILL.md", 5),
    "reuse": ({"reuse": "often"}, "", "bad-value", "SKILL.md", 5),
    "reads-sop": ({"reads-sop": "1"}, "", "bad-value", "SKILL.md", 5),
    "a document in the frontmatter": ({"sample": "x"}, "", "misplaced-key", "SKILL.md", 5),
    "a text for a document": ({}, "sample: x\n", "bad-value", "asf.yaml", 1),
    "contradiction": ({"timeout": "30s"}, "\ntimeout: 31s\n", "contradiction", "asf.yaml", 2),
    "broken asf.yaml": ({}, "request: {\n  url: x\n", "bad-yaml", "asf.yaml", 3),
    "a list as asf.yaml": ({}, "- a\n", "bad-yaml", "asf.yaml", 1),
    "a key twice in asf.yaml": ({}, "sample: {a: 1}\nsample: {a: 2}\n", "duplicate-key", "asf.yaml", 2),
    "a huge number": ({}, f"sample: {{a: 1e{'9' * 9}}}\n", "bad-value", "asf.yaml", 1),
    "python without entry": ({"executor": "python"}, "", "no-entry", "SKILL.md", 5),
    "entry without function": (PYTHON | {"entry": "scripts/run.py"}, "", "entry", "SKILL.md", 6),
    "entry outside": (PYTHON | {"entry": "../x.py:run"}, "", "entry", "SKILL.md", 6),
    "entry without file": (PYTHON | {"entry": "scripts/gone.py:run"}, "", "entry", "SKILL.md", 6),
    "entry without such a function": (PYTHON | {"entry": "scripts/run.py:go"}, "", "entry", "SKILL.md", 6),
    "rest without request": ({"executor": "rest"}, "", "no-request", "SKILL.md", 5),
    "host from data": (
        {"executor": "rest", "requires": "h"},
        "request: {url: 'https://{h}/'}",
        "url-host",
        "asf.yaml",
        1,
    ),
    "host from a secret": ({"executor": "rest"}, "request: {url: '{secret.h}/x'}", "url-host", "asf.yaml", 1),
    "no scheme": ({"executor": "rest"}, "request: {url: 'file:///etc/passwd'}", "url-host", "asf.yaml", 1),
    "template": ({"executor": "rest"}, "request: {url: 'https://x/{order.id}'}", "template", "asf.yaml", 1),
    "method": ({"executor": "rest"}, "request: {url: 'https://x/', method: SEND}", "request", "asf.yaml", 1),
    "part": ({"executor": "rest"}, "request: {url: 'https://x/', json: {}}", "request", "asf.yaml", 1),
    "JSONPath": (
        {"executor": "rest", "produces": "a"},
        "request: {url: 'https://x/'}\nresponse: {a: '$..['}\n",
        "response",
        "asf.yaml",
        2,
    ),
    "response elsewhere": (
        {"executor": "rest", "produces": "a"},
        "request: {url: 'https://x/'}\nresponse: {a: $.a, b: $.b}\n",
        "response",
        "asf.yaml",
        2,
    ),
    "schema": ({}, "output_schema: {type: objekt}\n", "schema", "asf.yaml", 1),
    "a form without what is produced": (
        {"executor": "human", "produces": "answer.size answer.colour?"},
        "form: {properties: {answer: {properties: {colour: {type: string}}}}}\n",
        *("form", "asf.yaml", 1),
    ),
    "a schema that leads nowhere": ({}, 'form: {"$ref": "#/nowhere"}\n', "schema", "asf.yaml", 1),
    "form": ({}, "form: {properties: 5}\n", "schema", "asf.yaml", 1),
    "check": ({"effects": "irreversible"}, "check: {method: GET}\n", "check", "asf.yaml", 1),
}


@pytest.mark.parametrize(("keys", "sidecar", "code", "file", "line"), BAD.values(), ids=BAD.keys())
def test_bad_contracts_are_errors_with_file_and_line(
    tmp_path: Path, keys: dict[str, str], sidecar: str, code: str, file: str, line: int
) -> None:
    skill, diagnostics = read(tmp_path, keys, sidecar)
    assert skill is None
    errors = {(item.code, item.file, item.line) for item in diagnostics if item.level == "error"}
    assert (code, f"probe/{file}", line) in errors


def test_a_misspelt_key_comes_with_the_right_one(tmp_path: Path) -> None:
    _, diagnostics = read(tmp_path, {"retrys": "3"})
    assert diagnostics[0].message == "asf.retrys is no key of a contract; did you mean asf.retries?"


def test_the_same_value_in_both_files_is_fine_and_lists_are_too(tmp_path: Path) -> None:
    sidecar = "asf.requires: [a.b, 'c?']\nproduces:\n  - d\ntimeout: 30\nretries: 2\n"
    contract = contract_of(tmp_path, {"requires": "a.b  c?", "timeout": "30"}, sidecar)
    assert (contract.requires, contract.optional, contract.produces) == (("a.b",), ("c",), ("d",))
    assert (contract.timeout, contract.retries) == (30, 2)


def test_a_list_in_the_frontmatter_is_read_with_a_warning(tmp_path: Path) -> None:
    text = "---\nname: probe\ndescription: x\nmetadata:\n  asf.requires:\n    - a.b\n    - c\n---\n"
    write(tmp_path / "probe" / "SKILL.md", text)
    skill, diagnostics = read_one(tmp_path)
    assert skill is not None
    assert skill.contract.requires == ("a.b", "c")
    assert codes(diagnostics) == {("warning", "not-text", 5)}


@pytest.mark.parametrize("more", ["metadata:\n  asf:\n    requires: a\n", "asf.requires: a\n"])
def test_contract_keys_in_the_wrong_place_are_errors(tmp_path: Path, more: str) -> None:
    write(tmp_path / "probe" / "SKILL.md", f"---\nname: probe\ndescription: x\n{more}---\n")
    skill, diagnostics = read_one(tmp_path)
    assert skill is None
    assert {item.code for item in diagnostics} & {"nested-metadata", "misplaced-key"}


def test_python_that_cannot_be_read_is_shown_at_its_own_line(tmp_path: Path) -> None:
    folder = python_skill(tmp_path, "probe")
    write(folder / "scripts" / "run.py", "def run(inputs):\n    return {\n")
    skill, diagnostics = read_one(tmp_path)
    assert skill is None
    (found,) = diagnostics
    assert (found.code, found.file) == ("python-syntax", "probe/scripts/run.py")


def test_inline_needs_an_async_function(tmp_path: Path) -> None:
    folder = python_skill(tmp_path, "probe", inline="true")
    write(folder / "scripts" / "run.py", "\ndef run(inputs):\n    return {}\n")
    skill, diagnostics = read_one(tmp_path)
    assert skill is None
    assert codes(diagnostics) == {("error", "inline", 2)}


@pytest.mark.parametrize("code", ["from x import run\n", "run = print\n", "if True:\n    def run(i): pass\n"])
def test_entries_may_be_bound_in_any_way(tmp_path: Path, code: str) -> None:
    folder = python_skill(tmp_path, "probe")
    write(folder / "scripts" / "run.py", code)
    assert read_one(tmp_path)[1] == []


WARNED: dict[str, tuple[dict[str, str], str, str]] = {
    "entry for llm": ({"entry": "x.py:y"}, "", "not-carried-out"),
    "effect key without effect": ({"requires": "a", "effect-key": "a"}, "", "not-carried-out"),
    "effect key that is not read": (
        {"requires": "a", "effects": "irreversible", "effect-key": "b"},
        "",
        "effect-key",
    ),
    "check without effect": (
        PYTHON | {"effects": "none"},
        "check: {entry: scripts/run.py:run}\n",
        "not-carried-out",
    ),
    "sample with a gap": ({"requires": "a", "produces": "b.c d"}, "sample: {b: {c: 1}}\n", "sample"),
    "nothing to read": ({"executor": "llm", "reads-sop": "false"}, "", "reads-nothing"),
}


@pytest.mark.parametrize(("keys", "sidecar", "code"), WARNED.values(), ids=WARNED.keys())
def test_what_is_probably_not_meant_is_a_warning(tmp_path: Path, keys: Any, sidecar: str, code: str) -> None:
    skill, diagnostics = read(tmp_path, keys, sidecar)
    assert skill is not None
    assert {(item.level, item.code) for item in diagnostics} == {("warning", code)}


def test_text_that_a_model_wrote_does_not_identify_an_effect(tmp_path: Path) -> None:
    write(
        tmp_path / "draft" / "SKILL.md",
        skill_text("draft", {"requires": "order.id", "produces": "reply.text"}),
    )
    python_skill(tmp_path, "send", requires="order.id reply.text", effects="irreversible")
    python_skill(
        tmp_path, "send-well", requires="order.id reply.text", effects="irreversible", effect_key="order.id"
    )
    from agentskills.skills.catalog import read_roots

    reading = read_roots([tmp_path])
    assert len(reading.skills) == 3
    (found,) = reading.diagnostics
    assert (found.level, found.code, found.skill, found.file) == (
        "warning",
        "effect-key",
        "send",
        "send/SKILL.md",
    )
    assert "reply.text identifies the effect, but the model of draft writes it" in found.message


@pytest.mark.parametrize("name", ["技能", "123"])
def test_the_default_output_of_a_skill_of_any_name_can_be_required_by_another(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path / name / "SKILL.md", skill_text(name))
    skill, _ = read_one(tmp_path)
    assert skill is not None
    assert skill.contract.produces == (f"results.{name}",)
    assert (
        contract_of(tmp_path / "other", {"requires": skill.contract.produces[0]}).requires
        == skill.contract.produces
    )


@pytest.mark.parametrize(
    "form",
    [
        "{properties: {answer: {type: object}}}",
        "{properties: {answer: {properties: {size: {type: string}}}}}",
        "{properties: {note: {type: string}}, allOf: [{properties: {answer: {type: object}}}]}",
    ],
)
def test_a_form_that_can_be_answered(tmp_path: Path, form: str) -> None:
    keys = {"executor": "human", "produces": "answer.size answer.colour?"}
    assert contract_of(tmp_path, keys, f"form: {form}\n").form is not None
