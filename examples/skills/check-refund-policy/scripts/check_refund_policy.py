"""Hold a refund request against the policy."""

import json
from datetime import date
from pathlib import Path

POLICY = Path(__file__).parent.parent / "assets" / "policy.json"


class SkillFailed(Exception):
    """A business reason: the run ends with this message."""


def run(inputs: dict) -> dict:
    """Return the amount, and either its approval by policy or by how much it is over the limit."""
    order, request = inputs["order"], inputs["request"]
    policy = json.loads(POLICY.read_text(encoding="utf-8"))

    days = (date.fromisoformat(request["received_on"]) - date.fromisoformat(order["delivered_on"])).days
    if days > policy["return_window_days"]:
        raise SkillFailed(
            f"The request came {days} days after delivery; the return window is "
            f"{policy['return_window_days']} days."
        )

    amount = request.get("amount", order["total"])
    if amount > order["total"]:
        raise SkillFailed(f"The request asks for {amount}, but the order was {order['total']}.")

    limit = policy["approval_above"]
    if amount > limit:
        return {"refund": {"amount": amount, "over_limit": {"limit": limit, "by": amount - limit}}}
    return {"refund": {"amount": amount, "approved": {"amount": amount, "by": f"policy: up to {limit}"}}}
