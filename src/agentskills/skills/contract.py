"""Makes a contract of what a skill folder declares: every key, its meaning, its default."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from agentskills.domain.data_path import overlap
from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import check_json
from agentskills.domain.skill import Approval, Contract, Effects, ExecutorName
from agentskills.skills.parse import Declared, Entry
from agentskills.skills.report import Report
from agentskills.skills.values import (
    BadValue,
    backoff_of,
    choice_of,
    number_of,
    one_of,
    paths_of,
    reuse_of,
    seconds_of,
    text_of,
    yes_or_no,
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the contract: how its value is read, and which executors look at it."""

    read: Callable[[Any], Any]
    executors: tuple[str, ...] = ("llm", "rest", "python", "human")


def _document(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadValue("must be a list of `key: value` lines")
    try:
        check_json(value)
    except BadInput as error:
        raise BadValue(error.detail) from None
    return value


_REST = ("rest",)
_PYTHON = ("python",)

TEXT_KEYS: dict[str, Key] = {
    "executor": Key(lambda value: choice_of(value, ExecutorName)),
    "requires": Key(paths_of),
    "produces": Key(paths_of),
    "entry": Key(text_of, _PYTHON),
    "inline": Key(yes_or_no, _PYTHON),
    "effects": Key(lambda value: choice_of(value, Effects)),
    "effect-key": Key(lambda value: paths_of(value)[0] + paths_of(value)[1]),
    "effect-scope": Key(lambda value: one_of(value, "family", "global")),
    "reuse": Key(reuse_of),
    "approval": Key(lambda value: choice_of(value, Approval)),
    "retries": Key(lambda value: number_of(value, 0, 100)),
    "backoff": Key(backoff_of),
    "timeout": Key(seconds_of),
    "concurrency": Key(lambda value: number_of(value, 1, 10_000)),
    "reads-sop": Key(yes_or_no),
    "mode": Key(lambda value: one_of(value, "direct", "callback"), _REST),
    "model": Key(text_of, ("llm",)),
}
"""Keys whose value is one text: `asf.<key>` in the frontmatter, or `<key>` in asf.yaml."""

DOCUMENT_KEYS: dict[str, Key] = {
    "request": Key(_document, _REST),
    "response": Key(_document, _REST),
    "output_schema": Key(_document),
    "form": Key(_document),
    "check": Key(_document),
    "sample": Key(_document),
}
"""Keys whose value has parts; they stand in asf.yaml."""

_PREDECESSOR_KEYS = {"prompt": Key(text_of), "system_prompt": Key(text_of)}


def read_contract(declared: Declared, report: Report) -> Contract | None:
    """Return the contract with all its defaults, or None with errors in the report."""
    before = len([item for item in report.diagnostics if item.level == "error"])
    given: dict[str, Any] = {}
    keys = TEXT_KEYS | DOCUMENT_KEYS | (_PREDECESSOR_KEYS if declared.predecessor else {})
    for name, entry in declared.keys.items():
        key = keys.get(name)
        if key is None:
            report.error("unknown-key", _unknown(name, entry, keys), entry.file, entry.line)
            continue
        if name in DOCUMENT_KEYS and isinstance(entry.value, str) and entry.file == declared.file:
            report.error(
                "misplaced-key", f"{_shown(name, entry)} belongs in asf.yaml", entry.file, entry.line
            )
            continue
        try:
            given[name] = key.read(entry.value)
        except BadValue as problem:
            report.error("bad-value", f"{_shown(name, entry)}: {problem}", entry.file, entry.line)
    if len([item for item in report.diagnostics if item.level == "error"]) > before:
        return None
    contract = _with_defaults(given, declared)
    _check_use(contract, declared, report)
    return None if report.failed else contract


def _shown(name: str, entry: Entry) -> str:
    return name if entry.file == "asf.yaml" else f"asf.{name}"


def _unknown(name: str, entry: Entry, keys: Mapping[str, Key]) -> str:
    close = get_close_matches(name.replace("_", "-"), keys, n=1) or get_close_matches(name, keys, n=1)
    hint = f"; did you mean {_shown(close[0], entry)}?" if close else ""
    return f"{_shown(name, entry)} is no key of a contract{hint}"


def _with_defaults(given: Mapping[str, Any], declared: Declared) -> Contract:
    executor: ExecutorName = given.get("executor", ExecutorName.LLM)
    requires, optional = given.get("requires", ((), ()))
    produces, may_produce = given.get("produces", ((), ()))
    if not produces and not may_produce:
        produces = (default_path(declared.name),)
    bare = not {"executor", "requires", "produces"} & given.keys()
    request = _texts(given.get("request"))
    callback = given.get("mode", "direct") == "callback"
    reading = executor is ExecutorName.REST and not callback and method_of(request) in ("GET", "HEAD")
    return Contract(
        executor=executor,
        requires=requires,
        optional=optional,
        produces=produces,
        may_produce=may_produce,
        entry=given.get("entry"),
        inline=given.get("inline", False),
        effects=given.get("effects", _effects(executor, callback, reading)),
        says_effects="effects" in given,
        effect_key=given.get("effect-key"),
        effect_scope=given.get("effect-scope", "family"),
        reuse=given.get("reuse", "no" if reading else "yes"),
        approval=given.get("approval", Approval.NONE),
        retries=given.get("retries", 0),
        timeout=given.get("timeout"),
        concurrency=given.get("concurrency"),
        reads_sop=given.get("reads-sop", executor is ExecutorName.LLM or callback),  # a callback order has it
        reads_everything=bare,
        callback=callback,
        request=request,
        response=_spelled(given.get("response"), (*produces, *may_produce)),
        output_schema=given.get("output_schema"),
        form=given.get("form"),
        check=_check(given.get("check")),
        sample=given.get("sample"),
        model=given.get("model"),
        prompt=given.get("prompt"),
        system_prompt=given.get("system_prompt"),
        **({"backoff": given["backoff"]} if "backoff" in given else {}),
    )


def _spelled(response: dict[str, Any] | None, paths: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the response with its paths as they are declared: `lines` may stand for `lines[]`."""
    if response is None:
        return None
    declared = {path.removesuffix("[]"): path for path in paths}
    return {declared.get(path.removesuffix("[]"), path): where for path, where in response.items()}


def default_path(name: str) -> str:
    """Return where a skill writes that doesn't say where: `results.<skill>`."""
    return "results." + re.sub(r"^-|[^\w-]", "_", name)


def method_of(request: Mapping[str, Any] | None) -> str:
    """Return the HTTP method of a request: as it says, else POST where it has a body, else GET."""
    request = request or {}
    return str(request.get("method") or ("POST" if request.get("body") is not None else "GET")).upper()


def _effects(executor: ExecutorName, callback: bool, reading: bool) -> Effects:
    if executor is not ExecutorName.REST or reading:
        return Effects.NONE
    return Effects.IDEMPOTENT if callback else Effects.IRREVERSIBLE


def _texts(request: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a request whose method, URL and headers are texts, whatever YAML took them for."""
    if request is None:
        return None
    texts: dict[str, Any] = {key: _text(request[key]) for key in ("method", "url") if key in request}
    headers = request.get("headers")
    if isinstance(headers, dict):
        texts["headers"] = {key: _text(value) for key, value in headers.items()}
    return request | texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check(check: dict[str, Any] | None) -> dict[str, Any] | None:
    if check and isinstance(check.get("request"), dict):
        return check | {"request": _texts(check["request"])}
    return _texts(check)


def _check_use(contract: Contract, declared: Declared, report: Report) -> None:
    """Report what is missing for the executor, and what it doesn't look at."""
    keys = declared.keys
    start = Entry(None, declared.file, declared.root.line)

    def at(name: str) -> tuple[str, int]:
        entry = keys.get(name) or keys.get("executor") or start
        return entry.file, entry.line

    executor = contract.executor.value
    if executor == "python" and not contract.entry:
        report.error("no-entry", "a python skill needs asf.entry, such as scripts/score.py:run", *at("entry"))
    if executor == "rest" and not (contract.request or {}).get("url"):
        report.error("no-request", "a rest skill needs request with a url in asf.yaml", *at("request"))
    for name, entry in keys.items():
        key = (TEXT_KEYS | DOCUMENT_KEYS).get(name)
        if key and executor not in key.executors:
            message = f"{_shown(name, entry)} has no meaning for an {executor} skill"
            report.warning(
                "not-carried-out", message.replace("an py", "a py").replace("an re", "a re"), *at(name)
            )
    paths = contract.writes
    for index, path in enumerate(paths):
        for other in paths[index + 1 :]:
            if overlap(path, other):
                report.error(
                    "overlap", f"produces both {path} and {other}, one inside the other", *at("produces")
                )
