"""`asf schedule`, as people type it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.cli.asf_command import asf as asf_alone


@pytest.fixture
def made(on: Any) -> dict[str, Any]:
    """A paused schedule with a name of its own."""
    done = on(
        *(
            "schedule",
            "create",
            f"Fetch {next(_numbers)}",
            "--cron",
            "0 9 * * mon",
            "--time-zone",
            "Europe/Berlin",
        ),
        *("--sop", "Fetch order.", "--skill", "fetch-order", "--set", "order.id={{ schedule.name }}"),
        *("--overlap", "queue_one", "--catch-up", "60", "--paused", "--note", "not yet", "-o", "json"),
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


_numbers = iter(range(1, 100))


def test_create_says_what_was_saved(made: dict[str, Any]) -> None:
    assert made["start"] == {
        "sop": "Fetch order.",
        "skills": ["fetch-order"],
        "initial_data": {"order": {"id": "{{ schedule.name }}"}},
    }
    assert (made["overlap"], made["catch_up_seconds"], made["note"]) == ("queue_one", 60, "not yet")


def test_a_schedule_is_meant_by_id_beginning_or_name(on: Any, made: dict[str, Any]) -> None:
    for given in (made["id"], made["id"][:-1], made["name"]):
        done = on("schedule", "show", given)
        assert done.returncode == 0, done.stderr
        assert made["id"] in done.stdout
        assert "cron 0 9 * * mon in Europe/Berlin" in done.stdout
        assert "not yet" in done.stdout
    on("schedule", "create", "Other", "--every", "60", "--sop", "x", "--paused")
    several = on("schedule", "show", "schedule_")
    assert several.returncode == 2
    assert "several schedules" in several.stderr
    assert on("schedule", "show", "nobody").returncode == 3


def test_edit_resume_pause_and_delete(on: Any, made: dict[str, Any]) -> None:
    name = made["name"]
    edited = json.loads(on("schedule", "edit", name, "--every", "3600", "-o", "json").stdout)
    assert (edited["cron"], edited["every_seconds"], edited["start"]) == (None, 3600, made["start"])
    resumed = on("schedule", "resume", name, "--reason", "ready")
    assert "NEXT TIMES" in resumed.stdout
    listed = on("schedule", "ls", "--active").stdout
    assert name in listed
    assert "every 3600 s" in listed
    paused = on("schedule", "pause", name, "--note", "closed")
    assert "closed" in paused.stdout
    assert name not in on("schedule", "ls", "--active").stdout
    deleted = on("schedule", "delete", name, "--reason", "gone")
    assert (deleted.returncode, deleted.stderr.strip()) == (0, f"{made['id']} is deleted")
    assert on("schedule", "show", made["id"]).returncode == 3


def test_run_now_and_firings(on: Any, made: dict[str, Any]) -> None:
    on("schedule", "edit", made["name"], "--overlap", "skip")
    first = json.loads(on("schedule", "run-now", made["name"], "-o", "json").stdout)
    assert first["state"] == "fired"
    table = on("schedule", "firings", made["name"], "--state", "fired").stdout
    assert table.split()[:6] == ["DUE", "WHY", "STATE", "RUN", "STATUS", "REASON"]
    assert first["thread_id"] in table
    assert "nothing has come due" in on("schedule", "firings", made["name"], "--state", "failed").stderr


def test_preview(on: Any) -> None:
    done = on(
        *("schedule", "preview", "--cron", "30 1 * * *", "--time-zone", "America/New_York"),
        *("--after", "2026-10-31T12:00Z", "--count", "2"),
    )
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["LOCAL", "UTC"],
        ["Sun", "2026-11-01", "01:30:00", "-0400", "2026-11-01", "05:30:00Z"],
        ["Mon", "2026-11-02", "01:30:00", "-0500", "2026-11-02", "06:30:00Z"],
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cron", "61 * * * *", "--sop", "x"], "the minute '61' can't be read (at /cron)"),
        (["--every", "60", "--cron", "@daily", "--sop", "x"], "just one of cron"),
        (["--every", "60"], "either start"),
        (["--every", "60", "--sop", "x", "--rerun", "y"], "either a procedure"),
        (["--every", "60", "--request", "{}"], "name it with --rerun"),
        (["--every", "60", "--sop", "x", "--data", '{"a": "{{ now }}"}'], "no placeholder {{ now }}"),
        (["--at", "soon", "--sop", "x"], "neither a time"),
    ],
)
def test_what_is_wrong(on: Any, arguments: list[str], said: str) -> None:
    done = on("schedule", "create", "Wrong", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_help_needs_no_server() -> None:
    done = asf_alone("schedule", "--help")
    assert done.returncode == 0
    assert "run-now" in done.stdout
