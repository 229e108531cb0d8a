"""What `asf test` says: a table with reasons, JSON, Markdown, JUnit XML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, leaves
from agentskills.domain.errors import BadCase
from agentskills.domain.json_text import json_str
from agentskills.domain.verdict import Change, Outcome, Verdict

if TYPE_CHECKING:
    from agentskills.domain.case import Case

_SHOWN = 60
"""Characters of a value on one line."""
_BROKEN = "broken"
_WORDS = (*(str(outcome) for outcome in Outcome), _BROKEN)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that should hold a case."""

    path: Path
    case: Case | None
    problem: str = ""  # why there is none

    @property
    def name(self) -> str:
        """What the case is called."""
        return self.path.name.removesuffix(".run.json")

    @classmethod
    def read(cls, path: Path) -> KeptFile:
        """Return what a file holds, or why it can't be read."""
        from agentskills.domain.case import case_from

        try:
            return cls(path, case_from(path.read_bytes()))
        except BadCase as error:
            return cls(path, None, error.detail)
        except OSError as error:
            return cls(path, None, str(error.strerror))


class Reported:
    """The cases and what became of them."""

    def __init__(self, files: Sequence[KeptFile], verdicts: Mapping[int, Verdict]) -> None:
        self.rows = [(file, verdicts.get(number)) for number, file in enumerate(files)]
        self.counts = Counter(self.word(verdict) for _, verdict in self.rows)

    @staticmethod
    def word(verdict: Verdict | None) -> str:
        """Return how a case came out; no verdict is a file that can't be read."""
        return str(verdict.outcome) if verdict is not None else _BROKEN

    def exit_code(self, strict: bool) -> int:
        """Return 1 if something has to be looked at."""
        return 1 if any(self.is_bad(verdict, strict) for _, verdict in self.rows) else 0

    @staticmethod
    def is_bad(verdict: Verdict | None, strict: bool) -> bool:
        """Say whether a case makes the whole fail."""
        fine = (Outcome.PASSED,) if strict else (Outcome.PASSED, Outcome.CANT_TELL)
        return verdict is None or verdict.outcome not in fine

    @property
    def summary(self) -> str:
        """How many of which, in words."""
        counted = [f"{self.counts[word]} {word}" for word in _WORDS if self.counts[word]]
        total = len(self.rows)
        return f"{total} case{'s' * (total != 1)}: {', '.join(counted)}"

    def document(self) -> dict[str, Any]:
        """Return all of it as JSON."""
        return {
            "counts": {word: self.counts[word] for word in _WORDS},
            "cases": [
                {"name": file.name, "file": str(file.path)}
                | (verdict.document() if verdict else {"outcome": _BROKEN, "reasons": [file.problem]})
                for file, verdict in self.rows
            ],
        }


def lines_of(file: KeptFile, verdict: Verdict | None) -> list[str]:
    """Return what there is to say of a case, line by line."""
    if verdict is None:
        return [f"{file.path}: {file.problem}"]
    lines = [*verdict.reasons]
    for change in verdict.changes:
        lines += differences(change)
        lines += [f"  {why}" for why in change.why]
    return lines + [f"note: {note}" for note in verdict.notes]


def differences(change: Change) -> list[str]:
    """Return from what to what a value has changed; of two objects just the places that differ."""
    path, before, after = change.path, change.before, change.after
    if type(before) is not dict or type(after) is not dict:
        known = "another value" if before is ABSENT else _short(before)
        return [f"{path}: {known} → {_short(after)}"]
    then, today = leaves(before, f"{path}."), leaves(after, f"{path}.")
    places = sorted(then.keys() | today.keys())
    pairs = [(place, then.get(place, ABSENT), today.get(place, ABSENT)) for place in places]
    return [f"{place}: {_short(old)} → {_short(new)}" for place, old, new in pairs if not _equal(old, new)]


def _equal(old: Any, new: Any) -> bool:
    return old is not ABSENT and new is not ABSENT and digest(old) == digest(new)


