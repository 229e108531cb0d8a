"""`asf backtest`: replay past runs with nothing going out, and report what would have come of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.batch_options import FILTERS
from agentskills.cli.options import text_of
from agentskills.cli.rerun import versions_of
from agentskills.cli.session import RUN_FAILED, online, tell
from agentskills.cli.values import JSON_OBJECT
from agentskills.domain.backtest import Verdict
from agentskills.domain.batch import BatchStatus
from agentskills.domain.errors import BadInput

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

Command = Callable[..., Any]

COLUMNS = (
    out.Column("ID", lambda found: found["id"], whole=True),
    out.Column("STATUS", lambda found: found["status"], whole=True),
    out.Column("CREATED", lambda found: out.moment(found["created_at"]), whole=True),
    out.Column("RUNS", lambda found: str(found["counts"]["total"]), whole=True),
    out.Column("STAYS", lambda found: str(found["verdicts"]["stays"]), whole=True),
    out.Column("CHANGED", lambda found: str(found["verdicts"]["changed"]), whole=True),
    out.Column("CAN'T TELL", lambda found: str(found["verdicts"]["cant_tell"]), whole=True),
    out.Column("NAME", lambda found: found["name"]),
)
ITEM_COLUMNS = (
    out.Column("VERDICT", lambda item: _verdict(item), whole=True),
    out.Column("RUN", lambda item: item["source"], whole=True),
    out.Column("REPLAY", lambda item: item["thread_id"], whole=True),
    out.Column("WHY", lambda item: _why(item)),
)
backtest_argument = click.argument("backtest_id", metavar="ID")
fail_option = click.option(
    "--fail-on-change",
    is_flag=True,
    help="Exit 1 where an outcome changed, or a run that had completed failed in its replay.",
)


def _filters(command: Command) -> Command:
    """Give a command the filter options of `asf run ls`."""
    known: list[click.Parameter] = getattr(command, "__click_params__", [])
    command.__click_params__ = [*reversed(FILTERS), *known]  # type: ignore[attr-defined]
    return command


@click.group()
def backtest() -> None:
    """Replay past runs with nothing going out: what would come of them with other skills, SOP or model?"""


@backtest.command()
@click.option("--id", "ids", multiple=True, help="This run. Repeatable.")
@click.option("--all", "every", is_flag=True, help="Every run there is, where no filter is given.")
@click.option(
    "--most", type=click.IntRange(1), help="At most so many runs, the newest; 100 of a filter without it."
)
@click.option(
    "--skills",
    multiple=True,
    metavar="latest|pinned|NAME=DIGEST",
    help="Skill versions: today's, those of each run, or chosen ones while all others stay.",
)
@click.option("--sop-file", type=click.File("rb"), help="An edited procedure; - reads standard input.")
@click.option("--model", help="Another model.")
@click.option("--backtest-name", help="What people read in lists of backtests.")
@click.option("--reason", help="Why, for the audit trail.")
@click.option("--concurrency", type=click.IntRange(1), help="Replays at the same time; 100 without it.")
@click.option("--budget", type=JSON_OBJECT, help='Such as {"tokens": 100000, "money": 5}.')
@click.option("--wait", is_flag=True, help="Follow the backtest and print its report.")
@fail_option
@_filters
@out.output_option
@online
async def start(
    client: AgentSkills,
    ids: tuple[str, ...],
    every: bool,
    skills: tuple[str, ...],
    sop_file: Any,
    backtest_name: str | None,
    wait: bool,
    fail_on_change: bool,
    output: str,
    **more: Any,
) -> int | None:
    """Replay the runs that are named by --id, or that a filter finds, and print the backtest's id."""
    wanted = {str(option.name): more.pop(str(option.name)) for option in FILTERS}
    wanted = {name: value for name, value in wanted.items() if value not in (None, (), "", False)}
    if not (ids or wanted or every):
        raise BadInput("say which runs: --id, filters such as --sop-name, or --all")
    made = await client.backtests.start(
        ids=ids or None,
        filter=wanted if wanted or not ids else None,
        skills=versions_of(skills),  # type: ignore[arg-type]
        sop=text_of(sop_file) if sop_file else None,
        name=backtest_name,
        **more,
    )
    if wait or fail_on_change:
        return await _follow(client, made.id, output, fail_on_change)
    if output == "table":
        click.echo(made.id)
    else:
        out.print_document(made.answer, output)
    return None


@backtest.command()
@click.option("--status", type=click.Choice([s.value for s in BatchStatus]), help="Only these.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def ls(client: AgentSkills, status: str | None, limit: int, output: str) -> None:
    """List backtests, newest first."""
    found = client.backtests.list(status=status, page_size=min(limit + 1, 200))
    if await out.print_stream(found, COLUMNS, output, "no backtests found", limit):
        tell(f"there are more than {limit}; add --limit")


@backtest.command()
@backtest_argument
@click.option("--wait", is_flag=True, help="Follow it first until every run has its report.")
@fail_option
@out.output_option
@online
async def show(client: AgentSkills, backtest_id: str, wait: bool, fail_on_change: bool, output: str) -> int:
    """Show the report: what stays, what changed and why, what nobody can tell, what it costs."""
    if wait:
        return await _follow(client, backtest_id, output, fail_on_change)
    return _print(await client.backtests.get(backtest_id), output, fail_on_change)


@backtest.command()
@backtest_argument
@click.option("--verdict", type=click.Choice([v.value for v in Verdict]), help="Only these.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def items(client: AgentSkills, backtest_id: str, verdict: str | None, limit: int, output: str) -> None:
    """List the runs of a backtest: what became of each outcome, and why."""
    found = client.backtests.items(backtest_id, verdict=verdict, page_size=min(limit + 1, 200))
    if await out.print_stream(found, ITEM_COLUMNS, output, "no runs found", limit):
        tell(f"there are more than {limit}; add --limit")


def _verdict(item: dict[str, Any]) -> str:
    return str(item["report"]["verdict"]).replace("_", " ") if item["report"] else str(item["state"])


def _why(item: dict[str, Any]) -> str:
    report = item["report"] or {}
    if why := report.get("why"):
        return f"{why['type']}{' in ' + why['skill'] if why['skill'] else ''}: {why['message']}"
    paths = ", ".join(path["path"] for path in report.get("paths", ()))
    return f"{paths}: {report['headline']}" if paths else report.get("headline") or ""


async def _follow(client: AgentSkills, backtest_id: str, output: str, fail_on_change: bool) -> int:
    """Show how a backtest comes along, on standard error, and print its report at the end."""
    from agentskills.cli.batch_page import progress

    found: dict[str, Any] = {}
    with progress() as bar:
        async for found in client.backtests.follow(backtest_id, every=0.5):
            bar(found)
    return _print(found, output, fail_on_change)


def _print(found: dict[str, Any], output: str, fail_on_change: bool) -> int:
    from agentskills.cli.backtest_page import print_report

    if output == "table":
        print_report(found)
    else:
        out.print_document(found, output)
    changed = found["verdicts"]["changed"] + found["verdicts"]["newly_failed"]
    return RUN_FAILED if fail_on_change and changed else 0
