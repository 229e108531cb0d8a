"""What a skill folder declares: the open standard's SKILL.md with asf.yaml, or the predecessor's skill.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agentskills.skills.folder import File
from agentskills.skills.frontmatter import Frontmatter, mapping_of, read_frontmatter, read_text
from agentskills.skills.report import Report
from agentskills.skills.yaml_text import Node, YamlProblem, read_yaml

STANDARD = "SKILL.md"
PREDECESSOR = "skill.md"
SIDECAR = "asf.yaml"
PROMPT = "prompt.md"
LONGEST_NAME = 200  # characters; the standard allows fewer, which lint says

STANDARD_FIELDS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
PREDECESSOR_FIELDS = (
    *("name", "description", "requires", "produces", "optional_produces", "executor"),
    *("hitl_enabled", "prompt", "system_prompt", "rest"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a contract as it was declared, without `asf.`."""

    value: Any  # text from a frontmatter; JSON from asf.yaml
    file: str
    line: int


@dataclass(slots=True)
class Declared:
    """Everything a skill folder says about itself, before it is made sense of."""

    name: str
    description: str
    body: str
    file: str  # SKILL.md or skill.md
    root: Node  # its frontmatter
    keys: dict[str, Entry] = field(default_factory=dict)
    predecessor: bool = False


def read_skill(files: Mapping[str, File], folder: str, report: Report) -> Declared | None:
    """Return what a folder declares, or None with errors in the report. `folder` is its name."""
    file = STANDARD if STANDARD in files else PREDECESSOR
    if file not in files:
        report.error("no-skill", f"there is no {STANDARD} in this folder", STANDARD)
        return None
    if file == STANDARD and PREDECESSOR in files:
        report.warning("both-forms", f"{PREDECESSOR} is not read, since there is a {STANDARD}", PREDECESSOR)
    found = read_frontmatter(files[file].content, file, report)
    if found is None:
        return None
    name = _required(found, "name", file, report)
    description = _required(found, "description", file, report)
    if not name or not description:
        return None
    if problem := _unusable(name):
        report.error("name", f"the name {name[:50]!r} {problem}", file, _line(found, "name"))
        return None
    declared = Declared(name, description, found.body, file, found.root, predecessor=file == PREDECESSOR)
    if declared.predecessor:
        _predecessor(declared, files, report)
    else:
        _metadata(declared, report)
    if SIDECAR in files:
        _sidecar(declared, files[SIDECAR].content, report)
    return declared


def _required(found: Frontmatter, key: str, file: str, report: Report) -> str | None:
    node = (found.root.entries or {}).get(key)
    text = (node.text or "").strip() if node else ""
    if not text:
        report.error(f"no-{key}", f"the skill has no {key}", file, _line(found, key))
        return None
    return text


def _line(found: Frontmatter, key: str) -> int:
    return (found.root.entries or {}).get(key, found.root).line


def _unusable(name: str) -> str | None:
    """Return why nothing could be found or shown under this name, or None."""
    if len(name) > LONGEST_NAME:
        return f"has {len(name):,} characters, more than {LONGEST_NAME}"
    if "/" in name or name in (".", "..") or not name.isprintable():
        return "must not be a path or hold control characters"
    return None


def _metadata(declared: Declared, report: Report) -> None:
    """Take the flat `asf.*` keys of the standard's metadata."""
    entries = declared.root.entries or {}
    metadata = entries.get("metadata")
    for key, node in ((metadata.entries if metadata else None) or {}).items():
        if key == "asf" and node.text is None:
            message = "write flat keys such as asf.requires; the standard's metadata can't be nested"
            report.error("nested-metadata", message, declared.file, node.line)
        elif key.startswith("asf."):
            declared.keys[key.removeprefix("asf.")] = Entry(
                _flat(node, key, declared, report), declared.file, node.line
            )
    for key, node in entries.items():
        if key.startswith("asf."):
            message = f"{key} stands at the top; put it below metadata:"
            report.error("misplaced-key", message, declared.file, node.line)


