"""Named SOPs: files `sops/<name>.md` inside a skill root or beside it, with example inputs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import parse_json
from agentskills.domain.skill import Diagnostic
from agentskills.skills.report import Report

MAX_BYTES = 100_000
FOLDER = "sops"
EXAMPLES = ".examples.json"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class SopFile:
    """A named procedure as it was read; `examples` are documents {title, initial_data, note?}."""

    name: str
    title: str  # the first heading, else the name
    text: str  # the whole file, byte for byte
    examples: tuple[dict[str, Any], ...] = ()


def sop_folders(roots: Sequence[Path]) -> list[Path]:
    """Return where named SOPs may stand: in each root and beside it, each folder once."""
    places = [place for root in roots for place in (root / FOLDER, root.parent / FOLDER)]
    return list(dict.fromkeys(place for place in places if place.is_dir()))


def read_sops(roots: Sequence[Path], diagnostics: list[Diagnostic]) -> list[SopFile]:
    """Return all named SOPs by name; what is wrong goes to `diagnostics`, and hinders no other.

    Where a name stands twice the earlier root counts, and a folder in a root before one beside it.
    """
    found: dict[str, SopFile] = {}
    for folder in sop_folders(roots):
        report = Report("", FOLDER)
        for file in sorted(folder.glob("*.md")):
            if file.stem in found:
                text = f"{file.stem} is hidden by the SOP of this name in an earlier folder"
                report.warning("hidden", text, file.name)
                continue
            sop = _read(file, report)
            if sop is not None:
                found[sop.name] = sop
        diagnostics += report.diagnostics
    return sorted(found.values(), key=lambda sop: sop.name)


def _read(file: Path, report: Report) -> SopFile | None:
    if not _NAME.fullmatch(file.stem):
        report.error("name", f"{file.stem!r} is no name for an SOP", file.name)
        return None
    try:
        content = file.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        report.error("unreadable", f"can't be read: {error}", file.name)
        return None
    if len(content) > MAX_BYTES or not text.strip() or "\x00" in text:
        problem = f"must hold 1 to {MAX_BYTES:,} bytes of text, without NUL characters"
        report.error("sop", problem, file.name)
        return None
    return SopFile(file.stem, _title(text) or file.stem, text, _examples(file, report))


def _title(text: str) -> str | None:
    heading = re.search(r"^#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*\r?$", text, re.MULTILINE)
    return heading[1][:300] if heading else None


def _examples(file: Path, report: Report) -> tuple[dict[str, Any], ...]:
    beside = file.with_name(file.stem + EXAMPLES)
    if not beside.exists():
        return ()
    try:
        documents = parse_json(beside.read_bytes())
    except (OSError, BadInput) as error:
        report.error("examples", f"can't be read: {error}", beside.name)
        return ()
    if not isinstance(documents, list):
        report.error("examples", "must be a list of {title, initial_data}", beside.name)
        return ()
    good = []
    for number, document in enumerate(documents, 1):
        problem = _example_problem(document)
        if problem:
            report.error("examples", f"example {number} {problem}", beside.name)
        else:
            good.append(document)
    return tuple(good)


def _example_problem(document: Any) -> str | None:
    if not isinstance(document, dict) or document.keys() - {"title", "initial_data", "note"}:
        return "must hold title, initial_data and perhaps note, and nothing else"
    if not isinstance(document.get("title"), str) or not document["title"].strip():
        return "has no title"
    if not isinstance(document.get("initial_data"), dict):
        return "has no object initial_data"
    if not isinstance(document.get("note", ""), str):
        return "has a note that is no text"
    return None
