"""Pictures that were received and wait to be processed, as a request leaves them."""

from __future__ import annotations

from pigeon.domain.media import Upload
from pigeon.domain.posts import Post
from pigeon.services.media import media, uploads
from pigeon.services.posts import posts
from tests.factories.people import Person
from tests.harness import pictures


def make_upload(content: bytes | None = None, alt: str = "") -> Upload:
    """A kept original; without `content` a tiny JPEG."""
    file = media.incoming().stream_factory()
    file.write(pictures.jpeg() if content is None else content)
    (seen,) = uploads.inspect_all([file], "images")
    upload = uploads.keep(file, seen, alt)
    file.close()
    return upload


def make_processing_post(
    author: Person, *contents: bytes, caption: str = "on its way", images: int = 1
) -> Post:
    """A post whose images wait for their jobs; without `contents` it has `images` tiny ones."""
    given = contents or tuple(pictures.jpeg(color="teal") for _ in range(images))
    return posts.create(author.id, caption, [make_upload(content) for content in given])
