"""The skills that the contract tests run."""

from __future__ import annotations

from pathlib import Path

DOUBLE = "def run(inputs):\n    return {'result': inputs['number'] * 2}\n"
ECHO = "def run(inputs):\n    return {'seen': inputs['amount']}\n"
REVIEWED = "def run(inputs):\n    return {'reviewed': {'seen': inputs['amount']}}\n"
REVIEW = """form:
  type: object
  required: [review]
  properties:
    review:
      type: object
      required: [reason]
      properties:
        reason: {type: string, minLength: 3}
        limit: {type: number, multipleOf: 0.01}
"""
PAY = """import os
from pathlib import Path

def run(inputs):
    with (Path(os.environ["EXAMPLE_OUTBOX"]) / "paid.txt").open("a") as file:
        file.write(inputs["pay"]["order"] + chr(10))
    raise RuntimeError("the line to the bank was cut")
"""

MAIL = """request:
  method: POST
  url: "{env.OUTSIDE_URL}/mails/{mail.to}"
  headers: {Authorization: "Bearer {secret.BANK}"}
  body: {text: "You get {mail.amount} back.", amount: "{mail.amount}", pin: "{secret.BANK}"}
"""

SKILLS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "double": (
        {
            "executor": "python",
            "entry": "run.py:run",
            "requires": "number",
            "produces": "result",
            "effects": "none",
        },
        {"run.py": DOUBLE},
    ),
    "echo-approved": (
        {
            "executor": "python",
            "entry": "run.py:run",
            "requires": "amount",
            "produces": "seen",
            "effects": "none",
            "approval": "before",
        },
        {"run.py": ECHO},
    ),
    "echo-reviewed": (
        {
            "executor": "python",
            "entry": "run.py:run",
            "requires": "amount",
            "produces": "reviewed.seen",
            "effects": "none",
            "approval": "before",
        },
        {"run.py": REVIEWED, "asf.yaml": REVIEW},
    ),
    "ask-colour": ({"executor": "human", "requires": "ask", "produces": "answer.colour"}, {}),
    "ask-size": ({"executor": "human", "requires": "ask", "produces": "answer.size"}, {}),
    "pay": (
        {
            "executor": "python",
            "entry": "run.py:run",
            "requires": "pay.order",
            "produces": "paid.at",
            "effects": "irreversible",
        },
        {"run.py": PAY},
    ),
    "mail-approved": (
        {
            "executor": "rest",
            "requires": "mail.to mail.amount",
            "produces": "mail.id",
            "effects": "irreversible",
            "approval": "before",
        },
        {"asf.yaml": MAIL},
    ),
    "check-outside": (
        {"executor": "rest", "requires": "check.id", "produces": "check.result", "effects": "idempotent"},
        {"asf.yaml": 'mode: callback\nrequest:\n  method: POST\n  url: "{env.OUTSIDE_URL}/checks"\n'},
    ),
    "order-outside": (
        {
            "executor": "rest",
            "requires": "order.id",
            "produces": "order.number",
            "effects": "irreversible",
            "timeout": "1s",
        },
        {"asf.yaml": 'mode: callback\nrequest:\n  method: POST\n  url: "{env.OUTSIDE_URL}/orders"\n'},
    ),
}


def write_skills(root: Path) -> Path:
    """Write the skills below `root`, and one folder whose frontmatter is broken."""
    for name, (keys, files) in SKILLS.items():
        folder = root / name
        folder.mkdir(parents=True)
        lines = ["---", f"name: {name}", f"description: {name}. Use when it is named.", "metadata:"]
        lines += [f'  asf.{key}: "{value}"' for key, value in keys.items()]
        (folder / "SKILL.md").write_text("\n".join([*lines, "---", "Do it.", ""]))
        for file, text in files.items():
            (folder / file).write_text(text)
    broken = root / "broken"
    broken.mkdir()
    (broken / "SKILL.md").write_text("---\nname: broken\ndescription: [a, b\n---\nNothing.\n")
    sops = root / "sops"
    sops.mkdir()
    (sops / "twice.md").write_text("# Twice\r\n\r\nUse double, then stop.  \r\n")
    return root
