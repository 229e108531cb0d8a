"""Skills, their versions and diagnostics, named SOPs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.openapi import problems
from agentskills.api.params import Digest, Name, Text
from agentskills.api.process import actor_of, context_of
from agentskills.api.schemas.skills import (
    Reloaded,
    SkillActivity,
    SkillActivityQuery,
    SkillDetail,
    SkillDifference,
    SkillList,
    SkillVersionDetail,
    SkillVersionList,
    SopItem,
    SopList,
)
from agentskills.services import catalog, skill_activity, skill_versions

router = APIRouter(tags=["skills"])

_BEGINNING = "digest, or its beginning from 8 characters on"


@router.get("/admin/skills", operation_id="listSkills", response_model=SkillList, responses=problems())
async def list_skills(request: Request) -> JsonAnswer:
    """Return the current catalogue with what the loader and linter have to say."""
    return JsonAnswer(await catalog.list_skills(context_of(request)))


@router.post(
    "/admin/skills/reload", operation_id="reloadSkills", response_model=Reloaded, responses=problems(409, 422)
)
async def reload_skills(request: Request) -> JsonAnswer:
    """Read the skill folders again."""
    return JsonAnswer(await catalog.reload(context_of(request), actor_of(request)))


@router.get(
    "/admin/skills/activity",
    operation_id="getSkillActivity",
    response_model=SkillActivity,
    responses=problems(422),
)
async def get_activity(request: Request, query: Annotated[SkillActivityQuery, Query()]) -> JsonAnswer:
    """Return how often each skill was carried out in the last hours, how it ended, and what runs now."""
    return JsonAnswer(await skill_activity.activity(context_of(request), query.hours))


@router.get(
    "/admin/skills/{name}",
    operation_id="getSkill",
    response_model=SkillDetail,
    responses=problems(404, 422),
)
async def get_skill(request: Request, name: Name) -> JsonAnswer:
    """Return the current version of a skill."""
    return JsonAnswer(await catalog.skill(context_of(request), name))


@router.get(
    "/admin/skills/{name}/versions",
    operation_id="listSkillVersions",
    response_model=SkillVersionList,
    responses=problems(404, 422),
)
async def list_versions(request: Request, name: Name) -> JsonAnswer:
    """Return all versions of a skill, the newest first."""
    return JsonAnswer(await catalog.versions(context_of(request), name))


@router.get(
    "/admin/skills/{name}/versions/{digest}",
    operation_id="getSkillVersion",
    response_model=SkillVersionDetail,
    responses=problems(404, 422),
)
async def get_version(request: Request, name: Name, digest: Digest) -> JsonAnswer:
    """Return one version of a skill with its files, also when its folder has changed or gone."""
    return JsonAnswer(await skill_versions.version(context_of(request), name, digest))


@router.get(
    "/admin/skills/{name}/diff",
    operation_id="diffSkill",
    response_model=SkillDifference,
    responses=problems(404, 422),
)
async def diff_versions(
    request: Request,
    name: Name,
    left: Annotated[Text, Query(min_length=1, max_length=64, description=_BEGINNING)],
    right: Annotated[
        Text | None, Query(min_length=1, max_length=64, description="without it the current version")
    ] = None,
) -> JsonAnswer:
    """Return what differs between two versions of a skill, file by file."""
    return JsonAnswer(await skill_versions.difference(context_of(request), name, left, right))


@router.get(
    "/admin/sops", operation_id="listSops", response_model=SopList, responses=problems(), tags=["sops"]
)
async def list_sops(request: Request) -> JsonAnswer:
    """Return all named procedures with their example inputs."""
    return JsonAnswer(await catalog.list_sops(context_of(request)))


@router.get(
    "/admin/sops/{name}",
    operation_id="getSop",
    response_model=SopItem,
    responses=problems(404, 422),
    tags=["sops"],
)
async def get_sop(request: Request, name: Name) -> JsonAnswer:
    """Return one named procedure."""
    return JsonAnswer(await catalog.sop(context_of(request), name))
