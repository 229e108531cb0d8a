"""Read the skill folders into the database, and again whenever they change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from watchfiles import awatch

from agentskills.domain.errors import AgentSkillsError
from agentskills.domain.skill import Diagnostic
from agentskills.services.actor import Actor
from agentskills.settings import Settings
from agentskills.skills.catalog import FoundSkill, Reading, read_roots
from agentskills.skills.report import Report
from agentskills.skills.sop_files import SopFile, read_sops, sop_folders
from agentskills.storage import audit, catalogs
from agentskills.storage.catalogs import CatalogEntry, Sop
from agentskills.storage.database import UNSTORABLE, Conn, Pool, translate_errors

QUIET = 300  # milliseconds without a change that end a burst of changes
LONGEST_BURST = 1_600  # milliseconds after which a burst is read all the same
LOOK_EVERY = 2_000  # milliseconds after which folders that came or went are noticed
PAUSE = 2.0  # seconds after trouble
_FEW = 50  # names of each kind that the audit lists
_SERVER = Actor("server")  # has noticed that a folder is another

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load of the skill folders found, and what it changed."""

    catalog: str  # digest of the snapshot that is current now
    skills: int
    added: list[str]
    changed: list[str]
    removed: list[str]
    diagnostics: list[Diagnostic]


async def load_skills(pool: Pool, settings: Settings, by: Actor | None = None) -> LoadReport:
    """Read all skill roots, store new versions, and make what was found the current catalogue.

    Everything is written in one transaction; a second load without changes changes nothing but the
    time. Broken folders are in the report and hinder no others. The audit says `by` whom it was
    asked for; where nobody did, only what changes the catalogue is in it. Raises `DatabaseGone`.
    """
    roots = settings.skill_roots
    with translate_errors():
        async with pool.acquire() as conn:
            known = await catalogs.stored_digests(conn)
    reading, sops = await asyncio.to_thread(_read, roots, known)
    with translate_errors():
        async with pool.acquire() as conn, conn.transaction():
            await catalogs.lock_loading(conn)
            report = await _save(conn, reading, sops, [str(root) for root in roots])
            if by is not None or report.added or report.changed or report.removed:
                await audit.record(conn, (by or _SERVER).document(), "reload", detail=_told(report))
            return report


def _told(report: LoadReport) -> dict[str, Any]:
    """Return what the audit says of a load."""
    named = {word: getattr(report, word)[:_FEW] for word in ("added", "changed", "removed")}
    return {"catalog": report.catalog, "skills": report.skills} | {w: n for w, n in named.items() if n}


def _read(roots: Sequence[Path], known: set[str]) -> tuple[Reading, list[SopFile]]:
    reading = read_roots(roots, known)
    return reading, read_sops(roots, reading.diagnostics)


async def _save(conn: Conn, reading: Reading, sops: list[SopFile], roots: list[str]) -> LoadReport:
    current = await catalogs.current_catalog(conn)
    before = {entry.name: entry.skill_digest for entry in await catalogs.load_entries(conn, current or "")}
    entries = []
    for found in reading.skills:
        try:
            await _save_version(conn, found)
        except (
            UNSTORABLE
        ) as error:  # nothing we know of gets here; it must not hinder the others all the same
            report = Report(found.skill.name)
            report.error("not-stored", f"can't be stored: {error}", found.file)
            reading.diagnostics += report.diagnostics
        else:
            entries.append(CatalogEntry(found.skill.name, found.skill.digest, found.source))
    digest = await catalogs.save_catalog(conn, entries, reading.diagnostics, roots)
    await catalogs.save_sops(conn, [Sop(sop.name, sop.title, sop.text, sop.examples) for sop in sops])
    after = {entry.name: entry.skill_digest for entry in entries}
    return LoadReport(
        catalog=digest,
        skills=len(entries),
        added=sorted(after.keys() - before.keys()),
        changed=sorted(name for name in after.keys() & before.keys() if after[name] != before[name]),
        removed=sorted(before.keys() - after.keys()),
        diagnostics=reading.diagnostics,
    )


async def _save_version(conn: Conn, found: FoundSkill) -> None:
    async with conn.transaction():  # a savepoint
        if found.archive is not None:
            await catalogs.save_version(conn, found.skill, found.archive)
        else:
            await catalogs.refresh_version(conn, found.skill)


async def watch_skills(
    pool: Pool, settings: Settings, loaded: Callable[[LoadReport], None] | None = None
) -> None:
    """Load the skills again after each change, until cancelled; trouble is logged and tried again.

    `loaded` is told each report.
    """
    roots = settings.skill_roots
    due = False
    while roots:
        try:
            due = due or await _changed(roots)
            if due:
                report = await load_skills(pool, settings)
                due = False
                _say(report)
                if loaded is not None:
                    loaded(report)
        except AgentSkillsError as error:
            _log.warning("skills.not_loaded", error=str(error))
            await asyncio.sleep(PAUSE)
        except Exception:
            _log.exception("skills.watch")
            await asyncio.sleep(PAUSE)


def _say(report: LoadReport) -> None:
    errors = sum(item.level == "error" for item in report.diagnostics)
    _log.info(
        "skills.loaded",
        skills=report.skills,
        added=report.added,
        changed=report.changed,
        removed=report.removed,
        errors=errors,
    )


async def _changed(roots: list[Path]) -> bool:
    """Return true once something below the folders has changed, or other folders are there."""
    watched = _folders(roots)
    if not watched:
        await asyncio.sleep(PAUSE)
        return bool(_folders(roots))
    async for changes in awatch(
        *(place for place, _ in watched),
        debounce=LONGEST_BURST,
        step=QUIET,
        rust_timeout=LOOK_EVERY,
        yield_on_timeout=True,
    ):
        if changes or _folders(roots) != watched:
            return True
    return False


def _folders(roots: list[Path]) -> frozenset[tuple[Path, int]]:
    """Return the folders to watch, with what tells a folder from its successor at the same place."""
    found = set()
    for place in [*(root for root in roots if root.is_dir()), *sop_folders(roots)]:
        try:
            found.add((place, place.stat().st_ino))
        except OSError:
            continue  # gone since
    return frozenset(found)
