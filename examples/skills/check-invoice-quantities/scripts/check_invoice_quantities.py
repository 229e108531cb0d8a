"""Compare quantities on invoices with goods received."""

import csv
from collections import Counter
from pathlib import Path

RECEIPTS = Path(__file__).parent.parent / "assets" / "goods_receipts.csv"


def run(inputs: dict) -> dict:
    """Return a finding for each line that bills more than was received."""
    received: Counter = Counter()
    with RECEIPTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            received[row["order"], row["item"]] += int(row["quantity"])

    findings = []
    for line in inputs["invoices"]["lines"]:
        got, billed = received[line["order"], line["item"]], line["quantity"]
        if billed > got:
            findings.append(
                {
                    "invoice": line["invoice"],
                    "text": f"{line['item']}: {billed} billed, {got} received",
                    "percent": round(100 * (billed - got) / billed),
                    "money": (billed - got) * line["unit_price"],
                }
            )
    return {"invoices": {"quantity_findings": findings}}
