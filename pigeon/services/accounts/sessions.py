"""Sessions of browsers and personal access tokens: revocable rows behind a write-through entry.

An entry lives a minute and is filled with SET NX. Ending a session writes a tombstone over it,
which no fill replaces, so a reader that loaded the row just before cannot bring the session back.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, Select, delete, select

from pigeon import metrics
from pigeon.cache import codec, keys, resp
from pigeon.cache.breaker import cache_breaker
from pigeon.cache.scripts import Part, Script
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound, Unauthenticated, Unavailable
from pigeon.domain.events import SessionsEnded
from pigeon.domain.sessions import Caller, SessionEntry, SessionUser, device_of, is_phone
from pigeon.extensions import cache, db, settings
from pigeon.models import SessionModel, UserModel
from pigeon.services import access
from pigeon.services.accounts import security_log
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

log = structlog.get_logger()

WEB_LIFETIME = timedelta(days=30)
TOKEN_LIFETIME = timedelta(days=3_650)
TOMBSTONE = b"x"
TOMBSTONE_S = 10 * keys.SESSION.ttl_s
FILL_WITHIN_S = 0.5 * TOMBSTONE_S
"""A fill that took longer is dropped: the tombstone it must not outlive may be gone by then."""

_REPLACE = Script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
""")


@retried
def start(
    user_id: int, *, caller: Caller, kind: str = "web", auth_version: int | None = None
) -> str:
    """Begin a session and answer its secret, of which only the hash is stored.

    Unauthenticated when the person withdrew, or when what they proved with belongs to an older
    `auth_version`: a log-in that overlaps with a new password does not survive it.
    """
    token = secrets.token_urlsafe(32)
    now = utc_now()
    with unit_of_work():
        row = lock_user(user_id)
        if (
            row is None
            or not access.users.is_active_state(row.state)
            or auth_version not in (None, row.auth_version)
        ):
            raise Unauthenticated("wrong_credentials")
        db.session.add(
            SessionModel(
                user_id=user_id,
                kind=kind,
                token_hash=hash_token(token),
                user_agent=caller.user_agent[:200],
                address=caller.address[:45],
                created_at=now,
                authenticated_at=now,
                expires_at=now + (TOKEN_LIFETIME if kind == "token" else WEB_LIFETIME),
            )
        )
        security_log.note("token_made" if kind == "token" else "logged_in", user_id, caller)
    return token


def create_token(user_id: int) -> str:
    """A personal access token for programs; it is shown once and valid until it is revoked."""
    return start(user_id, caller=Caller(), kind="token")


def find(token: str) -> SessionUser | None:
    """The session that a secret stands for, while it is valid; warm: one Redis GET, no SQL."""
    hashed = hash_token(token)
    if not settings().cache:
        return _load(SessionModel.token_hash == hashed).get(hashed)
    key = keys.SESSION.key(hashed)
    data = cache_breaker.attempt(lambda: cache.client.get(key), None)
    found = _decode(data)
    metrics.cache_requests.labels(keys.SESSION.name, "hit" if data else "miss").inc()
    if found is None and data != TOMBSTONE:
        found = _fill(key, hashed)
    return found if found and found.expires_at > utc_now() else None


@retried
def end(user_id: int, session_id: int) -> None:
    """End one session and its sockets; ending it twice is fine."""
    with unit_of_work() as uow:
        _end(uow, user_id, SessionModel.id == session_id)


@retried
def end_by_handle(user_id: int, handle: str) -> None:
    """End the session of that handle; NotFound when it is not one of mine."""
    with unit_of_work() as uow:
        rows = db.session.scalars(select(SessionModel).where(SessionModel.user_id == user_id))
        ids = [row.id for row in rows if secrets.compare_digest(_handle(row), handle)]
        if not ids:
            raise NotFound
        _end(uow, user_id, SessionModel.id.in_(ids))


@retried
def end_others(user_id: int, *, keep: int) -> None:
    """End every session, access tokens too, but the one that asks."""
    with unit_of_work() as uow:
        lock_user(user_id)
        _end(uow, user_id, SessionModel.id != keep)


def end_all(user_id: int, uow: UnitOfWork) -> None:
    """End every session inside the unit of work that makes it necessary."""
    lock_user(user_id)
    _end(uow, user_id)


def list_of(user_id: int, *, current: int | None = None) -> list[SessionEntry]:
    """One's own sessions, newest first; handles instead of ids or hashes."""
    rows = db.session.scalars(
        select(SessionModel)
        .where(SessionModel.user_id == user_id, SessionModel.expires_at > utc_now())
        .order_by(SessionModel.id.desc())
    )
    return [
        SessionEntry(
            handle=_handle(row),
            kind=row.kind,
            device=device_of(row.user_agent),
            is_phone=is_phone(row.user_agent),
            address=row.address,
            created_at=row.created_at,
            is_current=row.id == current,
        )
        for row in rows
    ]


