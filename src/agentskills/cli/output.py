"""Prints answers: tables for people, JSON with exact numbers for programs."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from agentskills.domain.json_text import Json, json_bytes, json_str

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

Row = dict[str, Any]

output_option = click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    show_default=True,
    help="How to print: a table for people, one JSON document, or one JSON document a line.",
)

STYLES = {
    "completed": "green",
    "failed": "red",
    "cancelled": "dim",
    "waiting": "yellow",
    "in_doubt": "magenta",
    "running": "cyan",
    "started": "cyan",
    "error": "red",
    "warning": "yellow",
}
"""Colours of words that say how something stands."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_PIPE_WIDTH = 100_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    value: Callable[[Row], Any]
    whole: bool = False  # never shortened, for what people copy


def console() -> Console:
    """Return where tables go; in a pipe lines are as long as they need to be."""
    from rich.console import Console

    plain = Console(highlight=False, markup=False, emoji=False)
    if plain.is_terminal:
        return plain
    return Console(highlight=False, markup=False, emoji=False, width=_PIPE_WIDTH)


def table(rows: Iterable[Row], columns: Sequence[Column]) -> Table:
    """Return a table without borders, one line a row."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        # What may wrap is shortened first where the terminal is narrow; its cells are cut, not wrapped.
        drawn.add_column(column.title, no_wrap=column.whole, overflow="fold" if column.whole else "ellipsis")
    for row in rows:
        cells = [cell(column.value(row)) for column in columns]
        drawn.add_row(*(Text(text, style=STYLES.get(text, ""), no_wrap=True) for text in cells))
    return drawn


def record(pairs: Iterable[tuple[str, str]]) -> Table:
    """Return names and values below each other."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    drawn.add_column(no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in pairs:
        drawn.add_row(Text(name, style="dim"), Text(value, style=STYLES.get(value, "")))
    return drawn


def cell(value: Any) -> str:
    """Return a value as one line of text."""
    if value is None:
        return ""
    return safe(value if isinstance(value, str) else json_str(value)).strip()


def safe(line: str) -> str:
    """Return a line whose control characters can't reach the terminal."""
    return _CONTROL.sub(" ", line)


def print_document(document: Json, output: str) -> None:
    """Print one JSON document, indented for `json`, on one line for `jsonl`."""
    import msgspec

    text = json_bytes(document)
    write_line(text if output == "jsonl" else msgspec.json.format(text, indent=2))


def write_line(text: bytes) -> None:
    """Write a line to standard output at once."""
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def print_rows(rows: Sequence[Row], columns: Sequence[Column], output: str, nothing: str) -> None:
    """Print rows in the way asked for; `nothing` is said (on standard error) where a table would be empty."""
    if output == "json":
        print_document(list(rows), output)
    elif output == "jsonl":
        for row in rows:
            print_document(row, output)
    elif rows:
        print_parts(table(rows, columns))
    else:
        click.echo(nothing, err=True)


async def print_stream(
    rows: AsyncIterator[Row], columns: Sequence[Column], output: str, nothing: str, limit: int | None
) -> bool:
    """Print at most `limit` rows, `jsonl` as they come; say whether there are more."""
    kept: list[Row] = []
    count = 0
    async for row in rows:
        if count == limit:
            if output != "jsonl":
                print_rows(kept, columns, output, nothing)
            return True
        count += 1
        if output == "jsonl":
            print_document(row, output)
        else:
            kept.append(row)
    if output != "jsonl":
        print_rows(kept, columns, output, nothing)
    return False


def print_parts(*parts: RenderableType) -> None:
    """Print pieces of a page one after the other; in a pipe no line ends in blanks."""
    out = console()
    if out.is_terminal:
        out.print(*parts, sep="\n")
        return
    with out.capture() as captured:
        out.print(*parts, sep="\n")
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def moment(value: str | None) -> str:
    """Return a time of an answer in local time, to the second."""
    if not value:
        return ""
    return datetime.fromisoformat(value).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def actor(given: dict[str, Any] | None) -> str:
    """Return who did something, and on whose behalf as far as was said."""
    if not given:
        return ""
    name = given.get("name") or given["kind"]
    behalf = given.get("on_behalf_of")
    return f"{name} for {behalf}" if behalf else str(name)


def duration(start: str | None, end: str | None) -> str:
    """Return how long something took: `0.21 s`, `3 min 04 s`, `2 h 05 min`; nothing while it goes on."""
    if not start or not end:
        return ""
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"
