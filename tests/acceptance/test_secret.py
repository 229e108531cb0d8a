"""Planted secrets are found nowhere: not in the database, the logs, the answers, the events, the files."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from tests.engine.workplace import add_skill, inline
from tests.running_server import RunningServer, free_port, running_server
from tests.stubs.http_service import HttpService, Reply, Seen

from agentskills.storage.embedded import EmbeddedPostgres

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

TOKEN = 'planted+token/Qz7"81&x'  # with what is written differently in URLs, JSON and base64
FROM_FILE = "planted-file-5bd2f1"
MODEL_KEY = "planted-model-key-93ac"
PASSWORD = "planted-password-41de"
CLIENT_KEY = "planted-client-key-7f20"
PLANTED = (TOKEN, FROM_FILE, MODEL_KEY, PASSWORD, CLIENT_KEY)


def forms(secret: str) -> set[str]:
    """How a secret may be written."""
    return {
        secret,
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        base64.b64encode(secret.encode()).decode().rstrip("="),
    }


def found_in(text: str) -> list[str]:
    return [form for secret in PLANTED for form in forms(secret) if form in text]


def echo(seen: Seen) -> Reply:
    """Say everything again that was said."""
    status = {"/fails": 500, "/refuses": 422}.get(seen.path.partition("?")[0], 200)
    if "completions" in seen.path or "responses" in seen.path:
        status = 401
    said = {"headers": seen.headers, "path": seen.path, "body": seen.body.decode()}
    return Reply(status, {"echo": said, "error": {"message": f"wrong: {said}", "type": "no", "code": "no"}})


REQUEST = """
request:
  method: POST
  url: "{env.ECHO_URL}%s?key={secret.probe}"
  headers: {Authorization: "Bearer {secret.probe}", X-File: "{secret.from-file}"}
  body: {again: "{secret.probe}"}
response: {%s: "$.echo"}
"""
LEAK = """
import os, sys
seen = dict(os.environ)
for name in ("ASF_SECRET_PROBE", "ASF_API_KEY", "DATABASE_URL"):
    print(name, seen.get(name))
