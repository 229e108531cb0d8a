"""The identity of an effect: what makes two of them the same one."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from agentskills.domain.canonical import canonical_json, digest
from agentskills.domain.data_path import ABSENT, read
from agentskills.domain.skill import Contract

GLOBAL = ""


@dataclass(frozen=True, slots=True)
class EffectIdentity:
    """(scope, skill, key, repeat): the row that can exist once."""

    scope: str  # root run, or "" for asf.effect-scope: global
    skill: str
    key: dict[str, Any]  # by data path; a path that is absent is left out
    key_digest: str
    repeat: int = 0  # one higher for each repetition a person agreed to

    @property
    def idempotency_key(self) -> str:
        """What the other side sees: the same for every try at this effect."""
        text = canonical_json([self.scope, self.skill, self.key_digest, self.repeat])
        return sha256(text).hexdigest()


def effect_identity(
    contract: Contract, skill: str, inputs: dict[str, Any], root: str, repeat: int = 0
) -> EffectIdentity:
    """Return the identity of the effect a skill would have on these inputs."""
    paths = contract.requires if contract.effect_key is None else contract.effect_key
    found = {path: value for path in paths if (value := read(inputs, path)) is not ABSENT}
    scope = GLOBAL if contract.effect_scope == "global" else root
    return EffectIdentity(scope, skill, found, digest(found), repeat)
