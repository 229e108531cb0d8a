"""Post invoices: one line in the books for each batch."""

import json
import os
import secrets
import tempfile
from pathlib import Path


def books() -> Path:
    """Return the file that stands in for the accounting system."""
    folder = os.environ.get("EXAMPLE_OUTBOX") or Path(tempfile.gettempdir()) / "agentskills-examples"
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) / "postings.jsonl"


def run(inputs: dict) -> dict:
    """Post the batch and return the posting."""
    posting = _posting(f"POST-{secrets.token_hex(4)}", inputs)
    line = {"batch": inputs["batch"]["id"], "number": posting["number"], "total": str(posting["total"])}
    with books().open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return {"posting": posting}


def already_posted(inputs: dict) -> dict:
    """Say whether the books hold this batch."""
    lines = books().read_text(encoding="utf-8").splitlines() if books().exists() else []
    for line in map(json.loads, lines):
        if line["batch"] == inputs["batch"]["id"]:
            return {"happened": True, "output": {"posting": _posting(line["number"], inputs)}}
    return {"happened": False}


def _posting(number: str, inputs: dict) -> dict:
    matched = inputs["invoices"]["matched"]
    return {"number": number, "invoices": len(matched), "total": sum(item["amount"] for item in matched)}
