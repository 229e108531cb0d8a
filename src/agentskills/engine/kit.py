"""What advancing a run needs from its worker."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from agentskills.domain.decision import Planner
from agentskills.domain.run import ClaimedRun
from agentskills.domain.skill import Skill
from agentskills.engine.commit import reading
from agentskills.engine.counts import Counts
from agentskills.engine.intents import Intents
from agentskills.engine.lease import Lease
from agentskills.engine.writer import Writer
from agentskills.executors import Executors
from agentskills.settings import Settings
from agentskills.storage import catalogs
from agentskills.storage.database import Pool


class Catalogs:
    """Catalogue snapshots by digest; a snapshot never changes, so it is read once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._loading = asyncio.Lock()
        self._known: dict[str, Mapping[str, Skill]] = {}

    async def get(self, digest: str | None) -> Mapping[str, Skill]:
        """Return the skills of a snapshot by name; none for a run that was pinned to none."""
        if digest is None:
            return {}
        known = self._known.get(digest)
        if known is None:
            async with self._loading:  # a full claim asks for it many times at once
                if digest not in self._known:
                    async with reading(self._pool) as conn:
                        self._known[digest] = await catalogs.load_catalog(conn, digest)
            known = self._known[digest]
        return known


@dataclass(slots=True)
class Kit:
    """The worker's parts that runs use."""

    settings: Settings
    pool: Pool
    lease: Lease
    writer: Writer
    intents: Intents
    executors: Executors
    planners: Mapping[str, Planner]
    catalogs: Catalogs
    callback_key: str
    room: int = 0  # free places for runs; while there are any, short waits are sat out
    counts: Counts = field(default_factory=Counts)

    def settings_for(self, claimed: ClaimedRun) -> Settings:
        """Return the settings under which a run goes."""
        return self.settings

    def callback_token(self, thread_id: str, seq: int) -> str:
        """Return the one-time token of a step; the same for every dispatch of that step."""
        text = f"{thread_id}\n{seq}".encode()
        return hmac.new(self.callback_key.encode(), text, hashlib.sha256).hexdigest()
