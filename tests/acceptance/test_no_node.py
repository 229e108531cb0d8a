"""A machine without Node: tools/node.sh takes the one that PyPI carries."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "cksum", "cat", "mkdir", "ln", "chmod")


def test_node_comes_from_pypi(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "admin-ui" / "node_modules").mkdir(parents=True)
    (project / "tools").mkdir()
    for file in ("tools/node.sh", "requirements-node.lock", "admin-ui/package-lock.json"):
        shutil.copy(ROOT / file, project / file)
    # The packages count as installed: what is tried here is Node itself.
    lock = (project / "admin-ui" / "package-lock.json").read_bytes()
    sum_of_lock = subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout
    (project / "admin-ui" / "node_modules" / ".installed").write_bytes(sum_of_lock)
    subprocess.run([sys.executable, "-m", "venv", str(project / ".venv")], check=True)
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (programs / tool).symlink_to(found)

    def node_sh(*command: str) -> str:
        done = subprocess.run(
            [str(programs / "sh"), str(project / "tools" / "node.sh"), *command],
            env={"PATH": str(programs), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    first = node_sh("node", "--version")
    assert first.startswith("No Node 20.19 or newer on this machine: installing the one from PyPI into .venv")
    version = first.split()[-1]
    assert int(version.removeprefix("v").partition(".")[0]) >= 22
    assert node_sh("npm", "--version").strip()[0].isdigit()  # the second time it is there
    assert node_sh("node", "--version").strip() == version
