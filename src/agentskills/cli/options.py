"""Options and arguments that several commands of `asf run` share."""

from __future__ import annotations

from typing import Any

import click

from agentskills.cli.values import ASSIGNMENT
from agentskills.domain.errors import BadInput

set_option = click.option(
    "--set",
    "assignments",
    type=ASSIGNMENT,
    multiple=True,
    metavar="PATH=VALUE",
    help="Set one value, such as order.id=18. Read as JSON with exact numbers where it parses, else as text. "
    "Repeatable.",
)
wait_option = click.option("--wait", is_flag=True, help="Follow the run until it ends; exit 1 if it fails.")
run_argument = click.argument("run_id", metavar="ID")


def text_of(file: Any) -> str:
    """Return what a file that was opened as bytes holds; raises `BadInput` where that is not UTF-8."""
    try:
        return str(file.read().decode())
    except UnicodeDecodeError as error:
        raise BadInput(f"{file.name} is not UTF-8: {error}") from None
