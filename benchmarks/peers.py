"""Runs the peers: the same five steps on other engines, each at its best of several concurrencies.

The peers never enter the environment of the project. They run in the interpreter that
`ASF_BENCH_PEERS_PYTHON` names, else in `.local/peers` (made by `python benchmarks/peers.py`), else in
this one if they happen to be importable; a peer that can't be imported is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
HOME = PROJECT / ".local" / "peers"
CONCURRENCIES = (8, 32, 100)


@dataclass(frozen=True, slots=True)
class Peer:
    """Another engine."""

    name: str
    module: str  # what must be importable
    script: str

    @property
    def path(self) -> Path:
        """The script that runs it."""
        return Path(__file__).parent / "peer" / self.script


PEERS = (
    Peer("langgraph", "langgraph.checkpoint.postgres", "langgraph_chain.py"),
    Peer("dbos", "dbos", "dbos_chain.py"),
)


def interpreter(peer: Peer) -> str | None:
    """Return the Python that can import the peer; None where there is none."""
    candidates = [os.environ.get("ASF_BENCH_PEERS_PYTHON"), str(HOME / "bin" / "python"), sys.executable]
    for python in candidates:
        if python and shutil.which(python):
            tried = subprocess.run([python, "-c", f"import {peer.module}"], capture_output=True, check=False)
            if tried.returncode == 0:
                return python
    return None


async def best(peer: Peer, fresh: Callable[[], Awaitable[str]], runs: int) -> tuple[float, int] | None:
    """Return (runs per second, concurrency) of the peer at its best; None where it isn't installed.

    `fresh` gives the URL of an empty database; every try gets its own.
    """
    python = interpreter(peer)
    if python is None:
        return None
    figures = [(_measure(python, peer, await fresh(), runs, places), places) for places in CONCURRENCIES]
    return max(figures)


def _measure(python: str, peer: Peer, url: str, runs: int, concurrency: int) -> float:
    command = [python, str(peer.path), url, str(runs), str(concurrency)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if ended.returncode:
        raise RuntimeError(f"{peer.name} failed:\n{ended.stderr[-2000:]}")
    return float(json.loads(ended.stdout.splitlines()[-1])["runs_per_s"])


def install() -> None:
    """Make `.local/peers` with what the extra `peers` of pyproject.toml lists."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    wanted = [*project["optional-dependencies"]["peers"], "psycopg[binary]", "uvloop"]
    subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    subprocess.run([str(HOME / "bin" / "python"), "-m", "pip", "install", "-q", *wanted], check=True)


if __name__ == "__main__":
    install()
