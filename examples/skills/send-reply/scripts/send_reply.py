"""Send a reply: one line in the outbox for each e-mail."""

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
    """Send the reply and return to whom it went."""
    mail = {"to": inputs["customer"]["email"], **inputs["reply"]}
    with outbox().open("a", encoding="utf-8") as file:
        file.write(json.dumps(mail, ensure_ascii=False) + "\n")
    return {"mail": {"to": mail["to"]}}
