"""The human executor: asks a person to fill in what the skill produces."""

from __future__ import annotations

from agentskills.domain.execution import Asks, Assignment
from agentskills.executors.produced_schema import schema_of


class HumanExecutor:
    """Answers with a form; the engine waits for the person."""

    async def carry_out(self, assignment: Assignment) -> Asks:
        """Return the form: the skill's own, its output schema, or one built from what it produces."""
        contract = assignment.skill.contract
        return Asks(contract.form or contract.output_schema or schema_of(contract))

    async def close(self) -> None:
        """Nothing is kept ready."""
