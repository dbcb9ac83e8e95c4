"""What the presence of somebody is in the reader's language; js/presence/words.js says the same."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import get_locale
from flask_babel import gettext as _

from pigeon.domain.presence import ChosenStatus, Presence
from pigeon.web.moments import MINUTE_S, WEEK_S, WEEKS, Moment, choose_zone

MOMENT = timedelta(seconds=MINUTE_S)
LONG_AGO = timedelta(seconds=WEEKS * WEEK_S)
"""After so long a time nobody asks any more when it was."""


def status_word(status: str) -> str:
    """In a word or two, what a dot shows by its shape and colour; "" for what has no dot."""
    words = {"available": _("Available"), "away": _("Away"), "busy": _("Busy")}
    return str(words.get(status, ""))


def chosen_word(chosen: ChosenStatus) -> str:
    """What somebody chose to be shown as, to themselves."""
    return str(_("Invisible")) if chosen == "invisible" else status_word(chosen)


def presence_words(presence: Presence) -> str:
    """As it stands below a name; "" when nothing is known."""
    if presence.status == "offline":
        return _last_active(presence)
    if presence.status == "available":
        return str(_("Active now"))
    return status_word(presence.status)


def _last_active(presence: Presence) -> str:
    moment, then = Moment.now(str(get_locale()), choose_zone()), presence.last_active_at
    if then is None or moment.at - then >= LONG_AGO:
        return ""
    if moment.at - then < MOMENT:
        return str(_("Active a moment ago"))
    return str(_("Active %(ago)s ago", ago=moment.ago(then)))
