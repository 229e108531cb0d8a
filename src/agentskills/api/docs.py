"""/docs: every endpoint and shape of openapi.json on one page, without scripts and without other servers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

Document = Mapping[str, Any]

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_STYLE = """
:root { color-scheme: light dark; --line: light-dark(#e4e4e9, #2c2c36); --soft: light-dark(#62626f, #a0a0b0);
  --accent: light-dark(#4f46e5, #a5a0ff); --tint: light-dark(#f6f6f9, #1b1b22); }
body { font: 15px/1.6 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
h1 { margin: 0 0 .5rem; } h2 { margin: 3rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2rem 0 .25rem; font-size: 1rem; overflow-wrap: anywhere; }
code { font: .9em ui-monospace, monospace; } h3 code { font-size: 1rem; }
.verb { color: var(--accent); text-transform: uppercase; font-weight: 600; margin-right: .5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0;
  border-top: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
ul { columns: 26rem; padding-left: 1.1rem; overflow-wrap: anywhere; }
pre { background: var(--tint); padding: .5rem .75rem; border-radius: .4rem; overflow-x: auto; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
"""

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Return the page."""
    return HTMLResponse("".join(_page(request.app.openapi())), headers=_HEADERS)


def _page(document: Document) -> Iterator[str]:
    info, shapes = document["info"], document["components"]["schemas"]
    operations = [
        (path, verb, operation)
        for path, verbs in document["paths"].items()
        for verb, operation in verbs.items()
    ]
    yield (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{escape(info['title'])} API</h1><p class=soft>Version {escape(info['version'])} · "
        '<a href="/openapi.json">openapi.json</a> · <a href="/ui/">UI</a></p>'
    )
    yield "".join(f"<p>{_text(part)}</p>" for part in info["description"].strip().split("\n\n"))
    yield "<h2>Endpoints</h2><ul>"
    for path, verb, operation in operations:
        yield f'<li><a href="#{operation["operationId"]}">{_call(verb, path)}</a></li>'
    yield "</ul>"
    for path, verb, operation in operations:
        yield from _operation(path, verb, operation)
    yield "<h2>Shapes</h2>"
    for name, shape in sorted(shapes.items()):
        yield f'<section id="{name}"><h3>{name}</h3><p>{_text(shape.get("description", ""))}</p>'
        yield _fields(shape) or f"<p>{_type(shape)}</p>"
        yield "</section>"
    yield "</html>"


def _operation(path: str, verb: str, operation: Document) -> Iterator[str]:
    yield f'<section id="{operation["operationId"]}"><h3>{_call(verb, path)}</h3>'
    yield "".join(f"<p>{_text(part)}</p>" for part in operation.get("description", "").split("\n\n"))
    sends = ""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        sends = " -d '{…}'"
        yield f"<p>Body: {_type(content['schema'])}</p>"
    implied = "post" if sends else "get"
    flag = "" if verb == implied else f" -X {verb.upper()}"
    yield f"<pre><code>curl{flag} $URL{escape(path)}{sends}</code></pre>"
    parameters = operation.get("parameters", [])
    yield _table(
        ("Parameter", "In", "Type", ""),
        [
            (
                f"<code>{escape(one['name'])}</code>",
                one["in"],
                _type(one["schema"]),
                _text(one.get("description", "")),
            )
            for one in parameters
        ],
    )
    yield _table(
        ("Answer", "", ""),
        [
            (status, _text(answer.get("description", "")), _answer(answer))
            for status, answer in sorted(operation["responses"].items())
        ],
    )
    yield "</section>"


def _answer(answer: Document) -> str:
    return ", ".join(_type(content.get("schema", {})) for content in answer.get("content", {}).values())


def _fields(shape: Document) -> str:
    required = shape.get("required", ())
    return _table(
        ("Field", "Type", ""),
        [
            (f"<code>{escape(name)}</code>{'' if name in required else ' <span class=soft>optional</span>'}",
             _type(field), _text(field.get("description", "")))
            for name, field in shape.get("properties", {}).items()
        ],
    )  # fmt: skip


def _type(schema: Document) -> str:
    """Return what a schema says about a value's kind, shapes as links."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f'<a href="#{name}">{name}</a>'
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(_type(one) for one in schema[word]))
    if "enum" in schema or "const" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return " · ".join(f"<code>{escape(str(choice))}</code>" for choice in choices)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kind = schema.get("format") or schema.get("type") or "any JSON"
    bounds = [f"{sign} {schema[word]}" for word, sign in _BOUNDS if word in schema]
    return escape(" ".join([kind, *bounds]))


_BOUNDS = (
    *(("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤")),
    *(("minLength", "length ≥"), ("maxLength", "length ≤"), ("default", "default")),
)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class=scroll><table><tr>{head}</tr>{body}</table></div>"


def _call(verb: str, path: str) -> str:
    return f"<code><span class=verb>{verb}</span>{escape(path)}</code>"


def _text(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
