"""`asf test`: goes through kept runs again with the skills as they are now, without a server or network."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentskills.cli.case_report import KeptFile, Reported, print_report, write_junit, write_markdown
from agentskills.cli.session import tell

if TYPE_CHECKING:
    from agentskills.domain.verdict import Verdict
    from agentskills.services.skills import LoadReport
    from agentskills.settings import Settings

FOLDER = "cases"
_NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody answers there


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--skills",
    "roots",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="ROOT",
    help="A folder of skills. Repeatable. Without it: those in ASF_SKILLS, else ./skills.",
)
@click.option("-k", "name", metavar="TEXT", help="Only cases whose name contains this.")
@click.option("--strict", is_flag=True, help="Exit 1 also for what can't be told.")
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a JUnit report."
)
@click.option(
    "--markdown",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a report in Markdown.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print: a table for people, or one JSON document.",
)
def test(
    paths: tuple[Path, ...],
    roots: tuple[Path, ...],
    name: str | None,
    strict: bool,
    junit: Path | None,
    markdown: Path | None,
    output: str,
) -> None:
    """Go through kept runs again with the skills as they are now, and compare what is expected.

    PATHS are files or folders of *.run.json, by default the folder cases. Nothing goes out: models
    and services are answered by the recording. Exit 1 if an expected value changed, a run failed
    or a file can't be read.
    """
    files = [KeptFile.read(file) for file in case_files(paths, name)]
    chosen = skill_roots(roots)
    reported = Reported(files, _went_through(files, chosen, quiet=output == "json"))
    print_report(reported, output)
    for write, target in ((write_junit, junit), (write_markdown, markdown)):
        if target is not None:
            _written(write, target, reported, strict)
    click.get_current_context().exit(reported.exit_code(strict))


def case_files(paths: Sequence[Path], name: str | None) -> list[Path]:
    """Return the files of cases, in order, each once. Raises `UsageError` where there are none."""
    if not paths and not Path(FOLDER).is_dir():
        raise click.UsageError(f"there is no folder {FOLDER}; name files or folders of *.run.json")
    found: dict[Path, None] = {}
    for path in paths or (Path(FOLDER),):
        inside = sorted(path.rglob("*.run.json")) if path.is_dir() else [path]
        found.update(dict.fromkeys(inside))
    files = [file for file in found if name is None or name in file.name.removesuffix(".run.json")]
    if not files:
        raise click.UsageError("no cases found; `asf run keep ID` writes one")
    return files


def skill_roots(given: Sequence[Path]) -> list[Path]:
    """Return the folders that skills are read from. Raises `UsageError` where there are none."""
    from agentskills.settings import Settings

    roots = list(given) or Settings().skill_roots
    if not roots and Path("skills").is_dir():
        roots = [Path("skills")]
    if not roots:
        raise click.UsageError("name a folder with --skills, or set ASF_SKILLS")
    return [root.resolve() for root in roots]


def _went_through(files: Sequence[KeptFile], roots: Sequence[Path], *, quiet: bool) -> dict[int, Verdict]:
    """Return the verdicts of the files that could be read, by their number."""
    readable = [number for number, file in enumerate(files) if file.case is not None]
    if not readable:
        return {}
    verdicts: dict[int, Verdict] = {}
    with ExitStack() as stack:
        step = stack.enter_context(_progress(len(readable), quiet))

        def done(number: int, verdict: Verdict) -> None:
            verdicts[readable[number]] = verdict
            step()

        settings, url = stack.enter_context(_workshop(roots))
        report = _replayed(settings, url, [files[number] for number in readable], done)
    for remark in report.diagnostics:
        if remark.level == "error":
            tell(f"{remark.file}:{remark.line}: error: {remark.message} [{remark.code}]")
    return verdicts


def _replayed(
    settings: Settings, url: str, files: Sequence[KeptFile], done: Callable[[int, Verdict], None]
) -> LoadReport:
    from agentskills.services.replay import replay

    asked = [file.case for file in files if file.case is not None]
    return asyncio.run(replay(settings, url, asked, done))


@contextmanager
def _workshop(roots: Sequence[Path]) -> Iterator[tuple[Settings, str]]:
    """Lend settings and a database of its own in a temporary folder; both are gone afterwards."""
    from agentskills.logs import set_up_logs
    from agentskills.settings import Settings
    from agentskills.storage import migrate
    from agentskills.storage.embedded import EmbeddedPostgres

    set_up_logs("critical")
    home = Path(tempfile.mkdtemp(prefix="asf-cases-"))
    home.chmod(0o755)  # Postgres may run under another account
    settings = Settings(
        home=home,
        skills=os.pathsep.join(str(root) for root in roots),
        database_url=None,
        model=None,
        model_base_url=None,
        api_key=None,
        private_hosts="",
        crash_at=None,
    )
    server = EmbeddedPostgres(home, lasting=False)
    try:
        server.acquire()
        asyncio.run(migrate.upgrade(server.url))
        with _cut_off():
            yield settings, server.url
    finally:
        server.release()
        _remove(home)


@contextmanager
def _cut_off() -> Iterator[None]:
    """Point HTTP of this process and of skills' processes to where nobody answers."""
    names = [name for word in ("http_proxy", "https_proxy", "all_proxy") for name in (word, word.upper())]
    before = {name: os.environ.get(name) for name in [*names, "no_proxy", "NO_PROXY"]}
    os.environ.update(dict.fromkeys(names, _NOWHERE) | {"no_proxy": "", "NO_PROXY": ""})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _remove(home: Path) -> None:
    for folder, _, _ in os.walk(home):
        os.chmod(folder, 0o700)  # unpacked skill versions are read-only
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal; yield what moves it by one."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("cases", total=total)
        yield lambda: bar.advance(task)


def _written(
    write: Callable[[Path, Reported, bool], None], target: Path, reported: Reported, strict: bool
) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, reported, strict)
    except OSError as error:
        raise click.ClickException(f"{target} can't be written: {error.strerror}") from None
