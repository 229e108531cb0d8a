"""How `asf skills diff` prints the difference of two versions."""

from __future__ import annotations

from typing import Any

import click

from agentskills.cli import output as out

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_difference(found: dict[str, Any]) -> None:
    """Print a unified diff; in a terminal in colours, in a pipe plain."""
    left, right = found["left"][:12], found["right"][:12]
    for file in found["files"]:
        old = "/dev/null" if file["change"] == "added" else f"{left}/{file['path']}"
        new = "/dev/null" if file["change"] == "removed" else f"{right}/{file['path']}"
        click.secho(out.safe(f"--- {old}"), bold=True)
        click.secho(out.safe(f"+++ {new}"), bold=True)
        if file["executable"] is not None:
            click.echo(f"can {'now' if file['executable'] else 'no longer'} be run")
        for line in _lines(file):
            click.secho(out.safe(line), fg=_COLOURS.get(line[:1]))


def _lines(file: dict[str, Any]) -> list[str]:
    if file["text"] is not None:
        return str(file["text"]).split("\n")[:-1]
    kind = "not text" if file["binary"] else "too large to show"
    sizes = [size for size in (file["left_size"], file["right_size"]) if size is not None]
    return [f"{kind}: {' -> '.join(f'{size:,} bytes' for size in sizes)}"]
