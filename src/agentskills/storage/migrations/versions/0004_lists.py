"""What the list of runs is searched by: what needs attention, which skills, which SOP."""

from agentskills.storage.migrations.script import execute_beside

revision = "0004_lists"
down_revision = "0003_fleet"


def upgrade() -> None:
    """Add the indexes, and the note of which failures a later run has fixed."""
    execute_beside(__file__)
