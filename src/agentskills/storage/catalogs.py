"""Skill versions by digest, the catalogue snapshots that runs are pinned to, and named SOPs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import asyncpg
import msgspec

from agentskills.domain.canonical import digest as digest_of
from agentskills.domain.skill import Contract, Diagnostic, Skill
from agentskills.storage.database import Conn


class CatalogEntry(NamedTuple):
    """One skill of a catalogue snapshot."""

    name: str
    skill_digest: str
    source: str  # folder, as it was read


@dataclass(frozen=True, slots=True)
class CatalogHead:
    """A catalogue snapshot without its skills."""

    digest: str
    diagnostics: tuple[Diagnostic, ...]
    roots: tuple[str, ...]
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a skill in a list."""

    digest: str
    name: str
    description: str
    created_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Sop:
    """A named procedure; `examples` are documents {title, initial_data, note?}."""

    name: str
    title: str
    sop: str
    examples: Sequence[Mapping[str, Any]]
    loaded_at: datetime | None = None


def contract_document(contract: Contract) -> dict[str, Any]:
    """Return a contract as JSON; `contract_from` gives back an equal one."""
    document: dict[str, Any] = msgspec.to_builtins(contract, builtin_types=(Decimal,))
    return document


def contract_from(document: Mapping[str, Any]) -> Contract:
    """Return the contract that `contract_document` wrote, also by an older version of AgentSkills."""
    return msgspec.convert(document, Contract)


