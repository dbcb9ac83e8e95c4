"""A machine that does much else is no reason to fail: properties are held to no milliseconds."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
