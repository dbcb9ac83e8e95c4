"""Forms of pages: what was typed comes back with what was wrong with it, secrets excepted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, make_response, render_template

from pigeon.domain.errors import DomainError, Waiting
from pigeon.web.errors import STATUS
from pigeon.web.texts import Typed
from pigeon.web.wording import error_sentence, field_sentences

SECRETS = frozenset(("password", "current_password", "csrf_token"))
UNSEEN = frozenset(("next", "invite", "crop", "idempotency_key", "client_msg_id", "up_to"))
"""Fields that a page sends and nobody sees: what is wrong with one is said of the whole form."""

WRONG = ' aria-invalid="true"'
ALERT = ' role="alert" tabindex="-1"'
FOCUS = re.compile(r'(<(?:input|textarea)\b[^>]*?) autofocus(?:="")?(?=[ >])')


@dataclass(frozen=True, kw_only=True)
class Form:
    """`values` by field, and messages by field; what is wrong with all of it stands under ""."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def refused_form(error: DomainError, values: Mapping[str, str], **lists: list[str]) -> Form:
    """The form again: everything that was typed but secrets, and a message at each fault."""
    fields = getattr(error, "fields", {})
    errors = field_sentences({name: fields[name] for name in fields if name not in UNSEEN})
    if len(errors) < len(fields) or not fields:
        errors[""] = error_sentence(error.sentence or error.code)
    shown = values.shown() if isinstance(values, Typed) else values
    kept = {name: value for name, value in shown.items() if name not in SECRETS}
    return Form(values=kept | lists, errors=errors)


def focus_first_fault(page: str) -> str:
    """The page with the focus on its first wrong field, else on what is wrong with all of it.

    So a reader without scripts is led there, too. Where a form has only words for all of it, a
    field that has the focus keeps it.
    """
    if WRONG in page:
        return FOCUS.sub(r"\1", page).replace(WRONG, f"{WRONG} autofocus", 1)
    return page if FOCUS.search(page) else page.replace(ALERT, f"{ALERT} autofocus", 1)


def render_refused(
    template: str, error: DomainError, values: Mapping[str, str], **context: Any
) -> Response:
    """The form's page again, with the status that the error has everywhere."""
    page = render_template(template, form=refused_form(error, values), **context)
    response = make_response(focus_first_fault(page), STATUS[type(error)])
    if isinstance(error, Waiting):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response
