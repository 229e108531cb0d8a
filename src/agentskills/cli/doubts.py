"""Settings that start-up can live with, but that will disappoint: one line for each."""

from __future__ import annotations

from collections.abc import Iterator

import click

from agentskills.settings import Settings


def tell_doubts(settings: Settings) -> None:
    """Print a warning for each setting that leads nowhere."""
    for doubt in _doubts(settings):
        click.echo(f"Warning: {doubt}", err=True)


def _doubts(settings: Settings) -> Iterator[str]:
    for root in settings.skill_roots:
        if not root.is_dir():
            yield f"ASF_SKILLS names {root}, which is not a folder"
    if settings.model is not None:
        from agentskills.models.build import model_problem

        if problem := model_problem(settings.model, settings):
            yield f"ASF_MODEL={settings.model} can't be used: {problem}"
