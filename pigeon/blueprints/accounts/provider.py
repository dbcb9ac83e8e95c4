"""The OpenID provider: Authlib carries state, nonce and PKCE, the rest of the distrust is here."""

from __future__ import annotations

import time
from typing import Any

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import current_app, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from pigeon.domain import bounds, limits
from pigeon.domain.errors import Unavailable
from pigeon.extensions import settings
from pigeon.services.accounts.oidc import Identity
from pigeon.web.parsing import read_query

log = structlog.get_logger()

NAME = "oidc"
ALGORITHMS = ("RS256", "ES256", "PS256")
"""What a provider may sign with, whatever it announces: never `none`, never a shared secret."""
LIFETIME_S = 600
TIMEOUT_S = 10
LEEWAY_S = 60
CALLBACK = "/login/oidc/callback"
LONGEST = 255
STATE_PREFIX = f"_state_{NAME}_"


class Refused(Exception):
    """What came back from the provider proves nothing."""


def name_of_settings() -> str:
    """Which provider this is: what it vouched for counts only as long as it is the one."""
    return f"{settings().oidc_metadata_url} {settings().oidc_client_id}"


def send_away() -> ResponseReturnValue:
    """A redirect to the provider, good for one return within ten minutes in this browser."""
    for key in [key for key in session if key.startswith(STATE_PREFIX)]:
        del session[key]
    try:
        answer: ResponseReturnValue = _client().authorize_redirect(
            f"{settings().public_url}{CALLBACK}"
        )
    except (RequestException, RuntimeError, ValueError) as error:
        log.warning("oidc_unreachable", error=type(error).__name__)
        raise Unavailable from error
    return answer


def read_identity() -> Identity:
    """Who the provider says is there; Refused unless every proof of it holds."""
    _check_age(read_query("state"))
    try:
        return _identity(_claims())
    except (AuthlibBaseError, JoseError, RequestException) as error:
        raise Refused(type(error).__name__) from error
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        raise Refused(f"unreadable: {type(error).__name__}") from error


def _claims() -> dict[str, Any]:
    client = _client()
    metadata = client.load_server_metadata()
    announced = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    # Authlib believes this list; a provider may only narrow ours.
    metadata["id_token_signing_alg_values_supported"] = [
        name for name in ALGORITHMS if name in announced
    ]
    options = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True},
    }
    token = client.authorize_access_token(claims_options=options, leeway=LEEWAY_S)
    claims: dict[str, Any] = token["userinfo"]
    if claims["aud"] not in (client.client_id, [client.client_id]):
        raise Refused("made for others too")
    return claims


def _identity(claims: dict[str, Any]) -> Identity:
    issuer, subject = claims["iss"], claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST:
        raise Refused("unusable subject")
    is_verified = claims.get("email_verified") is True
    return Identity(
        issuer=str(issuer),
        subject=subject,
        email=_claim(claims, "email", limits.EMAIL) if is_verified else "",
        name=_claim(claims, "name", limits.DISPLAY_NAME),
    )


def _claim(claims: dict[str, Any], name: str, limit: int) -> str:
    """ "" for what is far too long: it is as good as not told, and the person may log in."""
    text = str(claims.get(name) or "")
    return "" if bounds.is_excessive(text, limit) else text


def _check_age(state: str) -> None:
    kept = session.get(f"{STATE_PREFIX}{state}")
    if not kept or kept["exp"] < time.time():
        session.pop(f"{STATE_PREFIX}{state}", None)
        raise Refused("unknown state")


def _client() -> FlaskOAuth2App:
    """One per application, so that metadata and keys are fetched once."""
    clients = current_app.extensions.setdefault("oidc_clients", {})
    key = (settings().oidc_metadata_url, settings().oidc_client_id)
    if key not in clients:
        clients[key] = _new_client()
    return clients[key]


def _new_client() -> FlaskOAuth2App:
    framework = FlaskIntegration(NAME)
    framework.expires_in = LIFETIME_S
    return FlaskOAuth2App(
        framework,
        NAME,
        client_id=settings().oidc_client_id,
        client_secret=settings().oidc_client_secret,
        server_metadata_url=settings().oidc_metadata_url,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
        },
    )
