"""`asf worker`: carries out runs until it is told to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time

import click

_LAST_SECONDS = 15.0  # after its parent has gone, a worker that does not end by itself is ended


@click.command()
@click.option("--until-stdin-ends", is_flag=True, hidden=True)
def worker(until_stdin_ends: bool) -> None:
    """Carry out runs, beside any other workers on the same database."""
    if until_stdin_ends:
        threading.Thread(target=_end_with_parent, daemon=True).start()

    from agentskills.cli.database import ready_database
    from agentskills.cli.doubts import tell_doubts
    from agentskills.cli.supervisor import Supervisor
    from agentskills.logs import set_up_logs
    from agentskills.services.worker import main
    from agentskills.settings import settings as read_settings
    from agentskills.storage.embedded import embedded_server

    settings = read_settings()
    set_up_logs(settings.log_level)
    ready_database(settings)
    if not until_stdin_ends:  # else its parent tells
        tell_doubts(settings)
    supervisor = None
    if not settings.database_url and not until_stdin_ends:
        supervisor = Supervisor(embedded_server(settings), with_worker=False)
        supervisor.start()
    code = main(settings)
    if supervisor:
        supervisor.stop()
    sys.exit(code)


def _end_with_parent() -> None:
    # The descriptor, not sys.stdin: a thread inside its buffer would spoil the interpreter's end.
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LAST_SECONDS)
    os._exit(1)
