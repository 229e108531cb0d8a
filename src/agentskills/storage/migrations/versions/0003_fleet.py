"""What runs by the hundred and by itself: failures, batches, schedules, policies, webhooks."""

from agentskills.storage.migrations.script import execute_beside

revision = "0003_fleet"
down_revision = "0002_reruns"


def upgrade() -> None:
    """Add the tables, and the trigger that notes how runs end."""
    execute_beside(__file__)
