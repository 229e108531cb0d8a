"""Write to a candidate: one line in the outbox for each letter."""

import json
import os
import tempfile
from pathlib import Path

TEXTS = {
    "invite": "we would like to meet you. Please choose a day for the interview.",
    "decline": "we have decided to go on with other candidates. We wish you all the best.",
}


def outbox() -> Path:
    """Return the file that stands in for the mail server."""
    folder = os.environ.get("EXAMPLE_OUTBOX") or Path(tempfile.gettempdir()) / "agentskills-examples"
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) / "mail.jsonl"


def run(inputs: dict) -> dict:
    """Send the letter and return to whom it went."""
    candidate = inputs["candidate"]
    letter = {
        "to": candidate["email"],
        "subject": f"Your application as {inputs['role']['id']}",
        "text": f"Dear {candidate['name']}, {TEXTS[inputs['decision']['outcome']]}",
    }
    with outbox().open("a", encoding="utf-8") as file:
        file.write(json.dumps(letter, ensure_ascii=False) + "\n")
    return {"letter": {"to": letter["to"], "subject": letter["subject"]}}
