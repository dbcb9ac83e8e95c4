"""What somebody chose to be shown as while they are there."""

from __future__ import annotations

from pigeon.cache.breaker import state_breaker
from pigeon.domain.errors import FieldError, Invalid, Unauthenticated
from pigeon.domain.events import StatusChosen
from pigeon.domain.presence import CHOSEN, ChosenStatus, Presence, Showing
from pigeon.models import UserModel
from pigeon.services import access
from pigeon.services.accounts import sessions
from pigeon.services.presence import activity
from pigeon.services.presence.reading import of
from pigeon.services.relations.showings import showings
from pigeon.stores import presence as store
from pigeon.unit_of_work import retried, unit_of_work


def choose(status: str, *, by: int) -> Presence:
    """What others see of oneself from now on; Invalid names `status` when it is none of them.

    Who turns invisible was last there when they were until now, whatever they do meanwhile.
    """
    if status not in CHOSEN:
        raise Invalid({"status": FieldError("bad_format")})
    _store(status, by)
    return of([by], access.viewer(by))[by]


@retried
def _store(status: str, by: int) -> None:
    """Inputs that the state Redis holds belong to the status before."""
    nothing: dict[int, int] = {}
    seen = state_breaker.attempt(lambda: store.seen([by]), nothing)
    with unit_of_work() as uow:
        row: UserModel | None = sessions.lock_user(by)
        if row is None or not access.users.is_active_state(row.state):
            raise Unauthenticated
        if row.chosen_status == status:
            return
        if row.chosen_status != "invisible":
            activity.store_times(seen)
        row.chosen_status = status
        uow.after_commit(lambda: showings.evict(by))
        uow.after_commit(lambda: store.forget_seen(seen.items()))
        uow.record(StatusChosen(user_id=by))


def chosen_of(user_id: int) -> ChosenStatus:
    """What somebody chose themselves; nobody else's page shows it."""
    return (showings.one(user_id) or Showing()).chosen
