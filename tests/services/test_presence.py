"""Who is here, in the order asked, and a hint to each not too often."""

from __future__ import annotations

from flask import Flask

from pigeon.services import presence


def test_who_holds_a_lease_is_here(app: Flask) -> None:
    presence.people.renew([3, 1])
    assert presence.online_among([1, 2, 3]) == [1, 3]
    assert presence.online_among([3, 2, 1]) == [3, 1]
    presence.people.release([3])
    assert presence.online_among([3, 2, 1]) == [1]


def test_a_hint_is_given_once_in_a_while_to_each(app: Flask) -> None:
    assert presence.may_hint([1, 2]) == [1, 2]
    assert presence.may_hint([2, 3]) == [3]
