"""`asf skills` against a real server."""

from __future__ import annotations

import json
from typing import Any


def test_ls(on: Any):
    done = on("skills", "ls")
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split()[:3] == ["NAME", "DIGEST", "EXECUTOR"]
    assert "pay-refund" in [row.split()[0] for row in rows]
    assert len(json.loads(on("skills", "ls", "-o", "json").stdout)) == len(rows)


def test_show(on: Any):
    shown = on("skills", "show", "pay-refund")
    assert shown.returncode == 0, shown.stderr
    for text in ("irreversible", "VERSIONS", "current", "TEXT"):
        assert text in shown.stdout
    document = json.loads(on("skills", "show", "pay-refund", "-o", "json").stdout)
    version = on("skills", "show", "pay-refund", "--version", document["versions"][0]["digest"], "-o", "json")
    assert json.loads(version.stdout)["digest"] == document["digest"]
    assert on("skills", "show", "no-such-skill").returncode == 3


def test_sops(on: Any):
    names = [line.split()[0] for line in on("skills", "sops").stdout.splitlines()[1:]]
    assert "order-refund" in names


def test_reload(on: Any):
    done = on("skills", "reload")
    assert done.returncode == 0, done.stderr
    assert "skills" in done.stderr
    assert "diagnostics" in json.loads(on("skills", "reload", "-o", "json").stdout)
