"""Runs of many steps, written straight into the database, and what the browser stood still for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from playwright.sync_api import Browser, Page

from .site import Site

STEPS = 2_000
_RUN = """
    INSERT INTO run_metadata (thread_id, sop, initial_data, run_name, planner, model, metadata, requested_by)
    VALUES (%(id)s, 'Price all parcels', '{"rate": 2.50, "order": {"number": 12345678901234567890}}',
            'Two thousand steps', 'llm', 'openai:gpt-5', '{"team": "logistics", "week": 46}',
            '{"kind": "api_key", "name": "nightly"}')"""
_STATE = """
    UPDATE run_state SET status = 'failed', wake_at = NULL, version = %(steps)s, tokens = 1500000,
           money = 4.2, started_at = now() - interval '2 hours', finished_at = now() - interval '1 hour',
           error = jsonb_build_object('type', 'timeout', 'message', 'timed out after 30 s',
                                      'skill', 'price-parcel', 'seq', %(steps)s - 100)
    WHERE thread_id = %(id)s"""
# Two by two: a decision, and what it chose. Every fifth is taken over, every ninth needed two attempts.
_STEPS = """
    INSERT INTO run_steps (thread_id, seq, decision, kind, skill, skill_digest, status, reason, inputs,
                           outputs, digests, reused_from, attempt, attempts, error, usage, started_at,
                           finished_at, version)
    SELECT %(id)s, n, n - (n + 1) %% 2, CASE WHEN skill THEN 'skill' ELSE 'decision' END,
           CASE WHEN skill THEN CASE n / 2 %% 3 WHEN 0 THEN 'price-parcel' WHEN 1 THEN 'measure-parcel'
                                ELSE 'print-label' END END,
           CASE WHEN skill THEN repeat('ab', 32) END,
           CASE WHEN failed THEN 'failed' ELSE 'completed' END,
           CASE WHEN skill THEN 'rate and order.number are there, and parcel_' || n || ' is still open'
                ELSE 'the next parcel is ready to be priced' END,
           CASE WHEN skill THEN jsonb_build_object('rate', 0, 'order.number', 0)
                || CASE WHEN n > 2 THEN jsonb_build_object('parcel_' || n - 2 || '.price', n - 2)
                        ELSE '{}' END END,
           CASE WHEN skill AND NOT failed THEN
                    jsonb_build_object('parcel_' || n,
                                       jsonb_build_object('price', n * 1.50, 'label', repeat('x', 60)))
                WHEN NOT skill THEN '{"run": {"skills": ["price-parcel"]}}' END,
           CASE WHEN skill AND NOT failed THEN jsonb_build_object('parcel_' || n, 'digest') END,
           CASE WHEN skill AND n %% 10 = 0 AND NOT failed THEN '{"why": "reused"}'::jsonb END,
           CASE WHEN skill AND n %% 18 = 0 THEN 2 ELSE 1 END,
           CASE WHEN skill AND n %% 18 = 0 THEN jsonb_build_array(jsonb_build_object('attempt', 1, 'at', began
                + interval '1 second', 'error', '{"type": "timeout", "message": "no answer"}'::jsonb)) END,
           CASE WHEN failed THEN '{"type": "timeout", "message": "timed out after 30 s"}'::jsonb END,
           CASE WHEN skill THEN '{"model": "openai:gpt-5", "input_tokens": 1200, "output_tokens": 300,
                                  "money": 0.0042, "requests": 2}'::jsonb END,
           began, began + interval '1.5 second', n
    FROM (SELECT n, n %% 2 = 0 AS skill, n = %(steps)s - 100 AS failed,
                 now() - interval '2 hours' + n * interval '1.7 second' AS began
          FROM generate_series(1, %(steps)s) AS n) AS numbered"""
_MESSAGES = """[
    {"kind": "request", "parts": [{"part_kind": "system-prompt", "content": "You price parcels."},
                                  {"part_kind": "user-prompt", "content": "Parcel 1900 weighs 3 kg."}]},
    {"kind": "response", "parts": [{"part_kind": "tool-call", "tool_name": "rate_of",
                                   "args": "{\\"zone\\": 4}"}]}]"""
_RECORDS = """
    INSERT INTO step_details (thread_id, seq, attempt, kind, content) VALUES
        (%(id)s, %(steps)s - 100, 1, 'messages', %(messages)s),
        (%(id)s, %(steps)s - 100, 1, 'stdout',
         (SELECT to_jsonb(string_agg(CASE WHEN n %% 100 = 0 THEN 'WARNING rate ' || n || ' is old'
                                          ELSE 'INFO looked at rate ' || n END, E'\\n' ORDER BY n))
          FROM generate_series(1, 5000) AS n)),
        (%(id)s, %(steps)s - 100, 1, 'stderr',
         to_jsonb(E'Traceback (most recent call last)\\n  no answer within 30 s'::text))"""

_OBSERVE = """
    window.longTasks = [];
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.longTasks.push(Math.round(duration));
    }).observe({ type: "longtask", buffered: true });
