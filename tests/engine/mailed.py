"""A skill that sends a mail, irreversibly: each mail is a line of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.engine.workplace import Workplace, inline


def mail(root: Path, file: Path, *, before: str = "", act: str = "", slow: float = 0, **keys: str) -> None:
    """An irreversible skill keyed by the customer; each mail is a line of the file."""
    code = f"{before}\n" + (
        f'with open({str(file)!r}, "a") as file:\n'
        "    file.write(f\"{inputs['customer']} {inputs['text']}\\n\")\n"
        f"{act or 'pass'}\nawait asyncio.sleep({slow})\n"
        'return {"sent": inputs["customer"]}'
    )
    given = {"effects": "irreversible", "effect_key": "customer", "requires": "customer text"}
    inline(root, "mail", code, **given | {"produces": "sent"} | keys)


def write_text(root: Path, words: str = "Dear") -> None:
    """The skill that writes what is mailed."""
    inline(
        root,
        "write-text",
        f'return {{"text": "{words} " + inputs["tone"]}}',
        requires="tone",
        produces="text",
    )


def mails(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


DATA = {"customer": "ann", "text": "hello"}


async def sent(place: Workplace, data: dict[str, Any] = DATA) -> str:
    """A run that has sent its mail."""
    run = await place.start("mail", data=data)
    await place.until(run, "completed")
    return run


def effect_of(plan: dict[str, Any]) -> dict[str, Any]:
    (effect,) = plan["effects"]
    return effect
