"""Look a customer up in the register."""

import json
from pathlib import Path

REGISTER = Path(__file__).parent.parent / "assets" / "customers.json"


class SkillFailed(Exception):
    """A business reason: the run ends with this message."""


def run(inputs: dict) -> dict:
    """Return what the register says about `customer.id`."""
    wanted = inputs["customer"]["id"]
    customers = json.loads(REGISTER.read_text(encoding="utf-8"))
    if wanted not in customers:
        raise SkillFailed(f"There is no customer {wanted} in the register.")
    return {"customer": customers[wanted]}
