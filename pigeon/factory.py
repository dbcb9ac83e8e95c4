"""The composition root: puts the layers together, opens no connection."""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from pathlib import Path

import structlog
from flask import Flask

from config import SECRET_CHARACTERS, Settings
from pigeon import blueprints, cli, extensions, subscribers
from pigeon.services import readiness
from pigeon.version import VERSION
from pigeon.web import errors, guards, headers, jinja
from pigeon.web.requests import PigeonRequest

log = structlog.get_logger()
ROOT = Path(__file__).parent.parent
NO_SECRET = (
    "SECRET_KEY is not set: set it to {count} random characters or more, or SECRET_KEY_FILE to a "
    "file with them; `make run` makes one and keeps it in DATA ({path})."
)


def build(role: str, settings: Settings | None) -> Flask:
    """An application for one process kind: `web`, `realtime`, `worker`, `scheduler` or `cli`."""
    settings = settings or Settings.from_env(os.environ)
    _check(settings)
    app = Flask(
        "pigeon",
        root_path=str(ROOT / "pigeon"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    app.request_class = PigeonRequest
    app.extensions["settings"] = settings
    app.extensions["role"] = role
    app.config.update(flask_config(settings, role))
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.incoming.mkdir(parents=True, exist_ok=True)
    _bind_extensions(app, settings)
    _bind_web(app)
    subscribers.bind(app)
    cli.bind(app)
    app.extensions["check_start"] = partial(check_start, app)
    log_as_json()
    if role == "realtime":
        _bind_sockets(app)
    return app


def _check(settings: Settings) -> None:
    """Nothing starts on a key that others know; an unsafe production says what is unsafe."""
    if not settings.secret_key:
        path = settings.data / "secret_key"
        raise SystemExit(NO_SECRET.format(count=SECRET_CHARACTERS, path=path))
    problems = settings.problems() if settings.is_production else []
    if problems:
        lines = "\n".join(f"  - {sentence}" for sentence in problems)
        raise SystemExit(f"This configuration is unsafe for production:\n{lines}")


def check_start(app: Flask) -> None:
    """Say who starts; then refuse to, in production, where something is unsafe or away."""
    log.info("process_starts", version=VERSION, role=app.extensions["role"])
    settings: Settings = app.extensions["settings"]
    if not settings.is_production:
        return
    with app.app_context():
        problems = [*readiness.problems(), *readiness.policy_problems()]
    if problems:
        lines = "\n".join(f"  - {sentence}" for sentence in problems)
        raise SystemExit(f"Not fit to start in production:\n{lines}")


def flask_config(settings: Settings, role: str) -> dict[str, object]:
    secure = settings.is_secure
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": extensions.sql_options(settings, role),
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": 30 * 86_400,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "TEMPLATES_AUTO_RELOAD": False,
        "PROPAGATE_EXCEPTIONS": False,
        "JSON_AS_ASCII": False,
    }


def _bind_extensions(app: Flask, settings: Settings) -> None:
    extensions.db.init_app(app)
    extensions.bind_sql(app, settings)
    extensions.migrate.init_app(app, extensions.db)
    extensions.login_manager.init_app(app)
    extensions.login_manager.session_protection = None
    extensions.oauth.init_app(app)
    extensions.mail.init_app(app)


def _bind_web(app: Flask) -> None:
    if app.extensions["settings"].trusted_proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        hops = app.extensions["settings"].trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    headers.bind(app)
    guards.bind(app)
    errors.bind(app)
    jinja.bind(app)
    blueprints.bind(app)


def _bind_sockets(app: Flask) -> None:
    """Only a realtime process has gevent; nothing else imports it."""
    import gevent

    from pigeon.realtime import server

    server.bind(app)
    server.start_background(app, gevent.spawn)


def log_as_json() -> None:
    """One JSON object per line, on standard error."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelName(os.environ.get("LOG_LEVEL", "INFO").upper())
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
