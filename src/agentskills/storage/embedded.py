"""The embedded Postgres: a small supervisor that survives whatever happens to the processes that use it.

Every user process holds a shared lock on `users` for life, and the kernel drops it however the
process ends, so nobody has to count. Starting, stopping and restarting happen under an exclusive
lock on `lock`. Alive means that the socket answers; process ids are never trusted. A small
watcher process stops the server when the last user is gone without a word.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from agentskills.domain.errors import SetupError
from agentskills.storage.postgres_account import Account, postgres_account
from agentskills.storage.postgres_binaries import find_binaries, major_version, readable_copy
from agentskills.storage.postgres_processes import clear_leftovers

if TYPE_CHECKING:
    from agentskills.settings import Settings  # not at run time: the watcher stays small

DATABASE: Final = "agentskills"
_SOCKET: Final = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH: Final = 100  # bytes; the kernel allows 104 (macOS) or 108
_START_ATTEMPTS: Final = 8
_LOG_BYTES: Final = 5_000_000
_PUBLIC: Final = Path("/var/lib/agentskills")  # for copies of programs, where ASF_HOME is private to root
_OPTIONS: Final[Mapping[str, str]] = {
    "max_connections": "200",
    "jit": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "autovacuum_naptime": "15s",
    "log_min_messages": "warning",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_PASSING: Final[Mapping[str, str]] = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """The Postgres below `home`, shared by every process that names the same folder.

    `binaries` is a folder with Postgres programs, found by itself when left out; `options` are
    settings of the server that count when this process is the one that starts it. What is not
    `lasting` need not outlive a crash of the machine, so nothing waits for the disk.
    """

    def __init__(
        self,
        home: Path,
        *,
        binaries: Path | None = None,
        options: Mapping[str, str] | None = None,
        lasting: bool = True,
    ) -> None:
        self.home = home.expanduser().resolve()
        self.folder = self.home / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self._binaries = binaries
        self._lasting = lasting
        self._options = {**_OPTIONS, **({} if lasting else _PASSING), **(options or {})}
        self._account: Account
        self._users: int | None = None
        self._pid = os.getpid()

    @property
    def url(self) -> str:
        """Connection URL of the database; valid while acquired."""
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self.socket_folder), safe='/')}"

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: in `home`, or in the temporary folder where that path is too long."""
        inside = self.folder / "socket"
        if len(os.fsencode(inside / _SOCKET)) <= _LONGEST_SOCKET_PATH:
            return inside
        short = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"asf-{short}"

    def acquire(self) -> EmbeddedPostgres:
        """Start the server unless it runs, and keep it running until released or this process ends.

        Raises `SetupError` where that is impossible.
        """
        if self._users is not None:
            return self
        self._prepare_folders()
        with self._exclusive():
            users = os.open(self.folder / "users", os.O_RDWR)
            try:
                fcntl.flock(users, fcntl.LOCK_SH)
                if not (self.data / "PG_VERSION").exists():
                    self._initialise()
                if not self.answers():
                    self._start()
                self._watch()
            except BaseException:
                os.close(users)
                raise
            self._users = users
        self._pid = os.getpid()
        atexit.register(self.release)
        return self

    def release(self) -> None:
        """Let go; the last user stops the server."""
        if self._users is None or os.getpid() != self._pid:
            return
        atexit.unregister(self.release)
        users, self._users = self._users, None
        with self._exclusive():
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self.stop()
            finally:
                os.close(users)

    def ensure_alive(self) -> bool:
        """Start the server again if it has died; return whether that was necessary."""
        if self.answers():
            return False
        with self._exclusive():
            if self.answers():
                return False
            self._start()
            self._watch()
            return True

    def answers(self) -> bool:
        """Say whether the server's socket takes connections."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(self.socket_folder / _SOCKET))
            except OSError:
                return False
            return True

    def stop(self) -> None:
        """Stop the server now, whoever uses it."""
        self._account = postgres_account(self.folder)
        if self.answers() or (self.data / "postmaster.pid").exists():
            with contextlib.suppress(SetupError):  # it has gone by itself meanwhile
                self._run("pg_ctl", "stop", "-m", "fast", "-w", "-D", str(self.data))

    def leave_when_unused(self) -> None:
        """Stop the server once nobody uses it any more; the body of the watcher process."""
        mine = os.open(self.folder / "watcher", os.O_RDWR)
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        while True:
            time.sleep(0.5)
            if not self._unused():
                continue
            with self._exclusive():
                if self._unused():
                    self.stop()
                    os.close(mine)  # before the lock opens, so that the next user starts a new watcher
                    return

    def _prepare_folders(self) -> None:
        try:
            self.home.mkdir(mode=0o755, parents=True, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._account = postgres_account(self.folder)
            self._account.own(self.folder)
            self._account.own(self.socket_folder)
            for name in ("lock", "users", "watcher"):
                os.close(os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600))
        except PermissionError as error:
            raise SetupError(
                f"{error.filename} can't be used by this account: set ASF_HOME to a folder of your own"
            ) from None
        except OSError as error:
            raise SetupError(f"ASF_HOME={self.home} can't be used: {error}") from None

    @property
    def binaries(self) -> Path:
        """The folder of the programs of Postgres, one that its account may run from."""
        if self._binaries is None:
            self._binaries = find_binaries()
        if not self._account.may_run(self._binaries / "postgres"):
            public = self.home if self._account.may_run(self.home) else _PUBLIC
            self._binaries = readable_copy(self._binaries, public / "postgres-programs")
        return self._binaries

    def _run(self, program: str, *arguments: str, stdin: str = "") -> None:
        door = self._account.door_to(self.folder)
        code, said = self._account.run([self.binaries / program, *arguments], stdin, door)
        if code:
            raise SetupError(
                f"the embedded Postgres does not come up ({program}: {_last_line(said)}); see {self.log}"
            )

    def _initialise(self) -> None:
        """Make the cluster beside and rename it, so that a killed one is simply made again."""
        unfinished = self.folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        locale = ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--locale=C"]
        if major_version(self.binaries) >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        made = ["--auth=trust", "--encoding=UTF8", *locale, *([] if self._lasting else ["--no-sync"])]
        self._run("initdb", "-D", str(unfinished), "-U", "postgres", *made)
        single = ["--single", "-D", str(unfinished), "-c", f"fsync={'on' if self._lasting else 'off'}"]
        self._run("postgres", *single, "template1", stdin=f"CREATE DATABASE {DATABASE}\n")
        unfinished.rename(self.data)

    def _start(self) -> None:
        written, found = int((self.data / "PG_VERSION").read_text()), major_version(self.binaries)
        if found != written:
            raise SetupError(
                f"the data in {self.data} were written by PostgreSQL {written}; "
                f"the programs found in {self.binaries} are version {found}"
            )
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > _LOG_BYTES:
                self.log.replace(self.log.with_suffix(".log.1"))
        options = " ".join(f"-c {name}='{value}'" for name, value in self._options.items())
        arguments = ["start", "-w", "-t", "170", "-s", "-D", str(self.data), "-l", str(self.log)]
        for attempt in range(_START_ATTEMPTS):
            clear_leftovers(self.data, self.socket_folder, kill=attempt >= _START_ATTEMPTS // 2)
            try:
                self._run("pg_ctl", *arguments, "-o", f"{options} -k '{self.socket_folder}'")
                return
            except SetupError:
                if attempt == _START_ATTEMPTS - 1:
                    raise
                time.sleep(0.25)  # processes of a server that was killed need a moment to notice

    @contextlib.contextmanager
    def _exclusive(self) -> Iterator[None]:
        held = os.open(self.folder / "lock", os.O_RDWR)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    def _unused(self) -> bool:
        probe = os.open(self.folder / "users", os.O_RDWR)
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(probe)
        return True

    def _watch(self) -> None:
        """Start the watcher unless one is there."""
        probe = os.open(self.folder / "watcher", os.O_RDWR)
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            os.close(probe)
        watcher = [sys.executable, "-m", "agentskills.storage.embedded", self.home, self.binaries]
        # The shell ends at once, so that the watcher is nobody's child and leaves no zombie.
        subprocess.run(  # noqa: S603 - ourselves
            ["/bin/sh", "-c", '"$0" "$@" &', *map(str, watcher)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=True,
        )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


_servers: dict[Path, EmbeddedPostgres] = {}
_servers_lock = threading.Lock()


def database_url(settings: Settings) -> str:
    """Return the URL of the database; the embedded server is started where DATABASE_URL is unset.

    It runs until this process ends. Raises `SetupError`.
    """
    if settings.database_url:
        return settings.database_url
    return embedded_server(settings).url


def embedded_server(settings: Settings) -> EmbeddedPostgres:
    """Return this process's embedded server, acquired."""
    with _servers_lock:
        if settings.home not in _servers:
            _servers[settings.home] = EmbeddedPostgres(settings.home).acquire()
        return _servers[settings.home]


if __name__ == "__main__":
    with contextlib.suppress(FileNotFoundError):  # the folder has been removed: nothing to look after
        EmbeddedPostgres(Path(sys.argv[1]), binaries=Path(sys.argv[2])).leave_when_unused()
