"""`asf batch`: rerun many runs, and follow, pause, resume or abort that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.batch_options import SHARE, batch_options, batch_request
from agentskills.cli.batch_page import print_batch, print_batch_plan
from agentskills.cli.session import RUN_FAILED, online, tell
from agentskills.cli.values import JSON_OBJECT
from agentskills.domain.batch import BatchStatus, ItemState
from agentskills.domain.data_path import ABSENT

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

COLUMNS = (
    out.Column("ID", lambda batch: batch["id"], whole=True),
    out.Column("STATUS", lambda batch: batch["status"], whole=True),
    out.Column("CREATED", lambda batch: out.moment(batch["created_at"]), whole=True),
    out.Column("DONE", lambda batch: _done(batch), whole=True),
    out.Column("FAILED", lambda batch: str(batch["counts"]["failed"]), whole=True),
    out.Column("NAME", lambda batch: batch["name"]),
    out.Column("NOTE", lambda batch: batch["note"]),
)
ITEM_COLUMNS = (
    out.Column("#", lambda item: str(item["position"]), whole=True),
    out.Column("STATE", lambda item: item["state"], whole=True),
    out.Column("RUN", lambda item: item["source"], whole=True),
    out.Column("RERUN", lambda item: item["thread_id"], whole=True),
    out.Column("REASON", lambda item: item["reason"]),
)
batch_argument = click.argument("batch_id", metavar="ID")
reason_option = click.option("--reason", help="Why, for the audit trail.")


def _done(batch: dict[str, Any]) -> str:
    counts = batch["counts"]
    left = counts["pending"] + counts["running"] + counts["waiting"]
    more = "" if batch["filled"] else "+"
    return f"{counts['total'] - left}/{counts['total']}{more}"


@click.group()
def batch() -> None:
    """Rerun many runs at once, and follow, pause, resume or abort that."""


@batch.command()
@batch_options
@click.option("--dry-run", is_flag=True, help="Only show what would be done, as `asf batch plan` does.")
@click.option("--wait", is_flag=True, help="Follow the batch until it runs no more; exit 1 if items failed.")
@out.output_option
@online
async def start(client: AgentSkills, dry_run: bool, wait: bool, output: str, **options: Any) -> int | None:
    """Rerun all runs that are named by --id, or that a filter finds, and print the batch's id.

    Without options for the rerun each goes on from its failure, with today's skills.
    """
    if dry_run:
        await _plan(client, output, options)
        return None
    made = await client.batches.start(**batch_request(options))
    if wait:
        return await _follow(client, made.id, output)
    if output == "table":
        click.echo(made.id)
    else:
        out.print_document(made.answer, output)
    return None


@batch.command()
@batch_options
@out.output_option
@online
async def plan(client: AgentSkills, output: str, **options: Any) -> None:
    """Show what a batch would do: how many runs, what becomes of the first ten, effects, costs."""
    await _plan(client, output, options)


async def _plan(client: AgentSkills, output: str, options: dict[str, Any]) -> None:
    found = await client.batches.plan(**batch_request(options))
    if output == "table":
        print_batch_plan(found)
    else:
        out.print_document(found, output)


@batch.command()
@click.option("--status", type=click.Choice([s.value for s in BatchStatus]), help="Only these.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def ls(client: AgentSkills, status: str | None, limit: int, output: str) -> None:
    """List batches, newest first."""
    found = client.batches.list(status=status, page_size=min(limit + 1, 200))
    if await out.print_stream(found, COLUMNS, output, "no batches found", limit):
        tell(f"there are more than {limit}; add --limit")


@batch.command()
@batch_argument
@out.output_option
@online
async def show(client: AgentSkills, batch_id: str, output: str) -> None:
    """Show a batch: what was asked for, and how far it has come."""
    _print(await client.batches.get(batch_id), output)


@batch.command()
@batch_argument
@click.option(
    "--state", type=click.Choice([s.value for s in ItemState]), multiple=True, help="Only these. Repeatable."
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them, whatever --limit says.")
@out.output_option
@online
async def items(
    client: AgentSkills, batch_id: str, state: tuple[str, ...], limit: int, everything: bool, output: str
) -> None:
    """List the items of a batch: which run, what became of it, and why."""
    size = 200 if everything else min(limit + 1, 200)
    found = client.batches.items(batch_id, state=state or None, page_size=size)
    most = None if everything else limit
    if await out.print_stream(found, ITEM_COLUMNS, output, "no items found", most):
        tell(f"there are more than {limit}; add --all or --limit")


@batch.command()
@batch_argument
@out.output_option
@online
async def watch(client: AgentSkills, batch_id: str, output: str) -> int:
    """Follow a batch until it runs no more; exit 1 if items failed, or it was paused or aborted."""
    return await _follow(client, batch_id, output)


@batch.command()
@batch_argument
@reason_option
@out.output_option
@online
async def pause(client: AgentSkills, batch_id: str, reason: str | None, output: str) -> None:
    """Start nothing more of a batch; reruns under way go on."""
    _print_short(await client.batches.pause(batch_id, reason=reason), output)


@batch.command()
@batch_argument
@click.option("--budget", type=JSON_OBJECT, help='Such as {"tokens": 200000}; null lifts a limit.')
@click.option("--concurrency", type=click.IntRange(1), help="Reruns at the same time.")
@click.option("--stop-at-failure-rate", type=SHARE, default=ABSENT, help="Such as 0.2; null lifts the limit.")
@reason_option
@out.output_option
@online
async def resume(
    client: AgentSkills,
    batch_id: str,
    budget: dict[str, Any] | None,
    concurrency: int | None,
    stop_at_failure_rate: Any,
    reason: str | None,
    output: str,
) -> None:
    """Go on with a paused batch, with other limits where they are given."""
    answer = await client.batches.resume(
        batch_id,
        budget=budget,
        concurrency=concurrency,
        stop_at_failure_rate=stop_at_failure_rate,
        reason=reason,
    )
    _print_short(answer, output)


@batch.command()
@batch_argument
@reason_option
@out.output_option
@online
async def abort(client: AgentSkills, batch_id: str, reason: str | None, output: str) -> None:
    """End a batch: what has not been started is cancelled; reruns under way go on."""
    _print_short(await client.batches.abort(batch_id, reason=reason), output)


def _print(found: dict[str, Any], output: str) -> None:
    if output == "table":
        print_batch(found)
    else:
        out.print_document(found, output)


def _print_short(found: dict[str, Any], output: str) -> None:
    if output == "table":
        note = f" ({found['note']})" if found["note"] else ""
        click.echo(f"{found['id']}: {found['status']}{note}, {_done(found)} done")
    else:
        out.print_document(found, output)


async def _follow(client: AgentSkills, batch_id: str, output: str) -> int:
    """Show how a batch comes along, on standard error, and print it at the end."""
    from agentskills.cli.batch_page import progress

    found: dict[str, Any] = {}
    with progress() as show:
        async for found in client.batches.follow(batch_id, every=0.5):
            show(found)
    _print(found, output)
    counts = found["counts"]
    went_well = found["status"] == "completed" and not counts["failed"] + counts["cancelled"]
    return 0 if went_well else RUN_FAILED
