"""Which skill versions a rerun uses: the latest, those of the run it repeats, or chosen ones.

Consent names skills of these versions, so it is checked here, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentskills.domain.errors import BadInput, VersionMissing
from agentskills.domain.rerun import RerunRequest, Skills
from agentskills.storage import catalogs
from agentskills.storage.catalogs import CatalogEntry
from agentskills.storage.database import Conn
from agentskills.storage.runs import RunRow

REST = "*"
"""In `{name: digest}`: all skills that are not named."""

SHORTEST = 8
"""Digits that a digest may be cut down to."""


async def catalog_for(conn: Conn, parent: RunRow, asked: RerunRequest, kept: Sequence[str]) -> str | None:
    """Return the catalogue of a rerun; None for the current one.

    `kept` are skills whose steps stand before the chosen start: one that is gone by now is taken
    from the run that is repeated. Raises `VersionMissing`, and `BadInput` for what is no digest.
    """
    versions = asked.versions
    chosen = dict(versions) if isinstance(versions, dict) else {REST: versions}
    rest = chosen.pop(REST, "latest")
    if rest not in ("latest", "pinned"):
        raise BadInput("the other skills can be latest or pinned", pointer=f"/skills/{REST}")
    if rest == "latest" and not chosen and not kept:
        return None
    current = await catalogs.current_catalog(conn)
    base = (parent.catalog or current) if rest == "pinned" else current
    if base is None:
        return None
    entries = {entry.name: entry for entry in await catalogs.load_entries(conn, base)}
    added = await _still_needed(conn, parent, set(kept) - entries.keys())
    for name, digest in chosen.items():
        added[name] = CatalogEntry(name, await _version(conn, name, digest), _source(entries, name))
    if all(entries.get(name) == entry for name, entry in added.items()):
        return base
    return await catalogs.save_derived(conn, list((entries | added).values()))


async def check_versions(conn: Conn, versions: Skills) -> None:
    """Raise `BadInput` or `VersionMissing` for the first version that no rerun could use."""
    chosen = dict(versions) if isinstance(versions, dict) else {REST: versions}
    if chosen.pop(REST, "latest") not in ("latest", "pinned"):
        raise BadInput("the other skills can be latest or pinned", pointer=f"/skills/{REST}")
    for name, digest in chosen.items():
        await _version(conn, name, digest)


async def check_consent(conn: Conn, catalog: str | None, consent: Sequence[str]) -> None:
    """Raise `BadInput` for the first name that is no skill with an irreversible effect; None: the current."""
    if not consent:
        return
    catalog = catalog or await catalogs.current_catalog(conn)
    skills = await catalogs.load_catalog(conn, catalog) if catalog else {}
    for index, name in enumerate(consent):
        pointer = f"/consent/{index}"
        if name not in skills:
            raise BadInput(f"the rerun has no skill {name!r} to consent to", pointer=pointer)
        if not skills[name].contract.irreversible:
            raise BadInput(f"{name} has no irreversible effect to consent to", pointer=pointer)


async def _still_needed(conn: Conn, parent: RunRow, gone: set[str]) -> dict[str, CatalogEntry]:
    if not gone or parent.catalog is None:
        return {}
    entries = await catalogs.load_entries(conn, parent.catalog)
    return {entry.name: entry for entry in entries if entry.name in gone}


def _source(entries: Mapping[str, CatalogEntry], name: str) -> str:
    return entries[name].source if name in entries else ""


async def _version(conn: Conn, name: str, digest: str) -> str:
    """Return the whole digest of a stored version, of which the beginning is enough."""
    pointer = f"/skills/{name.replace('~', '~0').replace('/', '~1')}"
    if len(digest) < SHORTEST or not set(digest) <= set("0123456789abcdef"):
        raise BadInput(f"{digest!r} is no digest: at least {SHORTEST} hexadecimal digits", pointer=pointer)
    found = await catalogs.versions_like(conn, name, digest)
    if len(found) == 1:
        return found[0]
    what = "no version" if not found else f"{len(found)} versions"
    raise VersionMissing(
        f"{what} of {name} with digest {digest} stored: see `asf skills show {name}`",
        skill=name,
        errors=[{"pointer": pointer, "message": f"{what} like this"}],
    )
