"""Attribution: reruns that take one differing ingredient each from the other run, and what each brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from agentskills.domain.canonical import digest
from agentskills.domain.comparison import Comparison, name_of
from agentskills.domain.data_path import ABSENT
from agentskills.domain.differences import Difference, Place, value_at, with_value
from agentskills.domain.origins import Ingredient, Kind
from agentskills.domain.provenance import Provenance
from agentskills.domain.rerun import RerunRequest

MOST_TRIALS = 12

Brings = Literal["all", "some", "none"]


def ingredients_to_try(found: Comparison) -> list[Ingredient]:
    """Return the ingredients that a rerun of the left run can take from the right one, each by itself."""
    return [origin.ingredient for origin in found.origins if _can_be_taken(origin.ingredient)]


def _can_be_taken(ingredient: Ingredient) -> bool:
    match ingredient.kind:
        case Kind.INPUT:
            return bool(ingredient.place)
        case Kind.SKILL_VERSION:
            return ingredient.right is not None
        case Kind.MODEL:
            return ingredient.path is None  # a host belongs to the installation
        case Kind.SOP:
            return True
    return False


def trial_request(found: Comparison, ingredient: Ingredient, sop: str, reason: str | None) -> RerunRequest:
    """Return the rerun of the left run in which just this ingredient is the right run's.

    It reaches nothing outside, reuses all that does not depend on the ingredient, and keeps all
    other versions. An input is given as whole initial_data: a patch over a place that a step
    produces would be a correction. `sop` is the procedure of the right run.
    """
    fields: dict[str, Any] = {"skills": "pinned"}
    if ingredient.kind is Kind.INPUT:
        fields["initial_data"] = _input_taken(found, ingredient.place)
    elif ingredient.kind is Kind.SKILL_VERSION:
        fields["skills"] = {str(ingredient.skill): ingredient.right, "*": "pinned"}
    elif ingredient.kind is Kind.MODEL:
        fields["model"] = ingredient.right
    else:
        fields["sop"] = sop
    return RerunRequest(
        **fields,
        plan="unchanged",
        results="unchanged",
        effects="none",
        reason=reason or f"which ingredient: {name_of(ingredient)} of {found.right.side.thread_id}",
    )


def _input_taken(found: Comparison, place: Place) -> dict[str, Any]:
    left, right = dict(found.left.side.initial_data), found.right.side.initial_data
    return with_value(left, place, value_at(right, place))


def label_of(ingredient: Ingredient) -> dict[str, Any]:
    """Return how an ingredient is named in metadata and answers."""
    return {"kind": str(ingredient.kind), "path": ingredient.path, "skill": ingredient.skill}


def results_that_differ(found: Comparison) -> Sequence[Difference]:
    """Return the differences of the final data that steps have made; inputs are causes, not results."""
    return [
        difference
        for difference in found.data.items
        if not (_given(found.left.end, difference.place) and _given(found.right.end, difference.place))
    ]


def _given(end: Provenance, place: Place) -> bool:
    keys = tuple(key for key in place if isinstance(key, str))
    return end.sources_at(keys) == (0,)


def brings(final_data: Mapping[str, Any], wanted: Sequence[Difference]) -> Brings:
    """Say how many of the differing places a trial's data have come out like the right run's."""
    like = [_same(value_at(dict(final_data), one.place), one.right) for one in wanted]
    return "all" if like and all(like) else "some" if any(like) else "none"


def _same(left: Any, right: Any) -> bool:
    if left is ABSENT or right is ABSENT:
        return left is right
    return digest(left) == digest(right)