def _flat(node: Node, key: str, declared: Declared, report: Report) -> Any:
    """Return a metadata value as text; a list of texts is forgiven, anything else left to be refused."""
    if node.text is not None:
        return node.text
    if node.items is not None and all(item.text is not None for item in node.items):
        message = f"{key} must be one text, with a space between its parts; other clients lose a list"
        report.warning("not-text", message, declared.file, node.line)
        return " ".join(item.text or "" for item in node.items)
    return node.plain()


def _sidecar(declared: Declared, content: bytes, report: Report) -> None:
    """Add what asf.yaml says; it never overrides what the frontmatter says."""
    text = read_text(content, SIDECAR, report)
    if text is None:
        return
    try:
        root = mapping_of(read_yaml(text.removeprefix("\ufeff")), SIDECAR, report)
    except YamlProblem as problem:
        report.error("bad-yaml", f"not valid YAML: {problem.message}", SIDECAR, problem.line)
        return
    for key, node in ((root.entries if root else None) or {}).items():
        key = key.removeprefix("asf.")
        value = node.text if node.text is not None else node.plain()
        if isinstance(value, list) and key in ("requires", "produces", "effect-key"):
            value = " ".join(str(part) for part in value)
        earlier = declared.keys.get(key)
        if earlier is None:
            declared.keys[key] = Entry(value, SIDECAR, node.line)
        elif str(earlier.value).split() != str(value).split():
            message = (
                f"{key} is {earlier.value!r} in {earlier.file}, line {earlier.line}, and something else here"
            )
            report.error("contradiction", message, SIDECAR, node.line)


def _predecessor(declared: Declared, files: Mapping[str, File], report: Report) -> None:
    """Take the top-level keys of the form that came before the open standard."""
    entries = declared.root.entries or {}
    file = declared.file

    def put(key: str, value: Any, node: Node) -> None:
        declared.keys[key] = Entry(value, file, node.line)

    for key in ("requires", "executor", "system_prompt", "prompt"):
        if key in entries:
            put(key, _words(entries[key]) if key == "requires" else entries[key].plain(), entries[key])
    optional = entries.get("optional_produces")
    produces = entries.get("produces") or optional
    if produces is not None:
        sure = _words(entries["produces"]) if "produces" in entries else ""
        maybe = " ".join(f"{path}?" for path in _words(optional).split()) if optional else ""
        put("produces", f"{sure} {maybe}".strip(), produces)
    if "hitl_enabled" in entries and entries["hitl_enabled"].plain() is True:
        put("approval", "after", entries["hitl_enabled"])
    if "rest" in entries:
        _rest(declared, entries["rest"], report)
    if PROMPT in files and not declared.keys.get("prompt"):
        text = read_text(files[PROMPT].content, PROMPT, report)
        if text and text.strip():
            declared.keys["prompt"] = Entry(text.strip(), PROMPT, 1)
    for key, node in entries.items():
        if key not in PREDECESSOR_FIELDS:
            report.warning("not-carried-out", f"{key} is declared, but not carried out", file, node.line)


def _rest(declared: Declared, node: Node, report: Report) -> None:
    """The predecessor's `rest` sends the work out and waits for a callback; a GET can't be called back."""
    known = ("url", "method", "headers", "query", "body")
    request = {}
    for key, entry in (node.entries or {}).items():
        if key in known:
            request[key] = entry.plain()
        elif key == "timeout":
            declared.keys["timeout"] = Entry(entry.text, declared.file, entry.line)
        else:
            report.warning(
                "not-carried-out", f"rest.{key} is declared, but not carried out", declared.file, entry.line
            )
    method = str(request.setdefault("method", "POST")).upper()
    declared.keys["request"] = Entry(request, declared.file, node.line)
    if method not in ("GET", "HEAD"):
        declared.keys["mode"] = Entry("callback", declared.file, node.line)
        declared.keys["effects"] = Entry("idempotent", declared.file, node.line)


def _words(node: Node) -> str:
    """Return a list of paths, or a text with commas or spaces between them, in our form."""
    if node.items is not None:
        return " ".join(item.text or "" for item in node.items)
    return " ".join((node.text or "").replace(",", " ").split())
