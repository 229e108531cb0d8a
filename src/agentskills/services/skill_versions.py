"""Skill versions: their files as text, and the difference of two."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from agentskills.domain.errors import SkillNotFound
from agentskills.domain.text_difference import difference_of
from agentskills.services import catalog
from agentskills.services.context import Context
from agentskills.skills.folder import BadArchive, File, unpack_files
from agentskills.storage import catalogs
from agentskills.storage.database import Conn

SHORTEST = 8
"""Characters that the beginning of a digest has at least."""
MOST_BYTES = 200_000
MOST_LINES = 5_000
"""Of one file; a larger one is named, not shown."""
MOST_IN_ALL = 2_000_000
"""Bytes of all files that are shown; the rest is named."""
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file of a skill version; `text` is None where it is no text, or too large to show."""

    path: str
    size: int  # bytes
    executable: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class FileDifference:
    """How one file differs; `text` is None where it is no text, or too large to show."""

    path: str
    change: str  # added, removed, changed
    left_size: int | None  # bytes; None where the file is not there
    right_size: int | None
    binary: bool
    too_large: bool
    executable: bool | None  # as it is now, where that has changed
    added: int | None  # lines
    removed: int | None
    text: str | None  # hunks of a unified diff


async def version(context: Context, name: str, digest: str) -> dict[str, Any]:
    """Return a version of a skill with its files as text. Raises `SkillNotFound`."""
    async with context.reading() as conn:
        found = await _resolved(conn, name, digest)
        document = await catalog.skill_in(conn, name, found)
        files = await _files(conn, found)
    shown = await asyncio.to_thread(shown_files, files)
    return document | {"contents": [asdict(file) for file in shown]}


async def difference(context: Context, name: str, left: str, right: str | None) -> dict[str, Any]:
    """Return what differs between two versions of a skill; without `right`, to the current one.

    A digest may be its beginning, from eight characters on, where that is unique. Raises `SkillNotFound`.
    """
    async with context.reading() as conn:
        before = await _resolved(conn, name, left)
        after = await _resolved(conn, name, right) if right is not None else await _current(conn, name)
        old, new = await _files(conn, before), await _files(conn, after)
    found = await asyncio.to_thread(file_differences, old, new)
    return {"name": name, "left": before, "right": after, "files": [asdict(file) for file in found]}


async def _resolved(conn: Conn, name: str, digest: str) -> str:
    found = await catalogs.versions_like(conn, name, digest) if _DIGEST.fullmatch(digest) else []
    if len(found) > 1:
        raise SkillNotFound(f"several versions of {name} begin with {digest}; give more of the digest")
    if not found:
        raise SkillNotFound(f"there is no version {digest!r} of a skill {name!r}")
    return found[0]


async def _current(conn: Conn, name: str) -> str:
    for one in await catalogs.list_versions(conn, name):
        if one.current:
            return one.digest
    raise SkillNotFound(f"there is no current version of {name!r}; say which one to compare with")


async def _files(conn: Conn, digest: str) -> dict[str, File]:
    archive = await catalogs.archive(conn, digest)
    assert archive is not None, "versions are never removed"
    try:
        return await asyncio.to_thread(unpack_files, archive)
    except BadArchive as problem:
        raise SkillNotFound(f"version {digest[:12]} can't be read: {problem}") from problem


def shown_files(files: Mapping[str, File]) -> list[ShownFile]:
    """Return files by path, with their text up to a size."""
    left = MOST_IN_ALL
    shown = []
    for path, file in sorted(files.items()):
        text = _text(file) if len(file.content) <= min(left, MOST_BYTES) else None
        left -= len(file.content) if text is not None else 0
        shown.append(ShownFile(path, len(file.content), file.executable, text))
    return shown


def file_differences(old: Mapping[str, File], new: Mapping[str, File]) -> list[FileDifference]:
    """Return the files that differ, by path."""
    left = MOST_IN_ALL
    found = []
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if before != after:
            one = _difference(path, before, after, left)
            left -= _size(before) + _size(after) if one.text is not None else 0
            found.append(one)
    return found


def _difference(path: str, before: File | None, after: File | None, most: int) -> FileDifference:
    texts = [_text(file) for file in (before, after)]
    binary = None in texts
    too_large = not binary and (
        _size(before) + _size(after) > most or any(_is_large(text or "") for text in texts)
    )
    told = None if binary or too_large else difference_of(texts[0] or "", texts[1] or "")
    marked = before is not None and after is not None and before.executable != after.executable
    return FileDifference(
        path=path,
        change="added" if before is None else "removed" if after is None else "changed",
        left_size=None if before is None else len(before.content),
        right_size=None if after is None else len(after.content),
        binary=binary,
        too_large=too_large,
        executable=after.executable if marked and after is not None else None,
        added=told.added if told else None,
        removed=told.removed if told else None,
        text=told.text if told else None,
    )


def _size(file: File | None) -> int:
    return 0 if file is None else len(file.content)


def _is_large(text: str) -> bool:
    return len(text) > MOST_BYTES or text.count("\n") > MOST_LINES


def _text(file: File | None) -> str | None:
    """Return the file's text, empty for a file that is not there, or None where it is no text."""
    if file is None:
        return ""
    if b"\x00" in file.content:
        return None
    try:
        return file.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
