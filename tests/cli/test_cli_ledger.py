"""`asf effects`, `asf audit` and `asf skills diff`, as people type them."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from tests.running_server import RunningServer

from agentskills.domain.json_text import parse_json

RENDERED = '{"order": {"id": "A-10442"}, "request": {"received_on": "2026-11-20"}}'


@pytest.fixture(scope="module")
def refund(server: RunningServer) -> str:
    """A run that has paid and mailed, and a rerun that did neither again."""
    from tests.cli.asf_command import asf

    there = {"ASF_API_URL": server.url, "NO_PROXY": "*"}
    started = asf(
        *("run", "start", "--name", "order-refund", "--data", RENDERED, "--id", "cli-refund", "--wait"),
        environment=there,
    )
    assert started.returncode == 0, started.stderr
    again = asf("run", "rerun", "cli-refund", "--reason", "to be sure", "--wait", environment=there)
    assert again.returncode == 0, again.stderr
    return "cli-refund"


def rows(text: str) -> list[str]:
    return text.splitlines()[1:]


def test_effects_ls(on: Any, refund: str):
    done = on("effects", "ls", "--family", refund)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:3] == ["ID", "STATE", "AT"]
    [paid] = [row for row in rows(done.stdout) if "pay-refund" in row]
    assert "done" in paid
    assert "order.id=A-10442" in paid
    assert f"{refund}_rerun_1" in paid
    listed = json.loads(on("effects", "ls", "--run", refund, "-o", "json").stdout)
    assert len(listed) == len(rows(done.stdout))
    lines = on("effects", "ls", "--run", refund, "-o", "jsonl").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [effect["id"] for effect in listed]


@pytest.mark.parametrize(
    ("filters", "finds"),
    [
        (["--data", "order.id=A-10442"], True),
        (["--data", '{"order": {"id": "A-10442"}}', "--skill", "pay-refund"], True),
        (["--data", "order.id=A-10442", "--data", "order.id=A-1"], False),
        (["--data", "order.id=A-10442", "--not-repeated", "--since", "1h"], True),
        (["--data", "order.id=A-10442", "--until", "1h"], False),
        (["--state", "doubt", "--state", "failed"], False),
        (["--scope", "cli-refund", "--state", "receipt"], True),
        (["--scope", "", "--data", "order.id=A-10442"], False),
    ],
)
def test_effects_filters(on: Any, refund: str, filters: list[str], finds: bool):
    done = on("effects", "ls", *filters)
    assert done.returncode == 0, done.stderr
    assert bool(rows(done.stdout)) == finds
    assert ("no effects found" in done.stderr) != finds


def test_effects_show(on: Any, refund: str):
    [effect] = parse_json(on("effects", "ls", "--run", refund, "--skill", "pay-refund", "-o", "json").stdout)
    shown = on("effects", "show", str(effect["id"]))
    assert shown.returncode == 0, shown.stderr
    for text in ("WHAT WENT OUT", "order.id", "NOT DONE AGAIN, 1 times", f"{refund}_rerun_1", "worker"):
        assert text in shown.stdout
    assert parse_json(on("effects", "show", str(effect["id"]), "-o", "json").stdout) == effect
    assert on("effects", "show", "99999999").returncode == 3
    assert on("effects", "show", "many").returncode == 2
    assert on("effects", "ls", "--data", "order.id").returncode == 2


def test_audit_ls(on: Any, refund: str):
    done = on("audit", "ls", "--run", f"{refund}_rerun_1")
    assert done.returncode == 0, done.stderr
    [entry] = rows(done.stdout)
    assert "rerun" in entry
    assert "to be sure" in entry
    [started] = json.loads(on("audit", "ls", "--run", refund, "-o", "json").stdout)
    assert (started["action"], started["actor"]) == ("start", {"kind": "person"})
    assert rows(on("audit", "ls", "--action", "start", "--actor", "person", "--since", "1h").stdout)
    assert rows(on("audit", "ls", "--until", "1h").stdout) == []
    assert len(on("audit", "ls", "--limit", "1", "-o", "jsonl").stdout.splitlines()) == 1


def test_skills_diff(on: Any, server: RunningServer):
    current = json.loads(on("skills", "show", "pay-refund", "-o", "json").stdout)["digest"]
    other = "deadbeef" + current[8:]
    with psycopg.connect(server.env["DATABASE_URL"]) as sql:
        sql.execute(
            """INSERT INTO skill_versions (digest, name, description, contract, body, files, archive)
               SELECT %s, v.name, v.description, v.contract, v.body, v.files, o.archive
               FROM skill_versions v, skill_versions o WHERE v.digest = %s AND o.name = 'fetch-order'""",
            [other, current],
        )
    done = on("skills", "diff", "pay-refund", "deadbeef")
    assert done.returncode == 0, done.stderr
    assert f"--- deadbeef{current[8:12]}/SKILL.md\n+++ {current[:12]}/SKILL.md\n@@ " in done.stdout
    assert "\n-name: fetch-order\n" in done.stdout
    assert "\n+name: pay-refund\n" in done.stdout
    assert "\x1b[" not in done.stdout  # colours are for terminals
    back = json.loads(on("skills", "diff", "pay-refund", current[:8], "deadbeef", "-o", "json").stdout)
    assert (back["left"], back["right"]) == (current, other)
    same = on("skills", "diff", "pay-refund", current)
    assert (same.stdout, same.stderr) == ("", "no difference\n")
    assert on("skills", "diff", "pay-refund", "0000000000").returncode == 3
