"""Figures for Prometheus: of this process as they happen, of the installation when asked for."""

from __future__ import annotations

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agentskills.services import figures
from agentskills.services.context import Context
from agentskills.storage.figures import Figures

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self.requests = Counter(
            "asf_http_requests", "Requests by route and status", ["route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "asf_http_request_seconds",
            "Time to the first byte of the answer",
            registry=self._registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )

    async def text(self, context: Context) -> bytes:
        """Return all figures in Prometheus' text form."""
        found = CollectorRegistry()
        found.register(_Installation(await figures.read(context)))
        return bytes(generate_latest(found)) + bytes(generate_latest(self._registry))


class _Installation(Collector):
    """Figures read from the database, as gauges."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return one family per figure."""
        now = self._figures
        yield _labelled("asf_runs", "Runs by status, without dry ones", "status", now.runs)
        yield _labelled("asf_dry_runs", "Reruns with effects: none, by status", "status", now.dry_runs)
        yield _labelled("asf_waits", "Open waits by reason", "reason", now.waits)
        yield _labelled("asf_effects", "Effects by state", "state", now.effects)
        yield GaugeMetricFamily(
            "asf_oldest_due_seconds", "How long the oldest due run has been due", value=now.oldest_due
        )
        yield GaugeMetricFamily("asf_doubts", "Effects in doubt", value=now.effects.get("doubt", 0))
        yield GaugeMetricFamily("asf_workers", "Workers whose lease is good", value=now.workers)
        yield from _of_workers(now.worker_counts)
        yield _labelled(
            "asf_policy_answers", "Failed runs by what policies did", "answer", now.policy_answers
        )
        yield GaugeMetricFamily("asf_open_breakers", "Skills that policies let rest", value=now.open_breakers)
        yield _labelled("asf_deliveries", "Deliveries to webhooks by state", "state", now.deliveries)
        yield GaugeMetricFamily(
            "asf_oldest_delivery_seconds",
            "How long the oldest due delivery has been due",
            value=now.oldest_delivery,
        )
        yield GaugeMetricFamily(
            "asf_effects_not_repeated", "Effects honoured by receipt", value=now.not_repeated
        )
        yield GaugeMetricFamily("asf_tokens", "Tokens of model calls", value=now.tokens)
        yield GaugeMetricFamily(
            "asf_runs_of_unknown_price", "Runs with a call of unknown price", value=now.runs_of_unknown_price
        )


def _labelled(name: str, help_text: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


class Measured:
    """Counts and times the requests that pass through."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                self._metrics.requests.labels(route, str(message["status"])).inc()
                self._metrics.seconds.observe(time.perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, count)


def _of_workers(counts: dict[str, dict[str, float]]) -> Iterable[GaugeMetricFamily]:
    """Return one family per figure that workers count."""
    for name in sorted({name for counted in counts.values() for name in counted}):
        family = GaugeMetricFamily(f"asf_worker_{name}", f"Of each worker: {name}", labels=["worker"])
        for worker, counted in counts.items():
            if name in counted:
                family.add_metric([worker], float(counted[name]))
        yield family
