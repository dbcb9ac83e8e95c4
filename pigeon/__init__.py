"""PigeonStargram: a photo social network to host oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(role: str = "web", settings: Settings | None = None) -> Flask:
    """The application of one process kind; opens no connection."""
    from pigeon.factory import build  # the supervisor imports this package without the application

    return build(role, settings)
