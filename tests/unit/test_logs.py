"""What is logged holds no secret, wherever it came from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import logging, sys
from pathlib import Path
from agentskills.executors.secrets import keep_out_all
from agentskills.logs import set_up_logs
set_up_logs()
keep_out_all(Path(sys.argv[1]))
logging.getLogger("x").warning("said %s", " ".join(sys.argv[2:]))
"""


def test_secrets_from_everywhere_are_blacked_out(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text('from-a-"file"\n')
    environment = {
        "ASF_API_TOKEN": "client-token",
        "ASF_API_KEYS": "key-one, key-two",
        "ASF_SECRET_X": "set-here",
    }
    secrets = ['from-a-"file"', "client-token", "key-one", "key-two", "set-here"]
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), *secrets, "harmless"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    assert "harmless" in said
    for secret in ("from-a", *secrets):
        assert secret not in said
