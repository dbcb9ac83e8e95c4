"""A forgotten password while the mail server takes its time."""

from __future__ import annotations

import http.client
import json
import time
from urllib.parse import urlsplit

from bench import rounds
from bench.data import username
from bench.ground import Ground
from bench.results import Curve, Goal, Group, Row, Table, ratio, shown, spread
from tests.harness import children
from tests.harness.outside import Mailbox, smtp_server

INSIDE, OURS = "in the request", "ours"
GOAL_AT_S = 1.0
AT_ONCE_S = 0.1
"""Where a mail server that answers at once stands on an axis that has no zero."""
MILLI = 1_000


def measure(ground: Ground) -> Group:
    """Both send one mail per request; the next begins when it has arrived."""
    group = Group(name="mail", title="Mail")
    with smtp_server() as mailbox, ground.processes() as running:
        env = {"MAIL_URL": mailbox.url}
        running.worker("mail=1", **env)
        browsers = {
            INSIDE: _Browser(running.web(ASYNC="off", **env)),
            OURS: _Browser(running.web(**env)),
        }
        running.wait()
        found = {
            smtp_s: _answers(ground, mailbox, browsers, smtp_s) for smtp_s in ground.plan.smtp_s
        }
    _report(group, found)
    return group


def _answers(
    ground: Ground, mailbox: Mailbox, browsers: dict[str, _Browser], smtp_s: float
) -> dict[str, list[float]]:
    mailbox.delay_s = smtp_s
    ways = {
        way: (lambda b=browser: _forget(ground, mailbox, b)) for way, browser in browsers.items()
    }
    return rounds.interleaved(ways, ground.plan.slow_rounds)


def _report(group: Group, found: dict[float, dict[str, list[float]]]) -> None:
    for smtp_s, ways in found.items():
        group.rows.append(
            Row(
                metric=f"forgotten password with an SMTP server that takes {smtp_s:g} s:"
                " in the request / ours, time to answer",
                value=ratio(ways[INSIDE], ways[OURS]),
                goal=Goal(at_least=20) if smtp_s == GOAL_AT_S else None,
            )
        )
    milliseconds = {
        way: [(s, spread([t * MILLI for t in ways[way]])) for s, ways in found.items()]
        for way in (INSIDE, OURS)
    }
    rows = [(way, *(shown(value) for _, value in milliseconds[way])) for way in milliseconds]
    head = ("ms, by the seconds that SMTP takes", *(f"{smtp_s:g}" for smtp_s in found))
    group.tables.append(Table(title="Time to answer", head=head, rows=rows))
    series = {
        way: [(max(s, AT_ONCE_S), value) for s, value in points]
        for way, points in milliseconds.items()
    }
    group.curves.append(Curve(name="mail", series=series))


def _forget(ground: Ground, mailbox: Mailbox, browser: _Browser) -> float:
    before = len(mailbox.messages)
    person = ground.data.popular[before % len(ground.data.popular)]
    took_s = browser.forget(f"{username(person)}@example.org")
    children.wait_until(lambda: len(mailbox.messages) > before, what="the mail")
    return took_s


class _Browser:
    """Nobody in particular, with the token against forgery that the first visit brings."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        answer, content = self._ask("GET", "/api/v1/csrf", None, {})
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        token = json.loads(content)["csrf_token"]
        self._headers = {
            "Cookie": cookie,
            "X-CSRFToken": token,
            "Content-Type": "application/json",
        }

    def forget(self, email: str) -> float:
        body = json.dumps({"email": email})
        began = time.perf_counter()
        answer, content = self._ask("POST", "/api/v1/auth/password/forgot", body, self._headers)
        took_s = time.perf_counter() - began
        assert answer.status < 300, (answer.status, content)
        return took_s

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content
