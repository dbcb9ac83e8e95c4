"""Pages of posts; every form works without scripts, and keeps what was typed when it is refused."""

from __future__ import annotations

import secrets

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from pigeon.blueprints.posts.api import CHANGES
from pigeon.blueprints.posts.reading import NewPost, create, read_new_post
from pigeon.domain.errors import DomainError, FieldsRefused
from pigeon.domain.ids import find_id
from pigeon.domain.limits import POST_IMAGES
from pigeon.domain.page import PageRequest
from pigeon.domain.posts import Post
from pigeon.services import tags
from pigeon.services.access.viewers import Viewer
from pigeon.services.posts import changes, posts
from pigeon.services.users import users
from pigeon.web import texts
from pigeon.web.comments import discussions
from pigeon.web.comments.discussions import Discussion
from pigeon.web.errors import STATUS
from pigeon.web.forms import Form, focus_first_fault, refused_form
from pigeon.web.guards import MEMBERS, READERS, access
from pigeon.web.login import get_viewer, this_viewer, viewer_id
from pigeon.web.parsing import read_form, read_id, read_page, read_query, read_texts
from pigeon.web.paths import referring_path
from pigeon.web.posts.open_graph import card_of_post
from pigeon.web.stories import rings
from pigeon.web.texts import Typed
from pigeon.web.timelines import feed

MORE = 6
GRID = 24


@access(READERS)
def show(post_id: str) -> ResponseReturnValue:
    """The post with the newest of its discussion, or with the part that holds `?comment=`."""
    viewer = this_viewer()
    post = posts.get(read_id(post_id), viewer)
    if read_query("fragment") == "card":
        return feed.card_of(post, str(get_locale()), viewer)
    wanted = find_id(read_query("comment"))
    return render_post(post, discussions.find_around(int(post.id), wanted, viewer), viewer)


def render_post(post: Post, discussion: Discussion, viewer: Viewer) -> str:
    """The page, or for the dialog (`?fragment=`) the post alone."""
    (author,) = users.rows([int(post.author.id)], viewer)
    shown = {"post": post, "author": author, "discussion": discussion}
    rings.ask(viewer, [post.author.id, *discussions.people_of(discussion)])
    if read_query("fragment"):
        return render_template("posts/_post.html", **shown)
    return render_template(
        "posts/post.html",
        **shown,
        more=_more(post, viewer),
        open_graph=card_of_post(post, viewer),
    )


def _more(post: Post, viewer: Viewer) -> list[Post]:
    """A few other posts of the same author."""
    newest = posts.list_of_author(int(post.author.id), viewer, PageRequest(limit=MORE + 1))
    return [other for other in newest.items if other.id != post.id][:MORE]


@access(MEMBERS)
def show_create() -> ResponseReturnValue:
    """A new post; with `?idempotency_key=` the page also names the post that the key made."""
    return _composer(Form(), _find_shared(read_query("idempotency_key")))


@access(MEMBERS, rate=(120, 3_600), files=POST_IMAGES)
def add() -> ResponseReturnValue:
    new = read_new_post()
    try:
        post = create(get_viewer().user_id, new)
    except DomainError as error:
        return _refused_composer(error, new)
    flash(
        _("Your post is being prepared.") if post.images else _("Your post is published."),
        "success",
    )
    return redirect("/", 303)


def _composer(form: Form, shared: Post | None = None) -> str:
    key = form.values.get("idempotency_key") or secrets.token_urlsafe(18)
    return render_template("posts/create.html", form=form, idempotency_key=key, shared=shared)


def _find_shared(key: str) -> Post | None:
    return posts.find_shared(get_viewer().user_id, key) if key else None


def _refused_composer(error: DomainError, new: NewPost) -> ResponseReturnValue:
    """The composer again, each message beside its row; a refused request used up no key."""
    if isinstance(error, FieldsRefused):
        error.fields = {_in_form(name, new.rows): fault for name, fault in error.fields.items()}
    typed = Typed({"caption": new.caption, "idempotency_key": new.key})
    shared = None
    if error.code == "idempotency_conflict":
        # What is shared from here on is another post: the page offers to edit the first one.
        shared = _find_shared(new.key)
        typed = Typed({"caption": new.caption})
    form = refused_form(error, typed, alts=_shown(read_texts("alts[]")))
    page = _composer(form, shared)
    return make_response(page if shared else focus_first_fault(page), STATUS[type(error)])


def _shown(alts: list[str]) -> list[str]:
    return [texts.shorten("alts", alt) for alt in alts]


def _in_form(name: str, rows: list[int]) -> str:
    """`images.0` is the first file that was sent, which may stand in a later row of the form."""
    kind, _, number = name.partition(".")
    return f"{kind}.{rows[int(number)]}" if number else name


@access(MEMBERS)
def show_edit(post_id: str) -> ResponseReturnValue:
    return render_template("posts/edit.html", post=_mine(post_id), form=Form())


@access(MEMBERS, rate=CHANGES)
def edit(post_id: str) -> ResponseReturnValue:
    post = _mine(post_id)
    typed, alts = read_form("caption"), read_texts("alts[]")
    try:
        caption, by = typed.sent["caption"], get_viewer().user_id
        changes.edit(int(post.id), by=by, caption=caption, alts=alts)
    except DomainError as error:
        form = refused_form(error, typed, alts=_shown(alts))
        html = render_template("posts/edit.html", post=post, form=form)
        return focus_first_fault(html), STATUS[type(error)]
    return redirect(f"/p/{post.id}", 303)


@access(MEMBERS)
def show_delete(post_id: str) -> ResponseReturnValue:
    return render_template("posts/delete.html", post=_mine(post_id))


@access(MEMBERS, rate=CHANGES)
def delete(post_id: str) -> ResponseReturnValue:
    changes.remove(read_id(post_id), by=get_viewer().user_id)
    flash(_("Your post was deleted."), "success")
    return redirect("/", 303)


@access(MEMBERS, rate=CHANGES)
def close_comments(post_id: str) -> ResponseReturnValue:
    return _set_comments(read_id(post_id), is_open=False)


@access(MEMBERS, rate=CHANGES)
def open_comments(post_id: str) -> ResponseReturnValue:
    return _set_comments(read_id(post_id), is_open=True)


def _set_comments(post_id: int, *, is_open: bool) -> ResponseReturnValue:
    changes.edit(post_id, by=get_viewer().user_id, comments_open=is_open)
    said = _("Comments are turned on.") if is_open else _("Comments are turned off.")
    flash(said, "success")
    return redirect(referring_path(f"/p/{post_id}"), 303)


@access(MEMBERS, rate=CHANGES)
def retry(post_id: str) -> ResponseReturnValue:
    changes.retry(read_id(post_id), by=get_viewer().user_id)
    return redirect("/", 303)


@access(MEMBERS, rate=CHANGES)
def remove_image(post_id: str, image_id: str) -> ResponseReturnValue:
    changes.remove_image(read_id(post_id), read_id(image_id), by=get_viewer().user_id)
    return redirect("/", 303)


def _mine(post_id: str) -> Post:
    """A post of the viewer; refused like every change of somebody else's."""
    number, by = read_id(post_id), get_viewer().user_id
    changes.check_may_change(number, by)
    return posts.get(number, by)


@access(READERS)
def show_tag(tag: str) -> ResponseReturnValue:
    name = tags.get_tag(tag)
    page = tags.list_posts(name, viewer_id(), read_page(f"tag-{name}", default=GRID))
    return render_template("tags/tag.html", tag=name, post_count=tags.count(name), page=page)
