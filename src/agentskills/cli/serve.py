"""`asf serve`: the API and the UI, one worker beside, and the embedded Postgres under supervision."""

from __future__ import annotations

import contextlib
import errno
import importlib
import ipaddress
import os
import signal
import socket
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

import click

from agentskills.cli.doubts import tell_doubts
from agentskills.domain.errors import SetupError
from agentskills.settings import Settings
from agentskills.settings import settings as read_settings

if TYPE_CHECKING:
    from agentskills.cli.supervisor import Supervisor

_GRACE_SECONDS = 5  # for requests under way; open event streams are cut then


@click.command()
@click.option("--host", help="Address to listen on (default ASF_HOST or 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (default ASF_PORT or 8000).")
@click.option("--no-worker", is_flag=True, help="Serve only; runs are carried out by `asf worker`.")
def serve(host: str | None, port: int | None, no_worker: bool) -> None:
    """Serve the API and the UI, with one worker beside."""
    if host:
        os.environ["ASF_HOST"] = host  # for the worker, too
    if port:
        os.environ["ASF_PORT"] = str(port)
    settings = read_settings()
    check_exposure(settings)
    listening = listen(settings)
    loading = threading.Thread(target=_import_application, daemon=True)
    loading.start()  # meanwhile the database starts

    from agentskills.cli.database import ready_database
    from agentskills.cli.supervisor import Supervisor
    from agentskills.logs import set_up_logs
    from agentskills.storage.embedded import embedded_server

    set_up_logs(settings.log_level)
    ready_database(settings)
    server = None if settings.database_url else embedded_server(settings)
    supervisor = Supervisor(server, with_worker=not no_worker)
    try:
        loading.join()
        _run(settings, listening, supervisor)
    finally:
        supervisor.stop()
        if server:
            server.release()


def check_exposure(settings: Settings) -> None:
    """Raise `SetupError` where other machines could reach the server without an API key."""
    if settings.api_keys and settings.api_keys.get_secret_value().strip(", "):
        return
    if settings.host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SetupError(
            f"ASF_HOST={settings.host} can be reached from other machines: set ASF_API_KEYS "
            "(comma-separated) to what clients must send as `Authorization: Bearer …`"
        )


def listen(settings: Settings) -> socket.socket:
    """Return a socket bound to host and port, so that a taken port is known before anything starts."""
    host = settings.host
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, settings.port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            free = settings.port + 1 if settings.port < 65535 else 8001
            raise SetupError(
                f"port {settings.port} is taken; take another one: ASF_PORT={free} make up"
                f"   (or asf serve --port {free})"
            ) from None
        raise SetupError(
            f"can't listen on {settings.host}:{settings.port}: {error.strerror or error}"
        ) from None
    return listening


def _import_application() -> None:
    with contextlib.suppress(Exception):  # uvicorn imports it again and says what is wrong
        importlib.import_module("agentskills.api.app")


def _run(settings: Settings, listening: socket.socket, supervisor: Supervisor) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                supervisor.start()  # not before: the worker's own start would slow down this one
                _announce(settings)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            supervisor.begin_stop()
            await super().shutdown(sockets=sockets)

    config = uvicorn.Config(
        "agentskills.api.app:create_app",
        factory=True,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=75,
    )
    # uvicorn raises the signal again when it has stopped; that must not end us before we have tidied up.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    server = Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise SetupError("the server did not start; what it said stands above")


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing."""


def _announce(settings: Settings) -> None:
    where = _hide(settings.database_url) if settings.database_url else str(settings.home)
    lines = [
        f"AgentSkills is ready:  {settings.own_url}/ui/",
        f"  API                  {settings.own_url}/docs",
        f"  data                 {where}",
        f"  skills               {settings.skills or 'none: set ASF_SKILLS to a folder of skills'}",
        f"  model                {settings.model or 'none: set ASF_MODEL, see docs/quickstart.md'}",
        "  Ctrl-C stops everything.",
    ]
    print("\n".join(lines), file=sys.stdout, flush=True)
    tell_doubts(settings)


def _hide(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
