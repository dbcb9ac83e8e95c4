"""Times as people say them, in the reader's language and zone; made for many times of one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from pigeon.domain.clock import utc_now
from pigeon.web.login import find_viewer

MINUTE_S, HOUR_S, DAY_S, WEEK_S = 60, 3_600, 86_400, 604_800
WEEKS = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, for one reader."""

    at: datetime
    zone: ZoneInfo
    words: tuple[str, ...]
    language: str

    @classmethod
    def now(cls, language: str, zone: str) -> Moment:
        return cls(utc_now(), _zone(zone), _words(language), language)

    def ago(self, then: datetime) -> str:
        """now, 5m, 3h, 2d, 4w; then the date, with the year when it is another one."""
        seconds = int((self.at - then).total_seconds())
        now, minutes, hours, days, weeks = self.words
        if seconds < MINUTE_S:
            return now
        if seconds < HOUR_S:
            return minutes.replace("%(n)s", str(seconds // MINUTE_S))
        if seconds < DAY_S:
            return hours.replace("%(n)s", str(seconds // HOUR_S))
        if seconds < WEEK_S:
            return days.replace("%(n)s", str(seconds // DAY_S))
        if seconds < WEEKS * WEEK_S:
            return weeks.replace("%(n)s", str(seconds // WEEK_S))
        return self._date(then.astimezone(self.zone))

    def short(self, then: datetime) -> str:
        """The time in the reader's zone, the same in every language."""
        return then.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def clock(self, then: datetime) -> str:
        """14:05 in the reader's zone, the same in every language."""
        return then.astimezone(self.zone).strftime("%H:%M")

    def day(self, then: datetime) -> date:
        return then.astimezone(self.zone).date()

    def day_words(self, day: date) -> str:
        """Saturday, November 28; with the year when it is another one. It is never out of date."""
        is_this_year = day.year == self.day(self.at).year
        if self.language == "ko":
            return str(format_date(day, "M월 d일 EEEE" if is_this_year else "y년 M월 d일 EEEE"))
        return str(format_date(day, "EEEE, MMMM d" if is_this_year else "EEEE, MMMM d, y"))

    def _date(self, there: datetime) -> str:
        if there.year != self.at.astimezone(self.zone).year:
            return str(format_date(there, "medium"))
        return str(format_date(there, "M월 d일" if self.language == "ko" else "MMM d"))


def choose_zone() -> str:
    viewer = find_viewer()
    return viewer.time_zone if viewer else "UTC"


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@cache
def _words(language: str) -> tuple[str, ...]:
    with force_locale(language):
        found = (_("now"), _("%(n)sm"), _("%(n)sh"), _("%(n)sd"), _("%(n)sw"))
    return tuple(map(str, found))
