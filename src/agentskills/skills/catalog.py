"""Finds and reads the skills below the roots: a folder that can't be read never hinders another."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agentskills.domain.skill import Diagnostic, Skill
from agentskills.skills.contract import read_contract
from agentskills.skills.folder import File, FolderProblem, digest_files, digest_folder, pack, read_folder
from agentskills.skills.lint import lint_contract, lint_standard, lint_together
from agentskills.skills.parse import PREDECESSOR, STANDARD, read_skill
from agentskills.skills.report import Report

MAX_DEPTH = 6
MAX_FOLDERS = 2_000
SETTLE_SECONDS = 0.05  # between the two looks at a folder
TRIES = 10

_SKIPPED = frozenset({".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that holds a skill."""

    root: Path
    folder: Path
    path: str  # relative to the root, with / between; "" for the root itself

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.name


@dataclass(frozen=True, slots=True)
class FoundSkill:
    """A skill version that was read whole."""

    skill: Skill
    source: str  # its folder
    file: str  # its SKILL.md, relative to the root
    archive: bytes | None  # None where the caller has this version already


@dataclass(slots=True)
class Reading:
    """All that was found below the roots."""

    skills: list[FoundSkill] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def read_roots(roots: Sequence[Path], known: Collection[str] = ()) -> Reading:
    """Read all skills below the roots; versions whose digest is in `known` come without archive.

    Of two skills with one name the one in the earlier root counts, in one root the one whose path
    sorts first. Each folder is read again until its digest has stood still for a moment, so that
    a half-saved edit is no version. Blocks; call it in a thread.
    """
    reading = Reading()
    places = [place for root in roots for place in find_skills(root, reading.diagnostics)]
    first = {place: _digest(place) for place in places}
    if places:
        time.sleep(SETTLE_SECONDS)
    taken: dict[str, FoundSkill] = {}
    for place in places:
        report = Report(place.name, place.path)
        found = _read(place, first[place], known, report)
        if found is not None:
            other = taken.setdefault(found.skill.name, found)
            if other is not found:
                message = f"{found.skill.name} is hidden by the skill of this name in {other.source}"
                report.warning("hidden", message, Path(found.file).name)
        reading.diagnostics += report.diagnostics
    reading.skills = sorted(taken.values(), key=lambda found: found.skill.name)
    reading.diagnostics += lint_together((found.skill, found.file) for found in reading.skills)
    return reading


def find_skills(root: Path, diagnostics: list[Diagnostic]) -> list[Place]:
    """Return the folders below a root that hold a skill, by path; what is wrong goes to `diagnostics`."""
    report = Report("")
    if not root.is_dir():
        report.error("no-root", f"{root} is not a folder (see ASF_SKILLS)", str(root))
        diagnostics += report.diagnostics
        return []
    places = sorted(_search(root, report), key=lambda place: place.path)
    diagnostics += report.diagnostics
    return places


def _search(root: Path, report: Report) -> Iterator[Place]:
    seen: set[Path] = set()
    todo: list[tuple[Path, str, int]] = [(root, "", 0)]
    while todo:
        folder, path, depth = todo.pop(0)
        try:
            real = folder.resolve(strict=True)
            names = sorted(os.listdir(folder))
        except (OSError, RuntimeError) as error:
            report.warning("unreadable", f"{path or root} can't be read: {error}", path or str(root))
            continue
        if real in seen:
            continue
        seen.add(real)
        if STANDARD in names or PREDECESSOR in names:
            yield Place(root, folder, path)
            continue
        if len(seen) > MAX_FOLDERS:
            text = f"{root} holds more than {MAX_FOLDERS:,} folders; the rest is not read"
            report.error("too-many-folders", text, str(root))
            return
        below = [name for name in names if name not in _SKIPPED and (folder / name).is_dir()]
        if below and depth >= MAX_DEPTH:
            report.warning(
                "too-deep", f"{path} is {MAX_DEPTH} folders deep; no skills are looked for below", path
            )
            continue
        todo += [(folder / name, f"{path}/{name}" if path else name, depth + 1) for name in below]


def _digest(place: Place) -> str | None:
    try:
        return digest_folder(place.folder)
    except (FolderProblem, OSError):
        return None  # said when it is read


def _read(place: Place, earlier: str | None, known: Collection[str], report: Report) -> FoundSkill | None:
    try:
        str(place.folder).encode()
        files, digest = _settled(place, earlier)
    except UnicodeEncodeError:
        report.error("file-name", "the folder's name is not UTF-8", STANDARD)
        return None
    except FolderProblem as problem:
        report.error(problem.code, problem.message, problem.file or STANDARD)
        return None
    except OSError as error:
        report.error("unreadable", f"can't be read: {error}", STANDARD)
        return None
    skill = skill_from(files, digest, place.name, report)
    if skill is None:
        return None
    file = STANDARD if STANDARD in files else PREDECESSOR
    return FoundSkill(
        skill=skill,
        source=str(place.folder),
        file=f"{place.path}/{file}" if place.path else file,
        archive=None if digest in known else pack(files),
    )


def _settled(place: Place, earlier: str | None) -> tuple[dict[str, File], str]:
    """Return the files of a folder once two looks at it, a moment apart, agree."""
    for _ in range(TRIES):
        try:
            files = read_folder(place.folder)
        except FileNotFoundError:  # saved by renaming, just now
            files = None
        if files is not None:
            digest = digest_files(files)
            if digest == earlier:
                return files, digest
            earlier = digest
        time.sleep(SETTLE_SECONDS)
    raise FolderProblem("changing", "the folder keeps changing; reload once it stands still")


def skill_from(files: dict[str, File], digest: str, folder: str, report: Report) -> Skill | None:
    """Return the skill that a folder's files make, or None with errors in the report."""
    declared = read_skill(files, folder, report)
    if declared is None:
        return None
    lint_standard(declared, folder, report)
    contract = read_contract(declared, report)
    if contract is None:
        return None
    lint_contract(declared, contract, files, report)
    if report.failed:
        return None
    return Skill(declared.name, digest, declared.description, contract, declared.body, tuple(files))
