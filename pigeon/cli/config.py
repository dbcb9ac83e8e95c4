"""`flask config …`: effective settings."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from pigeon.extensions import settings
from pigeon.services import readiness
from pigeon.version import VERSION

config = AppGroup("config", help="Effective settings.")


@config.command("show")
def show_config() -> None:
    """Every setting with its value; secrets are masked."""
    click.echo(f"# PigeonStargram {VERSION}")
    for name, value in settings().shown().items():
        click.echo(f"{name.upper()}={value}")


@config.command("check")
def check_config() -> None:
    """Name everything that is unsafe or does not answer; exit code 1 when there is something."""
    found = [
        *settings().problems(),
        *readiness.problems(),
        *readiness.policy_problems(),
        *readiness.keeping_problems(),
    ]
    for sentence in found:
        click.echo(f"- {sentence}")
    if found:
        raise SystemExit(1)
    click.echo("Everything is in order.")
