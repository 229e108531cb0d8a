"""Read supplier invoices from CSV."""

import csv
from decimal import Decimal, InvalidOperation
from pathlib import Path

DELIVERED = Path(__file__).parent.parent / "assets"
COLUMNS = ["invoice", "supplier", "order", "item", "quantity", "unit_price", "date"]


class SkillFailed(Exception):
    """A business reason: the run ends with this message."""


def run(inputs: dict) -> dict:
    """Return the invoice lines, with quantity and unit_price as numbers."""
    batch = inputs["batch"]
    rows = csv.DictReader((batch.get("csv") or _delivered(batch["id"])).splitlines())
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or [])]
    if missing:
        raise SkillFailed(f"The CSV has no column {', '.join(missing)}.")
    return {"invoices": {"lines": [_line(row, rows.line_num) for row in rows]}}


def _delivered(batch_id: str) -> str:
    names = {path.stem: path for path in DELIVERED.glob("*.csv")}
    if batch_id not in names:
        raise SkillFailed(f"No file was delivered for batch {batch_id}.")
    return names[batch_id].read_text(encoding="utf-8")


def _line(row: dict, number: int) -> dict:
    try:
        numbers = {"quantity": int(row["quantity"]), "unit_price": Decimal(row["unit_price"])}
    except (InvalidOperation, TypeError, ValueError):
        raise SkillFailed(f"Line {number}: quantity or unit_price is not a number.") from None
    return {name: row[name] for name in COLUMNS} | numbers
