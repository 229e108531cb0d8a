"""A model server for tests: OpenAI's chat completions and Anthropic's messages over real HTTP.

What it answers is scripted, one `say` per request; with an empty script it plays along sensibly:
asked for a decision it runs the first ready skill that was not carried out yet, else it finishes;
asked for data it fills in the schema. Run as a program it serves that until it is stopped:
`python tests/stubs/model_server.py --port 9000`, with ASF_MODEL=openai:stub and
ASF_MODEL_BASE_URL=http://127.0.0.1:9000/v1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from stubs.http_service import HttpService, Reply, Seen

TOKENS_IN, TOKENS_OUT = 120, 30


@dataclass(frozen=True)
class Say:
    """One scripted answer; exactly one of the fields that say something is set."""

    arguments: str | None = None  # of the answer tool, as raw text
    text: str | None = None
    refusal: str | None = None
    reply: Reply | None = None  # any HTTP answer
    call: tuple[str, dict[str, Any]] | None = None  # of another tool


def answer(value: Any) -> Say:
    """A tool call with this value."""
    return Say(arguments=json.dumps(value))


def raw(arguments: str) -> Say:
    """A tool call with arguments as they stand: exact numbers, or no JSON at all."""
    return Say(arguments=arguments)


def rate_limited(seconds: float) -> Say:
    body = {"error": {"message": "slow down", "type": "rate_limit", "code": "rate_limit_exceeded"}}
    return Say(reply=Reply(429, body, {"retry-after": str(seconds)}))


CUT = Say(reply=Reply(cut=True))
REFUSAL = Say(refusal="I can't help with that.")


class ModelServer(HttpService):
    """`say(...)` adds to the script; `asked` holds the requests' JSON."""

    def __init__(self) -> None:
        super().__init__(self._handle)
        self.script: deque[Say] = deque()

    @property
    def base_url(self) -> str:
        """ASF_MODEL_BASE_URL for openai:… models (for anthropic:… it is `url`)."""
        return f"{self.url}/v1"

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [seen.json for seen in self.seen]

    def say(self, *answers: Say) -> None:
        self.script.extend(answers)

    def _handle(self, seen: Seen) -> Reply:
        anthropic = seen.path.startswith("/v1/messages")
        if not anthropic and not seen.path.endswith("/chat/completions"):
            return Reply(404, {"error": {"message": f"no such path: {seen.path}"}})
        request = seen.json
        name, schema = _answer_tool(request, anthropic)
        said = self.script.popleft() if self.script else answer(play_along(schema, json.dumps(request)))
        if said.reply is not None:
            return said.reply
        return _anthropic(request, name, said) if anthropic else _openai(request, name, said)


def _answer_tool(request: dict[str, Any], anthropic: bool) -> tuple[str, dict[str, Any]]:
    for tool in request.get("tools", []):
        name = tool["name"] if anthropic else tool["function"]["name"]
        if name == "answer":
            return name, tool["input_schema"] if anthropic else tool["function"]["parameters"]
    return "answer", {"type": "object"}


def play_along(schema: dict[str, Any], request: str) -> Any:
    """Return a value that follows a schema; of a decision, the next skill or the end."""
    properties = schema.get("properties", {})
    if "action" in properties and "skills" in properties:
        names = properties["skills"]["items"]["properties"]["skill"]["enum"]
        done = re.search(r"<carried_out>(.*?)</carried_out>", request)
        carried_out = set(re.findall(r"\d+\. ([\w-]+)", done[1] if done else ""))
        fresh = [name for name in names if name not in carried_out]
        if fresh:
            chosen = [{"skill": fresh[0], "reason": "The procedure asks for it now."}]
            return {"reason": f"{fresh[0]} comes next.", "action": "run", "skills": chosen}
    if "action" in properties:
        return {"reason": "Everything the procedure asks for is done.", "action": "finish"}
    return sample(schema)


def sample(schema: dict[str, Any]) -> Any:
    """Return a plain value that follows a JSON Schema (the parts of it that our skills use)."""
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: sample(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema.get("items", {})) for _ in range(schema.get("minItems", 1))]
    if kind in ("number", "integer"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    return "stub text"[: schema.get("maxLength", 100)]


def _openai(request: dict[str, Any], name: str, said: Say) -> Reply:
    message: dict[str, Any] = {"role": "assistant", "content": said.text}
    finish = "stop"
    if said.refusal is not None:
        message["refusal"] = said.refusal
    tool = (name, said.arguments) if said.arguments is not None else None
    if said.call is not None:
        tool = (said.call[0], json.dumps(said.call[1]))
    if tool is not None:
        function = {"name": tool[0], "arguments": tool[1]}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
        finish = "tool_calls"
    return Reply(
        body={
            "id": "chatcmpl-stub",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": request.get("model", "stub"),
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {
                "prompt_tokens": TOKENS_IN,
                "completion_tokens": TOKENS_OUT,
                "total_tokens": TOKENS_IN + TOKENS_OUT,
            },
        }
    )


def _anthropic(request: dict[str, Any], name: str, said: Say) -> Reply:
    stop = "refusal" if said.refusal is not None else "tool_use" if said.arguments else "end_turn"
    if said.arguments is not None:
        start = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": said.arguments}
    else:
        start = {"type": "text", "text": ""}
        delta = {"type": "text_delta", "text": said.text or ""}
    usage = {"input_tokens": TOKENS_IN, "output_tokens": TOKENS_OUT}
    message = {
        "id": "msg_stub",
        "type": "message",
        "role": "assistant",
        "model": request.get("model", "stub"),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    if not request.get("stream"):
        if said.arguments is not None:
            block = json.dumps({**start, "input": "%"}).replace('"%"', said.arguments)
        else:
            block = json.dumps({**start, "text": delta["text"]})
        content = "[]" if said.refusal is not None else f"[{block}]"
        whole = json.dumps({**message, "content": "%", "stop_reason": stop}).replace('"%"', content)
        return Reply(body=whole.encode())
    events = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return Reply(body=text.encode(), content_type="text/event-stream")


async def _main() -> None:
    parser = argparse.ArgumentParser(description="Serve a stub model.")
    parser.add_argument("--port", type=int, default=0)
    server = ModelServer()
    await server.start(parser.parse_args().port)
    print(server.base_url, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


if __name__ == "__main__":
    asyncio.run(_main())
