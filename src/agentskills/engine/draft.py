"""What a run has to say but has not written yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from agentskills.domain.decision import Detail, Usage
from agentskills.domain.step import Step
from agentskills.executors.secrets import redact
from agentskills.storage.effects import Settlement
from agentskills.storage.journal import Details, Spent
from agentskills.storage.waits import NewWait


@dataclass(slots=True)
class Draft:
    """Collects steps and what belongs to them until they are written in one go."""

    steps: dict[int, Step] = field(default_factory=dict)  # by seq; a later state replaces an earlier one
    waits: list[NewWait] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    dispatched: list[int] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)
    details: list[Details] = field(default_factory=list)
    awaits_effects: list[int] = field(default_factory=list)
    frees_slots: list[int] = field(default_factory=list)
    spent: Spent | None = None

    def __bool__(self) -> bool:
        return bool(self.steps) or self._more()

    def _more(self) -> bool:
        """Whether there is anything besides steps."""
        return bool(
            self.waits
            or self.closes
            or self.dispatched
            or self.settlements
            or self.details
            or self.awaits_effects
            or self.frees_slots
            or self.spent
        )

    def add(self, other: Draft) -> None:
        """Take in what a parallel branch has to say."""
        self.steps |= other.steps
        self.waits += other.waits
        self.closes += other.closes
        self.dispatched += other.dispatched
        self.settlements += other.settlements
        self.details += other.details
        self.awaits_effects += other.awaits_effects
        self.frees_slots += other.frees_slots
        self._spend(other.spent)

    def take(self) -> Draft:
        """Return what was collected, and be empty."""
        taken = Draft(
            self.steps,
            self.waits,
            self.closes,
            self.dispatched,
            self.settlements,
            self.details,
            self.awaits_effects,
            self.frees_slots,
            self.spent,
        )
        # New lists also where the old ones are empty: what is being written shares nothing with
        # what is added meanwhile.
        self.steps, self.spent = {}, None
        self.waits, self.closes, self.dispatched, self.settlements = [], [], [], []
        self.details, self.awaits_effects, self.frees_slots = [], [], []
        return taken

    def facts(self) -> Draft:
        """Return only what is recorded whoever owns the run."""
        return Draft(settlements=self.settlements, details=self.details, spent=self.spent)

    def facts_told(self) -> None:
        """A write was refused; what is recorded whoever owns the run was recorded all the same."""
        self.settlements, self.details, self.spent = [], [], None

    def note(self, seq: int, attempt: int, details: tuple[Detail, ...], usage: Usage | None) -> None:
        """Keep the details of an attempt, secrets struck out, and what it cost."""
        for detail in details:
            content = redact(detail.content)
            self.details.append(Details(seq=seq, attempt=attempt, kind=detail.kind, content=content))
        if usage is not None:
            tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
            self._spend(
                Spent(
                    tokens=tokens,
                    money=usage.money or Decimal(0),
                    unknown=usage.money is None,
                    requests=usage.requests,
                )
            )

    def _spend(self, more: Spent | None) -> None:
        if more is None:
            return
        if self.spent is None:
            self.spent = more
            return
        self.spent = Spent(
            tokens=self.spent.tokens + more.tokens,
            money=self.spent.money + more.money,
            unknown=self.spent.unknown or more.unknown,
            requests=self.spent.requests + more.requests,
        )
