"""The one table from errors to statuses, and the one place that answers them."""

from __future__ import annotations

import json
from typing import Any

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    ClientDisconnected,
    HTTPException,
    MethodNotAllowed,
    RequestEntityTooLarge,
)

from pigeon import faults
from pigeon.domain import errors
from pigeon.web import badges, login
from pigeon.web.requests import is_api, request_id
from pigeon.web.wording import error_sentence, field_sentences

log = structlog.get_logger()
refusals = faults.Bounded("unavailable")

STATUS: dict[type[errors.DomainError], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.PicturesWait: 503,
    errors.Moving: 503,
}
HTTP_CODES = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}


def bind(app: Flask) -> None:
    app.register_error_handler(errors.DomainError, answer_domain_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(
        CSRFError, lambda _: answer_domain_error(errors.Forbidden("csrf_failed"))
    )
    for kind in (OperationalError, PoolTimeout, RedisError):
        app.register_error_handler(kind, _answer_out_of_reach)
    app.register_error_handler(Exception, _answer_unexpected)


def answer_domain_error(error: errors.DomainError) -> Response:
    if isinstance(error, errors.Unavailable):
        _log(error)
    fields = getattr(error, "fields", {})
    wait_s = error.retry_after_s if isinstance(error, errors.Waiting) else None
    response = _answer(STATUS[type(error)], error.code, fields, wait_s, error.sentence)
    if wait_s is not None:
        response.headers["Retry-After"] = str(wait_s)
    return response


def error_body(
    code: str, fields: dict[str, errors.FieldError], sentence: str = ""
) -> dict[str, Any]:
    """The contract's `{"error": Error}`."""
    return {"error": error_object(code, fields, sentence)}


def error_object(
    code: str, fields: dict[str, errors.FieldError], sentence: str = ""
) -> dict[str, Any]:
    """The contract's Error, in the language of the present request."""
    messages = field_sentences(fields)
    return {
        "code": code,
        "message": error_sentence(sentence or code),
        "fields": {
            name: {"code": error.code, "message": messages[name], "limit": error.limit}
            for name, error in fields.items()
        },
    }


def _answer(
    status: int,
    code: str,
    fields: dict[str, errors.FieldError] | None = None,
    wait_s: int | None = None,
    sentence: str = "",
) -> Response:
    """A refusal in the reader's words and frame, as far as that can be known.

    What is our fault asks no store any more: it may be the store that is away. Other refusals ask,
    for their page has the reader's navigation, and do without when that fails.
    """
    if status >= 500:
        _know_no_more()
        return _written(status, code, fields, wait_s, sentence)
    try:
        return _written(status, code, fields, wait_s, sentence)
    except Exception as error:
        if not faults.is_of_store(error):
            raise
        _log(error)
        _know_no_more()
        return _written(status, code, fields, wait_s, sentence)


def _know_no_more() -> None:
    login.know_no_more()
    badges.know_no_more()


def _written(
    status: int,
    code: str,
    fields: dict[str, errors.FieldError] | None,
    wait_s: int | None,
    sentence: str,
) -> Response:
    if is_api():
        body = json.dumps(error_body(code, fields or {}, sentence), ensure_ascii=False)
        return Response(body, status, mimetype="application/json")
    if request.path.startswith(("/static/", "/media/")):
        return Response(error_sentence(code), status, mimetype="text/plain")
    return Response(render_error(status, sentence or code, wait_s), status, mimetype="text/html")


def render_error(status: int, code: str, wait_s: int | None = None) -> str:
    """The page for a refusal; a not-found page never repeats the address, so all are equal."""
    shown = status if status in (403, 404, 413, 429, 500, 503) else (404 if status < 500 else 500)
    return render_template(
        "errors/error.html",
        status=shown,
        message=error_sentence(code),
        retry_after=wait_s,
        request_id=request_id(),
    )


def _answer_http_error(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        return answer_domain_error(errors.TooLarge())
    if isinstance(error, ClientDisconnected):
        return Response(status=400)  # nobody is there to read a page
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return make_response(error.get_response())
    response = _answer(status, HTTP_CODES.get(status, "internal" if status >= 500 else "malformed"))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _answer_out_of_reach(error: Exception) -> Response:
    unavailable = errors.Unavailable()
    unavailable.__cause__ = error
    return answer_domain_error(unavailable)


def _log(error: BaseException) -> None:
    """Why something is refused that is not the reader's fault: one line a request."""
    refusals.log(reason=faults.reason_of(error), endpoint=request.endpoint, request_id=request_id())


def _answer_unexpected(error: Exception) -> Response:
    if faults.is_passing(error):
        return _answer_out_of_reach(error)
    log.exception("request_failed", request_id=request_id(), endpoint=request.endpoint)
    try:
        return _answer(500, "internal")
    except Exception:  # the page's own frame failed: say it without one
        log.exception("error_page_failed", request_id=request_id())
        return Response("Something went wrong on our side.", 500, mimetype="text/plain")
