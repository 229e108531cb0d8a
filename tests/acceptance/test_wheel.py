"""The wheel serves API and UI in an environment without Node, and without this folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
from tests.running_server import free_port

ROOT = Path(__file__).parents[2]


def test_the_wheel_is_all_it_takes(asf_home: Path, tmp_path: Path) -> None:
    if not (ROOT / "src" / "agentskills" / "ui" / "index.html").exists():
        pytest.skip("the UI has not been built: make ui")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    environment = tmp_path / "environment"
    venv.create(environment)
    packages = next(environment.glob("lib/python*/site-packages"))
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(packages)  # what installing does, without asking an index
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")

    port = free_port()
    server = subprocess.Popen(
        [environment / "bin" / "python", "-m", "agentskills.cli.main", "serve"],
        env={"PATH": "/nowhere", "ASF_HOME": str(asf_home), "ASF_PORT": str(port), "HOME": os.devnull},
        cwd="/",
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        assert "AgentSkills is ready" in server.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ui/") as page:
            assert '<div id="root">' in page.read().decode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json") as document:
            assert document.status == 200
    finally:
        server.terminate()
        server.wait(30)
        if server.stdout:
            server.stdout.close()
