"""Events that send mail."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import mails
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _send(event: events.MailRequested) -> list[JobSpec]:
    mail = mails.send.spec(
        template=event.template, to=event.to, language=event.language, values=event.values
    )
    return [mail]


def _issue_link(event: events.LinkRequested) -> list[JobSpec]:
    return [mails.issue_link.spec(email_key=event.email_key)]


def _issue_reset(event: events.ResetRequested) -> list[JobSpec]:
    return [mails.issue_reset.spec(email_key=event.email_key)]


REACTIONS: Table = {
    events.MailRequested: Reaction(jobs=_send),
    events.LinkRequested: Reaction(jobs=_issue_link),
    events.ResetRequested: Reaction(jobs=_issue_reset),
}
