"""Finding skill folders, their digest and their archive."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from pathlib import Path

import pytest

from agentskills.skills import catalog, folder
from agentskills.skills.catalog import read_roots
from agentskills.skills.folder import (
    FolderProblem,
    digest_files,
    digest_folder,
    pack,
    read_folder,
    unpack_files,
)

from .folders import codes, python_skill, read_one, skill_text, write


def test_the_digest_is_that_of_the_sorted_list_of_files(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", "b")
    write(tmp_path / "a" / "x.sh", "x").chmod(0o755)
    for part in (".git/config", ".env", "__pycache__/m.pyc", "old.pyc", "node_modules/m/i.js", "a/.hidden"):
        write(tmp_path / part, "left out")
    rows = [
        ["a/x.sh", True, hashlib.sha256(b"x").hexdigest()],
        ["b.txt", False, hashlib.sha256(b"b").hexdigest()],
    ]
    expected = hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()
    assert digest_folder(tmp_path) == expected == digest_files(read_folder(tmp_path))


def test_name_content_and_executable_bit_count_but_times_do_not(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "a")
    digests = [digest_folder(tmp_path)]
    os.utime(file, (1, 1))
    assert digest_folder(tmp_path) == digests[0]
    file.chmod(0o755)
    digests.append(digest_folder(tmp_path))
    file.rename(tmp_path / "b.txt")
    digests.append(digest_folder(tmp_path))
    write(tmp_path / "b.txt", "other")
    digests.append(digest_folder(tmp_path))
    assert len(set(digests)) == 4


def test_the_archive_is_the_same_each_time_and_gives_everything_back(tmp_path: Path) -> None:
    write(tmp_path / "a" / ("long-" * 30 + "ü.txt"), os.urandom(3000))
    write(tmp_path / "run.sh", "#!/bin/sh\n").chmod(0o755)
    (tmp_path / "link").symlink_to("a")
    files = read_folder(tmp_path)
    archive = pack(files)
    time.sleep(1.1)  # a second is what gzip and tar would note
    assert pack(read_folder(tmp_path)) == archive
    assert unpack_files(archive) == files
    assert files["run.sh"].executable
    assert [path for path in files if path.startswith("link/")]


def test_links_within_the_folder_are_followed_and_all_others_refused(tmp_path: Path) -> None:
    python_skill(tmp_path / "root", "probe")
    probe = tmp_path / "root" / "probe"
    (probe / "again.py").symlink_to("scripts/run.py")
    assert read_one(tmp_path / "root")[1] == []
    secret = write(tmp_path / "secret.txt", "x")
    for target, code in (
        (secret, "link-outside"),
        ("gone", "broken-link"),
        (".", "link-loop"),
        ("../..", "link-outside"),
    ):
        (probe / "bad").symlink_to(target)
        skill, diagnostics = read_one(tmp_path / "root")
        assert skill is None
        assert [(item.code, item.file) for item in diagnostics] == [(code, "probe/bad")]
        (probe / "bad").unlink()


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    python_skill(tmp_path, "probe")
    os.mkfifo(tmp_path / "probe" / "pipe")
    assert codes(read_one(tmp_path)[1]) == {("error", "special-file", 1)}


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    python_skill(tmp_path, "probe")
    try:
        (Path(os.fsencode(tmp_path).decode()) / "probe" / os.fsdecode(b"\xff.txt")).write_text("x")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    assert codes(read_one(tmp_path)[1]) == {("error", "file-name", 1)}


def test_folders_with_too_much_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2_001):
        write(tmp_path / "many" / f"{number}", "")
    with pytest.raises(FolderProblem, match="more than 2,000 files"):
        digest_folder(tmp_path / "many")
    big = write(tmp_path / "big" / "file", "")
    os.truncate(big, folder.MAX_BYTES + 1)
    with pytest.raises(FolderProblem, match="more than 50 MB"):
        digest_folder(tmp_path / "big")


def test_skills_are_found_six_folders_deep_and_not_inside_skills(tmp_path: Path) -> None:
    deep = tmp_path / "1" / "2" / "3" / "4" / "5"
    python_skill(deep, "deep")
    python_skill(deep / "6" / "7", "too-deep")
    python_skill(tmp_path / "outer", "inner")
    write(tmp_path / "outer" / "SKILL.md", skill_text("outer"))
    for name in (".git", "node_modules", "__pycache__"):
        python_skill(tmp_path / name, "skipped")
    reading = read_roots([tmp_path])
    assert [found.skill.name for found in reading.skills] == ["deep", "outer"]
    assert {(item.level, item.code) for item in reading.diagnostics} == {("warning", "too-deep")}


def test_a_root_may_be_a_skill_itself_and_links_to_skills_are_followed_once(tmp_path: Path) -> None:
    real = python_skill(tmp_path / "elsewhere", "one")
    (reading,) = read_roots([real]).skills
    assert (reading.skill.name, reading.file) == ("one", "SKILL.md")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "one").symlink_to(real)
    (tmp_path / "root" / "loop").symlink_to(tmp_path / "root")
    assert [found.skill.name for found in read_roots([tmp_path / "root"]).skills] == ["one"]


def test_of_two_skills_with_one_name_the_first_counts_and_the_other_is_named(tmp_path: Path) -> None:
    for place in ("b/x", "a/y", "a/x"):
        write(tmp_path / place / "SKILL.md", skill_text("same", body=place))
    reading = read_roots([tmp_path / "b", tmp_path / "a"])
    (found,) = reading.skills
    assert found.skill.body == "b/x"
    hidden = [(item.code, item.file) for item in reading.diagnostics if item.code == "hidden"]
    assert hidden == [("hidden", "x/SKILL.md"), ("hidden", "y/SKILL.md")]
    (found,) = read_roots([tmp_path / "a", tmp_path / "b"]).skills
    assert found.skill.body == "a/x"


def test_too_many_folders_end_the_search_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "MAX_FOLDERS", 20)
    for number in range(40):
        (tmp_path / f"{number:02}").mkdir()
    assert [item.code for item in read_roots([tmp_path]).diagnostics] == ["too-many-folders"]


def test_known_versions_come_without_their_archive(tmp_path: Path) -> None:
    python_skill(tmp_path, "one")
    (found,) = read_roots([tmp_path]).skills
    assert found.archive is not None
    (again,) = read_roots([tmp_path], {found.skill.digest}).skills
    assert again.archive is None
    assert again.skill == found.skill


def test_a_half_saved_edit_is_no_version(tmp_path: Path) -> None:
    """A writer that saves two files one after the other, over and over, then stops."""
    probe = python_skill(tmp_path, "probe")
    stop = threading.Event()

    def save() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            write(probe / "one.txt", str(number))
            time.sleep(0.005)
            write(probe / "two.txt", str(number))

    writer = threading.Thread(target=save)
    writer.start()
    threading.Timer(0.3, stop.set).start()
    (found,) = read_roots([tmp_path]).skills
    writer.join()
    assert found.archive is not None
    files = unpack_files(found.archive)
    assert files["one.txt"].content == files["two.txt"].content
    assert digest_files(files) == found.skill.digest


def test_a_folder_that_never_stands_still_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "SETTLE_SECONDS", 0.1)
    probe = python_skill(tmp_path, "probe")
    stop = threading.Event()

    def save() -> None:
        number = 0
        while not stop.is_set():
            # renamed into place, so that no two looks see the same half-written file
            write(tmp_path / "next.txt", str(number := number + 1)).replace(probe / "one.txt")

    writer = threading.Thread(target=save)
    writer.start()
    try:
        assert codes(read_roots([tmp_path]).diagnostics) == {("error", "changing", 1)}
    finally:
        stop.set()
        writer.join()
