"""Connections: exact numbers, translated errors, LISTEN that comes back."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from agentskills.domain.errors import DatabaseGone, QueryTooSlow
from agentskills.storage.database import Listener, Pool, connect, notify, open_pool, translate_errors

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind", ["jsonb", "json"])
async def test_numbers_come_back_digit_for_digit(pool: Pool, kind: str) -> None:
    value = {
        "invoice": 12345678901234567890123,
        "amount": Decimal("1.10"),
        "tiny": Decimal("0.1000000000000000055511151231257827"),
        "nested": [{"big": 2**80}, None, True, "ä ☃"],
    }
    got = await pool.fetchval(f"SELECT $1::{kind}", value)
    assert got == value
    assert str(got["amount"]) == "1.10"
    assert type(got["invoice"]) is int


async def test_every_connection_of_a_pool_has_the_set_up(database_url: str) -> None:
    async with await open_pool(database_url, min_size=3, max_size=3, name="asf x") as pool:
        held = [await pool.acquire() for _ in range(3)]
        for connection in held:
            assert await connection.fetchval("SELECT '{\"a\": 1.0}'::jsonb") == {"a": Decimal("1.0")}
            assert await connection.fetchval("SHOW application_name") == "asf x"
            assert await connection.fetchval("SHOW jit") == "off"
        for connection in held:
            await pool.release(connection)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres@127.0.0.1:1/x",
        "postgresql://postgres@/x?host=/nowhere",
        "postgresql://postgres@no-such-host.invalid/x",
    ],
)
async def test_a_database_that_is_not_there_is_gone(url: str) -> None:
    with pytest.raises(DatabaseGone):
        await connect(url)


async def test_a_database_of_another_name_is_gone(database_url: str) -> None:
    with pytest.raises(DatabaseGone):
        await connect(database_url.replace("/test_", "/other_"))


async def test_connections_ended_by_the_server_are_gone(pool: Pool) -> None:
    async with pool.acquire() as connection, pool.acquire() as other:
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        await other.execute("SELECT pg_terminate_backend($1)", pid)
        with pytest.raises(DatabaseGone), translate_errors():
            for _ in range(2):
                await connection.fetchval("SELECT pg_sleep(5)")
        with pytest.raises(DatabaseGone), translate_errors():
            await connection.fetchval("SELECT 1")


async def test_a_statement_time_out_is_an_answer(pool: Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(QueryTooSlow), translate_errors():
            async with connection.transaction():
                await connection.execute("SET LOCAL statement_timeout = 50")
                await connection.execute("SELECT pg_sleep(60)")


async def test_mistakes_of_ours_are_not_translated(pool: Pool) -> None:
    with pytest.raises(asyncpg.UndefinedTableError), translate_errors():
        await pool.execute("SELECT * FROM no_such_table")
    with pytest.raises(asyncpg.DataError), translate_errors():
        await pool.fetchval("SELECT $1::int", "not a number")


async def test_a_connection_goes_back_clean_after_an_error(database_url: str) -> None:
    async with await open_pool(database_url, max_size=1) as pool:
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute("INSERT INTO installation VALUES ('x', 'y')")
                await connection.execute("SELECT 1/0")
        assert await pool.fetchval("SELECT count(*) FROM installation WHERE name = 'x'") == 0


async def test_a_listener_hears_and_comes_back(pool: Pool, database_url: str) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    begun: asyncio.Queue[None] = asyncio.Queue()
    listener = Listener(database_url, {"asf_wake": heard.put_nowait}, lambda: begun.put_nowait(None))
    task = asyncio.create_task(listener.run())
    try:
        async with asyncio.timeout(30):
            await begun.get()
            async with pool.acquire() as connection:
                await notify(connection, "asf_wake", "a b")
            assert await heard.get() == "a b"
            ended = await pool.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE application_name = 'asf listen' AND datname = current_database()"
            )
            assert ended == 1
            await begun.get()
            async with pool.acquire() as connection:
                await notify(connection, "asf_wake", "")
            assert await heard.get() == ""
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_notification_waits_for_the_commit(pool: Pool, database_url: str) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    begun = asyncio.Event()
    task = asyncio.create_task(Listener(database_url, {"asf_moved": heard.put_nowait}, begun.set).run())
    try:
        async with asyncio.timeout(30):
            await begun.wait()
            async with pool.acquire() as connection, connection.transaction():
                await notify(connection, "asf_moved", "inside")
                await pool.execute("SELECT pg_notify('asf_moved', 'outside')")
            assert [await heard.get(), await heard.get()] == ["outside", "inside"]
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_no_password_in_the_words_of_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatabaseGone) as caught:
        await connect(f"postgresql://me:hunter2@/x?host={tmp_path}")
    assert "hunter2" not in str(caught.value) + repr(caught.value.__cause__)