def refresh(user_id: int) -> None:
    """Write a changed person through to the entries of their sessions."""
    if not settings().cache:
        return
    fresh = _load(SessionModel.user_id == user_id)
    cache_breaker.attempt(lambda: _replace(fresh), None)


def living(ids: set[int]) -> set[int]:
    """Those of `ids` that are valid sessions of active people, read from SQL."""
    if not ids:
        return set()
    return set(
        db.session.scalars(
            select(SessionModel.id)
            .join(UserModel, UserModel.id == SessionModel.user_id)
            .where(
                SessionModel.id.in_(ids),
                SessionModel.expires_at > utc_now(),
                access.users.is_active(),
            )
        )
    )


@retried
def delete_expired() -> int:
    """Delete the rows of sessions that ended by themselves; how many there were."""
    with unit_of_work():
        result: Any = db.session.execute(
            delete(SessionModel).where(SessionModel.expires_at <= utc_now())
        )
    return int(result.rowcount)


def hash_token(token: str) -> str:
    """What is stored of a secret of 256 random bits: its SHA-256, no salt needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def lock_user(user_id: int) -> UserModel | None:
    """The person's row, held until the commit, so that log-ins and revocations take turns."""
    return db.session.scalars(
        select(UserModel)
        .where(UserModel.id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _end(uow: UnitOfWork, user_id: int, *conditions: ColumnElement[bool]) -> None:
    found = db.session.execute(
        select(SessionModel.id, SessionModel.token_hash).where(
            SessionModel.user_id == user_id, *conditions
        )
    ).all()
    if not found:
        return
    ids = [session_id for session_id, _ in found]
    hashes = [hashed for _, hashed in found]
    db.session.execute(delete(SessionModel).where(SessionModel.id.in_(ids)))
    security_log.note("sessions_ended", user_id, Caller())
    uow.record(SessionsEnded(user_id=user_id, session_ids=ids, token_hashes=hashes))
    uow.after_commit(lambda: write_tombstones(hashes))


def write_tombstones(hashes: Sequence[str]) -> None:
    """Write tombstones over ended sessions, past an open breaker too; Unavailable if it fails.

    It is done right after the commit, and again by a job: an entry left behind lives a minute.
    """
    if not settings().cache:
        return
    pipe = cache.client.pipeline(transaction=False)
    for hashed in hashes:
        pipe.set(keys.SESSION.key(hashed), TOMBSTONE, ex=TOMBSTONE_S)
    try:
        pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("session_tombstone_failed", error=type(error).__name__)
        raise Unavailable from error


def _fill(key: str, hashed: str) -> SessionUser | None:
    began = time.monotonic()
    found = _load(SessionModel.token_hash == hashed).get(hashed)
    if found and time.monotonic() - began < FILL_WITHIN_S:
        data = codec.encode(found, SessionUser)
        cache_breaker.attempt(
            lambda: cache.client.set(key, data, nx=True, ex=keys.SESSION.ttl_s), None
        )
    return found


def _replace(fresh: dict[str, SessionUser]) -> None:
    commands = []
    for hashed, found in fresh.items():
        data = codec.encode(found, SessionUser)
        arguments: list[Part] = [TOMBSTONE, data, keys.SESSION.ttl_s]
        commands.append(_REPLACE.command([keys.SESSION.key(hashed)], arguments))
    _REPLACE.run(resp.pool(cache.url), commands)


def _decode(data: bytes | str | None) -> SessionUser | None:
    if not isinstance(data, bytes) or data == TOMBSTONE:
        return None
    try:
        return codec.decode(data, SessionUser)
    except ValueError:
        return None  # written by another version: a miss


def _load(condition: ColumnElement[bool]) -> dict[str, SessionUser]:
    """Valid sessions of active people, by token hash."""
    rows = db.session.execute(_statement(utc_now()).where(condition)).mappings()
    found = (dict(row) for row in rows)
    return {str(row.pop("token_hash")): SessionUser(**row) for row in found}


def _statement(now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            SessionModel.token_hash,
            SessionModel.id.label("session_id"),
            SessionModel.kind,
            SessionModel.authenticated_at,
            SessionModel.expires_at,
            UserModel.id.label("user_id"),
            UserModel.username,
            UserModel.display_name,
            UserModel.avatar,
            UserModel.language,
            UserModel.theme,
            UserModel.time_zone,
            UserModel.role,
            UserModel.auth_version,
        )
        .join(UserModel, UserModel.id == SessionModel.user_id)
        .where(access.users.is_active(), SessionModel.expires_at > now)
    )


def _handle(row: SessionModel) -> str:
    return hashlib.sha256(b"handle:" + row.token_hash.encode()).hexdigest()[:16]
