"""What an executor is given and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import msgspec

from agentskills.domain.decision import Detail, Usage
from agentskills.domain.skill import Skill


class Assignment(msgspec.Struct, frozen=True):
    """One skill to carry out now, in one run."""

    thread_id: str
    seq: int
    attempt: int  # the first is 1
    skill: Skill
    inputs: dict[str, Any]  # nested; holds just what is required and what is there of the optional
    sop: str
    timeout: float  # seconds
    idempotency_key: str  # hexadecimal; the same on every attempt of this effect or step
    callback_url: str | None = None  # rest in callback mode: full URL with the one-time token
    model: str | None = None  # the run's model; the skill's own wins


class Done(msgspec.Struct, frozen=True):
    """The skill has ended well."""

    outputs: dict[str, Any]  # nested; holds what is produced
    usage: Usage | None = None
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took the work and will call back (rest in callback mode)."""

    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Asks:
    """A person has to answer (human)."""

    form: dict[str, Any]  # JSON Schema of the outputs


Carried: TypeAlias = Done | Accepted | Asks


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check:` found out about an effect in doubt; `happened` is None when it can't tell."""

    happened: bool | None
    outputs: dict[str, Any] | None = None


class Executor(Protocol):
    """Carries out skills of one kind."""

    async def carry_out(self, assignment: Assignment) -> Carried:
        """Carry out the skill.

        Raises `SkillFailed`. When it is cancelled or times out, whatever it started must have
        stopped (as far as it is ours to stop) before it returns.
        """
        ...

    async def close(self) -> None:
        """Stop whatever is kept ready."""
        ...


class Checker(Protocol):
    """Asks the outside world whether an effect in doubt has happened."""

    async def check(self, assignment: Assignment) -> Checked:
        """Carry out the skill's `check:`; an error or a muddled answer means it can't tell."""
        ...
