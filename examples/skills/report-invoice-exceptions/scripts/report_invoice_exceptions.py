"""Write the report of invoice exceptions; writing it again replaces it."""

import os
import re
import tempfile
from pathlib import Path


def run(inputs: dict) -> dict:
    """Write the report and return its subject and lines."""
    batch = inputs["batch"]["id"]
    exceptions = inputs["invoices"]["exceptions"]
    lines = [f"{item['invoice']}: {'; '.join(item['findings'])}" for item in exceptions]
    subject = f"Batch {batch}: {len(lines)} to look at" if lines else f"Batch {batch}: nothing to look at"

    folder = Path(os.environ.get("EXAMPLE_OUTBOX") or Path(tempfile.gettempdir()) / "agentskills-examples")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"exceptions-{re.sub(r'[^A-Za-z0-9-]', '_', batch)}.txt"
    file.write_text("\n".join([subject, *lines]) + "\n", encoding="utf-8")
    return {"report": {"subject": subject, "lines": lines}}
