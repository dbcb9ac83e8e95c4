"""An OpenID provider for tests, over real HTTP: it checks its clients, and misbehaves on request.

`provider.mode` picks what is wrong with the next ID token; see `FLAWS`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "pigeon"
CLIENT_SECRET = "a-secret-that-both-sides-know-of-0123456789"
OTHER = "https://elsewhere.test"

FLAWS: dict[str, Callable[[dict[str, Any]], None]] = {
    "": lambda claims: None,
    "other issuer": lambda claims: claims.update(iss=OTHER),
    "other audience": lambda claims: claims.update(aud="somebody-else"),
    "other audience, our azp": lambda claims: claims.update(aud="somebody-else", azp=CLIENT_ID),
    "several audiences": lambda claims: claims.update(aud=[CLIENT_ID, "other"], azp=CLIENT_ID),
    "other authorized party": lambda claims: claims.update(azp="somebody-else"),
    "no audience": lambda claims: claims.pop("aud"),
    "expired": lambda claims: claims.update(exp=int(time.time()) - 3_600),
    "no expiry": lambda claims: claims.pop("exp"),
    "issued in the future": lambda claims: claims.update(iat=int(time.time()) + 3_600),
    "other nonce": lambda claims: claims.update(nonce="replayed"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "no subject": lambda claims: claims.pop("sub"),
    "empty subject": lambda claims: claims.update(sub=""),
    "wrong access token hash": lambda claims: claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
}
SIGNED_WRONGLY = (
    "unsigned",
    "foreign key",
    "unknown key id",
    "client secret as key",
    "no id_token",
)


@dataclass
class Provider:
    """Signs in whoever `claims` says; `seen` are the parameters of the last authorization."""

    url: str = ""
    mode: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: person())
    seen: dict[str, str] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: _key("one"))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """The settings of a site that uses this provider."""
        return {
            "oidc_metadata_url": f"{self.url}/.well-known/openid-configuration",
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
        }

    def visit(self, location: str) -> str:
        """What a browser gets that is sent to the provider: the address it is sent back to."""
        answer = requests.get(location, allow_redirects=False, timeout=20)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """A person consents at once: where the browser is sent."""
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        self.seen = query
        back: dict[str, str] = {"state": query["state"]}
        if self.mode == "denied":
            return f"{query['redirect_uri']}?{urlencode(back | {'error': 'access_denied'})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode(back | {'code': code})}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code for tokens, once, for who can prove to be the one that asked for it."""
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {basic}":
            return 401, {"error": "invalid_client"}
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        token = {"access_token": "access", "token_type": "Bearer", "expires_in": 60}
        if self.mode != "no id_token":
            token["id_token"] = self._id_token(asked["nonce"])
        return 200, token

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.claims,
        }
        FLAWS.get(self.mode, FLAWS[""])(claims)
        return self._signed(claims)

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.mode == "unsigned":
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        if self.mode == "client secret as key":
            key = OctKey.import_key(CLIENT_SECRET)
            return jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])
        header = {"alg": "RS256", "kid": "one"}
        if self.mode == "foreign key":
            return jwt.encode(header, claims, _key("one", "foreign"))
        if self.mode == "unknown key id":
            return jwt.encode(header | {"kid": "two"}, claims, _key("two"))
        return jwt.encode(header, claims, self.key)


def person(
    subject: str = "subject-1", email: str = "gil@provider.test", **more: Any
) -> dict[str, Any]:
    """The claims about somebody whose address the provider has verified."""
    return {"sub": subject, "email": email, "email_verified": True, "name": "길동", **more}


@cache
def _key(key_id: str, owner: str = "provider") -> RSAKey:
    """Made once: that takes a moment."""
    return RSAKey.generate_key(parameters={"kid": key_id})


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
                return
            pages: dict[str, Any] = {
                "/.well-known/openid-configuration": provider.metadata(),
                "/jwks": {"keys": [provider.key.as_dict(private=False)]},
                "/userinfo": provider.claims,
            }
            found = pages.get(address.path)
            self._answer(200 if found else 404, found or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.exchange(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, value: dict[str, Any]) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler


@contextmanager
def running() -> Iterator[Provider]:
    """A provider on a free port of this machine."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