text = str(inputs) + str(seen)
"""


def write_skills(root: Path) -> None:
    for name, path in (("says", "/says"), ("fails", "/fails"), ("refuses", "/refuses")):
        add_skill(
            root, name, "", executor="rest", effects="none", requires="n", produces=name,
            sidecar=REQUEST % (path, name),
        )  # fmt: skip
    add_skill(
        root, "pays", "", executor="rest", effects="irreversible", requires="n", produces="pays",
        sidecar=REQUEST % ("/pays", "pays"),
    )  # fmt: skip
    add_skill(
        root, "unreachable", "", executor="rest", effects="none", requires="n", produces="unreachable",
        sidecar=(REQUEST % ("/", "unreachable")).replace("ECHO_URL", "NOBODY_URL"),
    )  # fmt: skip
    # Its own process: nothing of the environment is there, the file is, as any file would be.
    child = "    ".join(f"{line}\n" for line in [*LEAK.splitlines(), 'text += open(inputs["file"]).read()'])
    returns, raises = 'return {"%s": text}', "raise RuntimeError(text)"
    for name, end in (("child", returns % "child"), ("child-fails", raises)):
        code = f"def run(inputs):\n    {child}    print(text)\n    print(text, file=sys.stderr)\n    {end}\n"
        add_skill(root, name, code, requires="file says", produces=name)
    for name, end in (("inside", returns % "inside"), ("inside-fails", raises)):
        inline(root, name, LEAK.replace("    print(name, seen.get(name))", "    pass") + end,
               requires="says", produces=name)  # fmt: skip
    add_skill(root, "writes", "", executor="llm", requires="n", produces="writes")


RUNS = (
    "says",
    "pays",
    "fails",
    "refuses",
    "unreachable",
    "child",
    "child-fails",
    "inside",
    "inside-fails",
    "writes",
)


@pytest.fixture
def secrets_dir(asf_home: Path) -> Path:
    folder = asf_home / "secrets"
    folder.mkdir()
    (folder / "from-file").write_text(FROM_FILE + "\n")
    return folder


NOUNS = {
    "batch": "batches",
    "backtest": "backtests",
    "schedule": "schedules",
    "policy": "policies",
    "webhook": "webhooks",
}


class Site:
    """A server and what it answers to its one client."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server

    def ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.server.url + path, data=data, headers={"Authorization": f"Bearer {CLIENT_KEY}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def get(self, path: str) -> Any:
        status, text = self.ask(path)
        assert status == 200, text
        return json.loads(text)


@pytest.fixture
def site(asf_home: Path, database_url: str, secrets_dir: Path) -> Iterator[Callable[[str, str], Any]]:
    """Starts the server, once the service is there."""
    write_skills(asf_home / "skills")
    running = []

    def start(url: str, private: str) -> Site:
        nobody = f"http://127.0.0.1:{free_port()}"
        more = {
            "ASF_SECRET_PROBE": TOKEN,
            "ASF_SECRETS_DIR": str(secrets_dir),
            "ASF_API_KEY": MODEL_KEY,
            "ASF_API_KEYS": CLIENT_KEY,
            "ASF_MODEL_BASE_URL": f"{url}/v1",
            "ASF_LOG_LEVEL": "debug",
            "ASF_PRIVATE_HOSTS": f"{private},{nobody.removeprefix('http://')}",
            "ECHO_URL": url,
            "NOBODY_URL": nobody,
        }
        # The server trusts its socket; what counts is that the URL holds a password.
        with_password = database_url.replace("postgres@", f"postgres:{PASSWORD}@")
        assert PASSWORD in with_password
        context = running_server(asf_home, with_password, asf_home / "skills", more)
        running.append(context)
        return Site(context.__enter__())

    yield start
    for context in running:
        context.__exit__(None, None, None)


def all_answers(site: Site) -> Iterator[tuple[str, str]]:
    """Every GET endpoint for everything there is, events included."""
    paths = site.get("/openapi.json")["paths"]
    wanted = [path for path, methods in paths.items() if "get" in methods]
    skills = site.get("/admin/skills")["items"]
    runs = site.get("/admin/runs?limit=200")["items"]
    values = {
        "thread_id": [run["thread_id"] for run in runs],
        "name": [skill["name"] for skill in skills],
        "digest": [skill["digest"] for skill in skills],
        "seq": [str(seq) for seq in range(1, 8)],
        "effect_id": [str(effect["id"]) for effect in site.get("/admin/effects?limit=200")["items"]],
    } | {
        f"{noun}_id": [one["id"] for one in site.get(f"/admin/{nouns}")["items"]]
        for noun, nouns in NOUNS.items()
    }
    assert all(values.values())
    assert len(values["thread_id"]) > len(RUNS)
    for path in wanted:
        for filled in _filled(path, values):
            yield filled, site.ask(filled)[1]
    yield "/openapi.json", site.ask("/openapi.json")[1]


def _filled(path: str, values: dict[str, list[str]]) -> Iterator[str]:
    names = re.findall(r"\{(\w+)\}", path)
    if not names:
        yield path
        return
    for value in values[names[0]]:
        yield from _filled(path.replace("{" + names[0] + "}", quote(value), 1), values)


def all_rows(url: str) -> Iterator[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for (row,) in connection.execute(f'SELECT t::text FROM "{table}" t'.encode()):
                yield table, row


def all_files(home: Path) -> Iterator[tuple[str, str]]:
    for file in home.rglob("*"):
        if file.is_file() and file.parent.name != "secrets":
            yield str(file.relative_to(home)), file.read_bytes().decode("utf-8", "replace")


async def test_planted_secrets_are_found_nowhere(
    site: Callable[[str, str], Site],
    asf_home: Path,
    database_url: str,
    postgres: EmbeddedPostgres,
    secrets_dir: Path,
    report: Callable[[str, dict[str, Any]], None],
) -> None:
    async with HttpService(echo) as service:
        here = await asyncio.to_thread(site, service.url, service.private)
        statuses = await asyncio.to_thread(_carry_all, here, secrets_dir)
        await asyncio.to_thread(_run_the_fleet, here, f"{service.url}/hook")
        seen = " ".join(f"{request.headers} {request.path} {request.body!r}" for request in service.seen)
        answers = await asyncio.to_thread(lambda: list(all_answers(here)))
    # It was really used: each went where it belongs.
    for secret in (TOKEN, FROM_FILE, MODEL_KEY):
        assert secret in seen, "it was not even sent"
    assert {run for run, status in statuses.items() if status == "completed"} == {
        "says",
        "pays",
        "child",
        "inside",
    }
    rows = list(all_rows(database_url))
    files = list(all_files(asf_home))
    log = postgres.log.read_text()
    leaks = [
        (where, name, found)
        for where, texts in (
            ("answer", answers),
            ("row", rows),
            ("file", files),
            ("log", [("Postgres", log)]),
        )
        for name, text in texts
        if (found := found_in(text))
    ]
    report(
        "Planted secrets",
        {
            "planted / times sent to the service": f"{len(PLANTED)} / {sum(seen.count(s) for s in PLANTED)}",
            "answers looked through": len(answers),
            "rows of the database": len(rows),
            "files, logs among them": len(files),
            "bytes": sum(len(text) for texts in (answers, rows, files) for _, text in texts),
            "masked in their place": sum(text.count("[secret]") for _, text in rows),
            "leaks": len(leaks),
        },
    )
    assert leaks == []
    assert sum(text.count("[secret]") for _, text in rows) > 0


def _carry_all(site: Site, secrets_dir: Path) -> dict[str, str]:
    data = {"n": 1, "file": str(secrets_dir / "from-file")}
    for name in RUNS:
        skills = ["says", name] if name.startswith(("child", "inside")) else [name]
        asked: dict[str, Any] = {"sop": "Do it.", "thread_id": name, "skills": skills, "initial_data": data}
        if name == "writes":
            asked["model"] = "openai:stub"
        status, text = site.ask("/start", asked)
        assert status == 200, text
    statuses = {}
    for name in RUNS:
        events = site.ask(f"/admin/runs/{name}/events")[1]  # until the run has ended
        assert found_in(events) == []
        statuses[name] = site.get(f"/status/{name}")["status"]
    return statuses


def _run_the_fleet(site: Site, hook: str) -> None:
    """Rerun by hundreds, by the clock and by rules; each at least once."""

    def made(path: str, asked: dict[str, Any]) -> str:
        status, text = site.ask(path, asked)
        assert status == 200, text
        return str(json.loads(text)["id"])

    webhook = made(
        "/admin/webhooks", {"url": hook, "events": ["run.completed", "run.failed", "webhook.test"]}
    )
    assert site.ask(f"/admin/webhooks/{webhook}/test", {})[0] == 200
    made("/admin/policies", {"name": "again", "matches": {"skill": "fails"}, "attempts": 1})
    again = {"thread_id": "says", "request": {}}
    schedule = made("/admin/schedules", {"name": "daily", "cron": "0 6 * * *", "rerun": again})
    assert site.ask(f"/admin/schedules/{schedule}/run-now", {})[0] == 200
    batches = [
        made("/admin/batches", {"ids": ["fails", "child-fails"]}),
        made("/admin/backtests", {"ids": ["says", "child"]}),
    ]
    for batch in batches:
        while site.get(f"/admin/batches/{batch}")["status"] == "running":
            time.sleep(0.1)
    while not site.get(f"/admin/webhooks/{webhook}/deliveries?state=delivered")["items"]:
        time.sleep(0.1)
