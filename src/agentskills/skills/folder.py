"""A skill's folder as files: its digest, its content and its archive."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from agentskills.domain.canonical import digest as digest_of

MAX_FILES = 2_000
MAX_BYTES = 50 * 1024 * 1024
_HEADERS = 8 * 1024  # bytes that a file may need in a tar beside its content

_LEFT_OUT = frozenset({"__pycache__", "node_modules"})


class FolderProblem(Exception):
    """A folder can't be taken as a skill version."""

    def __init__(self, code: str, message: str, file: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.file = file


class BadArchive(Exception):
    """What is stored as an archive is none that `pack` made."""


class File(NamedTuple):
    """One file of a skill version."""

    executable: bool
    content: bytes


@dataclass(frozen=True, slots=True)
class _Found:
    path: str  # relative, with / between
    place: Path
    executable: bool


def left_out(name: str) -> bool:
    """Say whether a file or folder of this name is no part of a skill version."""
    return name.startswith(".") or name in _LEFT_OUT or name.endswith(".pyc")


def digest_folder(folder: Path) -> str:
    """Return the digest of what lies in `folder` now. Raises `FolderProblem` or `OSError`."""
    rows: list[list[object]] = []
    size = 0
    for found in _walk(folder):
        content = found.place.read_bytes()
        size = _within(size + len(content))
        rows.append([found.path, found.executable, sha256(content).hexdigest()])
    return digest_of(sorted(rows))


def read_folder(folder: Path) -> dict[str, File]:
    """Return all files by relative path. Raises `FolderProblem` or `OSError`."""
    files: dict[str, File] = {}
    size = 0
    for found in _walk(folder):
        content = found.place.read_bytes()
        size = _within(size + len(content))
        files[found.path] = File(found.executable, content)
    return dict(sorted(files.items()))


def digest_files(files: Mapping[str, File]) -> str:
    """Return the digest of a version: SHA-256 over its sorted (path, executable bit, SHA-256) list.

    The list is hashed as compact JSON in UTF-8: `[["SKILL.md",false,"9f86…"],…]`.
    """
    rows = [[path, file.executable, sha256(file.content).hexdigest()] for path, file in files.items()]
    return digest_of(sorted(rows))


def _within(size: int) -> int:
    if size > MAX_BYTES:
        raise FolderProblem("too-large", f"the folder holds more than {MAX_BYTES // 1024**2} MB")
    return size


def _walk(folder: Path) -> Iterator[_Found]:
    root = folder.resolve(strict=True)
    files = folders = size = 0
    todo: list[tuple[str, Path, tuple[Path, ...]]] = [("", root, (root,))]
    while todo:
        prefix, place, above = todo.pop()
        for name in sorted(os.listdir(place)):
            if left_out(name):
                continue
            path = prefix + name
            real, mode = _resolve(place / name, path, root)
            if stat.S_ISDIR(mode.st_mode):
                folders += 1
                if real in above:
                    raise FolderProblem("link-loop", f"{path} is a link that leads in a circle", path)
                todo.append((path + "/", real, (*above, real)))
            elif stat.S_ISREG(mode.st_mode):
                files += 1
                size = _within(size + mode.st_size)
                yield _Found(path, real, bool(mode.st_mode & stat.S_IXUSR))
            else:
                raise FolderProblem("special-file", f"{path} is neither a file nor a folder", path)
            if files > MAX_FILES or folders > MAX_FILES:
                raise FolderProblem("too-many-files", f"the folder holds more than {MAX_FILES:,} files")


def _resolve(place: Path, path: str, root: Path) -> tuple[Path, os.stat_result]:
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "replace").decode()
        raise FolderProblem("file-name", f"the file name {shown} is not UTF-8") from None
    if not place.is_symlink():
        return place, place.stat()
    try:
        real = place.resolve(strict=True)
    except (OSError, RuntimeError):
        raise FolderProblem("broken-link", f"{path} is a link that leads nowhere", path) from None
    if not real.is_relative_to(root):
        raise FolderProblem("link-outside", f"{path} is a link that leaves the folder", path)
    return real, real.stat()


def pack(files: Mapping[str, File]) -> bytes:
    """Return the tar.gz of a version; equal files give equal bytes. Links have become files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, file in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size = len(file.content)
            entry.mode = 0o755 if file.executable else 0o644
            tar.addfile(entry, io.BytesIO(file.content))
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=6, mtime=0) as zipped:
        zipped.write(raw.getvalue())
    return packed.getvalue()


def unpack_files(archive: bytes) -> dict[str, File]:
    """Return the files of an archive that `pack` made; nothing is written, and no link is followed.

    Raises `BadArchive` for what no version can be: too large, too many files, not a tar.gz.
    """
    try:
        return _unpacked(_unzipped(archive))
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"the archive can't be read: {error}") from error


def _unzipped(archive: bytes) -> bytes:
    """Return the tar, read no further than a version can be long."""
    most = MAX_BYTES + MAX_FILES * _HEADERS
    with gzip.GzipFile(fileobj=io.BytesIO(archive)) as zipped:
        raw = zipped.read(most + 1)
    if len(raw) > most:
        raise BadArchive(f"the archive holds more than {MAX_BYTES:,} bytes")
    return raw


def _unpacked(raw: bytes) -> dict[str, File]:
    files: dict[str, File] = {}
    size = 0
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:") as tar:
        for entry in tar:
            if not entry.isreg():
                continue  # `pack` writes files only
            size += entry.size
            if size > MAX_BYTES:
                raise BadArchive(f"the archive holds more than {MAX_BYTES:,} bytes")
            content = tar.extractfile(entry)
            assert content is not None, "a regular file has content"
            files[entry.name] = File(bool(entry.mode & 0o100), content.read())
            if len(files) > MAX_FILES:
                raise BadArchive(f"the archive holds more than {MAX_FILES:,} files")
    return files
