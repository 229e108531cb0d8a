"""Runs, their engine state, the journal, skill versions, effects, waits."""

from agentskills.storage.migrations.script import execute_beside

revision = "0001_core"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    execute_beside(__file__)
