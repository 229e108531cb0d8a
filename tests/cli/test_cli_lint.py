"""`asf skills lint` needs folders and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.asf_command import asf

EXAMPLES = Path(__file__).parents[2] / "examples" / "skills"
BROKEN = "---\nname: broken\ndescription: [x\n---\n"
ODD = """---
name: odd
description: Greets people. Use when somebody comes in.
metadata:
  asf.executor: human
  asf.produces: greeting.text
  asf.wrong: "1"
---
Say hello.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in (("broken", BROKEN), ("odd", ODD)):
        (tmp_path / "root" / name).mkdir(parents=True)
        (tmp_path / "root" / name / "SKILL.md").write_text(text)
    return tmp_path


def test_the_examples_are_fine():
    done = asf(
        "skills", "lint", str(EXAMPLES), environment={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/no"}
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_each_remark_names_file_and_line(root: Path):
    done = asf("skills", "lint", "root", folder=root)
    first, second = done.stdout.splitlines()
    assert first.startswith("root/broken/SKILL.md:")
    assert ": error: not valid YAML" in first
    assert first.endswith("[bad-yaml]")
    assert second.startswith("root/odd/SKILL.md:7: error: asf.wrong")
    assert done.stderr == "errors: 2, other remarks: 0\n"
    assert done.returncode == 1


def test_a_single_skill_as_json(root: Path):
    done = asf("skills", "lint", "root/odd", "-o", "json", folder=root)
    (remark,) = json.loads(done.stdout)
    assert (remark["file"], remark["line"], remark["code"]) == ("root/odd/SKILL.md", 7, "unknown-key")


def test_the_roots_of_the_environment(root: Path):
    done = asf("skills", "lint", environment={"ASF_SKILLS": str(root / "root")})
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert asf("skills", "lint").returncode == 2
    assert asf("skills", "lint", "nowhere", folder=root).returncode == 2
