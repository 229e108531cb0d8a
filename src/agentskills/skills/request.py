"""Checks `request` and `response` of asf.yaml: where the host comes from, and what templates name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from agentskills.domain.data_path import overlap
from agentskills.domain.skill import Contract
from agentskills.skills.report import Report

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PARTS = ("method", "url", "headers", "query", "body")

_PLACEHOLDER = re.compile(r"\{([^\W\d][\w-]*(?:\.[\w-]+)*(?:\[\])?)\}")
_HOST = re.compile(r"(?:[Hh][Tt][Tt][Pp][Ss]?://)?([^/?#]*)")
_GIVEN = ("thread_id", "idempotency_key")


def lint_request(contract: Contract, report: Report, at: Callable[[str], tuple[str, int]]) -> None:
    """Report requests that can't be sent, and templates that name what the skill isn't given."""
    if contract.request is not None:
        _lint(contract.request, contract, report, at("request"))
    check = contract.check or {}
    if "entry" not in check and contract.check is not None:
        request = check.get("request", {key: check[key] for key in check if key != "response"})
        if isinstance(request, dict) and request.get("url"):
            _lint(request, contract, report, at("check"))
        else:
            report.error("check", "check needs an entry or a request with a url", *at("check"))
    _lint_response(contract, report, at("response"))


def _lint(
    request: dict[str, Any],
    contract: Contract,
    report: Report,
    place: tuple[str, int],
) -> None:
    for key in request:
        if key not in PARTS:
            report.error("request", f"{key} is no part of a request ({', '.join(PARTS)})", *place)
    if str(request.get("method", "GET")).upper() not in METHODS:
        report.error("request", f"{request['method']!r} is no HTTP method", *place)
    for key in ("headers", "query"):
        if not isinstance(request.get(key, {}), dict):
            report.error("request", f"{key} must be a list of `name: value` lines", *place)
    url = str(request.get("url") or "")
    host = _HOST.match(url)
    assert host is not None  # the pattern matches the empty text
    for name in _PLACEHOLDER.findall(host[1]):
        if not name.startswith("env."):
            text = f"the host of a URL may come from {{env.X}}, never from {{{name}}}"
            report.error("url-host", text, *place)
    if not re.match(r"https?://[^/?#]|\{env\.", url, re.IGNORECASE):
        report.error("url-host", "the URL must begin with http://, https:// or {env.X}", *place)
    for name in _names(request):
        kind, _, rest = name.partition(".")
        if (kind in ("env", "secret") and rest) or name in _GIVEN:
            continue
        if not any(overlap(name, path) for path in contract.reads):
            report.error("template", f"{{{name}}} is not among what the skill requires", *place)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)


def _lint_response(contract: Contract, report: Report, place: tuple[str, int]) -> None:
    if contract.response is None:
        return
    response: dict[str, Any] = contract.response  # as it was written
    for path, where in response.items():
        if path not in contract.writes:
            report.error("response", f"{path} is not among what the skill produces", *place)
        if not isinstance(where, str):
            report.error("response", f"{path} needs a JSONPath such as $.lines", *place)
        elif problem := _jsonpath_problem(where):
            report.error("response", f"{where!r} is not a JSONPath: {problem}", *place)
    for path in contract.produces:
        if path not in response:
            report.error("response", f"response says nothing about {path}, which is produced", *place)


def _jsonpath_problem(text: str) -> str | None:
    if re.fullmatch(r"\$(\.[A-Za-z_]\w*|\[\d+\])*", text):
        return None  # the usual case; the parser takes a moment to import
    from jsonpath_ng.ext.parser import parse

    try:
        parse(text)
    except Exception as error:  # the parser raises bare Exception
        return str(error).splitlines()[0]
    return None
