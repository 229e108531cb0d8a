"""Whom Postgres runs as: this process's account or, since it refuses root, an unprivileged one."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agentskills.domain.errors import SetupError

_TIMEOUT = 180  # seconds


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the machine, and how to run programs as it."""

    uid: int
    gid: int
    name: str

    @property
    def is_ours(self) -> bool:
        """Say whether this is the account of this process."""
        return self.uid == os.geteuid()

    def run(
        self, command: Sequence[str | Path], stdin: str = "", door: Path | None = None
    ) -> tuple[int, str]:
        """Run a program to its end and return its exit code and what it said.

        `door` is a folder of this account below folders that it may not pass. It is opened here and
        handed on, and the program knows it by that (Linux).
        """
        with _opened(door) as (inherited, name):
            words = [str(part).replace(str(door), name) if door else str(part) for part in command]
            return self._run(words, stdin, inherited)

    def _run(self, command: Sequence[str], stdin: str, inherited: Sequence[int]) -> tuple[int, str]:
        # Files, not pipes: a server that the program leaves behind would hold a pipe open.
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as script:
            script.write(stdin.encode())
            script.seek(0)
            done = subprocess.run(  # noqa: S603 - programs of Postgres and `test`
                command,
                stdin=script,
                stdout=output,
                stderr=output,
                cwd="/",
                env=_environment(),
                timeout=_TIMEOUT,
                check=False,
                pass_fds=inherited,
                start_new_session=True,  # Ctrl-C in a terminal is not meant for the server
                user=None if self.is_ours else self.uid,
                group=None if self.is_ours else self.gid,
                extra_groups=None if self.is_ours else [],
            )
            output.seek(0)
            return done.returncode, output.read().decode(errors="replace")

    def may_run(self, program: Path) -> bool:
        """Say whether the account can execute a program, or enter a folder."""
        return self.is_ours or self.run(["/bin/sh", "-c", 'test -x "$0"', program])[0] == 0

    def own(self, folder: Path) -> None:
        """Make a folder that only this account uses. Raises `SetupError` where it is somebody else's."""
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (self.uid, os.geteuid()):
            raise SetupError(f"{folder} belongs to another account: set ASF_HOME to a folder of your own")
        if found.st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def door_to(self, folder: Path) -> Path | None:
        """Return `folder` where `run` has to open it for this account, None where that isn't needed.

        Raises `SetupError` where only that would help and the machine can't do it.
        """
        if self.may_run(folder):
            return None
        if Path("/proc/self/fd").is_dir():
            return folder
        raise SetupError(
            f"as root Postgres runs as `{self.name}`, who can't enter {folder.parent}: "
            "set ASF_HOME to a folder outside of private ones, such as /var/lib/agentskills"
        )


@contextlib.contextmanager
def _opened(door: Path | None) -> Iterator[tuple[list[int], str]]:
    if door is None:
        yield [], ""
        return
    descriptor = os.open(door, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield [descriptor], f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def postgres_account(folder: Path) -> Account:
    """Return whom the Postgres of `folder` runs as. Raises `SetupError` where there is nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), "this account")
    owner = folder.stat()
    if owner.st_uid:
        return Account(owner.st_uid, owner.st_gid, f"account {owner.st_uid}")
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Account(found.pw_uid, found.pw_gid, name)
    raise SetupError("Postgres does not run as root and there is no account `postgres` or `nobody`")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "ASF_"))}
    kept.pop("DATABASE_URL", None)
    return {**kept, "LC_ALL": "C"}
