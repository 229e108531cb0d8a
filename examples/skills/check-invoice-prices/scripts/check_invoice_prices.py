"""Compare prices on invoices with prices on purchase orders."""

import csv
from decimal import Decimal
from pathlib import Path

ORDERS = Path(__file__).parent.parent / "assets" / "purchase_orders.csv"


def run(inputs: dict) -> dict:
    """Return a finding for each line that costs more than was ordered."""
    with ORDERS.open(encoding="utf-8", newline="") as file:
        ordered = {(row["order"], row["item"]): Decimal(row["unit_price"]) for row in csv.DictReader(file)}
    found = (
        _finding(line, ordered.get((line["order"], line["item"]))) for line in inputs["invoices"]["lines"]
    )
    return {"invoices": {"price_findings": [finding for finding in found if finding]}}


def _finding(line: dict, price: Decimal | None) -> dict | None:
    invoice, item, billed = line["invoice"], line["item"], line["unit_price"]
    if price is None:
        value = billed * line["quantity"]
        return {
            "invoice": invoice,
            "text": f"{item}: not on order {line['order']}",
            "percent": 100,
            "money": value,
        }
    if billed <= price:
        return None
    percent = round((billed - price) * 100 / price, 1)
    return {
        "invoice": invoice,
        "text": f"{item}: billed at {billed}, ordered at {price}",
        "percent": percent,
        "money": (billed - price) * line["quantity"],
    }
