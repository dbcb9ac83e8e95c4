"""Marks of browsers that logged in before: guesses made elsewhere do not lock their owner out.

A mark opens nothing. It only has its own count of guesses, and ends with the password.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from pigeon.extensions import settings


def mark(user_id: int, auth_version: int) -> str:
    """A new mark for a browser in which this person has just logged in."""
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{_seal(nonce, user_id, auth_version)}"


def is_known(device: str, user_id: int, auth_version: int) -> bool:
    nonce, _, seal = device.partition(".")
    return seal.isascii() and hmac.compare_digest(seal, _seal(nonce, user_id, auth_version))


def _seal(nonce: str, user_id: int, auth_version: int) -> str:
    text = f"device:{nonce}:{user_id}:{auth_version}"
    return hmac.new(settings().secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
