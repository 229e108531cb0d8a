"""Stored archives are read without a disk, within limits, and without following anything."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from agentskills.services.skill_versions import file_differences, shown_files
from agentskills.skills import folder
from agentskills.skills.folder import BadArchive, File, pack, unpack_files

FILES = {"SKILL.md": File(False, b"---\n"), "scripts/run.py": File(True, b"print(1)\n")}


def test_what_was_packed_comes_back() -> None:
    assert unpack_files(pack(FILES)) == FILES


def archive(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for entry, content in entries:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return raw.getvalue()


def test_links_are_not_followed() -> None:
    file, soft, hard = tarfile.TarInfo("a"), tarfile.TarInfo("soft"), tarfile.TarInfo("hard")
    soft.type, soft.linkname = tarfile.SYMTYPE, "a"
    hard.type, hard.linkname = tarfile.LNKTYPE, "a"
    assert list(unpack_files(archive((file, b"x"), (soft, b""), (hard, b"")))) == ["a"]


def test_an_archive_that_unfolds_too_far_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_BYTES", 10_000)
    monkeypatch.setattr(folder, "MAX_FILES", 2)
    bomb = gzip.compress(b"\0" * 1_000_000)
    with pytest.raises(BadArchive, match="holds more than"):
        unpack_files(bomb)
    with pytest.raises(BadArchive, match="holds more than"):
        unpack_files(archive((tarfile.TarInfo("a"), b"x" * 10_001)))
    with pytest.raises(BadArchive, match="files"):
        unpack_files(archive(*((tarfile.TarInfo(name), b"") for name in "abc")))


@pytest.mark.parametrize(
    "broken",
    [b"", b"nonsense", gzip.compress(b"nonsense" * 100), pack(FILES)[:-20]],
    ids=["nothing", "nonsense", "no-archive-inside", "cut-off"],
)
def test_what_is_no_archive_is_told(broken: bytes) -> None:
    with pytest.raises(BadArchive):
        assert unpack_files(broken) != {}
        raise BadArchive("unreached", "it could be read")


def test_texts_are_shown_up_to_a_size_in_all() -> None:
    many = {f"{number:02d}.txt": File(False, b"x" * 190_000) for number in range(12)}
    shown = shown_files(many | {"zz.bin": File(False, b"\xff"), "long.txt": File(False, b"x" * 200_001)})
    texts = [file.path for file in shown if file.text is not None]
    assert texts == [f"{number:02d}.txt" for number in range(10)]
    told = file_differences({}, many)
    assert [file.too_large for file in told] == [False] * 10 + [True] * 2
