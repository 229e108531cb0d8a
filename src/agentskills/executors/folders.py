"""Skill versions on disk: the stored archive of a digest, unpacked once, read-only."""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
import stat
import tarfile
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePosixPath

from agentskills.domain.errors import SkillFailed

LoadArchive = Callable[[str], Awaitable[bytes | None]]
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Folders:
    """Unpacks versions to `home`/versions/<digest>; each at most once at a time in this process."""

    def __init__(self, home: Path, load_archive: LoadArchive) -> None:
        self.root = home / "versions"
        self._load_archive = load_archive
        self._ready: dict[str, Path] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def folder(self, digest: str) -> Path:
        """Return the folder of a version. Raises `SkillFailed` when its archive is missing or bad."""
        known = self._ready.get(digest)
        if known is not None:
            return known
        lock = self._locks.setdefault(digest, asyncio.Lock())
        async with lock:
            if digest not in self._ready:
                self._ready[digest] = await self._unpacked(digest)
        self._locks.pop(digest, None)
        return self._ready[digest]

    async def _unpacked(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise _bad(f"{digest!r} is not the digest of a skill version")
        target = self.root / digest
        if target.is_dir():
            return target
        archive = await self._load_archive(digest)
        if archive is None:
            raise _bad(f"skill version {digest[:12]} is not stored")
        try:
            await asyncio.to_thread(unpack, archive, target)
        except (tarfile.TarError, OSError, EOFError, ValueError) as error:
            raise _bad(f"skill version {digest[:12]} can't be unpacked: {error}") from error
        return target


def unpack(archive: bytes, target: Path) -> None:
    """Unpack a tar.gz beside `target`, make it read-only and rename it there, whole or not at all.

    Raises `tarfile.TarError` for names that lead outside, and for links and devices, which no version holds.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=target.parent))
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            _extract(tar, beside)
        _protect(beside)
        try:
            beside.rename(target)
        except OSError:
            if not target.is_dir():  # another process was quicker: its folder is the same
                raise
        else:
            target.chmod(0o555)
    finally:
        if beside.exists():
            _remove(beside)


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the archive's files below `folder`; `extractall(filter=…)` needs Python 3.11.4."""
    for entry in tar:
        name = PurePosixPath(entry.name.lstrip("/"))
        if ".." in name.parts:
            raise tarfile.TarError(f"{entry.name} leads outside")
        path = folder / name
        if entry.isdir():
            path.mkdir(parents=True, exist_ok=True)
            continue
        content = tar.extractfile(entry) if entry.isreg() else None
        if content is None:
            raise tarfile.TarError(f"{entry.name} is neither a file nor a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read())
        path.chmod(0o755 if entry.mode & 0o100 else 0o644)


def _protect(root: Path) -> None:
    """Take away every right to write below `root`; a top folder without it could not be renamed."""
    for folder, folders, files in os.walk(root):
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                executable = path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o555 if executable else 0o444)
        for name in folders:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o555)
    root.chmod(0o755)


def _remove(root: Path) -> None:
    for folder, folders, _ in os.walk(root):
        for name in folders:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755)
    shutil.rmtree(root, ignore_errors=True)


def _bad(message: str) -> SkillFailed:
    return SkillFailed(message, error_type="version-missing", retryable=False, nothing_happened=True)
