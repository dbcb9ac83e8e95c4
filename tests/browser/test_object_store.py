"""Pictures in an object store show under the site's own content policy."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pigeon.domain.clock import utc_now
from tests.factories import make_post, make_user
from tests.harness import pictures
from tests.harness.browser import chromium
from tests.harness.children import wait_until
from tests.harness.outside import CREDENTIALS, s3_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.harness.sites import Site

pytestmark = pytest.mark.browser

SEEN = """() => [...document.querySelectorAll("main img, header img, nav img")]
  .filter((one) => one.getAttribute("src")?.startsWith("/media/"))
  .map((one) => one.complete && one.naturalWidth > 0)"""
PUT_AVATAR = """async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.codePointAt(0));
  const form = new FormData();
  form.append("image", new File([bytes], "me.png"));
  const { csrf_token } = await (await fetch("/api/v1/csrf")).json();
  const headers = { "X-CSRFToken": csrf_token };
  return (await fetch("/api/v1/me/avatar", { method: "PUT", body: form, headers })).status;
}"""


def _all_show(page: Page, *, at_least: int) -> bool:
    seen = page.evaluate(SEEN)
    return len(seen) >= at_least and all(seen)


def _wait_for_pictures(page: Page, *, at_least: int) -> None:
    wait_until(
        lambda: page.wait_for_timeout(50) is None and _all_show(page, at_least=at_least),
        what=f"{at_least} pictures",
    )


@pytest.fixture(scope="module")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with _amazon(tmp_path_factory.mktemp("amazon")) as port:
        yield port


@pytest.fixture(scope="module")
def browser(amazon: int) -> Iterator[Browser]:
    """One that looks for Amazon's names on this machine."""
    rules = f"--host-resolver-rules=MAP *.amazonaws.com:443 127.0.0.1:{amazon}"
    with chromium(rules) as browser:
        yield browser


def test_a_post_and_an_avatar_show(
    running_site: Callable[..., Site],
    page_for: Callable[..., Page],
    send: Callable[..., str],
) -> None:
    """Stored by the site itself; any refusal of the policy would fail this test at its end."""
    with s3_server() as store:
        site = running_site(MEDIA_URL=store.media_url, **store.env)
        with site.app.app_context():
            ann = make_user("ann", display_name="Ann")
        page = page_for(site, ann)
        sent_to: list[str] = []
        page.on("response", lambda answer: sent_to.append(answer.url))
        picture = base64.b64encode(pictures.png(600, 400)).decode()
        assert page.evaluate(PUT_AVATAR, picture) == 202
        post_id = send(page, [pictures.png(500, 400)], "from far away")

        def is_ready() -> bool:
            page.goto(f"/p/{post_id}")
            return page.locator("main img[src^='/media/']").count() >= 2

        wait_until(is_ready, what="the picture and the avatar", timeout_s=60)
        _wait_for_pictures(page, at_least=2)
        assert any(url.startswith(f"{store.endpoint}/") for url in sent_to)
        page.goto("/u/ann")
        _wait_for_pictures(page, at_least=2)
        page.close()


def test_the_default_region_shows(
    running_site: Callable[..., Site], page_for: Callable[..., Page]
) -> None:
    site = running_site(MEDIA_URL="s3://pigeon-media", **CREDENTIALS)
    local = replace(site, env=site.env | {"MEDIA_URL": ""})  # whose pictures nobody asks for
    with local.app.app_context():
        ann = make_user("ann")
        post = make_post(ann, images=2)
    page = page_for(site, ann, ignore_https_errors=True)
    sent_to: list[str] = []
    page.on("response", lambda answer: sent_to.append(answer.url))

    page.goto(f"/p/{post.id}")

    _wait_for_pictures(page, at_least=1)
    assert any(url.startswith("https://pigeon-media.s3.us-east-1.") for url in sent_to)


class _Store(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(pictures.png())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _amazon(folder: Path) -> Iterator[int]:
    """A TLS server that answers every GET with a picture; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Store)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _certificate(folder: Path) -> Path:
    """Key and certificate that only a browser without scruples takes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "amazonaws.com")])
    day = timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(utc_now() - day)
        .not_valid_after(utc_now() + day)
        .sign(key, hashes.SHA256())
    )
    path = folder / "store.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
