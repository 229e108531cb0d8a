"""The `asf` command: knows its subcommands by name and imports one only when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

import click

from agentskills import __version__
from agentskills.domain.errors import AgentSkillsError

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("agentskills.cli.serve:serve", "Serve the API and the UI, with one worker beside."),
    "worker": ("agentskills.cli.worker:worker", "Carry out runs."),
    "db": ("agentskills.cli.db:db", "Set up and check the database."),
    "run": ("agentskills.cli.run:run", "Start, watch, answer and rerun runs."),
    "inbox": ("agentskills.cli.inbox:inbox", "Show what waits for people, and answer it."),
    "failures": ("agentskills.cli.failures:failures", "Show failed runs by kind, and dismiss them."),
    "batch": ("agentskills.cli.batch:batch", "Rerun many runs at once, and follow that."),
    "backtest": ("agentskills.cli.backtest:backtest", "Replay past runs with nothing going out."),
    "test": ("agentskills.cli.test:test", "Go through kept runs again with the skills as they are now."),
    "schedule": ("agentskills.cli.schedule:schedule", "Start or rerun at given times."),
    "policy": ("agentskills.cli.policy:policy", "Let failed runs be rerun by themselves."),
    "webhook": ("agentskills.cli.webhook:webhook", "Tell other systems what happens."),
    "effects": ("agentskills.cli.effects:effects", "Show what was done to the outside world."),
    "audit": ("agentskills.cli.audit:audit", "Show who did what, when and why."),
    "skills": ("agentskills.cli.skills:skills", "Look at skills and check them."),
}


class LazyGroup(click.Group):
    """A group whose help comes from a table, so that `--help` imports nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command called `cmd_name`."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="asf")
def cli() -> None:
    """Run standard operating procedures with agent skills, and rerun them.

    Exit codes: 0 ok, 1 the run failed or something needed at start-up is missing, 2 usage,
    3 not found, 4 conflict, 5 no answer from the server.
    """


def main() -> None:
    """Run the command line; an error on purpose is one line and exit code 1."""
    try:
        cli()
    except AgentSkillsError as error:
        click.echo(f"Error: {error.detail}", err=True)
        sys.exit(1)
    except ValueError as error:
        if type(error).__name__ != "ValidationError":
            raise
        click.echo(f"Error: {_bad_setting(error)}", err=True)
        sys.exit(1)


def _bad_setting(error: ValueError) -> str:
    """Return what pydantic says about the environment on one line, by the variables' names."""
    from agentskills.settings import Settings

    said = []
    for problem in error.errors():  # type: ignore[attr-defined]
        name = str(problem["loc"][0])
        field = Settings.model_fields.get(name)
        variable = f"ASF_{name.upper()}" if field else name
        said.append(f"{variable}={problem['input']!s}: {problem['msg'].lower()}")
    return "; ".join(said)


if __name__ == "__main__":
    main()