def _short(value: Any) -> str:
    text = "nothing" if value is ABSENT else json_str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


# For people and programs

_STYLES = {"passed": "green", "changed": "red", "failed": "red", "broken": "red", "can't tell": "yellow"}


def print_report(reported: Reported, output: str) -> None:
    """Print a table and what there is to say below, or JSON."""
    if output == "json":
        out.print_document(reported.document(), output)
        return
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    drawn.add_column("CASE", no_wrap=True, overflow="fold")
    drawn.add_column("RESULT", no_wrap=True)
    drawn.add_column("TOOK", no_wrap=True)
    for file, verdict in reported.rows:
        word = reported.word(verdict)
        took = f"{verdict.seconds:.2f} s" if verdict else ""
        drawn.add_row(Text(out.safe(file.name)), Text(word, style=_STYLES[word]), took)
    out.print_parts(drawn)
    for file, verdict in reported.rows:
        lines = lines_of(file, verdict)
        if lines:
            head = Text(f"\n{out.safe(file.name)}: ", style="bold")
            word = reported.word(verdict)
            body = [Text(f"  {out.safe(line)}", overflow="fold") for line in lines]
            out.print_parts(head + Text(word, style=_STYLES[word]), *body)
    click.echo(f"\n{reported.summary}")


def write_markdown(file: Path, reported: Reported, strict: bool) -> None:
    """Write a report for a page of a pull request."""
    parts = [f"### asf test: {reported.summary}", "", "| case | result |", "|---|---|"]
    parts += [f"| {_code(file.name)} | {reported.word(verdict)} |" for file, verdict in reported.rows]
    for kept, verdict in reported.rows:
        lines = lines_of(kept, verdict)
        if lines:
            fence = _fence("\n".join(lines))
            parts += ["", f"**{_code(kept.name)}: {reported.word(verdict)}**", "", fence, *lines, fence]
    file.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _code(text: str) -> str:
    """Return text as Markdown shows it letter for letter, also in a table."""
    return "`" + out.safe(text).replace("`", "'").replace("|", "\\|") + "`"


def _fence(text: str) -> str:
    """Return a fence that the text does not hold."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(file: Path, reported: Reported, strict: bool) -> None:
    """Write the JUnit XML that CI servers read."""
    from xml.etree import ElementTree as Xml

    bad = [reported.is_bad(verdict, strict) for _, verdict in reported.rows]
    broken = reported.counts[_BROKEN]
    unsure = 0 if strict else reported.counts[str(Outcome.CANT_TELL)]
    seconds = max((verdict.seconds for _, verdict in reported.rows if verdict), default=0.0)
    suite = Xml.Element(
        "testsuite",
        name="asf test",
        tests=str(len(reported.rows)),
        failures=str(sum(bad) - broken),
        errors=str(broken),
        skipped=str(unsure),
        time=f"{seconds:.3f}",
    )
    for (kept, verdict), is_bad in zip(reported.rows, bad, strict=True):
        took = f"{verdict.seconds:.3f}" if verdict else "0"
        place = _xml(str(kept.path.parent))
        case = Xml.SubElement(suite, "testcase", name=_xml(kept.name), classname=place, time=took)
        lines = lines_of(kept, verdict)
        if is_bad or (verdict is not None and verdict.outcome is Outcome.CANT_TELL):
            tag = "error" if verdict is None else "failure" if is_bad else "skipped"
            word = reported.word(verdict)
            said = Xml.SubElement(
                case, tag, type=word, message=_xml(f"{word}: {lines[0]}" if lines else word)
            )
            said.text = _xml("\n".join(lines))
        elif lines:
            Xml.SubElement(case, "system-out").text = _xml("\n".join(lines))
    root = Xml.Element("testsuites")
    root.append(suite)
    Xml.indent(root)
    file.write_bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _xml(text: str) -> str:
    """Return text without what XML has no place for; the writer escapes the rest."""
    return _NOT_XML.sub("\ufffd", text)
