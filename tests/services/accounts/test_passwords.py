from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from pigeon.services.accounts import passwords


def test_hashes_are_argon2id_of_the_recommended_cost(
    app: Flask, with_settings: Callable[..., None]
) -> None:
    with_settings(password_cost="normal")
    hashed = passwords.hash_password("a pigeon flies home")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify(hashed, "a pigeon flies home")
    assert not passwords.is_outdated(hashed)
    with_settings(password_cost="test")
    assert passwords.is_outdated(hashed)


@pytest.mark.parametrize(
    ("password", "other"),
    [("Straße 12 am See", "strasse 12 am see"), ("x" * 255 + "y", "x" * 255 + "z")],
)
def test_every_character_counts(app: Flask, password: str, other: str) -> None:
    hashed = passwords.hash_password(password)
    assert passwords.verify(hashed, password)
    assert not passwords.verify(hashed, other)
    assert not passwords.verify(hashed, f"{password} ")


def test_nothing_is_right_where_there_is_no_hash(app: Flask) -> None:
    assert not passwords.verify(None, "")
    assert not passwords.verify("", "anything")
    assert not passwords.verify("not a hash", "anything")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "required"),
        ("seven77", "too_short"),
        ("민들레홀씨일곱", "too_short"),
        ("x" * 200 + "y" * 57, "too_long"),
        ("password", "bad_format"),
        ("PassWord123", "bad_format"),
        ("aaaaaaaaaa", "bad_format"),
        ("12345678", "bad_format"),
        ("pigeonstargram", "bad_format"),
        ("Annabelle1999!", "bad_format"),
        ("annabelle flies home", None),
        ("민들레홀씨여덟글자", None),
        ("x" * 200 + "y" * 56, None),
    ],
)
def test_what_may_be_a_password(app: Flask, password: str, code: str | None) -> None:
    problem = passwords.find_problem(password, ("annabelle", "a"))
    assert (problem.code if problem else None) == code
