"""Settings: what is refused at once, and what production refuses."""

from __future__ import annotations

import pytest

from config import Settings


@pytest.mark.parametrize("name", ["REDIS_CACHE_URL", "REDIS_URL"])
def test_the_cache_is_reached_without_tls(name: str) -> None:
    with pytest.raises(SystemExit, match="REDIS_CACHE_URL") as refusal:
        Settings.from_env({name: "rediss://:secret@cache.test/0"})
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["redis://cache.test/0", "unix:///run/cache.sock"])
def test_the_state_may_be_reached_with_tls(url: str) -> None:
    state = "rediss://state.test/0"
    found = Settings.from_env({"REDIS_CACHE_URL": url, "REDIS_STATE_URL": state})
    assert (found.redis_cache_url, found.redis_state_url) == (url, state)


@pytest.mark.parametrize(
    ("value", "is_on"), [("", False), ("0", False), ("False", False), ("no", False), ("1", True)]
)
def test_production_is_not_debugged(value: str, is_on: bool) -> None:
    problems = Settings.from_env({"FLASK_DEBUG": value}).problems()
    assert ("FLASK_DEBUG is on" in problems) is is_on


@pytest.mark.parametrize(
    ("environment", "value", "is_on"),
    [
        ("development", "", True),
        ("development", "off", False),
        ("production", "", False),
        ("production", "on", True),
    ],
)
def test_strangers_read_in_development_and_where_production_says_so(
    environment: str, value: str, is_on: bool
) -> None:
    found = Settings.from_env({"ENVIRONMENT": environment, "PUBLIC_READING": value})
    assert found.public_reading is is_on


@pytest.mark.parametrize("choice", ["open", "invite", "closed"])
def test_production_takes_what_somebody_decided(choice: str) -> None:
    found = Settings.from_env({"ENVIRONMENT": "production", "REGISTRATION": choice})
    assert found.registration == choice
    assert not [sentence for sentence in found.problems() if "REGISTRATION" in sentence]


def test_an_unknown_way_to_sign_up_is_refused() -> None:
    with pytest.raises(SystemExit, match="open, invite, closed"):
        Settings.from_env({"ENVIRONMENT": "production", "REGISTRATION": "sometimes"})


def test_development_is_open() -> None:
    assert Settings.from_env({}).registration == "open"


@pytest.mark.parametrize(
    "value", ["민지@example.test", "a@한국.test", "mail", "a@b.test\r\nBcc: c@d.test"]
)
def test_mail_is_sent_from_an_address_that_servers_take(value: str) -> None:
    with pytest.raises(SystemExit, match="MAIL_FROM must be an e-mail address"):
        Settings.from_env({"MAIL_FROM": value})


@pytest.mark.parametrize("value", ["mail@example.org", "a.b+c@xn--3e0b707e.test", "me@localhost"])
def test_mail_is_sent_from_what_was_set(value: str) -> None:
    assert Settings.from_env({"MAIL_FROM": value}).mail_from == value


@pytest.mark.parametrize(
    "value", ["Doves\r\nBcc: eve@example.org", "Doves\nof", "a\x00b", "a\u2028b"]
)
def test_the_name_of_the_site_is_one_line(value: str) -> None:
    with pytest.raises(SystemExit, match="SITE_NAME must be one line"):
        Settings.from_env({"SITE_NAME": value})


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://localhost",
        "mongodb://ann:p%40ss@one.test:27017,two.test/letters?replicaSet=rs0&tls=true",
        "mongodb+srv://ann:pass@cluster.test/letters",
        "mongodb://%2Frun%2Fmongodb.sock/letters",
    ],
)
def test_mongodb_is_reached_as_its_driver_does(url: str) -> None:
    assert Settings.from_env({"MONGO_URL": url}).mongo_url == url


@pytest.mark.parametrize(
    "url",
    [
        "localhost:27017",
        "redis://localhost",
        "mongodb://",
        "mongodb://ann:s@cret@localhost/letters",
        "mongodb://ann:secret@localhost:99999/",
        "mongodb://ann:secret@localhost/?secret=1",
        "mongodb://ann:secret@localhost/?tls=secret",
    ],
)
def test_an_address_that_no_driver_takes_is_refused_and_not_told(url: str) -> None:
    with pytest.raises(SystemExit, match="MONGO_URL must be like mongodb://") as refusal:
        Settings.from_env({"MONGO_URL": url})
    assert "secret" not in str(refusal.value) and "cret@" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mongodb://ann:se%40cret@a:1,b:2/c?w=2", "mongodb://ann:********@a:1,b:2/c?w=2"),
        ("mongodb+srv://ann:secret@a.b.test", "mongodb+srv://ann:********@a.b.test"),
        (
            "mongodb://a/?authMechanismProperties=AWS_SESSION_TOKEN:secret&appName=c",
            "mongodb://a/?authMechanismProperties=********&appName=c",
        ),
        (
            "mongodb://a/?tls=true&TLSCertificateKeyFilePassword=secret",
            "mongodb://a/?tls=true&TLSCertificateKeyFilePassword=********",
        ),
        ("mongodb://a/", "mongodb://a/"),
    ],
)
def test_nothing_secret_of_mongodb_is_shown(url: str, shown: str) -> None:
    assert Settings.from_env({"MONGO_URL": url}).shown()["mongo_url"] == shown
