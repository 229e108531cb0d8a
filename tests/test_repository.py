"""Things a repository of this kind has, and things it must not have."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_lock_files_name_no_registry() -> None:
    for file in [*ROOT.glob("requirements*.lock"), ROOT / "admin-ui" / "package-lock.json"]:
        text = file.read_text(encoding="utf-8")
        assert '"resolved"' not in text, file
        assert not re.search(r"^--|index-url|find-links|@ (file|https?):", text, flags=re.M), file


def test_everything_pinned_has_hashes() -> None:
    for file in ROOT.glob("requirements*.lock"):
        pins = re.split(r"\n(?=\S)", file.read_text(encoding="utf-8").strip())
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_lock_covers_what_pyproject_asks_for() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in asked}  # type: ignore[index]
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    assert names - set(re.findall(r"^([\w.-]+)==", lock, flags=re.M)) == set()


def test_hand_written_files_stay_small() -> None:
    grown = {
        str(file.relative_to(ROOT)): lines
        for file in tracked()
        if file.suffix in {".py", ".ts", ".tsx"} and file.name != "schema.d.ts"
        if (lines := file.read_bytes().count(b"\n")) > 440
    }
    assert grown == {}


def test_no_catch_all_modules() -> None:
    names = {file.stem for file in tracked() if file.suffix in {".py", ".ts", ".tsx"}}
    assert names & {"utils", "util", "common", "helpers", "base", "misc"} == set()


def test_ci_runs_make_test_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    commands = [
        line for line in script.read_text().splitlines() if line and not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == ["exec make test"]
