"""Collects what there is to say about one skill folder."""

from __future__ import annotations

import re

from agentskills.domain.skill import Diagnostic

_UNKEPT = re.compile("[\x00\ud800-\udfff]")


class Report:
    """Diagnostics of one skill folder; `place` is the folder relative to the root it was found in."""

    def __init__(self, skill: str, place: str = "") -> None:
        self.skill = skill
        self._prefix = "" if place in ("", ".") else place.rstrip("/") + "/"
        self.diagnostics: list[Diagnostic] = []

    def error(self, code: str, message: str, file: str, line: int = 1) -> None:
        """Note something that keeps the skill from being loaded."""
        self._add("error", code, message, file, line)

    def warning(self, code: str, message: str, file: str, line: int = 1) -> None:
        """Note something that is probably not meant, or that other clients refuse."""
        self._add("warning", code, message, file, line)

    def info(self, code: str, message: str, file: str, line: int = 1) -> None:
        """Note something worth knowing."""
        self._add("info", code, message, file, line)

    @property
    def failed(self) -> bool:
        """Whether there is an error among them."""
        return any(item.level == "error" for item in self.diagnostics)

    def _add(self, level: str, code: str, message: str, file: str, line: int) -> None:
        said, skill, place = (_kept(text) for text in (message, self.skill, self._prefix + file))
        found = Diagnostic(level, code, said, skill, place, line)
        if found not in self.diagnostics:
            self.diagnostics.append(found)


def _kept(text: str) -> str:
    """Return a text as the database can keep it; the names of files may hold what it can't."""
    return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text)
