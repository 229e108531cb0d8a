"""Pay a refund: one line in the ledger for each payment."""

import json
import os
import secrets
import tempfile
from pathlib import Path


def ledger() -> Path:
    """Return the file that stands in for the bank."""
    folder = os.environ.get("EXAMPLE_OUTBOX") or Path(tempfile.gettempdir()) / "agentskills-examples"
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) / "refunds.jsonl"


def run(inputs: dict) -> dict:
    """Pay what was approved and return the payment."""
    order, approved = inputs["order"], inputs["refund"]["approved"]
    payment = {"id": f"PAY-{order['id']}-{secrets.token_hex(3)}", "amount": approved["amount"]}
    line = {
        "payment": payment["id"],
        "order": order["id"],
        "to": order["customer"]["name"],
        "amount": f"{approved['amount']} {order['currency']}",
        "approved_by": approved["by"],
        "reference": inputs.get("request", {}).get("reference"),
    }
    with ledger().open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return {"payment": payment}


def already_paid(inputs: dict) -> dict:
    """Say whether the ledger holds a payment for this order."""
    paid = ledger()
    lines = paid.read_text(encoding="utf-8").splitlines() if paid.exists() else []
    for line in map(json.loads, lines):
        if line["order"] == inputs["order"]["id"]:
            amount = inputs["refund"]["approved"]["amount"]
            return {"happened": True, "output": {"payment": {"id": line["payment"], "amount": amount}}}
    return {"happened": False}
