"""Score a candidate against a role."""

import json
from pathlib import Path

ROLES = Path(__file__).parent.parent / "assets" / "roles.json"


class SkillFailed(Exception):
    """A business reason: the run ends with this message."""


def run(inputs: dict) -> dict:
    """Return points from 0 to 100 and what is missing."""
    candidate = inputs["candidate"]
    roles = json.loads(ROLES.read_text(encoding="utf-8"))
    if inputs["role"]["id"] not in roles:
        raise SkillFailed(f"There is no role {inputs['role']['id']}.")
    role = roles[inputs["role"]["id"]]

    years = min(candidate["years_of_experience"], role["years_of_experience"])
    missing = [name for name in role["certificates"] if name not in candidate["certificates"]]
    held = len(role["certificates"]) - len(missing)
    points = 50 * years // role["years_of_experience"] + 50 * held // len(role["certificates"])
    return {"score": {"points": int(points), "missing": missing}}
