"""A server with API keys: every request needs one, but for what shows its own token or holds no data."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.running_server import running_server

from .skill_folders import write_skills
from .talking import Api, is_problem

KEYS = "first-key-0001, second-key-0002"


@pytest.fixture
def keyed(database_url: str, asf_home: Path) -> Iterator[Api]:
    skills = Path(tempfile.mkdtemp(prefix="asf-keys-"))
    with running_server(asf_home, database_url, write_skills(skills), {"ASF_API_KEYS": KEYS}) as server:
        client = Api(server.url)
        yield client
        client.http.close()
    shutil.rmtree(skills)


def test_keys(keyed: Api) -> None:
    assert is_problem(keyed.post("/start", {"sop": "Use double."}), 401, "unauthorized")
    for wrong in (
        "Bearer nonsense",
        "Basic first-key-0001",
        "Bearer first-key-000",
        "first-key-0001",
    ):
        answer = keyed.post("/start", {"sop": "Use double."}, Authorization=wrong)
        assert is_problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
    for path in (
        "/admin/runs",
        "/metrics",
        "/status/x",
        "/admin/skills",
        "/admin/server",
        "/admin/server/settings",
    ):
        assert keyed.get(path).status == 401
    for path in ("/health", "/openapi.json", "/ui/", "/docs"):
        assert keyed.http.get(path).status_code == 200
    assert is_problem(keyed.post("/callback?token=x", {"data": {}}), 403, "forged-token")

    started = keyed.post("/start", {"sop": "Use double."}, Authorization="Bearer second-key-0002")
    assert started.status == 200
    run = started.body["thread_id"]
    row = keyed.http.get(f"/admin/runs/{run}/metadata", headers={"Authorization": "bearer first-key-0001"})
    assert row.json()["requested_by"]["kind"] == "api_key"
    assert "key-0002" not in row.text  # a digest says which key it was
    foreign = {"Host": "agents.example", "Authorization": "Bearer first-key-0001"}
    assert keyed.http.get("/admin/runs", headers=foreign).status_code == 200
