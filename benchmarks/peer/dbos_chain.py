"""DBOS: a workflow of five steps, each recorded by it in Postgres. Run by peers.py.

Usage: dbos_chain.py DATABASE_URL RUNS CONCURRENCY; prints one JSON object.
"""

import asyncio
import json
import sys
import time

import uvloop
from dbos import DBOS, DBOSConfig

LENGTH = 5


@DBOS.step()
async def add(value: int) -> int:
    return value + 1


@DBOS.workflow()
async def chain(value: int) -> int:
    for _ in range(LENGTH):
        value = await add(value)
    return value


async def main(url: str, runs: int, concurrency: int) -> None:
    config: DBOSConfig = {
        "name": "peer",
        "system_database_url": url,
        "run_admin_server": False,
        "log_level": "ERROR",
    }
    DBOS(config=config)
    DBOS.launch()
    places = asyncio.Semaphore(concurrency)

    async def one(number: int) -> None:
        async with places:
            handle = await DBOS.start_workflow_async(chain, number)
            assert await handle.get_result() == number + LENGTH

    await asyncio.gather(*(one(number) for number in range(20)))
    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(runs)))
    print(json.dumps({"runs_per_s": runs / (time.perf_counter() - began)}))
    DBOS.destroy()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
