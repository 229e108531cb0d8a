"""What the client reads of skills, SOPs and the server itself."""

from __future__ import annotations

from agentskills.client.body import JsonObject, as_items, as_object, given, quoted
from agentskills.client.transport import Transport


class SkillsAndServer:
    """The part of the client that is about skills, SOPs and the server."""

    _transport: Transport

    async def skills(self) -> JsonObject:
        """Return `{items, catalog, roots, diagnostics, …}`: the skills that new runs see."""
        return as_object(await self._transport.get("/admin/skills"))

    async def skill(self, name: str, digest: str | None = None) -> JsonObject:
        """Return a skill, or one version of it: contract, body, files. Raises `SkillNotFound`."""
        version = f"/versions/{quoted(digest)}" if digest else ""
        return as_object(await self._transport.get(f"/admin/skills/{quoted(name)}{version}"))

    async def skill_versions(self, name: str) -> list[JsonObject]:
        """Return all versions of a skill, the newest first. Raises `SkillNotFound`."""
        return as_items(await self._transport.get(f"/admin/skills/{quoted(name)}/versions"))

    async def skill_diff(self, name: str, left: str, right: str | None = None) -> JsonObject:
        """Return what differs between two versions of a skill, without `right` to the current one.

        A digest may be its beginning, from eight characters on. Raises `SkillNotFound`.
        """
        params = given(left=left, right=right)
        return as_object(await self._transport.get(f"/admin/skills/{quoted(name)}/diff", params))

    async def skill_activity(self, hours: int | None = None) -> JsonObject:
        """Return what each skill did in the runs of the last `hours`, by default 24."""
        return as_object(await self._transport.get("/admin/skills/activity", given(hours=hours)))

    async def sops(self) -> list[JsonObject]:
        """Return the named SOPs with their text and example inputs."""
        return as_items(await self._transport.get("/admin/sops"))

    async def reload_skills(self) -> JsonObject:
        """Read all skill folders anew; runs under way keep the versions they began with."""
        return as_object(await self._transport.post("/admin/skills/reload"))

    async def health(self) -> JsonObject:
        """Return whether the server can do its work."""
        return as_object(await self._transport.get("/health"))

    async def server(self) -> JsonObject:
        """Return what the server is set up to do: model, planner, skill roots, workers."""
        return as_object(await self._transport.get("/admin/server"))
