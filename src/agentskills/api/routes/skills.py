"""Skills, their versions and diagnostics, named SOPs."""

from __future__ import annotations

from fastapi import APIRouter, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.openapi import problems
from agentskills.api.params import Digest, Name
from agentskills.api.schemas.skills import (
    Reloaded,
    SkillDetail,
    SkillList,
    SkillVersionList,
    SopItem,
    SopList,
)

router = APIRouter(tags=["skills"])


@router.get("/admin/skills", operation_id="listSkills", response_model=SkillList, responses=problems())
async def list_skills(request: Request) -> JsonAnswer:
    """Return the current catalogue with what the loader and linter have to say."""
    raise NotImplementedError


@router.post(
    "/admin/skills/reload", operation_id="reloadSkills", response_model=Reloaded, responses=problems(409)
)
async def reload_skills(request: Request) -> JsonAnswer:
    """Read the skill folders again."""
    raise NotImplementedError


@router.get(
    "/admin/skills/{name}",
    operation_id="getSkill",
    response_model=SkillDetail,
    responses=problems(404, 422),
)
async def get_skill(request: Request, name: Name) -> JsonAnswer:
    """Return the current version of a skill."""
    raise NotImplementedError


@router.get(
    "/admin/skills/{name}/versions",
    operation_id="listSkillVersions",
    response_model=SkillVersionList,
    responses=problems(404, 422),
)
async def list_versions(request: Request, name: Name) -> JsonAnswer:
    """Return all versions of a skill, the newest first."""
    raise NotImplementedError


@router.get(
    "/admin/skills/{name}/versions/{digest}",
    operation_id="getSkillVersion",
    response_model=SkillDetail,
    responses=problems(404, 422),
)
async def get_version(request: Request, name: Name, digest: Digest) -> JsonAnswer:
    """Return one version of a skill, also when its folder has changed or gone."""
    raise NotImplementedError


@router.get(
    "/admin/sops", operation_id="listSops", response_model=SopList, responses=problems(), tags=["sops"]
)
async def list_sops(request: Request) -> JsonAnswer:
    """Return all named procedures with their example inputs."""
    raise NotImplementedError


@router.get(
    "/admin/sops/{name}",
    operation_id="getSop",
    response_model=SopItem,
    responses=problems(404, 422),
    tags=["sops"],
)
async def get_sop(request: Request, name: Name) -> JsonAnswer:
    """Return one named procedure."""
    raise NotImplementedError
