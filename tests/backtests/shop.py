"""Refunds with effects of every kind, and backtests over them, carried by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine.workplace import PERSON, Workplace, add_skill, inline
from tests.stubs.http_service import HttpService

from agentskills.services import backtests
from agentskills.services.backtest_report import report_backtests
from agentskills.services.backtests import BacktestRequest, start_backtest
from agentskills.services.batch_dispatch import dispatch_batches

FETCH = """request:
  method: GET
  url: "{env.SHOP_URL}/orders/{order.id}"
response:
  order.total: "$.total"
"""
ASSESS = """total = inputs["order"]["total"]
return {"refund": {"amount": total, "approved": True}}"""
STRICTER = """total = inputs["order"]["total"]
return {"refund": {"amount": min(total, 50), "approved": total <= 80}}"""
BROKEN = """raise ValueError("the rules are not readable")"""
MAIL = """reader, writer = await asyncio.open_connection("127.0.0.1", {port})
writer.write(f"MAIL {{inputs['order']['id']}}".encode())
writer.write_eof()
await reader.read()
writer.close()
return {{"mail": {{"sent": inputs["refund"]["amount"]}}}}"""
LETTER = """with open({folder!r} + "/" + str(inputs["order"]["id"]), "a") as file:
    file.write("approved\\n" if inputs["refund"]["approved"] else "refused\\n")
return {{"letter": {{"approved": inputs["refund"]["approved"]}}}}"""
SKILLS = ("fetch-order", "assess", "send-mail", "write-letter")


class MailServer:
    """Takes mail over a socket; `seen` holds all that came in."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    async def __aenter__(self) -> MailServer:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen.append(b"connected")
        self.seen[-1] = await reader.read()
        writer.write(b"250 OK")
        writer.close()


@dataclass
class Shop:
    """A workplace with refunds: the orders' service, the mail server, the folder of letters."""

    place: Workplace
    service: HttpService
    mail: MailServer
    letters: Path

    async def write_skills(self) -> None:
        add_skill(
            self.place.root,
            "fetch-order",
            "",
            sidecar=FETCH,
            executor="rest",
            requires="order.id",
            produces="order.total",
        )
        inline(
            self.place.root,
            "send-mail",
            MAIL.format(port=self.mail.port),
            requires="order.id refund.amount",
            produces="mail.sent",
            effects="irreversible",
            effect_key="order.id",
        )
        inline(
            self.place.root,
            "write-letter",
            LETTER.format(folder=str(self.letters)),
            requires="order.id refund.approved",
            produces="letter.approved",
            effects="idempotent",
        )
        await self.assess(ASSESS)

    async def assess(self, code: str, **keys: str) -> None:
        """Give the shop other rules."""
        given = {"requires": "order.total", "produces": "refund.amount refund.approved"}
        inline(self.place.root, "assess", code, **given | keys)
        await self.place.load()

    async def refunds(self, *numbers: int, skills: Sequence[str] = SKILLS) -> list[str]:
        """Refund these orders, each worth its number; return the runs once they have ended."""
        started = [await self.place.start(*skills, data={"order": {"id": number}}) for number in numbers]
        async with self.place.worker():
            for thread_id in started:
                await self.place.until(thread_id)
        return started

    def outside(self) -> tuple[int, int, int]:
        """How much has come in outside: requests, mails, lines of letters."""
        lines = [line for file in self.letters.iterdir() for line in file.read_text().splitlines()]
        return len(self.service.seen), len(self.mail.seen), len(lines)

    async def start(self, **asked: Any) -> str:
        done = await start_backtest(self.place.context, BacktestRequest(**asked), PERSON)
        return str(done.answer["id"])

    async def get(self, backtest_id: str) -> dict[str, Any]:
        return await backtests.backtest(self.place.context, backtest_id)

    async def items(self, backtest_id: str, verdict: str | None = None) -> list[dict[str, Any]]:
        page = await backtests.list_items(self.place.context, backtest_id, verdict, None, 10_000)
        return list(page["items"])

    async def reported(self, backtest_id: str) -> dict[str, Any]:
        """Carry a backtest with a worker until every run has its report."""
        async with self.place.worker(), asyncio.timeout(60):
            while (found := await self.get(backtest_id))["reported_at"] is None:
                await self.place.pool.execute(
                    "UPDATE batches SET wake_at = now() - '1 s'::interval WHERE wake_at > now()"
                )
                await dispatch_batches(self.place.context)
                await report_backtests(self.place.context)
                await asyncio.sleep(0.02)
        return found

    async def backtest(self, **asked: Any) -> dict[str, Any]:
        return await self.reported(await self.start(**asked))
