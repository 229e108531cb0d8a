"""What a step is made of: the values it reads, who produced them, and what else its result depends on."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, read, written
from agentskills.domain.effect import EffectIdentity, effect_identity
from agentskills.domain.fingerprint import approval_fingerprint, skill_fingerprint
from agentskills.domain.json_text import json_str
from agentskills.domain.reuse import reaches_outside
from agentskills.domain.skill import Approval, Contract, ExecutorName, Skill
from agentskills.domain.status import StepKind
from agentskills.domain.step import Step
from agentskills.engine.course import Course
from agentskills.engine.units import Unit


class Ingredients:
    """A unit that is about to be taken up, and what goes into it."""

    def __init__(self, course: Course, unit: Unit) -> None:
        self.course = course
        self.unit = unit
        self.skill: Skill = course.catalog[unit.skill]
        self.contract: Contract = self.skill.contract
        self.inputs: dict[str, Any] = {}  # what the skill reads, nested
        self.sources: dict[str, int] = {}  # who produced each path: seq, 0 for initial_data
        self._gather()

    def _gather(self) -> None:
        data = self.course.fold.data
        if self.contract.reads_everything:
            self.inputs = data
            return
        approval = self.approval
        edits: dict[str, Any] = dict.fromkeys(approval.digests or {}, approval.outputs) if approval else {}
        for path in self.contract.reads:
            value = read(edits.get(path, data), path)
            if value is ABSENT:
                continue
            self.inputs = written(self.inputs, path, value)
            self.sources[path] = self.unit.seq - 1 if path in edits else self.course.fold.producer(path)

    @property
    def seq(self) -> int:
        """The step's place in the run."""
        return self.unit.seq

    @property
    def is_skill(self) -> bool:
        """Whether it is the skill itself, not its approval."""
        return self.unit.kind is StepKind.SKILL

    @cached_property
    def approval(self) -> Step | None:
        """The approval that stands before this very skill, if there is one."""
        before = self.course.steps.get(self.unit.seq - 1)
        if self.unit.kind is not StepKind.SKILL or before is None or before.kind is not StepKind.APPROVAL:
            return None
        return before if (before.skill, before.decision) == (self.unit.skill, self.unit.decision) else None

    @cached_property
    def reads(self) -> dict[str, str | None]:
        """The digests of all that the skill may read; None where there is nothing. "" is all the data."""
        if self.contract.reads_everything:
            return {"": digest(self.inputs)}
        edits = (self.approval.digests if self.approval else None) or {}
        digest_of = self.course.fold.digest_of
        return {path: edits.get(path) or digest_of(path) for path in self.contract.reads}

    @cached_property
    def surroundings(self) -> dict[str, Any] | None:
        """What the executor depends on besides versions and values."""
        if self.contract.executor is ExecutorName.LLM:
            return {"model": self.model, "host": self.course.settings.model_base_url}
        if self.contract.executor is ExecutorName.REST:
            return {"env": _environment_of(self.contract)}
        return None

    @property
    def model(self) -> str | None:
        """The model that an llm skill asks: its own, else the run's, else the installation's."""
        return self.contract.model or self.course.claimed.model or self.course.settings.model

    @cached_property
    def fingerprint(self) -> str:
        """The hash of all that the result may depend on; of an approval: of what is approved."""
        if not self.is_skill:
            return approval_fingerprint(self.skill.digest, str(self.unit.when), digest(self.shown))
        return skill_fingerprint(
            self.skill.digest,
            list(self.reads.items()),
            self.course.sop_digest_if_read(self.skill),
            self.surroundings,
        )

    @property
    def shown(self) -> dict[str, Any]:
        """What a person is asked to approve: what the skill will read, or what it has produced."""
        if self.unit.when is Approval.BEFORE:
            return self.inputs
        return self.course.steps[self.unit.seq - 1].outputs or {}

    @cached_property
    def identity(self) -> EffectIdentity:
        """The effect the skill would have; of one without effects, what a recording is found by."""
        root = self.course.claimed.root_thread_id
        return effect_identity(self.contract, self.skill.name, self.inputs, root)

    @property
    def effect_key(self) -> str | None:
        """The digest by which the result of a skill that reaches outside can stand in later."""
        return self.identity.key_digest if reaches_outside(self.contract) else None


_ENV = re.compile(r"\{env\.([A-Za-z_][A-Za-z0-9_]*)\}")


def _environment_of(contract: Contract) -> dict[str, str | None]:
    """Return the values of the environment that a REST skill's request uses."""
    names = sorted(set(_ENV.findall(json_str(contract.request or {}))))
    return {name: os.environ.get(name) for name in names}
