"""`asf run keep`: writes a finished run into a file that `asf test` goes through again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.session import CONFLICT, full_id, online, tell
from agentskills.domain.data_path import check_path
from agentskills.domain.errors import BadInput

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

SUFFIX = ".run.json"


class PathType(click.ParamType[str]):
    """A place in the data."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the path."""
        try:
            return check_path(value)
        except BadInput as error:
            self.fail(error.detail, param, ctx)


@click.command()
@click.argument("run_id", metavar="ID")
@click.option(
    "--expect",
    type=PathType(),
    multiple=True,
    metavar="PATH",
    help="A place in the data whose value counts, such as decision.accepted. Repeatable. "
    "Without it: all that steps produced.",
)
@click.option(
    "--into",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="cases",
    show_default=True,
    help="The folder for the file ID.run.json; made if it is not there.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@out.output_option
@online
async def keep(
    client: AgentSkills, run_id: str, expect: tuple[str, ...], folder: Path, force: bool, output: str
) -> int | None:
    """Keep a finished run as a test: `asf test` goes through it again without a server."""
    thread_id = await full_id(client, run_id)
    file = folder / f"{thread_id}{SUFFIX}"
    if file.exists() and not force:
        tell(f"Error: {file} is there already; --force overwrites it")
        return CONFLICT
    case = await client.case(thread_id, expect=expect or None)
    write_case(file, case)
    if output == "table":
        click.echo(str(file))
    else:
        out.print_document({"file": str(file), "expected": case["expected"]}, output)
    if case["redacted"]:
        tell("secrets were struck out; steps that read them can come out otherwise in a test")
    return None


def write_case(file: Path, case: dict[str, Any]) -> None:
    """Write a case so that it can be read, and compared line by line. Raises `BadInput`."""
    import msgspec

    from agentskills.domain.json_text import json_bytes

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.format(json_bytes(case), indent=2) + b"\n")
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}") from None
