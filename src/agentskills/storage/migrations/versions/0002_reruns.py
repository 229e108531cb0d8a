"""What reruns need: ingredients of steps, corrections, tombstones."""

from agentskills.storage.migrations.script import execute_beside

revision = "0002_reruns"
down_revision = "0001_core"


def upgrade() -> None:
    """Add columns and indexes."""
    execute_beside(__file__)
