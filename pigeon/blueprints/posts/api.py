"""Posts as JSON."""

from __future__ import annotations

from pigeon.blueprints.posts.reading import NewPostBody, create, read_new_post
from pigeon.domain.limits import POST_IMAGES
from pigeon.domain.page import Page
from pigeon.domain.posts import Post
from pigeon.services import tags
from pigeon.services.posts import changes, posts
from pigeon.services.timelines import timelines
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, READERS, access
from pigeon.web.login import get_viewer, this_viewer, viewer_id
from pigeon.web.parsing import Body, read_id, read_json, read_key, read_page
from pigeon.web.wording import with_sentences

CHANGES = (300, 3_600)
PARTS = {"caption": "string", "images[]": "binaries", "alts[]": "strings"}


class EditPostBody(Body):
    caption: str = ""
    alts: list[str] = []
    comments_open: bool = True


@access(MEMBERS, rate=(120, 3_600), files=POST_IMAGES)
@answers(Post, status=202, body=NewPostBody, multipart=PARTS, also=(201,), is_keyed=True)
def add() -> tuple[Post, int]:
    new = read_new_post(read_key())
    post = create(get_viewer().user_id, new)
    return with_sentences(post), 202 if post.images else 201


@access(READERS)
@answers(Post)
def show(post_id: str) -> Post:
    return with_sentences(posts.get(read_id(post_id), this_viewer()))


@access(MEMBERS, rate=CHANGES)
@answers(Post, body=EditPostBody)
def edit(post_id: str) -> Post:
    number, by = read_id(post_id), get_viewer().user_id
    changes.check_may_change(number, by)
    return with_sentences(changes.edit(number, by=by, **read_json(EditPostBody).given()))


@access(MEMBERS, rate=CHANGES)
@answers(status=204)
def remove(post_id: str) -> None:
    changes.remove(read_id(post_id), by=get_viewer().user_id)


@access(MEMBERS, rate=CHANGES)
@answers(Post, status=202)
def retry(post_id: str) -> Post:
    return with_sentences(changes.retry(read_id(post_id), by=get_viewer().user_id))


@access(MEMBERS, rate=CHANGES)
@answers(Post)
def remove_image(post_id: str, image_id: str) -> Post:
    post = changes.remove_image(read_id(post_id), read_id(image_id), by=get_viewer().user_id)
    return with_sentences(post)


@access(MEMBERS)
@answers(Page[Post], query=LIST)
def timeline() -> Page[Post]:
    reader = this_viewer()
    page = timelines.page(reader, read_page(timelines.CURSOR))
    return page.map(lambda entries: posts.of_entries(entries, reader))


@access(READERS)
@answers(Page[Post], query=LIST)
def list_tagged(tag: str) -> Page[Post]:
    name = tags.get_tag(tag)
    return tags.list_posts(name, viewer_id(), read_page(f"tag-{name}"))
