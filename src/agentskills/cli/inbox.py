"""`asf inbox`: what waits for people over all runs, and one answer to many of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.run import choose
from agentskills.cli.session import CONFLICT, full_id, online, tell
from agentskills.cli.values import MOMENT
from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import json_str

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

_RUN = (
    out.Column("RUN", lambda wait: wait["thread_id"], whole=True),
    out.Column("STEP", lambda wait: str(wait["step"]), whole=True),
    out.Column("SKILL", lambda wait: wait["skill"], whole=True),
    out.Column("REASON", lambda wait: wait["reason"].replace("_", " "), whole=True),
)
OPEN = (
    out.Column("SINCE", lambda wait: out.moment(wait["since"]), whole=True),
    *_RUN,
    out.Column("UNTIL", lambda wait: out.moment(wait["until"]), whole=True),
    out.Column("SHOWN", lambda wait: _shown(wait)),
)
ANSWERED = (
    out.Column("ANSWERED", lambda wait: out.moment(wait["answered"]["at"]), whole=True),
    *_RUN,
    out.Column("BY", lambda wait: out.actor(wait["answered"]["by"])),
    out.Column("ANSWER", lambda wait: (wait["answered"]["decision"] or "").replace("_", " "), whole=True),
    out.Column("NOTE", lambda wait: wait["answered"]["note"]),
)
OUTCOMES = (
    out.Column("RUN", lambda item: item["thread_id"], whole=True),
    out.Column("STEP", lambda item: str(item["step"] or ""), whole=True),
    out.Column("OUTCOME", lambda item: item["outcome"], whole=True),
    out.Column("WHY", lambda item: _why(item["problem"])),
)

reason_type = click.Choice(["approval", "consent", "in_doubt"])


@click.group()
def inbox() -> None:
    """Show what waits for people, and answer it."""


@inbox.command()
@click.option("--reason", type=reason_type, multiple=True, help="Why it waits. Repeatable.")
@click.option("--skill", help="Whose step waits.")
@click.option(
    "--text", "q", help="Stands in the run's id or name, the skill, the subject or the values shown."
)
@click.option("--answered", is_flag=True, help="What was answered instead, the last answer first.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def ls(
    client: AgentSkills,
    reason: tuple[str, ...],
    skill: str | None,
    q: str | None,
    answered: bool,
    limit: int,
    output: str,
) -> None:
    """List what waits for an answer of a person, over all runs, the oldest first."""
    found = client.waits(reason=reason or None, skill=skill, q=q, answered=answered)
    nothing = "nothing was answered" if answered else "nothing waits for you"
    if await out.print_stream(found, ANSWERED if answered else OPEN, output, nothing, limit):
        tell(f"there are more than {limit}; add --limit")


@inbox.command()
@click.argument("run_ids", metavar="[ID[/STEP]]…", nargs=-1)
@click.option("--reason", type=reason_type, help="Instead of ids: all that wait for this reason.")
@click.option("--skill", help="With --reason: whose step waits.")
@click.option(
    "--until", type=MOMENT, help="With --reason: when you looked; what waits since then is left alone."
)
@click.option("--approve", "decision", flag_value="approve", help="Say yes.")
@click.option("--reject", "decision", flag_value="reject", help="Say no; the runs end failed.")
@click.option("--happened", "decision", flag_value="happened", help="In doubt: the effect did happen.")
@click.option("--not-happened", "decision", flag_value="not_happened", help="In doubt: it did not; go on.")
@click.option("--stop", "decision", flag_value="stop", help="In doubt: end the runs.")
@click.option("--note", help="A remark, kept with each answer.")
@out.output_option
@online
async def answer(
    client: AgentSkills,
    run_ids: tuple[str, ...],
    reason: str | None,
    skill: str | None,
    until: datetime | None,
    decision: str | None,
    note: str | None,
    output: str,
) -> int:
    """Give many runs that wait the same answer; each is taken or refused by itself."""
    if decision is None:
        raise BadInput("say --approve, --reject, --happened, --not-happened or --stop")
    if bool(run_ids) == (reason is not None):
        raise BadInput("name the runs, or say which by --reason")
    if reason is None and (skill is not None or until is not None):
        raise BadInput("--skill and --until go with --reason")
    listed = [await _seen(client, given) for given in run_ids] or None
    answers = await client.answer_all(
        decision, answers=listed, reason=reason, skill=skill, until=until, note=note
    )
    if output == "table":
        out.print_rows(answers["items"], OUTCOMES, output, "nothing waits like that")
        tell(f"{answers['answered']} answered, {answers['refused']} refused")
        if answers["more"]:
            tell("there are more; ask again")
    else:
        out.print_document(answers, output)
    return CONFLICT if answers["refused"] else 0


async def _seen(client: AgentSkills, given: str) -> dict[str, Any]:
    """Return the waiting step that `ID` or `ID/STEP` names, with the digest of what it shows now."""
    name, _, step = given.partition("/")
    if step and not step.isdecimal():
        raise BadInput(f"{given}: after the / comes the number of a step")
    thread_id = await full_id(client, name)
    wait = choose(await client.status(thread_id), int(step) if step else None)
    return {"thread_id": thread_id, "step": wait["step"], "digest": wait["digest"]}


def _shown(wait: dict[str, Any]) -> str:
    shown = wait["asks"].get("shown")
    return json_str(shown) if shown else str(wait["asks"].get("subject") or "")


def _why(problem: dict[str, Any] | None) -> str:
    if problem is None:
        return ""
    if answered := problem["answered"]:
        did = (answered["decision"] or "answered").replace("_", " ")
        return f"{out.actor(answered['by'])} was quicker: {did}, {out.moment(answered['at'])}"
    return str(problem["detail"])
