"""Skills, their versions and diagnostics, and named SOPs as documents; and loading them anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from agentskills.domain.errors import SopUnknown
from agentskills.domain.skill import Diagnostic
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.skills import (
    ShownSkill,
    load_skills,
    show_catalog,
    show_skill,
    show_sops,
    show_versions,
)
from agentskills.storage import audit, catalogs
from agentskills.storage.catalogs import Sop, contract_document


async def list_skills(context: Context) -> dict[str, Any]:
    """Return the current catalogue with what the loader and linter have to say."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        shown = await show_catalog(conn)
    return {
        "items": [_item(one) for one in shown.items],
        "catalog": shown.catalog,
        "loaded_at": shown.loaded_at,
        "roots": shown.roots,
        "diagnostics": _plain(shown.diagnostics),
    }


async def skill(context: Context, name: str, digest: str | None = None) -> dict[str, Any]:
    """Return a version of a skill, by default the current one. Raises `SkillNotFound`."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        shown = await show_skill(conn, name, digest)
    return _item(shown) | {
        "contract": contract_document(shown.skill.contract),
        "body": shown.skill.body,
        "files": list(shown.skill.files),
        "current": shown.current,
        "diagnostics": _plain(shown.diagnostics),
    }


async def versions(context: Context, name: str) -> dict[str, Any]:
    """Return all versions of a skill, the newest first. Raises `SkillNotFound`."""
    async with context.reading() as conn:
        return {"items": _plain(await show_versions(conn, name))}


async def reload(context: Context, actor: Actor) -> dict[str, Any]:
    """Read the skill folders again, and say what is different."""
    report = await load_skills(context.pool, context.settings)
    async with context.writing() as conn:
        await audit.record(conn, actor.document(), "reload", detail={"catalog": report.catalog})
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
        return {"items": [_sop(one) for one in await show_sops(conn)]}


async def sop(context: Context, name: str) -> dict[str, Any]:
    """Return one named procedure. Raises `SopUnknown`."""
    async with context.reading() as conn:
        found = await catalogs.load_sop(conn, name)
    if found is None:
        raise SopUnknown(f"there is no SOP named {name!r}")
    return _sop(found)


def _sop(one: Sop) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "sop": one.sop,
        "examples": list(one.examples),
        "loaded_at": one.loaded_at,
    }


def _item(shown: ShownSkill) -> dict[str, Any]:
    contract = shown.skill.contract
    return {
        "name": shown.skill.name,
        "digest": shown.skill.digest,
        "description": shown.skill.description,
        "executor": contract.executor,
        "effects": contract.effects,
        "approval": contract.approval,
        "requires": list(contract.requires),
        "optional": list(contract.optional),
        "produces": list(contract.produces),
        "may_produce": list(contract.may_produce),
        "source": shown.source,
        "loaded_at": shown.loaded_at,
        "errors": _count(shown.diagnostics, "error"),
        "warnings": _count(shown.diagnostics, "warning"),
    }


def _count(diagnostics: Iterable[Diagnostic], level: str) -> int:
    return sum(one.level == level for one in diagnostics)


def _plain(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]
