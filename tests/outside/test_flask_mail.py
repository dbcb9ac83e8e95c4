"""Flask-Mail 0.10.0 and senders with a name, and why ours is given after the constructor.

Expected: a sender that is a tuple of name and address is written as both. Seen: the constructor
joins them without quotes, so a name with a bracket, a comma or a semicolon is read as another
address, or as none: an empty From, and `MAIL FROM:<>`. A tuple that is set later is left alone.
Source: flask_mail/__init__.py, Message.__init__ and sanitize_address.
"""

from __future__ import annotations

from email.header import decode_header, make_header
from email.utils import parseaddr
from importlib.metadata import version

import pytest
from flask import Flask
from flask_mail import Message, sanitize_address

NAME, ADDRESS = "[Doves] of, the; bay", "doves@example.org"


def test_the_version_is_the_one_that_was_looked_at() -> None:
    assert version("flask-mail") == "0.10.0"


@pytest.mark.parametrize("name", ["[Doves]", "Doves, herons", "Doves; herons"])
def test_a_tuple_of_the_constructor_loses_the_address(app: Flask, name: str) -> None:
    message = Message("s", recipients=["a@b.test"], body="b", sender=(name, ADDRESS))
    assert ADDRESS not in sanitize_address(message.sender)


def test_a_tuple_that_is_set_is_encoded(app: Flask) -> None:
    message = Message("s", recipients=["a@b.test"], body="b", sender=ADDRESS)
    message.sender = (NAME, ADDRESS)
    name, address = parseaddr(sanitize_address(message.sender))
    assert (str(make_header(decode_header(name))), address) == (NAME, ADDRESS)
