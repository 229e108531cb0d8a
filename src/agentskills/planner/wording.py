"""Why the planner decided as it did, in plain language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from agentskills.domain.data_path import overlap
from agentskills.domain.decision import GiveUp
from agentskills.planner.supply import Plan, Supply, by_itself

_FEW = 3  # names in a reason; the step itself lists all that was read and produced
_MOST = 8  # names in one sentence; a catalogue may hold thousands


def listing(words: Iterable[str], most: int = _MOST) -> str:
    """Return `a`, `a and b`, `a, b and c`, or the first few and how many more there are."""
    items = list(words)
    if len(items) > most:
        return f"{', '.join(items[:most])} and {len(items) - most} more"
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""


def reason(supply: Supply, plan: Plan, name: str, remaining: Sequence[str], listed: bool) -> str:
    """Return why this skill is carried out now: what it needs, and who needs it."""
    contract = supply.catalog[name].contract
    if contract.reads_everything:
        needs = "has no contract, so it reads all the data"
    elif contract.requires:
        needs = f"{listing(contract.requires, _FEW)} {_is(contract.requires)} there"
    else:
        needs = "needs nothing"
    users = [
        other
        for other in remaining
        if other != name
        and any(overlap(path, made) for path in supply.requires(other) for made in contract.writes)
    ]
    why = [needs]
    if users:
        why.append(f"needed by {listing(users, _FEW)}")
    if plan.asked and name in plan.goals:
        why.append("listed in the request" if listed else "named in the SOP")
    return "; ".join(why)


def ahead(
    supply: Supply, name: str, have: Collection[str], members: Collection[str], waits: Collection[str]
) -> str:
    """Return what a skill that has not been chosen waits for, or that it waits for nothing."""
    sources: dict[tuple[str, ...], list[str]] = {}  # paths by who may produce them
    for path in supply.requires(name):
        if path not in have:
            makers = tuple(other for other in supply.suppliers(name, path) if other in members)
            sources.setdefault(makers, []).append(path)
    said = [
        f"{listing(paths)} {'comes' if len(paths) == 1 else 'come'} from {listing(makers, _FEW)}"
        if makers
        else f"{listing(paths)} {_is(paths)} missing"
        for makers, paths in sources.items()
    ]
    if said:
        return "; ".join(said)
    if waits:
        return f"goes after {listing(waits, _FEW)}"
    return "all it requires is there" if supply.requires(name) else "needs nothing"


def together(reasons: Mapping[str, str]) -> str:
    """Return the reason of a decision: of its one skill, or one line for each."""
    if len(reasons) == 1:
        return next(iter(reasons.values()))
    return "\n".join(f"{name}: {why}" for name, why in reasons.items())


def finished(plan: Plan, done: Sequence[str], listed: bool) -> str:
    """Return why the run is at its end."""
    if not plan.asked:
        return f"Every skill that could run has been carried out: {listing(dict.fromkeys(done))}."
    whose = "the request lists" if listed else "the SOP names"
    return f"All that {whose} has been carried out: {listing(plan.goals)}."


def unknown(names: Sequence[str], close: Sequence[str]) -> GiveUp:
    """Return the end of a run whose request lists skills that don't exist."""
    hint = f" Did you mean {close[0]}?" if close else ""
    return GiveUp(f"There is no skill named {listing(names)}.{hint}", "unknown-skill")


def no_model(names: Sequence[str]) -> GiveUp:
    """Return the end of a run that needs a model where none is set."""
    ask = "ask" if len(names) > 1 else "asks"
    text = f"{listing(names)} {ask} a model, and none is set. Set ASF_MODEL, or name a model in the request."
    return GiveUp(text, "no-model")


def missing(
    supply: Supply, stuck: Sequence[str], have: set[str], done: set[str], listed: Collection[str] | None
) -> GiveUp:
    """Return the end of a run one of whose goals can never run, with what is missing and why.

    `listed` are the skills that the request limits the run to, None where it doesn't.
    """
    paths: dict[str, None] = {}
    sentences = []
    for goal in stuck:
        told = _trace(supply, goal, have, done, listed)
        paths.update(dict.fromkeys(told))
        sentences.append(f"{goal} can't run: {'; '.join(told.values())}.")
    return GiveUp(" ".join(sentences), "missing-paths", tuple(paths))


def _trace(
    supply: Supply, goal: str, have: set[str], done: set[str], listed: Collection[str] | None
) -> dict[str, str]:
    """Return each missing path with who could have produced it, and what those lack in turn.

    What skills outside the list lack is not missing: they were not to run.
    """
    told: dict[str, str] = {}
    names = {goal: None}

    def may_run(name: str) -> bool:
        return name not in done and (listed is None or name in listed)

    for name in (todo := [goal]):  # grows while it is walked
        for path in supply.requires(name):
            if path in have or path in told:
                continue
            suppliers = supply.suppliers(name, path)
            told[path] = f"{path} is missing, {_who(supply, suppliers, have, done, listed)}"
            todo += [other for other in suppliers if other not in names and may_run(other)]
            names.update(dict.fromkeys(suppliers))
    return told


def _who(
    supply: Supply,
    suppliers: Sequence[str],
    have: set[str],
    done: set[str],
    listed: Collection[str] | None,
) -> str:
    if not suppliers:
        return "and no skill produces it"
    words = []
    for supplier in suppliers[:_MOST]:
        lacking = [path for path in supply.requires(supplier) if path not in have]
        if supplier in done:
            words.append(f"{supplier} has run and did not produce it")
        elif listed is not None and supplier not in listed:
            needs = f" and needs {listing(lacking)}" if lacking else ""
            words.append(f"{supplier} could produce it but is not listed in the request{needs}")
        elif lacking:
            words.append(f"{supplier} could produce it but needs {listing(lacking)}")
        else:
            words.append(f"{supplier} could produce it but is not part of this plan")
    if len(suppliers) > _MOST:
        words.append(f"so could {len(suppliers) - _MOST} more")
    return ", ".join(words)


def nothing_to_do(supply: Supply, have: set[str]) -> GiveUp:
    """Return the end of a run that names no skill and has data for none."""
    catalog = supply.catalog
    if not catalog:
        return GiveUp("There is nothing to do: no skills are loaded (see ASF_SKILLS).", "nothing-to-do")
    paths: dict[str, None] = {}
    lines = []
    for name in sorted(catalog):
        lacking = [path for path in supply.requires(name) if path not in have]
        if by_itself(catalog[name]) and lacking:
            paths.update(dict.fromkeys(path for path in lacking if not supply.suppliers(name, path)))
            lines.append(f"{name} needs {listing(lacking)}")
    unasked = [name for name in sorted(catalog) if not by_itself(catalog[name])]
    text = "There is nothing to do: the SOP names no skill, and no skill can run on this data"
    if lines:
        text += f" ({listing(lines)})"
    if unasked:
        text += f"; only on request: {listing(unasked)}"
    return GiveUp(text + ".", "nothing-to-do", tuple(paths))


def _is(words: Sequence[str]) -> str:
    return "is" if len(words) == 1 else "are"
