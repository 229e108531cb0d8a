"""The admin UI below /ui/, as it was built into the package."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

import agentskills

FOLDER = Path(agentskills.__file__).parent / "ui"

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Styles may stand inline, since the flow chart and the editor set them; scripts may not."""
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
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
async def file(path: str) -> Response:
    """Return a file of the UI; any path that is no file is a page of it, so it gets index.html."""
    index = FOLDER / "index.html"
    if not index.is_file():
        return HTMLResponse(_MISSING, headers=_HEADERS)
    found = _file(path)
    if found is None:
        if path.startswith("assets/"):
            return Response("not found", 404, media_type="text/plain")
        return FileResponse(index, headers=_HEADERS | {"Cache-Control": "no-cache"})
    named_by_content = path.startswith("assets/")
    cache = "public, max-age=31536000, immutable" if named_by_content else "no-cache"
    return FileResponse(found, headers=_HEADERS | {"Cache-Control": cache})


def _file(path: str) -> Path | None:
    """Return a file below the folder, or None; a path that leads out of it is none."""
    if not path or "\0" in path:
        return None
    try:
        found = (FOLDER / path).resolve()
        return found if found.is_relative_to(FOLDER.resolve()) and found.is_file() else None
    except OSError:
        return None
