"""Skill versions made on the spot, as the store would hold them."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentskills.domain.execution import Assignment
from agentskills.domain.skill import Contract, ExecutorName, Skill
from agentskills.executors.folders import Folders


def archive(files: Mapping[str, str]) -> bytes:
    """Return a tar.gz of these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            content = text.encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


class Store:
    """Holds archives by digest, and makes skills of sources."""

    def __init__(self, home: Path) -> None:
        self.archives: dict[str, bytes] = {}
        self.folders = Folders(home, self.load)

    async def load(self, digest: str) -> bytes | None:
        return self.archives.get(digest)

    def skill(
        self, source: str, name: str = "score", files: Mapping[str, str] | None = None, **contract: Any
    ) -> Skill:
        """Return a python skill whose scripts/score.py is `source`."""
        contract = {"executor": ExecutorName.PYTHON, "entry": "scripts/score.py:run", **contract}
        everything = {"SKILL.md": f"---\nname: {name}\n---\n", "scripts/score.py": source, **(files or {})}
        packed = archive(everything)
        digest = hashlib.sha256(repr((everything, contract)).encode()).hexdigest()
        self.archives[digest] = packed
        return Skill(name, digest, "Scores.", Contract(**contract), files=tuple(everything))


def assignment(
    skill: Skill, inputs: dict[str, Any] | None = None, timeout: float = 20.0, **more: Any
) -> Assignment:
    """Return a piece of work."""
    given = {"thread_id": "run-1", "seq": 2, "attempt": 1, "sop": "Do it.", "idempotency_key": "ab" * 32}
    return Assignment(skill=skill, inputs=inputs or {}, timeout=timeout, **{**given, **more})
