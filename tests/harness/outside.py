"""The services of others, spoken to over their own protocols: SMTP and S3."""

from __future__ import annotations

import asyncio
import email
import email.policy
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from unittest import mock

from tests.harness import children

BUCKET = "pigeon-media"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass
class Mailbox:
    """An SMTP server that keeps what it gets, or says `refusal`; each delivery takes `delay_s`."""

    url: str = ""
    delay_s: float = 0.0
    refusal: str = ""
    messages: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    """What `MAIL FROM` said, of each of them."""

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        await asyncio.sleep(self.delay_s)
        if self.refusal:
            return self.refusal
        content = envelope.content  # type: ignore[attr-defined]
        self.senders.append(envelope.mail_from)  # type: ignore[attr-defined]
        self.messages.append(email.message_from_bytes(content, policy=email.policy.default))
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]


def link_in(message: EmailMessage) -> str:
    """The path of the link that stands on a line of its own in the text part."""
    body = message.get_body(preferencelist=("plain",))
    assert body is not None, "a mail has a text part"
    found = re.search(r"^https?://[^/\s]+(/\S+)\s*$", body.get_content(), re.MULTILINE)
    assert found, f"no link in {body.get_content()!r}"
    return found[1]


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    from aiosmtpd.controller import Controller

    mailbox = Mailbox()
    port = children.free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass(frozen=True)
class ObjectStore:
    """An S3 server with one empty bucket. It checks no signature and no expiry."""

    endpoint: str
    env: dict[str, str]

    @property
    def media_url(self) -> str:
        return f"s3://{BUCKET}?endpoint={self.endpoint}&region=us-east-1"


@contextmanager
def s3_server() -> Iterator[ObjectStore]:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    store = ObjectStore(f"http://{host}:{port}", env=CREDENTIALS)
    with mock.patch.dict(os.environ, CREDENTIALS):
        client = boto3.client("s3", endpoint_url=store.endpoint, region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        client.close()
        try:
            yield store
        finally:
            server.stop()
