"""The people and posts that tests of views have, for tests of what serves the views."""

from __future__ import annotations

from tests.blueprints.conftest import ann, bob, client, names

__all__ = ("ann", "bob", "client", "names")
