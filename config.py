"""Every setting, read once from the environment, and the list of what is unsafe about it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote, urlsplit

from pigeon.processes import mongo
from pigeon.processes.embedded import socket_urls

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
SECRET_CHARACTERS = 32
MONGO_SCHEMES = ("mongodb://", "mongodb+srv://")
REGISTRATIONS = ("open", "invite", "closed")
SECRET_NAMES = ("secret_key", "oidc_client_secret", "metrics_token")
URL_NAMES = (
    *("database_url", "redis_cache_url", "redis_state_url", "mongo_url"),
    *("media_url", "mail_url"),
)
SECRET_OPTION = re.compile(r"(?i)([?&;](?:[a-z]*password|authMechanismProperties)=)[^&;]*")
"""Of a URL of MongoDB: of the key of a certificate, of a proxy, of a provider's log-in."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Effective settings; attribute names are the environment's names in lower case."""

    environment: str
    data: Path
    secret_key: str
    public_url: str
    site_name: str
    database_url: str
    redis_cache_url: str
    redis_state_url: str
    media_url: str
    incoming: Path
    mail_url: str
    mail_from: str
    mongo_url: str
    oidc_metadata_url: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_name: str
    public_reading: bool
    explore_everybody: bool
    registration: str
    celebrity_followers: int
    timeline_length: int
    story_seconds: int
    cache: bool
    fanout: bool
    asynchronous: bool
    write_back: bool
    write_back_flush_s: float
    write_back_checkpoint_s: float
    notify_batch: int
    rate_limits: bool
    metrics_token: str
    trusted_proxies: int
    accel_redirect: bool
    password_cost: str
    sql_flush: bool
    pigeon_crash_at: str
    flask_debug: bool

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_secure(self) -> bool:
        """Whether people reach the site over HTTPS, so cookies may insist on it."""
        return self.public_url.startswith("https://")

    @property
    def offers_oidc(self) -> bool:
        """Whether log-in by OpenID Connect exists here."""
        return bool(self.oidc_metadata_url and self.oidc_client_id)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        env = _Reader(environ)
        data = Path(env.text("DATA", "var")).absolute()
        cache_url, state_url = _redis_urls(env, data)
        environment = env.choice("ENVIRONMENT", "development", ("development", "production"))
        is_development = environment == "development"
        return cls(
            environment=environment,
            data=data,
            secret_key=env.secret("SECRET_KEY", _kept_secret(data)),
            public_url=env.text("PUBLIC_URL", _local_url(env)).rstrip("/"),
            site_name=env.line("SITE_NAME", "PigeonStargram"),
            database_url=env.secret("DATABASE_URL", _sqlite_url(data)),
            redis_cache_url=cache_url,
            redis_state_url=state_url,
            media_url=env.secret("MEDIA_URL", f"folder:{data / 'media'}"),
            incoming=Path(env.text("INCOMING", str(data / "incoming"))),
            mail_url=env.secret("MAIL_URL", ""),
            mail_from=env.address("MAIL_FROM", "no-reply@localhost"),
            mongo_url=_mongo_url(env, data),
            oidc_metadata_url=env.text("OIDC_METADATA_URL", ""),
            oidc_client_id=env.text("OIDC_CLIENT_ID", ""),
            oidc_client_secret=env.secret("OIDC_CLIENT_SECRET", ""),
            oidc_name=env.text("OIDC_NAME", "Google"),
            public_reading=env.switch("PUBLIC_READING", default=is_development),
            explore_everybody=env.switch("EXPLORE_EVERYBODY", default=False),
            registration=_registration(env, "open" if is_development else ""),
            celebrity_followers=env.number("CELEBRITY_FOLLOWERS", 10_000),
            timeline_length=env.number("TIMELINE_LENGTH", 800),
            story_seconds=env.number("STORY_SECONDS", 5),
            cache=env.switch("CACHE", default=True),
            fanout=env.switch("FANOUT", default=True),
            asynchronous=env.switch("ASYNC", default=True),
            write_back=env.switch("WRITE_BACK", default=True),
            write_back_flush_s=float(env.text("WRITE_BACK_FLUSH_S", "1")),
            write_back_checkpoint_s=float(env.text("WRITE_BACK_CHECKPOINT_S", "60")),
            notify_batch=env.number("NOTIFY_BATCH", 2_000),
            rate_limits=env.switch("RATE_LIMITS", default=True),
            metrics_token=env.secret("METRICS_TOKEN", ""),
            trusted_proxies=env.number("TRUSTED_PROXIES", 0),
            accel_redirect=env.switch("ACCEL_REDIRECT", default=False),
            password_cost=env.choice("PASSWORD_COST", "normal", ("normal", "test")),
            sql_flush=env.switch("SQL_FLUSH", default=True),
            pigeon_crash_at=env.text("PIGEON_CRASH_AT", ""),
            flask_debug=env.text("FLASK_DEBUG", "0").lower() not in ("0", "false", "no"),
        )

    def problems(self) -> list[str]:
        """What makes these settings unsafe for production, one sentence each; [] when nothing."""
        checks = (
            (
                len(self.secret_key) < SECRET_CHARACTERS,
                f"SECRET_KEY is shorter than {SECRET_CHARACTERS} characters",
            ),
            (
                not self.registration,
                f"REGISTRATION is not set: choose {_either(REGISTRATIONS)}",
            ),
            (not self.is_secure, "PUBLIC_URL does not start with https://"),
            (not self.rate_limits, "RATE_LIMITS is off"),
            (self.password_cost != "normal", "PASSWORD_COST is for tests only"),
            (bool(self.pigeon_crash_at), "PIGEON_CRASH_AT is for tests only"),
            (self.flask_debug, "FLASK_DEBUG is on"),
            (not self.sql_flush, "SQL_FLUSH=off may lose what was acknowledged"),
            (not self.mail_url, "MAIL_URL is not set: nobody would receive a mail"),
            (
                self.redis_cache_url == self.redis_state_url,
                "REDIS_CACHE_URL and REDIS_STATE_URL are one: no policy can serve both",
            ),
        )
        return [sentence for is_unsafe, sentence in checks if is_unsafe]

    def shown(self) -> dict[str, str]:
        """Every setting as text with secrets masked, for `flask config show`."""
        return {field.name: self._shown(field.name) for field in fields(self)}

    def _shown(self, name: str) -> str:
        value = str(getattr(self, name))
        if name in SECRET_NAMES:
            return "********" if value else ""
        return _without_password(value) if name in URL_NAMES else value


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        return self._environ.get(name, "").strip() or default

    def secret(self, name: str, default: str) -> str:
        """Like text, but `NAME_FILE` may name a file that holds the value."""
        path = self._environ.get(f"{name}_FILE", "")
        if not path:
            return self.text(name, default)
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SystemExit(f"{name}_FILE cannot be read: {path}") from error

    def line(self, name: str, default: str) -> str:
        """A text without line breaks and the like: it stands in titles and in headers of mails."""
        value = self.text(name, default)
        if not value.isprintable():
            raise SystemExit(f"{name} must be one line, without control characters")
        return value

    def address(self, name: str, default: str) -> str:
        """An e-mail address that any mail server takes, one of this machine too."""
        value = self.text(name, default)
        if not ADDRESS.fullmatch(value):
            raise SystemExit(f"{name} must be an e-mail address in ASCII, like mail@example.org")
        return value

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.text(name, str(default)))
        except ValueError as error:
            raise SystemExit(f"{name} must be a whole number") from error

    def switch(self, name: str, *, default: bool) -> bool:
        word = self.text(name, "on" if default else "off").lower()
        if word not in ("on", "off", "1", "0", "true", "false", "yes", "no"):
            raise SystemExit(f"{name} must be on or off, not {word!r}")
        return word in ("on", "1", "true", "yes")

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        word = self.text(name, default)
        if word not in (*choices, default):
            raise SystemExit(f"{name} must be one of {', '.join(choices)}, not {word!r}")
        return word


def _redis_urls(env: _Reader, data: Path) -> tuple[str, str]:
    cache_url, state_url = socket_urls(data)
    both = env.secret("REDIS_URL", "")
    cache_url = env.secret("REDIS_CACHE_URL", both or cache_url)
    if urlsplit(cache_url).scheme not in ("redis", "unix"):  # hot paths have a client without TLS
        raise SystemExit("REDIS_CACHE_URL must begin with redis:// or unix://")
    return cache_url, env.secret("REDIS_STATE_URL", both or state_url)


def _mongo_url(env: _Reader, data: Path) -> str:
    """Read by the driver, looked up nowhere. What is wrong is not told: it may hold a password."""
    url = env.secret("MONGO_URL", mongo.kept_url(data))
    if url and not (url.startswith(MONGO_SCHEMES) and _is_understood(url)):
        raise SystemExit(
            "MONGO_URL must be like mongodb://user:password@host:27017/database?option=value, or"
            " mongodb+srv://…; a password has its special characters as %40 and the like"
        )
    return url


def _is_understood(url: str) -> bool:
    from pymongo.errors import PyMongoError  # who has no MongoDB need not load its driver
    from pymongo.uri_parser import parse_uri

    direct = re.sub(r"^mongodb\+srv:", "mongodb:", url)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # for an option that it does not know
        try:
            parse_uri(direct)
        except (ValueError, PyMongoError, UserWarning):
            return False
    return True


def _sqlite_url(data: Path) -> str:
    return f"sqlite:///{quote(str(data / 'pigeon.sqlite3'))}"


def _registration(env: _Reader, default: str) -> str:
    """Who may sign up; "" where nobody has decided, which production refuses."""
    if env.text("REGISTRATION", "") == "approval":
        raise SystemExit(f"REGISTRATION=approval is still to come: choose {_either(REGISTRATIONS)}")
    return env.choice("REGISTRATION", default, REGISTRATIONS)


def _kept_secret(data: Path) -> str:
    """The key that `make run` made; "" where there is none, and then nothing starts."""
    path = data / "secret_key"
    return path.read_text().strip() if path.is_file() else ""


def _either(choices: tuple[str, ...]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def _local_url(env: _Reader) -> str:
    return f"http://{env.text('HOST', '127.0.0.1')}:{env.text('PORT', '8000')}"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password:
        url = url.replace(f":{parts.password}@", ":********@")
    return SECRET_OPTION.sub(r"\1********", url)
