"""How much waits, short enough for a badge."""

from __future__ import annotations

from pigeon.web.badges import of_counts


def test_nothing_waits_without_a_badge(app) -> None:
    none = of_counts(0, 0)
    assert (none.notifications, none.messages, none.top, none.title) == ("", "", "", "")
    assert "favicon." in none.icon


def test_badges_are_capped(app) -> None:
    assert "99+" in of_counts(100, 0).notifications and of_counts(5_000, 0).title == "(99+) "
    assert ">99<" in of_counts(99, 0).notifications
    assert "99+" in of_counts(0, 100).messages and ">99<" in of_counts(0, 99).messages


def test_each_badge_is_its_own_and_the_title_counts_both(app) -> None:
    shown = of_counts(3, 4)
    assert 'data-badge="notifications">3<' in shown.notifications
    assert 'data-badge="messages">4<' in shown.messages
    assert shown.title == "(7) "
    assert of_counts(60, 60).title == "(99+) "
    assert "favicon-unread." in of_counts(0, 1).icon


def test_the_mark_of_the_top_bar_is_no_second_badge(app) -> None:
    assert ">4<" in of_counts(0, 4).top and "data-badge=" not in of_counts(0, 4).top
