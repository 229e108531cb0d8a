"""The admin UI below /ui/, as it was built into the package."""

from __future__ import annotations

import gzip
import secrets
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

import agentskills

FOLDER = Path(agentskills.__file__).parent / "ui"

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Scripts come from files alone; style sheets that the editor and the dialogs write show the nonce."""
_NONCE = "__nonce__"
"""Stands in index.html where each page gets a nonce of its own."""
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_TEXTS = (".js", ".css", ".svg")
_MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>AgentSkills</title>
<h1>The UI has not been built</h1>
<p>Run <code>make ui</code> (or <code>make up</code>, which does everything) and load this page again.</p>
<p>The API works without it: see <a href="/docs">/docs</a>.</p></html>
"""

router = APIRouter(include_in_schema=False)


@router.get("/")
async def root() -> Response:
    """Lead to the UI."""
    return RedirectResponse("/ui/")


@router.get("/ui")
async def without_slash() -> Response:
    """Lead to the UI."""
    return RedirectResponse("/ui/")


@router.api_route("/ui/{path:path}", methods=["GET", "HEAD"])
async def file(request: Request, path: str) -> Response:
    """Return a file of the UI; any path that is no file is a page of it, so it gets index.html."""
    index = FOLDER / "index.html"
    if not index.is_file():
        return _page(_MISSING)
    found = _file(path)
    if found is None and path.startswith("assets/"):
        return Response("not found", 404, media_type="text/plain")
    if found is None or found == index.resolve():
        return _page(index.read_text(encoding="utf-8"))
    named_by_content = path.startswith("assets/")
    cache = "public, max-age=31536000, immutable" if named_by_content else "no-cache"
    headers = _HEADERS | {"Cache-Control": cache}
    if found.suffix in _TEXTS and "gzip" in request.headers.get("accept-encoding", ""):
        packed = headers | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(_packed(found, found.stat().st_mtime), headers=packed, media_type=guess_type(path)[0])
    return FileResponse(found, headers=headers)


def _page(html: str) -> Response:
    """Return a page with a nonce of its own."""
    nonce = secrets.token_urlsafe(16)
    headers = _HEADERS | {
        "Content-Security-Policy": _POLICY.format(nonce=nonce),
        "Cache-Control": "no-cache",
    }
    return HTMLResponse(html.replace(_NONCE, nonce), headers=headers)


@lru_cache(maxsize=256)
def _packed(file: Path, changed: float) -> bytes:
    """Return a file's content, packed; it is read again once it has `changed`."""
    return gzip.compress(file.read_bytes(), 6, mtime=0)


def _file(path: str) -> Path | None:
    """Return a file below the folder, or None; a path that leads out of it is none."""
    if not path or "\0" in path:
        return None
    try:
        found = (FOLDER / path).resolve()
        return found if found.is_relative_to(FOLDER.resolve()) and found.is_file() else None
    except OSError:
        return None
