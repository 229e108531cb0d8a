"""Python client for an AgentSkills server."""

from agentskills.client.backtests import Backtest, Backtests
from agentskills.client.batches import Batch, Batches
from agentskills.client.client import AgentSkills
from agentskills.client.errors import ServerUnreachable, UnexpectedAnswer, WaitTimedOut
from agentskills.client.events import Event
from agentskills.client.failures import Failures
from agentskills.client.rerun_request import RerunRequest
from agentskills.client.run import Run
from agentskills.client.schedules import Schedule, Schedules
from agentskills.domain.errors import AgentSkillsError

__all__ = [
    "AgentSkills",
    "AgentSkillsError",
    "Backtest",
    "Backtests",
    "Batch",
    "Batches",
    "Event",
    "Failures",
    "RerunRequest",
    "Run",
    "Schedule",
    "Schedules",
    "ServerUnreachable",
    "UnexpectedAnswer",
    "WaitTimedOut",
]
