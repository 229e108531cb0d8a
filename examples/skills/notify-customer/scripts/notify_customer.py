"""Tell a customer about a refund: one line in the outbox for each e-mail."""

import json
import os
import tempfile
from pathlib import Path


def outbox() -> Path:
    """Return the file that stands in for the mail server."""
    folder = os.environ.get("EXAMPLE_OUTBOX") or Path(tempfile.gettempdir()) / "agentskills-examples"
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) / "mail.jsonl"


def run(inputs: dict) -> dict:
    """Send the e-mail and return to whom it went."""
    order, payment = inputs["order"], inputs["payment"]
    customer = order["customer"]
    mail = {
        "to": customer["email"],
        "subject": f"Your refund for order {order['id']}",
        "text": (
            f"Dear {customer['name']}, we have paid {payment['amount']} {order['currency']} back to you "
            f"(payment {payment['id']})."
        ),
    }
    with outbox().open("a", encoding="utf-8") as file:
        file.write(json.dumps(mail, ensure_ascii=False) + "\n")
    return {"notification": {"to": mail["to"], "subject": mail["subject"]}}
