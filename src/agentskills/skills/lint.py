"""What a strict reader would object to: the open standard's rules, and contracts that can't be meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import TypeAlias

from agentskills.domain.data_path import ABSENT, overlap, read
from agentskills.domain.skill import Contract, Diagnostic, Effects, ExecutorName, Skill
from agentskills.skills.entry import lint_entry
from agentskills.skills.folder import File
from agentskills.skills.parse import STANDARD_FIELDS, Declared
from agentskills.skills.report import Report
from agentskills.skills.request import lint_request
from agentskills.skills.schema import lint_schema
from agentskills.skills.yaml_text import Node

MAX_NAME = 64
MAX_DESCRIPTION = 1024
MAX_COMPATIBILITY = 500
MAX_BODY_LINES = 500

Warn: TypeAlias = Callable[[str, str, Node | None], None]
At: TypeAlias = Callable[[str], tuple[str, int]]


def lint_standard(declared: Declared, folder: str, report: Report) -> None:
    """Report where a SKILL.md breaks the open standard; other clients may refuse it."""
    if declared.predecessor:
        message = "skill.md is the older form; SKILL.md with metadata works in other clients too"
        report.info("older-form", message, declared.file)
        return
    entries = declared.root.entries or {}
    file = declared.file

    def warn(code: str, message: str, node: Node | None) -> None:
        report.warning(code, message, file, node.line if node else declared.root.line)

    problem = name_problem(declared.name)
    if problem:
        warn("name", f"the name {declared.name!r} {problem}", entries["name"])
    if unicodedata.normalize("NFKC", declared.name) != unicodedata.normalize("NFKC", folder):
        warn("folder", f"the name is {declared.name!r} but the folder is {folder!r}", entries["name"])
    if len(declared.description) > MAX_DESCRIPTION:
        text = f"the description has {len(declared.description):,} characters, more than {MAX_DESCRIPTION:,}"
        warn("description", text, entries["description"])
    compatibility = entries.get("compatibility")
    if compatibility and not 1 <= len((compatibility.text or "").strip()) <= MAX_COMPATIBILITY:
        warn("compatibility", f"must be a text of 1 to {MAX_COMPATIBILITY} characters", compatibility)
    for key in ("name", "description", "license", "allowed-tools"):
        node = entries.get(key)
        if node and node.text is None:
            warn(key, f"{key} must be one text", node)
    for key, node in entries.items():
        if key not in STANDARD_FIELDS:
            warn("unknown-field", _unknown_field(key), node)
    _lint_metadata(entries.get("metadata"), warn)
    _lint_flow(entries, warn)
    if declared.body.count("\n") >= MAX_BODY_LINES:
        report.info(
            "long", f"the body has more than {MAX_BODY_LINES} lines; move parts to files beside", file
        )


def _lint_metadata(metadata: Node | None, warn: Warn) -> None:
    if metadata is None:
        return
    if metadata.entries is None:
        if metadata.text != "" or metadata.quoted:
            warn("metadata", "metadata must be a map of texts", metadata)
        return
    for key, node in metadata.entries.items():
        if node.text is None and not key.startswith("asf"):
            warn("nested-metadata", f"metadata {key} must be one text; other clients lose the rest", node)


def _lint_flow(entries: Mapping[str, Node], warn: Warn) -> None:
    for top in entries.values():
        for node in top.nodes():
            if node.flow:
                warn("flow-style", "other clients refuse [a, b] and {a: b} in the frontmatter", node)
                return


def name_problem(name: str) -> str | None:
    """Return what the standard has against a name, or None."""
    name = unicodedata.normalize("NFKC", name)
    if len(name) > MAX_NAME:
        return f"has {len(name)} characters, more than {MAX_NAME}"
    if name != name.lower():
        return "must be in lowercase"
    if not all(letter.isalnum() or letter == "-" for letter in name):
        return "may hold letters, digits and hyphens only"
    if name.startswith("-") or name.endswith("-") or "--" in name:
        return "must not begin or end with a hyphen, or hold two in a row"
    return None


def _unknown_field(key: str) -> str:
    if key in (
        "requires",
        "produces",
        "executor",
        "model",
        "approval",
        "retries",
        "timeout",
        "effects",
        "entry",
    ):
        return f"{key} at the top is not read; write asf.{key} below metadata:"
    return f"{key} is no field of the standard; other clients refuse it"


def lint_contract(declared: Declared, contract: Contract, files: Mapping[str, File], report: Report) -> None:
    """Report where a contract can't be carried out (error) or is probably not meant (warning)."""

    def at(key: str) -> tuple[str, int]:
        entry = declared.keys.get(key) or declared.keys.get("executor")
        return (entry.file, entry.line) if entry else (declared.file, declared.root.line)

    if contract.entry and contract.executor is ExecutorName.PYTHON:
        lint_entry(contract.entry, files, contract.inline, report, at("entry"))
    if contract.check:
        if entry := contract.check.get("entry"):
            lint_entry(str(entry), files, False, report, at("check"))
        if not contract.irreversible:
            text = "check is asked only where the effect is irreversible"
            report.warning("not-carried-out", text, *at("check"))
    lint_request(contract, report, at)
    lint_schema(contract, report, at)
    _lint_effects(contract, declared, report, at)
    for path in _sample_gaps(contract):
        report.warning("sample", f"the sample holds nothing at {path}, which is produced", *at("sample"))
    shown = contract.reads_everything or contract.reads or contract.reads_sop
    if contract.executor is ExecutorName.LLM and not shown:
        text = "the model is shown nothing: neither requires nor reads-sop"
        report.warning("reads-nothing", text, *at("requires"))


def _lint_effects(contract: Contract, declared: Declared, report: Report, at: At) -> None:
    if contract.executor is ExecutorName.PYTHON and not contract.says_effects:
        text = "says nothing about effects; add asf.effects: none, idempotent or irreversible"
        report.warning("effects", text, *at("effects"))
    if contract.effects is Effects.NONE:
        for key in ("effect-key", "effect-scope"):
            if key in declared.keys:
                report.warning("not-carried-out", f"asf.{key} means nothing without an effect", *at(key))
    for path in contract.effect_key or ():
        if not any(overlap(path, known) for known in contract.reads):
            text = f"{path} identifies the effect but is not among what the skill requires"
            report.warning("effect-key", text, *at("effect-key"))


def _sample_gaps(contract: Contract) -> list[str]:
    if contract.sample is None:
        return []
    return [path for path in contract.produces if read(contract.sample, path) is ABSENT]


def lint_together(skills: Iterable[tuple[Skill, str]]) -> list[Diagnostic]:
    """Return what can be seen only with all skills at hand; each comes with its SKILL.md's place.

    Text that a model wrote does not identify an effect: the next run words it differently, and the
    effect happens twice.
    """
    found: list[Diagnostic] = []
    skills = list(skills)
    by_model: list[tuple[str, str]] = []
    for skill, _ in skills:
        if skill.contract.executor is ExecutorName.LLM:
            by_model += [(path, skill.name) for path in skill.contract.writes]
    for skill, file in skills:
        contract = skill.contract
        if contract.effects is not Effects.IRREVERSIBLE:
            continue
        key = contract.requires if contract.effect_key is None else contract.effect_key
        for path in key:
            for written, writer in by_model:
                if overlap(path, written):
                    text = (
                        f"{path} identifies the effect, but the model of {writer} writes it; "
                        "name stable paths in asf.effect-key"
                    )
                    folder = PurePosixPath(file).parent.name or skill.name
                    found.append(Diagnostic("warning", "effect-key", text, folder, file))
    return found
