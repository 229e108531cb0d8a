"""The options of `asf batch start` and `plan`: which runs, how to rerun them, within which limits."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import click

from agentskills.cli import rerun
from agentskills.cli.options import text_of
from agentskills.cli.run import ls
from agentskills.cli.values import JSON_OBJECT, json_or_text
from agentskills.domain.errors import BadInput

Command = Callable[..., Any]

_OF_LISTS = {"limit", "everything", "output", "show"}
_RENAMED = {
    "data": "--rerun-data",
    "metadata": "--rerun-metadata",
    "run_name": "--run-name",
    "model": "--rerun-model",
}
"""Options of a rerun whose name a filter has, or may get."""


class _Share(click.ParamType[Any]):
    """A share from 0 up to 1, exact."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; what is none is for the server to refuse."""
        found = json_or_text(value) if isinstance(value, str) else value
        if isinstance(found, str):
            self.fail(f"{value!r} is no share such as 0.2", param, ctx)
        return found


SHARE = _Share()


def _filters() -> Iterator[click.Option]:
    """Return the filter options of `asf run ls`, just as they are there."""
    for option in ls.params:
        if isinstance(option, click.Option) and option.name not in _OF_LISTS:
            yield copy.copy(option)


def _reruns() -> Iterator[click.Option]:
    """Return the options of `asf run rerun`, where a filter has their name under another one."""
    for option in rerun.plan.params:
        if not isinstance(option, click.Option) or option.name in ("output", "reason"):
            continue
        named = copy.copy(option)
        if named.name in _RENAMED:
            named.opts = [_RENAMED[named.name]]
        named.name = f"rerun_{named.name}"
        yield named


FILTERS, RERUNS = tuple(_filters()), tuple(_reruns())

OWN = (
    click.Option(["--id", "ids"], multiple=True, help="This run. Repeatable."),
    click.Option(
        ["--ids-file"], type=click.File("rb"), help="Runs by id, one a line; - reads standard input."
    ),
    click.Option(["--all", "every"], is_flag=True, help="Every run there is, where no filter is given."),
    click.Option(["--batch-name"], help="What people read in lists of batches."),
    click.Option(["--reason"], help="Why, for the audit trail."),
    click.Option(
        ["--only-open/--not-only-open"],
        default=True,
        help="Skip runs with a later success or a rerun under way, or don't.",
    ),
    click.Option(
        ["--order"],
        type=click.Choice(["oldest", "newest"]),
        help="Which comes first; without it ids as given, else the oldest.",
    ),
    click.Option(
        ["--order-by-key"], metavar="PATH", help="Runs with the same value there go one at a time, in order."
    ),
    click.Option(["--concurrency"], type=click.IntRange(1), help="Reruns at the same time; 100 without it."),
    click.Option(["--budget"], type=JSON_OBJECT, help='Such as {"tokens": 100000, "money": 5}.'),
    click.Option(["--canary"], type=click.IntRange(1), help="First so many; the rest only if they pass."),
    click.Option(
        ["--gate"],
        type=JSON_OBJECT,
        help='What the canary must show: {"path": …, "equals": …} or {"path": …, "exists": true}.',
    ),
    click.Option(
        ["--stop-at-failure-rate"], type=SHARE, help="Pause where a greater share fails, such as 0.2."
    ),
)


def batch_options(command: Command) -> Command:
    """Give a command all that a batch can be asked for."""
    known: list[click.Parameter] = getattr(command, "__click_params__", [])
    command.__click_params__ = [*known, *reversed((*OWN, *FILTERS, *RERUNS))]  # type: ignore[attr-defined]
    return command


def batch_request(options: dict[str, Any]) -> dict[str, Any]:
    """Return the client's batch request. Raises `BadInput` where it is not said which runs."""
    ids, every = [*options.pop("ids"), *_listed(options.pop("ids_file"))], options.pop("every")
    wanted = {str(option.name): options.pop(str(option.name)) for option in FILTERS}
    wanted = {name: value for name, value in wanted.items() if value not in (None, (), "", False)}
    asked = {str(option.name).removeprefix("rerun_"): options.pop(str(option.name)) for option in RERUNS}
    if not (ids or wanted or every):
        raise BadInput("say which runs: --id, filters such as --status failed, or --all")
    chosen = any(value not in (None, ()) for value in asked.values())
    request = rerun.request_of(**asked) if chosen else None
    options["name"] = options.pop("batch_name")
    return options | {
        "ids": ids or None,
        "filter": wanted if wanted or not ids else None,
        "rerun": request,
    }


def _listed(file: Any) -> list[str]:
    return text_of(file).split() if file else []
