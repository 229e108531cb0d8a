"""The server itself: who may talk to it, health, metrics, skills, the UI's pages, the API document."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .talking import Api, is_problem

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example:8000"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_foreign_pages_are_refused(api: Api, headers: dict[str, str]) -> None:
    answer = api.send("/start", b'{"sop": "Use double."}', **headers)
    assert is_problem(answer, 403, "forbidden-origin")


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1", "[::1]:8000", "LOCALHOST:8000"])
def test_this_machine_is_admitted_by_any_name(api: Api, host: str) -> None:
    assert api.http.get("/health", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


def test_health_and_server(api: Api) -> None:
    api.ended(api.start("Use double.", {"number": 1}))  # so the worker is there
    health = api.get("/health").body
    assert (health["status"], health["database"], health["workers"]) == ("ok", "ok", 1)
    server = api.get("/admin/server").body
    assert (server["planner"], server["model"], server["auth"]) == ("dataflow", None, False)


def test_settings_in_force(api: Api) -> None:
    api.ended(api.start("Use double.", {"number": 1}))  # so the worker is there
    told = api.get("/admin/server/settings").body
    settings = {setting["name"]: setting for setting in told["settings"]}
    assert (settings["ASF_MAX_STEPS"]["value"], settings["ASF_KEEP_DAYS"]["value"]) == ("1000", None)
    assert settings["ASF_PORT"]["given"]
    assert not settings["ASF_MAX_STEPS"]["given"]
    database = settings["DATABASE_URL"]
    assert (database["value"], database["secret"], database["given"]) == (None, True, True)
    [worker] = told["workers"]
    assert worker["pid"] > 0
    assert told["limits"][0] == {"kind": "runs", "name": None, "used": worker["runs"], "most": 100}


def test_metrics(api: Api) -> None:
    api.ended(api.start("Use double.", {"number": 1}))
    text = api.get("/metrics").body
    for line in (
        'asf_runs{status="completed"}',
        "asf_dry_runs",
        "asf_oldest_due_seconds",
        "asf_doubts",
        "asf_workers 1.0",
        'asf_http_requests_total{route="/start",status="200"}',
    ):
        assert line in text
    api.waits(api.start("Use echo-approved.", {"amount": 1}), "approval")
    assert 'asf_waits{reason="approval"}' in api.get("/metrics").body


def test_root_leads_to_the_ui(api: Api) -> None:
    answer = api.http.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/ui/")
    for path in ("/ui/", "/ui/runs/some-run"):
        page = api.http.get(path)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        nonce = policy.partition("'nonce-")[2].partition("'")[0]
        assert len(nonce) > 20
        assert f'nonce="{nonce}"' in page.text or "has not been built" in page.text
        assert "script-src 'self';" in page.headers["content-security-policy"]
    for path in ("/ui/..%2f..%2fapp.py", "/ui/%2e%2e/settings.py", "/ui/assets/../../settings.py"):
        assert "BaseSettings" not in api.http.get(path).text


def test_the_api_document_is_the_one_in_the_repository() -> None:
    command = [sys.executable, str(ROOT / "tools" / "dump_openapi.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_openapi_and_docs(api: Api) -> None:
    document = api.get("/openapi.json").body
    assert document["openapi"].startswith("3.1")
    operations = [o["operationId"] for path in document["paths"].values() for o in path.values()]
    assert len(operations) == len(set(operations))


def test_docs_need_no_other_server(api: Api) -> None:
    page = api.http.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', page.text) == ["/openapi.json", "/ui/"]
    document = api.get("/openapi.json").body
    anchors = set(re.findall(r'id="([^"]*)"', page.text))
    assert set(re.findall(r'href="#([^"]*)"', page.text)) <= anchors
    operations = {o["operationId"] for path in document["paths"].values() for o in path.values()}
    assert anchors == operations | document["components"]["schemas"].keys()


def test_skills(api: Api, skills_root: Path) -> None:
    listed = api.get("/admin/skills").body
    items = {item["name"]: item for item in listed["items"]}
    assert {"double", "pay", "check-outside"} <= items.keys()
    assert "broken" not in items
    broken = [d for d in listed["diagnostics"] if d["skill"] == "broken" and d["level"] == "error"]
    assert broken[0]["file"].endswith("SKILL.md")
    assert broken[0]["line"] > 1
    double = api.get("/admin/skills/double").body
    assert (double["executor"], double["requires"], double["produces"]) == ("python", ["number"], ["result"])
    assert "SKILL.md" in double["files"]
    assert is_problem(api.get("/admin/skills/treble"), 404, "skill-not-found")
    assert is_problem(api.get("/admin/skills/treble/versions"), 404, "skill-not-found")
    assert is_problem(api.get("/admin/skills/double/versions/" + "0" * 64), 404, "skill-not-found")


def test_reload_and_versions(api: Api, skills_root: Path) -> None:
    old = api.get("/admin/skills/double").body["digest"]
    run = api.start("Use echo-approved, then double.", {"amount": 1, "number": 1})
    file = skills_root / "double" / "SKILL.md"
    file.write_text(file.read_text() + "\nMore words.\n")
    api.post("/admin/skills/reload")
    new = api.get("/admin/skills/double").body["digest"]
    assert new != old
    versions = api.get("/admin/skills/double/versions").body["items"]
    assert [(v["digest"], v["current"]) for v in versions] == [(new, True), (old, False)]
    kept = api.get(f"/admin/skills/double/versions/{old}").body
    assert (kept["current"], "More words." in kept["body"]) == (False, False)
    api.waits(run, "approval")
    api.post(f"/approve/{run}")
    api.ended(run)
    used = [
        s["skill_digest"] for s in api.get(f"/admin/runs/{run}/steps").body["items"] if s["skill"] == "double"
    ]
    assert used == [old]  # a run keeps the versions it began with
    again = api.post(f"/rerun/{run}").body["thread_id"]
    assert (
        api.get(f"/admin/runs/{again}/metadata").body["catalog"] == api.get("/admin/skills").body["catalog"]
    )


def test_sops(api: Api) -> None:
    [sop] = api.get("/admin/sops").body["items"]
    assert (sop["name"], sop["title"]) == ("twice", "Twice")
    assert api.get("/admin/sops/twice").body == sop
    assert is_problem(api.get("/admin/sops/thrice"), 404, "sop-not-found")
