"""The open standard's rules: what its own validator was measured to take and to refuse.

Whatever can be understood is loaded; what other clients refuse is a warning with file and line.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from agentskills.domain.skill import Effects, ExecutorName

from .folders import codes, read_one, skill_text, write

HEAD = "name: probe\ndescription: Does it. Use when needed.\n"


def probe(
    tmp_path: Path, text: str | bytes, folder: str = "probe"
) -> tuple[object, set[tuple[str, str, int]]]:
    write(tmp_path / folder / "SKILL.md", text)
    skill, diagnostics = read_one(tmp_path)
    assert all(item.file == f"{folder}/SKILL.md" for item in diagnostics)
    assert all(item.skill == folder for item in diagnostics)
    return skill, codes(diagnostics)


def fm(more: str = "", head: str = HEAD) -> str:
    return f"---\n{head}{more}---\nBody\n"


ACCEPTED = {
    "nothing more": "",
    "all fields": "license: MIT\ncompatibility: Needs git\nallowed-tools: Bash(git:*) Read\n"
    'metadata:\n  version: "1"\n',
    "keys with dots, slashes, colons": 'metadata:\n  "a.b/c:d": "x"\n  e/f: "y"\n',
    "a thousand keys": "metadata:\n" + "".join(f'  k{n}: "v"\n' for n in range(1000)),
    "JSON inside a text": "metadata:\n  other: '{\"a\": [1, 2]}'\n",
    "a block scalar": "metadata:\n  other: |\n    one\n    two\n",
    "unquoted 3 and true": "metadata:\n  a: 3\n  b: true\n",
    "metadata without entries": "metadata:\n",
}


@pytest.mark.parametrize("more", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_the_standard_takes_is_loaded_without_a_word(tmp_path: Path, more: str) -> None:
    skill, found = probe(tmp_path, fm(more))
    assert skill is not None
    assert found == set()


WARNED = {
    "unknown field": ("version: 1\n", "unknown-field", 4),
    "a contract key at the top": ("requires: a.b\n", "unknown-field", 4),
    "nested metadata": ("metadata:\n  other:\n    a: b\n", "nested-metadata", 5),
    "flow list": ("metadata:\n  other: [a, b]\n", "flow-style", 5),
    "anchor": ("license: &x MIT\n", "anchor", 4),
    "tag": ("license: !secret MIT\n", "tag", 4),
    "duplicate key": ("license: MIT\nlicense: BSD\n", "duplicate-key", 5),
    "metadata as text": ("metadata: hello\n", "metadata", 4),
    "metadata as list": ("metadata:\n  - a\n", "metadata", 4),
    "allowed-tools as list": ("allowed-tools:\n  - Read\n", "allowed-tools", 4),
    "license as map": ("license:\n  name: MIT\n", "license", 4),
    "empty compatibility": ('compatibility: ""\n', "compatibility", 4),
    "long compatibility": (f"compatibility: {'x' * 501}\n", "compatibility", 4),
    "--- in a value": ('license: "MIT --- or not"\n', "dashes", 4),
}


@pytest.mark.parametrize(("more", "code", "line"), WARNED.values(), ids=WARNED.keys())
def test_what_others_refuse_is_loaded_with_a_warning(tmp_path: Path, more: str, code: str, line: int) -> None:
    skill, found = probe(tmp_path, fm(more))
    assert skill is not None
    assert ("warning", code, line) in found
    assert {level for level, _, _ in found} == {"warning"}


@pytest.mark.parametrize("name", ["PDF", "-pdf", "pdf-", "pdf--x", "pdf_x", "pdf.x", "x" * 65, "two words"])
def test_bad_names_are_loaded_with_a_warning(tmp_path: Path, name: str) -> None:
    skill, found = probe(tmp_path, fm(head=f"name: {name}\ndescription: x\n"), folder=name)
    assert skill is not None
    assert found == {("warning", "name", 2)}


@pytest.mark.parametrize("name", ["données", "技能", "123", "claude-helper", "a"])
def test_good_names(tmp_path: Path, name: str) -> None:
    skill, found = probe(tmp_path, fm(head=f"name: {name}\ndescription: x\n"), folder=name)
    assert skill is not None
    assert found == set()


def test_a_name_that_is_not_the_folders(tmp_path: Path) -> None:
    assert probe(tmp_path, fm(), folder="other")[1] == {("warning", "folder", 2)}


def test_a_long_description_is_a_warning(tmp_path: Path) -> None:
    skill, found = probe(tmp_path, fm(head=f"name: probe\ndescription: {'x' * 1068}\n"))
    assert skill is not None
    assert found == {("warning", "description", 3)}


def test_a_byte_order_mark_blank_lines_and_windows_line_ends(tmp_path: Path) -> None:
    text = ("\ufeff\n\n" + fm()).replace("\n", "\r\n")
    skill, found = probe(tmp_path, text.encode())
    assert skill is not None
    assert found == {("warning", "byte-order-mark", 1), ("warning", "blank-lines", 1)}


def test_an_unquoted_colon_is_mended(tmp_path: Path) -> None:
    write(
        tmp_path / "probe" / "SKILL.md",
        fm(head="name: probe\ndescription: Use when: it's needed\nlicense: a: b\n"),
    )
    skill, found = read_one(tmp_path)
    assert skill is not None
    assert skill.description == "Use when: it's needed"
    assert codes(found) == {("warning", "unquoted-colon", 3), ("warning", "unquoted-colon", 4)}


REFUSED = {
    "no frontmatter": ("# Just text\n", "no-frontmatter", 1),
    "empty": ("", "no-frontmatter", 1),
    "no end": ("---\nname: probe\n", "no-frontmatter", 1),
    "broken YAML": (fm('license: "open\n'), "bad-yaml", 4),
    "a list": ("---\n- a\n---\n", "bad-yaml", 2),
    "a tab": ("---\nname: probe\n\tdescription: x\n---\n", "bad-yaml", 3),
    "no description": ("---\nname: probe\n---\n", "no-description", 2),
    "empty description": ('---\nname: probe\ndescription: "  "\n---\n', "no-description", 3),
    "no name": ("---\ndescription: x\n---\n", "no-name", 2),
    "name as list": ("---\nname:\n  - a\ndescription: x\n---\n", "no-name", 2),
    "aliases": (fm("license: &x MIT\ncompatibility: *x\n"), "bad-yaml", 5),
    "NUL": ("---\nname: probe\ndescription: x\n---\nbody \x00\n", "nul", 5),
    "a deep nest": (fm("license: " + "[" * 100_000 + "\n"), "bad-yaml", 4),
}


@pytest.mark.parametrize(("text", "code", "line"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_understood_is_an_error_with_its_line(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    skill, found = probe(tmp_path, text)
    assert skill is None
    assert ("error", code, line) in found


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    assert probe(tmp_path, fm().encode() + b"\xff\n") == (None, {("error", "not-utf-8", 6)})


def test_a_growing_chain_of_aliases_costs_nothing(tmp_path: Path) -> None:
    lines = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert probe(tmp_path, fm(lines))[0] is None


def test_a_third_party_skill_runs_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "pdf" / "SKILL.md", skill_text("pdf", body="Read the PDF.\n\n---\n\nThen stop."))
    write(tmp_path / "pdf" / "scripts" / "read.py", "print()")
    skill, found = read_one(tmp_path)
    assert found == []
    assert skill is not None
    contract = skill.contract
    assert contract.executor is ExecutorName.LLM
    assert contract.reads_everything
    assert contract.reads_sop
    assert contract.requires == ()
    assert contract.produces == ("results.pdf",)
    assert contract.effects is Effects.NONE
    assert skill.body == "Read the PDF.\n\n---\n\nThen stop."
    assert skill.files == ("SKILL.md", "scripts/read.py")
