"""LangGraph with its Postgres checkpointer: five nodes in a row, one checkpoint after each. Run by peers.py.

Usage: langgraph_chain.py DATABASE_URL RUNS CONCURRENCY; prints one JSON object.
"""

import asyncio
import json
import sys
import time
from typing import Annotated, Any, TypedDict

import uvloop
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from psycopg_pool import AsyncConnectionPool

LENGTH = 5


def _append(old: list[str], new: list[str]) -> list[str]:
    return old + new


class State(TypedDict):
    data: dict[str, Any]
    history: Annotated[list[str], _append]


def _node(place: int) -> Any:
    async def add(state: State) -> dict[str, Any]:
        value = state["data"]["v"] + 1
        return {"data": {**state["data"], "v": value}, "history": [f"step-{place}"]}

    return add


def _graph(checkpointer: AsyncPostgresSaver) -> Any:
    graph = StateGraph(State)
    for place in range(LENGTH):
        graph.add_node(f"step{place}", _node(place))
    graph.add_edge(START, "step0")
    for place in range(LENGTH - 1):
        graph.add_edge(f"step{place}", f"step{place + 1}")
    graph.add_edge(f"step{LENGTH - 1}", END)
    return graph.compile(checkpointer=checkpointer)


async def main(url: str, runs: int, concurrency: int) -> None:
    connection = {"autocommit": True, "prepare_threshold": 0}
    async with AsyncConnectionPool(url, min_size=8, max_size=16, kwargs=connection, open=False) as pool:
        checkpointer = AsyncPostgresSaver(pool)
        await checkpointer.setup()
        app = _graph(checkpointer)
        places = asyncio.Semaphore(concurrency)

        async def one(name: str) -> None:
            async with places:
                ended = await app.ainvoke(
                    {"data": {"v": 0}, "history": []}, {"configurable": {"thread_id": name}}
                )
            assert ended["data"]["v"] == LENGTH

        await asyncio.gather(*(one(f"warm-{number}") for number in range(20)))
        began = time.perf_counter()
        await asyncio.gather(*(one(f"run-{number}") for number in range(runs)))
        print(json.dumps({"runs_per_s": runs / (time.perf_counter() - began)}))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
