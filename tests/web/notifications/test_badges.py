"""How many wait unseen, short enough for a badge."""

from __future__ import annotations

from pigeon.web.notifications.badges import of_count


def test_badges_are_capped(app) -> None:
    assert of_count(0).mark == "" and of_count(0).title == ""
    assert "99+" in of_count(100).mark and of_count(5_000).title == "(99+) "
    assert ">99<" in of_count(99).mark
