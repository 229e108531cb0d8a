"""Backtests: past runs replayed with nothing going out, and what became of their outcomes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from agentskills.api.params import Text
from agentskills.api.schemas.batches import Batch, BatchBudget, BatchFilter, BatchItem
from agentskills.api.schemas.rerun import Versions
from agentskills.api.schemas.shapes import Answer, Asked, Number
from agentskills.domain.backtest import Verdict
from agentskills.domain.batch import BatchStatus


class BacktestRequest(Asked):
    """Which past runs to replay, by `ids` or by `filter`, and what is to differ."""

    ids: list[Annotated[Text, Field(min_length=1, max_length=250)]] | None = Field(
        default=None, min_length=1, max_length=10_000, description="runs; duplicates count once"
    )
    filter: BatchFilter | None = Field(
        default=None,
        description="or the filter of the list of runs, the newest first; without `status` runs that "
        "completed or failed, and without `dry` none that was itself only tried out",
    )
    most: int | None = Field(
        default=None, ge=1, le=10_000, description="at most so many runs; without it 100 of a filter"
    )
    skills: Versions | None = Field(
        default=None,
        description="versions: latest, those of each run (pinned), or {name: digest}, where all others stay "
        "pinned; without it latest, or pinned where `sop` or `model` is given",
    )
    sop: Text | None = Field(default=None, description="edited procedure")
    model: Text | None = Field(default=None, max_length=200)
    name: Text | None = Field(default=None, min_length=1, max_length=200)
    reason: Text | None = Field(default=None, max_length=2000, description="for the audit trail")
    concurrency: int = Field(default=100, ge=1, le=10_000, description="replays at the same time")
    budget: BatchBudget | None = None


class VerdictCounts(Answer):
    """How many outcomes stay, change, or can't be told."""

    stays: int
    changed: int
    cant_tell: int
    newly_failed: int = Field(
        description="of those that can't be told: runs that had completed and failed in the replay, other "
        "than by what a replay lacks"
    )
    pending: int = Field(description="not replayed or not reported yet")


class Backtest(Batch):
    """A backtest with its verdicts in numbers; pause, resume and abort it as a batch."""

    verdicts: VerdictCounts
    reported_at: datetime | None = Field(description="when every run had its report; null: not yet")


class BacktestPage(Answer):
    """One page of backtests, the newest first."""

    items: list[Backtest]
    next_cursor: str | None


class OriginCount(Answer):
    """What made a path differ, and in how many runs."""

    kind: str = Field(description="as in a comparison: skill_version, model, sop, chance, …")
    name: str
    count: int


class ChangedPath(Answer):
    """A place in the final data that came out otherwise."""

    path: str
    count: int = Field(description="runs in which it did")
    origins: list[OriginCount]
    source: str = Field(description="one of these runs")
    thread_id: str = Field(description="its replay: compare the two")


class Untold(Answer):
    """Why outcomes can't be told."""

    type: str = Field(
        description="effect-needed, not-recorded, plan-diverged, version-missing, waits-for-a-person, or the "
        "type of the error by which replays failed"
    )
    skill: str | None
    count: int
    source: str = Field(description="one of these runs")
    message: str | None = Field(description="of this run")


class BacktestDifference(Answer):
    """What the replays need more (or less) than their runs, as if nothing had been reused."""

    runs: int = Field(description="that could be told about")
    tokens: int
    money: Number = Field(description="US dollars")
    seconds: Number = Field(description="in skills, one after the other")
    unknown: int = Field(description="runs of which a difference is not known; they are not in the sums")


class BacktestReport(Backtest):
    """A backtest with its report as far as it has come."""

    difference: BacktestDifference
    paths: list[ChangedPath] = Field(description="the 200 that changed in most runs")
    untold: list[Untold]


class OriginName(Answer):
    """What made a path differ."""

    kind: str
    name: str


class PathReport(Answer):
    """A place in the final data of one run that came out otherwise."""

    path: str
    change: str = Field(description="added, removed or changed")
    origins: list[OriginName]


class UntoldReport(Answer):
    """Why the outcome of one run can't be told."""

    type: str
    message: str | None
    skill: str | None


class SpendingReport(Answer):
    """What one replay needs more (or less) than its run; null where it is not known."""

    tokens: int | None
    money: Number | None
    seconds: Number | None


class ItemReport(Answer):
    """What the replay of one run has shown."""

    verdict: Verdict
    why: UntoldReport | None = Field(description="where it can't be told")
    newly_failed: bool
    statuses: list[str] | None = Field(description="of the run and its replay, where they differ")
    headline: str | None = Field(description="of the comparison, where something changed")
    paths: list[PathReport] = Field(description="at most 50")
    more_paths: bool
    difference: SpendingReport | None


class BacktestItem(BatchItem):
    """One run of a backtest with its report."""

    report: ItemReport | None = Field(description="null until its replay has ended")


class BacktestItemPage(Answer):
    """One page of runs, in the order in which they are taken."""

    items: list[BacktestItem]
    next_cursor: str | None


class BacktestQuery(BaseModel):
    """A page of backtests."""

    model_config = ConfigDict(extra="forbid")

    status: BatchStatus | None = None
    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)


class BacktestItemQuery(BaseModel):
    """A page of the runs of a backtest."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict | None = Field(default=None, description="only runs with this verdict")
    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)
