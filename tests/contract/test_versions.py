"""Skill versions stay readable and runnable by digest, and can be compared."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import IntegrityError

from .skill_folders import SKILLS
from .talking import Api, is_problem

TRIPLE = "def run(inputs):\n    return {'result': inputs['number'] * 3}\n"


@pytest.fixture
def double(api: Api, skills_root: Path) -> Iterator[Path]:
    """The folder of a skill, whose text the test may change."""
    folder = skills_root / "double"
    reload(api)
    kept = (folder / "SKILL.md").read_text()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "SKILL.md").write_text(kept)
    (folder / "run.py").write_text(SKILLS["double"][1]["run.py"])
    reload(api)


def digest(api: Api) -> str:
    return str(api.get("/admin/skills/double").body["digest"])


def reload(api: Api) -> str:
    assert api.post("/admin/skills/reload").status == 200
    return digest(api)


def test_the_difference_of_two_versions(api: Api, double: Path) -> None:
    before = digest(api)
    (double / "run.py").write_text(TRIPLE)
    (double / "notes.txt").write_text("new\n")
    (double / "logo.bin").write_bytes(b"\x00\x01")
    (double / "huge.txt").write_text("long line\n" * 30_000)
    (double / "SKILL.md").chmod(0o755)
    after = reload(api)
    found = api.get("/admin/skills/double/diff", left=before[:8], right=after).body
    assert (found["name"], found["left"], found["right"]) == ("double", before, after)
    files = {file["path"]: file for file in found["files"]}
    assert list(files) == sorted(files)
    changed = files["run.py"]
    assert changed["change"] == "changed"
    assert (changed["added"], changed["removed"]) == (1, 1)
    assert changed["text"].endswith(
        "-    return {'result': inputs['number'] * 2}\n" + "+" + TRIPLE.split("\n")[1] + "\n"
    )
    assert (files["notes.txt"]["change"], files["notes.txt"]["text"]) == ("added", "@@ -0,0 +1 @@\n+new\n")
    assert (files["notes.txt"]["left_size"], files["notes.txt"]["right_size"]) == (None, 4)
    assert (files["logo.bin"]["binary"], files["logo.bin"]["text"]) == (True, None)
    assert (files["huge.txt"]["too_large"], files["huge.txt"]["text"]) == (True, None)
    assert (files["SKILL.md"]["executable"], files["SKILL.md"]["text"]) == (True, "")
    back = api.get("/admin/skills/double/diff", left=after, right=before).body["files"]
    assert {file["path"]: file["change"] for file in back} == {
        "SKILL.md": "changed",
        "huge.txt": "removed",
        "logo.bin": "removed",
        "notes.txt": "removed",
        "run.py": "changed",
    }
    assert api.get("/admin/skills/double/diff", left=before).body == found  # to the current one
    assert api.get("/admin/skills/double/diff", left=after).body["files"] == []


def test_a_version_is_shown_whole_after_its_folder_has_gone(api: Api, double: Path) -> None:
    before = digest(api)
    shutil.rmtree(double)
    api.post("/admin/skills/reload")
    assert is_problem(api.get("/admin/skills/double"), 404, "skill-not-found")
    for given in (before, before[:8]):
        version = api.get(f"/admin/skills/double/versions/{given}").body
        assert (version["digest"], version["current"]) == (before, False)
        assert version["contract"]["requires"] == ["number"]
        texts = {file["path"]: file["text"] for file in version["contents"]}
        assert texts["run.py"] == SKILLS["double"][1]["run.py"]
        assert texts["SKILL.md"].startswith("---\nname: double\n")
    assert is_problem(api.get("/admin/skills/double/diff", left=before), 404, "skill-not-found")


def test_what_a_run_refers_to_can_not_be_deleted(api: Api, double: Path, module_url: str) -> None:
    thread_id = api.start("Use double.", {"number": 4})
    assert api.ended(thread_id)["data_store"]["result"] == 8
    steps = api.get(f"/admin/runs/{thread_id}/steps").body["items"]
    [used] = [step["skill_digest"] for step in steps if step["skill"] == "double"]
    (double / "run.py").write_text(TRIPLE)
    assert reload(api) != used
    catalog = api.get(f"/admin/runs/{thread_id}").body["catalog"]
    for statement in (
        f"DELETE FROM skill_versions WHERE digest = '{used}'",
        f"DELETE FROM catalog_skills WHERE skill_digest = '{used}'",
        f"DELETE FROM catalogs WHERE digest = '{catalog}'",
        "TRUNCATE skill_versions",
    ):
        with (
            psycopg.connect(module_url) as sql,
            pytest.raises((IntegrityError, psycopg.errors.FeatureNotSupported)),
        ):
            sql.execute(statement.encode())
    assert api.get(f"/admin/skills/double/versions/{used}").status == 200


@pytest.mark.parametrize("left", ["0123456", "0" * 8, "f" * 64, "DEADBEEF", "%", "12345678%"])
def test_a_digest_that_names_no_version(api: Api, left: str) -> None:
    assert is_problem(api.get("/admin/skills/double/diff", left=left), 404, "skill-not-found")
    assert is_problem(
        api.get("/admin/skills/double/diff", left=digest(api), right=left), 404, "skill-not-found"
    )


def test_a_beginning_that_several_versions_have(api: Api, module_url: str) -> None:
    with psycopg.connect(module_url) as sql:
        for end in ("1", "2"):
            sql.execute(
                """INSERT INTO skill_versions (digest, name, description, contract, body, files, archive)
                   SELECT 'abcdef0123' || %s, 'double', description, contract, body, files, archive
                   FROM skill_versions WHERE name = 'double' LIMIT 1""",
                [end],
            )
    answer = api.get("/admin/skills/double/diff", left="abcdef01", right=digest(api))
    assert is_problem(answer, 404, "skill-not-found")
    assert "several" in answer.body["detail"]
    assert api.get("/admin/skills/double/diff", left="abcdef01231", right="abcdef01232").body["files"] == []


def test_versions_of_another_skill_and_missing_parameters(api: Api) -> None:
    other = str(api.get("/admin/skills/echo-approved").body["digest"])
    assert is_problem(api.get("/admin/skills/double/diff", left=other), 404, "skill-not-found")
    assert is_problem(api.get("/admin/skills/double/diff"), 422, "bad-input", "left")
