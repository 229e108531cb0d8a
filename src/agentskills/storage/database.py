"""Connections to Postgres: one set-up for all of them, its errors in our words, and LISTEN/NOTIFY."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import asyncpg
import structlog

from agentskills.domain.errors import AgentSkillsError, DatabaseGone, QueryTooSlow, RunDeleted
from agentskills.domain.json_text import json_str, parse_stored

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Conn: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
"""What functions in `storage` take."""
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

WAKE = "asf_wake"
"""Tells workers that runs are due; payload: thread_ids separated by a space, or nothing."""
MOVED = "asf_moved"
"""Tells readers which runs changed; payload: thread_ids separated by a space, at most 7,000 bytes."""

CONNECT_TIMEOUT = 10.0  # seconds
_PING_EVERY = 20.0  # seconds; finds a LISTEN connection whose other end is gone without a word
_BACKOFF = (0.05, 2.0)  # seconds; first and longest pause before LISTEN is tried again

_log = structlog.get_logger(__name__)


async def open_pool(url: str, *, min_size: int = 1, max_size: int = 10, name: str = "asf") -> Pool:
    """Return an open pool; `name` is what pg_stat_activity shows. Raises `DatabaseGone`."""
    with translate_errors():
        return await asyncpg.create_pool(
            url,
            min_size=min_size,
            max_size=max_size,
            max_queries=2**31,
            init=_prepare,
            reset=_keep,
            timeout=CONNECT_TIMEOUT,
            server_settings=_server_settings(name),
        )


async def connect(url: str, *, name: str = "asf") -> Connection:
    """Return one connection with the same set-up. Raises `DatabaseGone`."""
    with translate_errors():
        connection = await asyncpg.connect(
            url, timeout=CONNECT_TIMEOUT, server_settings=_server_settings(name)
        )
        await _prepare(connection)
        return connection


def _server_settings(name: str) -> dict[str, str]:
    return {"application_name": name, "jit": "off", "timezone": "UTC"}


async def _prepare(connection: Connection) -> None:
    for kind in ("jsonb", "json"):
        await connection.set_type_codec(
            kind, schema="pg_catalog", encoder=json_str, decoder=parse_stored, format="text"
        )


async def _keep(connection: Connection) -> None:
    """Leave a connection as it is; asyncpg has rolled back, and session state is never set."""


UNSTORABLE = (asyncpg.DataError, asyncpg.ProgramLimitExceededError, ValueError)
"""What the driver raises for a value that Postgres can't hold."""

# What the driver raises → what we raise. The first match counts.
_TRANSLATED: tuple[tuple[type[BaseException], type[AgentSkillsError]], ...] = (
    (asyncpg.QueryCanceledError, QueryTooSlow),  # only lists set a statement timeout
    (asyncpg.PostgresConnectionError, DatabaseGone),
    (asyncpg.CannotConnectNowError, DatabaseGone),  # starting up, shutting down
    (asyncpg.AdminShutdownError, DatabaseGone),
    (asyncpg.CrashShutdownError, DatabaseGone),
    (asyncpg.IdleInTransactionSessionTimeoutError, DatabaseGone),
    (asyncpg.InsufficientResourcesError, DatabaseGone),  # disk full, out of memory, too many connections
    (asyncpg.ReadOnlySQLTransactionError, DatabaseGone),  # a standby, or made read-only by its keeper
    (asyncpg.InvalidCatalogNameError, DatabaseGone),  # the database itself is missing
    (asyncpg.InvalidAuthorizationSpecificationError, DatabaseGone),  # wrong user or password
    (asyncpg.InternalClientError, DatabaseGone),  # used between the server's last words and the end
    (OSError, DatabaseGone),  # refused, no socket, name not found, time-out
)
_RUN_DELETED = "AS410"
"""What the tables say where a run is to be made from a deleted one."""
_CLOSED = ("connection is closed", "pool is clos", "connection was closed", "been released", "closed by peer")


@contextlib.contextmanager
def translate_errors() -> Iterator[None]:
    """Raise `DatabaseGone`, `QueryTooSlow` or `RunDeleted` for what the driver says in their place.

    Wrap database work only: any `OSError` inside counts as a lost database.
    """
    try:
        yield
    except asyncpg.InterfaceError as error:
        if any(words in str(error) for words in _CLOSED):
            raise DatabaseGone from error
        raise
    except tuple(kind for kind, _ in _TRANSLATED) as error:
        raise next(ours for kind, ours in _TRANSLATED if isinstance(error, kind)) from error
    except asyncpg.PostgresError as error:
        if error.sqlstate == _RUN_DELETED:
            raise RunDeleted(str(error)) from error
        raise


async def notify(conn: Conn, channel: str, payload: str) -> None:
    """Send `payload` to every listener of `channel`; inside a transaction, when it commits."""
    await conn.execute("SELECT pg_notify($1, $2)", channel, payload)


class Listener:
    """One LISTEN connection, opened again with backoff after each loss.

    `handlers` maps a channel to what takes its payloads; `on_reconnect` is called each time
    listening begins, the first included, since what was sent before was not heard: read
    everything again there. Neither may block.
    """

    def __init__(
        self, url: str, handlers: Mapping[str, Callable[[str], None]], on_reconnect: Callable[[], None]
    ) -> None:
        self._url = url
        self._handlers = handlers
        self._on_reconnect = on_reconnect
        self.listening = asyncio.Event()
        """Set while notifications are heard."""

    async def run(self) -> None:
        """Listen until cancelled."""
        pause = _BACKOFF[0]
        while True:
            try:
                connection = await connect(self._url, name="asf listen")
            except AgentSkillsError as error:
                _log.debug("listen.retry", error=str(error.__cause__ or error), pause=pause)
            else:
                with contextlib.suppress(AgentSkillsError):
                    pause = _BACKOFF[0]
                    await self._hear(connection)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _BACKOFF[1])

    async def _hear(self, connection: Connection) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda *_: lost.set())
        try:
            with translate_errors():
                for channel in self._handlers:
                    await connection.add_listener(channel, self._take)
            self.listening.set()
            self._on_reconnect()
            while not lost.is_set():
                try:
                    await asyncio.wait_for(lost.wait(), _PING_EVERY)
                except TimeoutError:
                    with translate_errors():
                        await connection.execute("SELECT", timeout=CONNECT_TIMEOUT)
        finally:
            self.listening.clear()
            connection.terminate()

    def _take(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._handlers[channel](str(payload))
