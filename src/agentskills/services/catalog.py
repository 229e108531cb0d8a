"""Skills, their versions and diagnostics, and named SOPs as documents; and loading them anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from agentskills.domain.errors import SkillNotFound, SopNotFound
from agentskills.domain.skill import Diagnostic, Skill
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.skills import load_skills
from agentskills.storage import catalogs
from agentskills.storage.catalogs import CatalogHead, Sop, contract_document
from agentskills.storage.database import Conn


async def list_skills(context: Context) -> dict[str, Any]:
    """Return the current catalogue with what the loader and linter have to say."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        head = await catalogs.current_head(conn)
        if head is None:
            return {"items": [], "catalog": None, "loaded_at": None, "roots": [], "diagnostics": []}
        skills = await catalogs.load_catalog(conn, head.digest)
        entries = await catalogs.load_entries(conn, head.digest)
    return {
        "items": [_item(skills[entry.name], head, entry.source) for entry in entries],
        "catalog": head.digest,
        "loaded_at": head.loaded_at,
        "roots": list(head.roots),
        "diagnostics": _plain(head.diagnostics),
    }


async def skill(context: Context, name: str, digest: str | None = None) -> dict[str, Any]:
    """Return a version of a skill, by default the current one. Raises `SkillNotFound`."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        return await skill_in(conn, name, digest)


async def skill_in(conn: Conn, name: str, digest: str | None) -> dict[str, Any]:
    """Return the same within the caller's transaction."""
    head = await catalogs.current_head(conn)
    entries = await catalogs.load_entries(conn, head.digest) if head else []
    current = next((entry for entry in entries if entry.name == name), None)
    wanted = digest or (current.skill_digest if current else None)
    found = await catalogs.load_skill(conn, wanted) if wanted else None
    if found is None or found.name != name:
        raise SkillNotFound(f"there is no skill {name!r}" + (f" with the digest {digest}" if digest else ""))
    is_current = current is not None and current.skill_digest == found.digest
    source = current.source if current and is_current else None
    return _item(found, head, source) | {
        "contract": contract_document(found.contract),
        "body": found.body,
        "files": list(found.files),
        "current": is_current,
        "diagnostics": _plain(_about(head, found.name, source)),
    }


async def versions(context: Context, name: str) -> dict[str, Any]:
    """Return all versions of a skill, the newest first. Raises `SkillNotFound`."""
    async with context.reading() as conn:
        found = await catalogs.list_versions(conn, name)
    if not found:
        raise SkillNotFound(f"there is no skill {name!r}")
    return {"items": _plain(found)}


async def reload(context: Context, actor: Actor) -> dict[str, Any]:
    """Read the skill folders again, and say what is different."""
    report = await load_skills(context.pool, context.settings, by=actor)
    return {
        "catalog": report.catalog,
        "skills": report.skills,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "diagnostics": _plain(report.diagnostics),
    }


async def list_sops(context: Context) -> dict[str, Any]:
    """Return all named procedures with their example inputs."""
    async with context.reading() as conn:
        return {"items": [_sop(one) for one in await catalogs.current_sops(conn)]}


async def sop(context: Context, name: str) -> dict[str, Any]:
    """Return one named procedure. Raises `SopNotFound`."""
    async with context.reading() as conn:
        found = await catalogs.load_sop(conn, name)
    if found is None:
        raise SopNotFound(f"there is no SOP named {name!r}")
    return _sop(found)


def _sop(one: Sop) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "sop": one.sop,
        "examples": list(one.examples),
        "loaded_at": one.loaded_at,
    }


def _item(skill: Skill, head: CatalogHead | None, source: str | None) -> dict[str, Any]:
    contract = skill.contract
    about = _about(head, skill.name, source)
    return {
        "name": skill.name,
        "digest": skill.digest,
        "description": skill.description,
        "executor": contract.executor,
        "effects": contract.effects,
        "approval": contract.approval,
        "requires": list(contract.requires),
        "optional": list(contract.optional),
        "produces": list(contract.produces),
        "may_produce": list(contract.may_produce),
        "source": source,
        "loaded_at": head.loaded_at if head and source else None,
        "errors": sum(one.level == "error" for one in about),
        "warnings": sum(one.level == "warning" for one in about),
    }


def _about(head: CatalogHead | None, name: str, source: str | None) -> list[Diagnostic]:
    """Return what was said about the folder a skill was read from; a diagnostic carries its name."""
    if head is None or source is None:
        return []
    folder = source.rstrip("/").rpartition("/")[2]
    return [one for one in head.diagnostics if one.skill in (name, folder)]


def _plain(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]
