"""What a profile may say; a refusal names every field at fault."""

from __future__ import annotations

from typing import Any

import pytest

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Invalid
from pigeon.services.users import checks


def faults(**changes: Any) -> dict[str, FieldError]:
    with pytest.raises(Invalid) as refused:
        checks.check_changes(changes)
    return refused.value.fields


def test_all_faults_are_named_at_once() -> None:
    assert faults(
        bio="x" * (limits.BIO + 1),
        pronouns="she",
        link="javascript:alert(1)",
        theme="pink",
        time_zone="Europe/Atlantis",
        notify={"like": "nobody", "poke": "off", "follow": "off"},
    ) == {
        "bio": FieldError("too_long", limits.BIO),
        "link": FieldError("bad_format"),
        "theme": FieldError("bad_format"),
        "time_zone": FieldError("bad_format"),
        "notify.like": FieldError("bad_format"),
        "notify.poke": FieldError("unknown"),
    }


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", None),
        (None, None),
        ("ann.example", "https://ann.example"),
        ("http://ann.example/a?b=c#d", "http://ann.example/a?b=c#d"),
    ],
)
def test_a_link_is_completed(typed: str | None, stored: str | None) -> None:
    assert checks.check_changes({"link": typed}) == {"link": stored}


@pytest.mark.parametrize(
    "link", ["ftp://a.test", "https://localhost", "https://a.test/'", "https://[a.test", "data:a.b"]
)
def test_what_is_no_web_address_is_no_link(link: str) -> None:
    assert faults(link=link) == {"link": FieldError("bad_format")}


def test_a_link_that_is_too_long_once_it_is_complete() -> None:
    link = "a.test/" + "x" * (limits.LINK - 7)
    assert faults(link=link) == {"link": FieldError("too_long", limits.LINK)}


def test_a_name_brings_the_keys_by_which_it_is_found() -> None:
    values = checks.check_changes({"display_name": "  민지  Kim "})
    assert values["display_name"] == "민지 Kim"
    assert values["name_jamo"].startswith("ㅁㅣㄴㅈㅣ") and values["name_initials"].startswith(
        "ㅁㅈ"
    )


def test_a_long_name_keeps_its_keys_within_their_columns() -> None:
    keys = checks.name_keys("뷁" * limits.DISPLAY_NAME)
    assert len(keys["name_jamo"]) <= 255 and len(keys["name_initials"]) <= 60


def test_columns_that_are_no_setting_are_left_out() -> None:
    assert checks.check_changes({"role": "admin", "email": "x@y.test", "theme": "dark"}) == {
        "theme": "dark"
    }
