"""docs/cli.md names every command and every option, and none that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from agentskills.cli.main import cli

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def sections() -> dict[str, set[str]]:
    """Return the options in the table of each command's section."""
    found: dict[str, set[str]] = {}
    for section in re.split(r"^#{2,3} ", PAGE, flags=re.M)[1:]:
        title, _, text = section.partition("\n")
        if title.startswith("`asf"):
            rows = re.findall(r"^\| `(-[^`]*)` \|", text, flags=re.M)
            found[title.strip("`")] = {option for row in rows for option in row.split(", ")}
    return found


def options(command: click.Command) -> set[str]:
    shown = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    return {name for option in shown for name in (*option.opts, *option.secondary_opts)}


def test_the_page_and_the_program_agree():
    assert sections() == {path: options(command) for path, command in commands(cli, "asf")}


def test_every_option_has_a_help_text():
    for path, command in commands(cli, "asf"):
        assert command.help, path
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                assert option.help, f"{path} {option.name}"


def test_every_exit_code_is_listed():
    from agentskills.cli import session

    codes = {session.RUN_FAILED, session.USAGE, session.NOT_FOUND, session.CONFLICT, session.NO_ANSWER}
    listed = set(map(int, re.findall(r"^\| (\d+) \|", PAGE, flags=re.M)))
    assert listed == codes | {0, session.INTERRUPTED}
