"""Reading skill roots into the database: versions, snapshots, SOPs, and again after a change."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from agentskills.domain.canonical import digest as digest_of
from agentskills.domain.skill import Contract
from agentskills.services.actor import Actor
from agentskills.services.skill_versions import shown_files
from agentskills.services.skills import load_skills, watch_skills
from agentskills.settings import Settings
from agentskills.skills.folder import unpack_files
from agentskills.storage import audit, catalogs
from agentskills.storage.audit import AuditFilter
from agentskills.storage.catalogs import contract_document, contract_from
from agentskills.storage.database import Pool

from .folders import python_skill, skill_text, write

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def settings_for(*roots: Path) -> Settings:
    return Settings(skills=":".join(str(root) for root in roots))


async def test_versions_snapshot_and_sops_are_stored(pool: Pool, tmp_path: Path) -> None:
    root = tmp_path / "skills"
    python_skill(root, "fetch-order", requires="order.id", produces="order.total note?")
    write(root / "sops" / "refund.md", "\n# Refund an order\r\n\nDo it.\n")
    write(
        root / "sops" / "refund.examples.json",
        '[{"title": "One", "initial_data": {"order": {"id": 12345678901234567890, "amount": 1.10}}}]',
    )
    report = await load_skills(pool, settings_for(root))
    assert (report.skills, report.added, report.diagnostics) == (1, ["fetch-order"], [])
    async with pool.acquire() as conn:
        assert await catalogs.current_catalog(conn) == report.catalog
        (skill,) = (await catalogs.load_catalog(conn, report.catalog)).values()
        assert report.catalog == digest_of([["fetch-order", skill.digest]])
        assert skill.contract.requires == ("order.id",)
        assert skill.contract.may_produce == ("note",)
        assert await catalogs.load_skill(conn, skill.digest) == skill
        archive = await catalogs.archive(conn, skill.digest)
        assert archive is not None
        assert set(unpack_files(archive)) == {"SKILL.md", "scripts/run.py"} == set(skill.files)
        sop = await catalogs.load_sop(conn, "refund")
        assert sop is not None
        assert sop.title == "Refund an order"
        assert sop.sop == "\n# Refund an order\r\n\nDo it.\n"
        assert sop.examples[0]["initial_data"]["order"] == {
            "id": 12345678901234567890,
            "amount": Decimal("1.10"),
        }
        shown = shown_files(unpack_files(await catalogs.archive(conn, skill.digest) or b""))
        assert [(file.path, file.executable) for file in shown] == [
            ("SKILL.md", False),
            ("scripts/run.py", False),
        ]
        assert shown[1].text is not None
        assert "def run" in shown[1].text


async def test_a_second_load_changes_nothing_and_an_edit_makes_a_new_version(
    pool: Pool, tmp_path: Path
) -> None:
    python_skill(tmp_path, "one")
    python_skill(tmp_path, "two")
    settings = settings_for(tmp_path)
    first = await load_skills(pool, settings)
    second = await load_skills(pool, settings)
    assert second == replace(first, added=[])
    python_skill(tmp_path, "one", body="Another text.")
    (tmp_path / "two" / "SKILL.md").unlink()
    python_skill(tmp_path, "three")
    third = await load_skills(pool, settings)
    assert (third.added, third.changed, third.removed) == (["three"], ["one"], ["two"])
    async with pool.acquire() as conn:
        versions = await catalogs.list_versions(conn, "one")
        assert [version.current for version in versions] == [True, False]
        old = await catalogs.load_catalog(conn, first.catalog)
        assert sorted(old) == ["one", "two"]  # runs that are pinned to it still find everything
        assert await catalogs.archive(conn, old["two"].digest)


async def test_going_back_to_an_earlier_state_makes_the_earlier_snapshot_current(
    pool: Pool, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path)
    python_skill(tmp_path, "one", body="A")
    first = await load_skills(pool, settings)
    python_skill(tmp_path, "one", body="B")
    second = await load_skills(pool, settings)
    python_skill(tmp_path, "one", body="A")
    third = await load_skills(pool, settings)
    assert first.catalog == third.catalog != second.catalog
    async with pool.acquire() as conn:
        assert await catalogs.current_catalog(conn) == first.catalog


async def test_a_broken_folder_hinders_no_other_and_is_shown(pool: Pool, tmp_path: Path) -> None:
    python_skill(tmp_path, "good")
    write(
        tmp_path / "bad" / "SKILL.md", "---\nname: bad\ndescription: x\nmetadata:\n  asf.retrys: '3'\n---\n"
    )
    report = await load_skills(pool, settings_for(tmp_path, tmp_path / "missing"))
    assert report.skills == 1
    async with pool.acquire() as conn:
        head = await catalogs.current_head(conn)
    assert head is not None
    assert list(head.diagnostics) == report.diagnostics
    found = {(item.code, item.file, item.line) for item in head.diagnostics}
    assert found == {("unknown-key", "bad/SKILL.md", 5), ("no-root", str(tmp_path / "missing"), 1)}


async def test_no_roots_give_an_empty_catalogue(pool: Pool) -> None:
    report = await load_skills(pool, settings_for())
    async with pool.acquire() as conn:
        assert await catalogs.load_catalog(conn, report.catalog) == {}
        assert await catalogs.current_catalog(conn) == report.catalog


async def test_what_a_newer_release_reads_in_the_same_files_replaces_what_was_read(
    pool: Pool, tmp_path: Path
) -> None:
    python_skill(tmp_path, "one", requires="a.b")
    settings = settings_for(tmp_path)
    await load_skills(pool, settings)
    await pool.execute(
        """UPDATE skill_versions SET contract = '{"executor": "python", "entry": "x.py:run"}'"""
    )
    report = await load_skills(pool, settings)
    async with pool.acquire() as conn:
        skill = (await catalogs.load_catalog(conn, report.catalog))["one"]
    assert skill.contract.requires == ("a.b",)


async def test_two_loads_at_once_agree(pool: Pool, tmp_path: Path) -> None:
    for number in range(8):
        python_skill(tmp_path, f"skill-{number}")
    settings = settings_for(tmp_path)
    reports = await asyncio.gather(*(load_skills(pool, settings) for _ in range(4)))
    assert len({report.catalog for report in reports}) == 1
    assert await pool.fetchval("SELECT count(*) FROM skill_versions") == 8


async def test_all_example_contracts_come_back_from_the_database_exactly(pool: Pool) -> None:
    report = await load_skills(pool, settings_for(EXAMPLES / "skills"))
    assert report.diagnostics == []
    assert report.skills >= 15
    from agentskills.skills.catalog import read_roots

    read = {found.skill.name: found.skill for found in read_roots([EXAMPLES / "skills"]).skills}
    async with pool.acquire() as conn:
        assert await catalogs.load_catalog(conn, report.catalog) == read
        assert {sop.name for sop in await catalogs.current_sops(conn)} >= {"order-refund"}


async def test_a_contract_keeps_every_value_in_json(pool: Pool) -> None:
    contract = Contract(
        requires=("a",),
        produces=("b[]",),
        timeout=0.5,
        effect_key=(),
        sample={"n": Decimal("1.10"), "i": 12345678901234567890, "deep": [{"x": None}, True]},
        output_schema={"maximum": Decimal("1E+2")},
    )
    stored = await pool.fetchval("SELECT $1::jsonb", contract_document(contract))
    again = contract_from(stored)
    assert again == contract
    assert str(again.sample["n"]) == "1.10"  # type: ignore[index]
    assert contract_from({}) == Contract()


async def test_changes_are_picked_up_by_watching(pool: Pool, tmp_path: Path) -> None:
    root = tmp_path / "skills"
    python_skill(root, "one")
    settings = settings_for(root)
    await load_skills(pool, settings)
    reports: asyncio.Queue[list[str]] = asyncio.Queue()
    watching = asyncio.create_task(
        watch_skills(pool, settings, lambda report: reports.put_nowait(report.added + report.changed))
    )
    try:
        await asyncio.sleep(0.5)  # until the watch stands
        python_skill(root, "two")
        assert await asyncio.wait_for(reports.get(), 20) == ["two"]
        write(root / "broken" / "SKILL.md", "no frontmatter")
        write(root / "one" / "SKILL.md", skill_text("one", body="edited"))
        seen: list[str] = []
        while "one" not in seen:
            seen += await asyncio.wait_for(reports.get(), 20)
        root.rename(tmp_path / "away")
        await asyncio.sleep(0.2)
        python_skill(root, "three")
        while "three" not in seen:
            seen += await asyncio.wait_for(reports.get(), 20)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


HEAD = "name: odd\ndescription: Does it.\n"


@pytest.mark.parametrize(
    ("frontmatter", "code", "line"),
    [
        ('name: odd\ndescription: "a\\0b"\n', "bad-yaml", 3),
        ('name: "o\\0dd"\ndescription: Does it.\n', "bad-yaml", 2),
        (HEAD + 'metadata:\n  asf.model: "openai:\\0"\n', "bad-yaml", 5),
        (HEAD + '"un\\0known": x\n', "bad-yaml", 4),
        (f"name: {'n' * 9000}\ndescription: Does it.\n", "name", 2),
        ("name: a/b\ndescription: Does it.\n", "name", 2),
        ('name: "a\\tb"\ndescription: Does it.\n', "name", 2),
    ],
)
async def test_an_odd_folder_hinders_no_other(
    pool: Pool, tmp_path: Path, frontmatter: str, code: str, line: int
) -> None:
    python_skill(tmp_path, "fetch-order")
    write(tmp_path / "odd" / "SKILL.md", f"---\n{frontmatter}---\nDo it.\n")
    report = await load_skills(pool, settings_for(tmp_path))
    assert report.added == ["fetch-order"]
    (error,) = [item for item in report.diagnostics if item.level == "error"]
    assert (error.code, error.file, error.line) == (code, "odd/SKILL.md", line)


@pytest.mark.parametrize("number", ["1e131071", "1e999999999", "1e99999999999999999999", "7" * 150])
async def test_a_number_that_cannot_be_kept_hinders_no_other(pool: Pool, tmp_path: Path, number: str) -> None:
    python_skill(tmp_path, "fetch-order")
    write(tmp_path / "odd" / "SKILL.md", skill_text("odd", {"executor": "human", "produces": "a"}))
    write(tmp_path / "odd" / "asf.yaml", f"form:\n  properties: {{a: {{default: {number}}}}}\n")
    report = await load_skills(pool, settings_for(tmp_path))
    assert "fetch-order" in report.added


async def test_a_folder_whose_name_is_no_text_hinders_no_other(pool: Pool, tmp_path: Path) -> None:
    python_skill(tmp_path, "fetch-order")
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff")) / "SKILL.md", skill_text("odd"))
    report = await load_skills(pool, settings_for(tmp_path))
    assert report.added == ["fetch-order"]
    assert [(item.code, item.skill) for item in report.diagnostics] == [("file-name", "odd�")]


async def test_what_the_database_refuses_hinders_no_other(pool: Pool, tmp_path: Path) -> None:
    python_skill(tmp_path, "fetch-order")
    python_skill(tmp_path, "odd")
    async with pool.acquire() as conn:
        await conn.execute(
            """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
               BEGIN RAISE EXCEPTION 'too odd' USING ERRCODE = 'untranslatable_character'; END $$;
               CREATE TRIGGER refuse BEFORE INSERT ON skill_versions
                   FOR EACH ROW WHEN (NEW.name = 'odd') EXECUTE FUNCTION refuse()"""
        )
    report = await load_skills(pool, settings_for(tmp_path))
    assert report.added == ["fetch-order"]
    assert [(item.code, item.skill, item.file) for item in report.diagnostics] == [
        ("not-stored", "odd", "odd/SKILL.md")
    ]


async def test_the_audit_says_what_a_load_has_changed_and_who_asked(pool: Pool, tmp_path: Path) -> None:
    python_skill(tmp_path, "one")
    settings = settings_for(tmp_path)
    await load_skills(pool, settings)
    await load_skills(pool, settings)  # nobody asked, and nothing is different
    python_skill(tmp_path, "one", body="Another text.")
    await load_skills(pool, settings)
    await load_skills(pool, settings, by=Actor("person", on_behalf_of="Anna"))
    async with pool.acquire() as conn:
        found = await audit.page(conn, AuditFilter(), after=None, limit=10)
    assert [entry.actor for entry in found] == [
        {"kind": "person", "on_behalf_of": "Anna"},
        {"kind": "server"},
        {"kind": "server"},
    ]
    told = [{key: entry.detail.get(key) for key in ("added", "changed", "skills")} for entry in found]
    assert told == [
        {"added": None, "changed": None, "skills": 1},
        {"added": None, "changed": ["one"], "skills": 1},
        {"added": ["one"], "changed": None, "skills": 1},
    ]
