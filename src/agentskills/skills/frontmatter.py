"""The frontmatter of a SKILL.md: found and read leniently, with remarks for everything odd."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentskills.skills.report import Report
from agentskills.skills.yaml_text import Node, YamlProblem, YamlText, read_yaml

MAX_BYTES = 1_000_000

_UNQUOTED = re.compile(r"^(\s*(?:- )?[\w.\-/]+:)[ \t]+([^\s\"'|>&*!\[{#%@`][^\n]*?)[ \t]*$")


@dataclass(frozen=True, slots=True)
class Frontmatter:
    """What stands between the two `---`, and the markdown after them."""

    root: Node  # a mapping
    body: str
    body_line: int


def read_text(content: bytes, file: str, report: Report) -> str | None:
    """Return a file as text without its byte order mark, or None and an error in the report."""
    if len(content) > MAX_BYTES:
        report.error("too-large", f"{file} is larger than {MAX_BYTES:,} bytes", file)
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + content.count(b"\n", 0, error.start)
        report.error("not-utf-8", f"byte {error.start} is not UTF-8", file, line)
        return None
    if "\x00" in text:
        report.error("nul", "holds a NUL character", file, 1 + text.count("\n", 0, text.index("\x00")))
        return None
    return text.replace("\r\n", "\n")


def read_frontmatter(content: bytes, file: str, report: Report) -> Frontmatter | None:
    """Return the frontmatter and body, or None and an error in the report.

    A byte order mark, blank lines before it, and unquoted values with a colon in them are
    forgiven with a warning: other readers refuse them.
    """
    text = read_text(content, file, report)
    if text is None:
        return None
    if text.startswith("\ufeff"):
        text = text[1:]
        report.warning("byte-order-mark", "begins with a byte order mark, which other clients refuse", file)
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines) or lines[start].rstrip() != "---":
        report.error(
            "no-frontmatter", "must begin with a line --- and the skill's name and description", file
        )
        return None
    if start:
        report.warning("blank-lines", "blank lines stand before the ---, which other clients refuse", file)
    end = next((n for n in range(start + 1, len(lines)) if lines[n].rstrip() in ("---", "...")), None)
    if end is None:
        report.error("no-frontmatter", "the --- that ends the frontmatter is missing", file, start + 1)
        return None
    _dashes(lines, start + 1, end, file, report)
    root = _mapping("\n".join(lines[start + 1 : end]), start + 2, file, report)
    if root is None:
        return None
    return Frontmatter(root, "\n".join(lines[end + 1 :]).strip("\n"), end + 2)


def _dashes(lines: list[str], start: int, end: int, file: str, report: Report) -> None:
    for number in range(start, end):
        if "---" in lines[number]:
            message = "--- inside the frontmatter: other clients cut it off there"
            report.warning("dashes", message, file, number + 1)


def _mapping(text: str, first_line: int, file: str, report: Report) -> Node | None:
    try:
        return mapping_of(read_yaml(text, first_line), file, report, first_line)
    except YamlProblem as problem:
        broken = problem
    mended = _quoted(text)
    try:
        found = read_yaml("\n".join(mended), first_line)
    except YamlProblem:
        report.error("bad-yaml", f"not valid YAML: {broken.message}", file, broken.line)
        return None
    for number, (old, new) in enumerate(zip(text.split("\n"), mended, strict=True)):
        if old != new and ": " in old.split(":", 1)[1].strip():
            message = "a value with a colon in it must be quoted; other clients refuse it"
            report.warning("unquoted-colon", message, file, first_line + number)
    return mapping_of(found, file, report, first_line)


def mapping_of(found: YamlText, file: str, report: Report, line: int = 1) -> Node | None:
    """Return the root where it is a mapping, with the reader's remarks in the report."""
    for remark in found.remarks:
        contract = remark.code == "duplicate-key" and (remark.key.startswith("asf.") or file == "asf.yaml")
        (report.error if contract else report.warning)(remark.code, remark.message, file, remark.line)
    if found.root is None or (found.root.text == "" and not found.root.quoted):
        return Node(line, entries={})
    if found.root.entries is None:
        report.error("bad-yaml", "must be a list of `key: value` lines", file, found.root.line)
        return None
    return found.root


def _quoted(text: str) -> list[str]:
    """Return the lines with every plain value in single quotes."""
    lines = []
    for line in text.split("\n"):
        match = _UNQUOTED.match(line)
        lines.append(f"{match[1]} '{match[2].replace(chr(39), chr(39) * 2)}'" if match else line)
    return lines
