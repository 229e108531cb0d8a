"""`asf skills`: list, show and reload the server's skills; check skill folders without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.session import online, tell
from agentskills.domain.skill import Diagnostic

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

COLUMNS = (
    out.Column("NAME", lambda skill: skill["name"], whole=True),
    out.Column("DIGEST", lambda skill: skill["digest"][:12], whole=True),
    out.Column("EXECUTOR", lambda skill: skill["executor"], whole=True),
    out.Column("EFFECTS", lambda skill: skill["effects"], whole=True),
    out.Column("APPROVAL", lambda skill: skill["approval"], whole=True),
    out.Column("REQUIRES", lambda skill: _paths(skill["requires"], skill["optional"])),
    out.Column("PRODUCES", lambda skill: _paths(skill["produces"], skill["may_produce"])),
    out.Column("NOTE", lambda skill: _count(skill)),
)
SOP_COLUMNS = (
    out.Column("NAME", lambda sop: sop["name"], whole=True),
    out.Column("TITLE", lambda sop: sop["title"]),
    out.Column("EXAMPLES", lambda sop: ", ".join(example["title"] for example in sop["examples"])),
)
VERSION_COLUMNS = (
    out.Column("DIGEST", lambda version: version["digest"], whole=True),
    out.Column("CREATED", lambda version: out.moment(version["created_at"]), whole=True),
    out.Column("NOTE", lambda version: "current" if version["current"] else ""),
)


def _paths(required: list[str], maybe: list[str]) -> str:
    return " ".join([*required, *(f"{path}?" for path in maybe)])


def _count(skill: dict[str, Any]) -> str:
    return ", ".join(f"{skill[word]} {word}" for word in ("errors", "warnings") if skill[word])


@click.group()
def skills() -> None:
    """List, show, check and reload skills."""


@skills.command()
@out.output_option
@online
async def ls(client: AgentSkills, output: str) -> None:
    """List the skills that new runs see."""
    found = await client.skills()
    out.print_rows(
        found["items"], COLUMNS, output, "no skills; ASF_SKILLS names the folders they are read from"
    )
    if output == "table":
        print_diagnostics(found["diagnostics"], err=True)


@skills.command()
@out.output_option
@online
async def sops(client: AgentSkills, output: str) -> None:
    """List the stored SOPs, for `asf run start --name`."""
    out.print_rows(await client.sops(), SOP_COLUMNS, output, "no stored SOPs; put them in sops/NAME.md")


@skills.command()
@click.argument("name")
@click.option("--version", "digest", metavar="DIGEST", help="This version instead of the current one.")
@out.output_option
@online
async def show(client: AgentSkills, name: str, digest: str | None, output: str) -> None:
    """Show a skill: contract, files, versions, text."""
    skill = await client.skill(name, digest)
    versions = await client.skill_versions(name)
    if output == "table":
        _print_skill(skill, versions)
    else:
        out.print_document(skill | {"versions": versions}, output)


def _print_skill(skill: dict[str, Any], versions: list[dict[str, Any]]) -> None:
    from rich.text import Text

    given = {
        "name": skill["name"],
        "description": skill["description"],
        "digest": skill["digest"],
        "folder": skill["source"],
        "files": ", ".join(skill["files"]),
    } | {key: value for key, value in skill["contract"].items() if value not in (None, [], {}, "")}
    head = out.record((name, out.cell(value)) for name, value in given.items() if value)
    body = "\n".join(out.safe(line) for line in skill["body"].splitlines())
    versions_table = out.table(versions, VERSION_COLUMNS)
    titles = (Text("\nVERSIONS", style="bold"), Text("\nTEXT", style="bold"))
    out.print_parts(head, titles[0], versions_table, titles[1], Text(body))
    print_diagnostics(skill["diagnostics"], err=True)


@skills.command()
@click.argument("name")
@click.argument("left")
@click.argument("right", required=False)
@out.output_option
@online
async def diff(client: AgentSkills, name: str, left: str, right: str | None, output: str) -> None:
    """Show what differs between two versions of a skill.

    LEFT and RIGHT are digests or their beginnings, from 8 characters on; without RIGHT it is the
    current version. `asf skills show NAME` lists all versions.
    """
    from agentskills.cli.skill_diff import print_difference

    found = await client.skill_diff(name, left, right)
    if output != "table":
        out.print_document(found, output)
    elif found["files"]:
        print_difference(found)
    else:
        tell("no difference")


@skills.command()
@out.output_option
@online
async def reload(client: AgentSkills, output: str) -> None:
    """Read all skill folders anew; runs under way keep the versions they began with."""
    answer = await client.reload_skills()
    if output != "table":
        out.print_document(answer, output)
        return
    for word in ("added", "changed", "removed"):
        for name in answer[word]:
            click.echo(f"{word} {name}")
    print_diagnostics(answer["diagnostics"], err=True)
    tell(f"{answer['skills']} skills")


@skills.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@out.output_option
def lint(folders: tuple[Path, ...], output: str) -> None:
    """Check skill folders (or roots that hold them); needs no server. Exit 1 if there are errors.

    Without FOLDERS the roots in ASF_SKILLS are checked.
    """
    found = _lint(folders or _roots())
    if output == "table":
        print_diagnostics(found)
        errors = sum(row["level"] == "error" for row in found)
        tell(f"errors: {errors}, other remarks: {len(found) - errors}")
    else:
        out.print_rows(found, (), output, "")
    click.get_current_context().exit(1 if any(row["level"] == "error" for row in found) else 0)


def _roots() -> tuple[Path, ...]:
    from agentskills.settings import Settings

    roots = tuple(Settings().skill_roots)
    if not roots:
        raise click.UsageError("name a folder, or set ASF_SKILLS")
    return roots


def _lint(folders: tuple[Path, ...]) -> list[dict[str, Any]]:
    from agentskills.skills.catalog import read_roots

    return [_as_row(diagnostic, folders) for diagnostic in read_roots(folders).diagnostics]


def _as_row(diagnostic: Diagnostic, folders: tuple[Path, ...]) -> dict[str, Any]:
    """Return the diagnostic as a document; its file as seen from where the command was called."""
    row = {name: getattr(diagnostic, name) for name in diagnostic.__slots__}
    seen = (folder / diagnostic.file for folder in folders)
    return row | {"file": str(next((path for path in seen if path.exists()), diagnostic.file))}


def print_diagnostics(rows: list[dict[str, Any]], *, err: bool = False) -> None:
    """Print one line each: file:line: level: message [code]."""
    for row in rows:
        click.echo(
            out.cell(f"{row['file']}:{row['line']}: {row['level']}: {row['message']} [{row['code']}]"),
            err=err,
        )
