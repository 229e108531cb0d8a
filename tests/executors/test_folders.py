"""Versions are unpacked whole, read-only and never outside their folder."""

from __future__ import annotations

import asyncio
import io
import os
import tarfile
from pathlib import Path

import pytest

from agentskills.domain.errors import SkillFailed
from agentskills.executors.folders import Folders
from executors.skill_versions import Store, archive

pytestmark = pytest.mark.anyio
DIGEST = "a" * 64


def folders(home: Path, packed: bytes | None, calls: list[str] | None = None) -> Folders:
    async def load(digest: str) -> bytes | None:
        if calls is not None:
            calls.append(digest)
        await asyncio.sleep(0)
        return packed

    return Folders(home, load)


def with_member(info: tarfile.TarInfo, content: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


async def test_a_version_is_read_only_and_loaded_once(tmp_path: Path) -> None:
    calls: list[str] = []
    shelf = folders(tmp_path, archive({"SKILL.md": "hello", "scripts/run.py": "x = 1"}), calls)
    found = await asyncio.gather(*(shelf.folder(DIGEST) for _ in range(5)))
    folder = found[0]
    assert set(found) == {tmp_path / "versions" / DIGEST}
    assert (folder / "SKILL.md").read_text() == "hello"
    assert calls == [DIGEST]
    modes = [os.stat(path).st_mode & 0o222 for path in [folder, *folder.rglob("*")]]
    assert modes == [0] * 4
    assert [each.name for each in folder.parent.iterdir()] == [DIGEST]


async def test_another_process_has_unpacked_it_before(tmp_path: Path) -> None:
    packed = archive({"SKILL.md": "hello"})
    first = await folders(tmp_path, packed).folder(DIGEST)
    assert await folders(tmp_path, None).folder(DIGEST) == first


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/asf-outside.txt", "a/../../outside.txt"])
async def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    packed = with_member(tarfile.TarInfo(name), b"x")
    if name.startswith("/"):  # the leading slash is dropped, so the file stays inside
        folder = await folders(tmp_path, packed).folder(DIGEST)
        assert [path for path in folder.rglob("*") if path.is_file()]
        assert not Path(name).exists()
        return
    with pytest.raises(SkillFailed, match="can't be unpacked"):
        await folders(tmp_path, packed).folder(DIGEST)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert list((tmp_path / "versions").iterdir()) == []


async def test_links_that_lead_outside_are_refused(tmp_path: Path) -> None:
    link = tarfile.TarInfo("secrets")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with pytest.raises(SkillFailed) as raised:
        await folders(tmp_path, with_member(link)).folder(DIGEST)
    assert raised.value.nothing_happened
    assert not raised.value.retryable


@pytest.mark.parametrize(
    "packed",
    [None, b"not a tar at all", archive({"SKILL.md": "x" * 9000})[:60]],
    ids=["none", "no tar", "cut off"],  # an archive holds the time, and workers must agree on names
)
async def test_a_missing_or_broken_archive(tmp_path: Path, packed: bytes | None) -> None:
    with pytest.raises(SkillFailed) as raised:
        await folders(tmp_path, packed).folder(DIGEST)
    assert raised.value.error_type == "version-missing"
    assert not (tmp_path / "versions" / DIGEST).exists()


async def test_what_is_no_digest_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(SkillFailed, match="not the digest"):
        await folders(tmp_path, archive({"x": "y"})).folder("../../etc")


async def test_a_run_leaves_no_bytecode_in_the_version(store: Store, python: object) -> None:
    from executors.skill_versions import assignment

    source = "import rules\ndef run(inputs): return {'limit': rules.LIMIT}"
    skill = store.skill(source, files={"scripts/rules.py": "LIMIT = 7"})
    done = await python.carry_out(assignment(skill))  # type: ignore[attr-defined]
    assert done.outputs == {"limit": 7}
    folder = await store.folders.folder(skill.digest)
    assert not list(folder.rglob("__pycache__"))