"""


def write_long_run(site: Site, thread_id: str = "long-run") -> str:
    """Write the run once; its step before the last fifty decisions failed."""
    with psycopg.connect(site.server.env["DATABASE_URL"], autocommit=True) as connection:
        values = {"id": thread_id, "steps": STEPS, "messages": _MESSAGES}
        if connection.execute("SELECT 1 FROM run_metadata WHERE thread_id = %s", [thread_id]).fetchone():
            return thread_id
        with connection.transaction():
            for statement in (_RUN, _STATE, _STEPS, _RECORDS):
                connection.execute(statement, values)
    return thread_id


_LIVE = """
    INSERT INTO run_metadata (thread_id, sop, run_name) VALUES (%(id)s, 'Price parcels', 'Live run')"""
_RUNNING = """
    UPDATE run_state SET status = 'running', started_at = now() - interval '5 minutes', wake_at = NULL
    WHERE thread_id = %(id)s"""
_MORE = """
    INSERT INTO run_steps (thread_id, seq, decision, kind, skill, status, reason, outputs, started_at,
                           finished_at, version)
    SELECT %(id)s, n, n - (n + 1) %% 2, CASE WHEN n %% 2 = 0 THEN 'skill' ELSE 'decision' END,
           CASE WHEN n %% 2 = 0 THEN 'price-parcel' END, 'completed', 'the next parcel is ready', '{}',
           now() - interval '1 second', now(), n
    FROM generate_series(%(first)s::int, %(last)s::int) AS n"""
_ENDED = """
    UPDATE run_state SET status = 'cancelled', finished_at = now(), version = 1000
    WHERE thread_id = %(id)s"""


@contextmanager
def live_run(site: Site, thread_id: str) -> Iterator[Callable[[int, int], None]]:
    """A run under way with 60 steps; what is yielded adds more of them, as a worker would."""
    with psycopg.connect(site.server.env["DATABASE_URL"], autocommit=True) as connection:

        def add_steps(first: int, last: int) -> None:
            connection.execute(_MORE, {"id": thread_id, "first": first, "last": last})
            connection.execute("SELECT pg_notify('asf_moved', %(id)s)", {"id": thread_id})

        connection.execute(_LIVE, {"id": thread_id})
        connection.execute(_RUNNING, {"id": thread_id})
        add_steps(1, 60)
        yield add_steps
        connection.execute(_ENDED, {"id": thread_id})


def observe_long_tasks(page: Page) -> None:
    """From the next page on, note every task of more than 50 ms."""
    page.add_init_script(_OBSERVE)


def longest_task(page: Page) -> int:
    """Milliseconds of the longest task since the page was opened; 0 where none was long."""
    found: int = page.evaluate("Math.max(0, ...window.longTasks)")
    return found


@contextmanager
def processor_times(browser: Browser, page: Page) -> Iterator[list[float]]:
    """Yield a list that afterwards holds the milliseconds of processor time of each task of the pages."""
    times: list[float] = []
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    yield times
    events = json.loads(browser.stop_tracing())["traceEvents"]
    pages = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    times += [
        event["tdur"] / 1000
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in pages and "tdur" in event
    ]
