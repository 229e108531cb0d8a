"""Look an order up in the order book."""

import json
from decimal import Decimal
from pathlib import Path

ORDER_BOOK = Path(__file__).parent.parent / "assets" / "orders.json"


class SkillFailed(Exception):
    """A business reason: the run ends with this message."""


def run(inputs: dict) -> dict:
    """Return what the order book says about `order.id`."""
    wanted = inputs["order"]["id"]
    orders = json.loads(ORDER_BOOK.read_text(encoding="utf-8"), parse_float=Decimal)
    for order in orders:
        if order["id"] == wanted:
            return {"order": {key: value for key, value in order.items() if key != "id"}}
    raise SkillFailed(f"There is no order {wanted} in the order book.")