def catalog_digest(entries: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a catalogue: of its sorted list of (name, skill digest)."""
    return digest_of(sorted([name, skill] for name, skill in entries))


# -- skill versions ---------------------------------------------------------------------------


def _skill(row: asyncpg.Record) -> Skill:
    return Skill(
        name=row["name"],
        digest=row["digest"],
        description=row["description"],
        contract=contract_from(row["contract"]),
        body=row["body"],
        files=tuple(row["files"]),
    )


async def stored_digests(conn: Conn, digests: Sequence[str] | None = None) -> set[str]:
    """Return which of these skill versions are stored; without `digests`, all that are."""
    rows = await conn.fetch(
        "SELECT digest FROM skill_versions WHERE $1::text[] IS NULL OR digest = ANY($1)", digests
    )
    return {row["digest"] for row in rows}


async def save_version(conn: Conn, skill: Skill, archive: bytes) -> bool:
    """Store a skill version whole, once; say whether it is new."""
    return bool(
        await conn.fetchval(
            """INSERT INTO skill_versions (digest, name, description, contract, body, files, archive)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (digest) DO NOTHING RETURNING true""",
            skill.digest,
            skill.name,
            skill.description,
            contract_document(skill.contract),
            skill.body,
            list(skill.files),
            archive,
        )
    )


async def refresh_version(conn: Conn, skill: Skill) -> bool:
    """Bring a stored version up to what this release reads in the same files; say whether it changed."""
    return bool(
        await conn.fetchval(
            """UPDATE skill_versions SET name = $2, description = $3, contract = $4, body = $5
               WHERE digest = $1
                   AND (name, description, contract, body) IS DISTINCT FROM ($2, $3, $4::jsonb, $5)
               RETURNING true""",
            skill.digest,
            skill.name,
            skill.description,
            contract_document(skill.contract),
            skill.body,
        )
    )


async def load_skill(conn: Conn, digest: str) -> Skill | None:
    """Return a skill version, or None where it is unknown."""
    row = await conn.fetchrow(
        "SELECT name, digest, description, contract, body, files FROM skill_versions WHERE digest = $1",
        digest,
    )
    return _skill(row) if row else None


async def load_skills(conn: Conn, digests: Sequence[str]) -> dict[str, Skill]:
    """Return skill versions by digest; unknown ones are left out."""
    rows = await conn.fetch(
        "SELECT name, digest, description, contract, body, files FROM skill_versions WHERE digest = ANY($1)",
        digests,
    )
    return {row["digest"]: _skill(row) for row in rows}


async def archive(conn: Conn, digest: str) -> bytes | None:
    """Return the tar.gz of a skill version's folder, or None where it is unknown."""
    found: bytes | None = await conn.fetchval("SELECT archive FROM skill_versions WHERE digest = $1", digest)
    return found


async def list_versions(conn: Conn, name: str) -> list[Version]:
    """Return all stored versions of a skill, the newest first."""
    rows = await conn.fetch(
        """SELECT s.digest, s.name, s.description, s.created_at,
                  EXISTS (SELECT FROM catalog_skills c
                          WHERE c.skill_digest = s.digest AND c.name = s.name AND c.catalog =
                              (SELECT digest FROM catalogs WHERE NOT derived
                               ORDER BY loaded_at DESC LIMIT 1)) AS current
           FROM skill_versions s WHERE s.name = $1 ORDER BY s.created_at DESC, s.digest""",
        name,
    )
    return [Version(**row) for row in rows]


# -- catalogue snapshots ------------------------------------------------------------------------


async def save_catalog(
    conn: Conn,
    entries: Sequence[CatalogEntry],
    diagnostics: Sequence[Diagnostic],
    roots: Sequence[str],
) -> str:
    """Store a snapshot of stored versions, make it the current one, and return its digest."""
    digest = catalog_digest((entry.name, entry.skill_digest) for entry in entries)
    await conn.execute(
        """INSERT INTO catalogs (digest, diagnostics, roots, loaded_at) VALUES ($1, $2, $3, clock_timestamp())
           ON CONFLICT (digest) DO UPDATE SET diagnostics = excluded.diagnostics, roots = excluded.roots,
               derived = false, loaded_at = greatest(clock_timestamp(), catalogs.loaded_at)""",
        digest,
        [msgspec.to_builtins(diagnostic) for diagnostic in diagnostics],
        list(roots),
    )
    await conn.execute(
        """INSERT INTO catalog_skills (catalog, name, skill_digest, source)
           SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[])
           ON CONFLICT (catalog, name) DO UPDATE SET source = excluded.source
               WHERE catalog_skills.source <> excluded.source""",
        digest,
        [entry.name for entry in entries],
        [entry.skill_digest for entry in entries],
        [entry.source for entry in entries],
    )
    return digest


async def save_derived(conn: Conn, entries: Sequence[CatalogEntry]) -> str:
    """Store a snapshot made for a rerun out of stored versions, which never becomes the current one."""
    digest = catalog_digest((entry.name, entry.skill_digest) for entry in entries)
    await conn.execute(
        "INSERT INTO catalogs (digest, derived) VALUES ($1, true) ON CONFLICT DO NOTHING", digest
    )
    await conn.execute(
        """INSERT INTO catalog_skills (catalog, name, skill_digest, source)
           SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING""",
        digest,
        [entry.name for entry in entries],
        [entry.skill_digest for entry in entries],
        [entry.source for entry in entries],
    )
    return digest


async def versions_like(conn: Conn, name: str, prefix: str) -> list[str]:
    """Return the digests of a skill's stored versions that begin with `prefix` (hexadecimal)."""
    rows = await conn.fetch(
        "SELECT digest FROM skill_versions WHERE name = $1 AND starts_with(digest, $2) ORDER BY digest",
        name,
        prefix,
    )
    return [row["digest"] for row in rows]


async def current_catalog(conn: Conn) -> str | None:
    """Return the digest of the snapshot that new runs are pinned to; None before the first load."""
    digest: str | None = await conn.fetchval(
        "SELECT digest FROM catalogs WHERE NOT derived ORDER BY loaded_at DESC LIMIT 1"
    )
    return digest


async def current_head(conn: Conn) -> CatalogHead | None:
    """Return the current snapshot with its diagnostics and roots; None before the first load."""
    row = await conn.fetchrow(
        """SELECT digest, diagnostics, roots, loaded_at FROM catalogs
           WHERE NOT derived ORDER BY loaded_at DESC LIMIT 1"""
    )
    if row is None:
        return None
    return CatalogHead(
        digest=row["digest"],
        diagnostics=tuple(msgspec.convert(item, Diagnostic) for item in row["diagnostics"]),
        roots=tuple(row["roots"]),
        loaded_at=row["loaded_at"],
    )


async def stored_catalogs(conn: Conn, digests: Sequence[str]) -> set[str]:
    """Return which of these catalogue snapshots are stored."""
    rows = await conn.fetch("SELECT digest FROM catalogs WHERE digest = ANY ($1::text[])", digests)
    return {row["digest"] for row in rows}


async def current_names(conn: Conn) -> set[str]:
    """Return the names of the skills that new runs see."""
    rows = await conn.fetch(
        """SELECT name FROM catalog_skills WHERE catalog = (
               SELECT digest FROM catalogs WHERE NOT derived ORDER BY loaded_at DESC LIMIT 1)"""
    )
    return {row["name"] for row in rows}


async def load_entries(conn: Conn, digest: str) -> list[CatalogEntry]:
    """Return what a snapshot holds, by name; empty where it is unknown."""
    rows = await conn.fetch(
        "SELECT name, skill_digest, source FROM catalog_skills WHERE catalog = $1 ORDER BY name", digest
    )
    return [CatalogEntry(*row) for row in rows]


async def load_catalog(conn: Conn, digest: str) -> dict[str, Skill]:
    """Return the skill versions of a snapshot, by name; empty where it is unknown."""
    rows = await conn.fetch(
        """SELECT s.name, s.digest, s.description, s.contract, s.body, s.files
           FROM catalog_skills c JOIN skill_versions s ON s.digest = c.skill_digest
           WHERE c.catalog = $1 ORDER BY c.name""",
        digest,
    )
    return {row["name"]: _skill(row) for row in rows}


# -- named SOPs ----------------------------------------------------------------------------------


async def save_sops(conn: Conn, sops: Sequence[Sop]) -> None:
    """Make these the named procedures, all others go; unchanged ones keep their time."""
    await conn.execute("DELETE FROM sops WHERE name <> ALL($1)", [sop.name for sop in sops])
    await conn.executemany(
        """INSERT INTO sops (name, title, sop, examples) VALUES ($1, $2, $3, $4)
           ON CONFLICT (name) DO UPDATE SET title = excluded.title, sop = excluded.sop,
               examples = excluded.examples, loaded_at = now()
           WHERE (sops.title, sops.sop, sops.examples)
               IS DISTINCT FROM (excluded.title, excluded.sop, excluded.examples)""",
        [(sop.name, sop.title, sop.sop, list(sop.examples)) for sop in sops],
    )


async def current_sops(conn: Conn) -> list[Sop]:
    """Return all named procedures, by name."""
    rows = await conn.fetch("SELECT name, title, sop, examples, loaded_at FROM sops ORDER BY name")
    return [Sop(**row) for row in rows]


async def load_sop(conn: Conn, name: str) -> Sop | None:
    """Return a named procedure, or None where there is none."""
    row = await conn.fetchrow("SELECT name, title, sop, examples, loaded_at FROM sops WHERE name = $1", name)
    return Sop(**row) if row else None


async def lock_loading(conn: Conn) -> None:
    """Let one load of the skill folders at a time write, until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('agentskills.load_skills'))")
