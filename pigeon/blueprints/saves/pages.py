"""Bookmarks without scripts."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue

from pigeon.blueprints.saves.api import TAPS
from pigeon.services.saves import saves
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.parsing import read_id
from pigeon.web.paths import referring_path


@access(MEMBERS, rate=TAPS)
def save(post_id: str) -> ResponseReturnValue:
    return _set(post_id, on=True)


@access(MEMBERS, rate=TAPS)
def unsave(post_id: str) -> ResponseReturnValue:
    return _set(post_id, on=False)


def _set(post_id: str, *, on: bool) -> ResponseReturnValue:
    number = read_id(post_id)
    saves.set_saved(number, by=get_viewer().user_id, on=on)
    return redirect(f"{referring_path(f'/p/{number}')}#post-{number}", 303)
