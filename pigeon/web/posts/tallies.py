"""The lines below a post that say how many liked and commented it, and who of them is known.

Made here rather than by macros, for every card of a feed says them; js/posts/counts.js changes
the words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from pigeon.domain.posts import Post
from pigeon.web.numbers import compact


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Escaped, with placeholders; what is counted in the form for one and for several."""

    first: str
    likes: tuple[str, str]
    liked_by: str
    liked_by_several: str
    others: tuple[str, str]
    comments: tuple[str, str]


def like_line(post: Post) -> Markup:
    """For a page of a post; strangers read how many, and no names."""
    viewer, language = post.viewer, str(get_locale())
    if viewer is None:
        words = likes(post.like_count, language) if post.like_count else ""
        return Markup(_strange(post.id, post.like_count, words))
    name = viewer.liked_by[0].username if viewer.liked_by else ""
    return Markup(line_of_likes(int(post.id), post.like_count, viewer.liked, name, language))


def comment_line(post: Post) -> Markup:
    return Markup(line_of_comments(int(post.id), post.comment_count, str(get_locale())))


def line_of_likes(post_id: int, count: int, is_liked: bool, name: str, language: str) -> str:
    """`name` is somebody else who likes it, "" when nobody is known; a username needs no escape."""
    known = name if count > is_liked else ""
    href = f' href="/p/{post_id}/likers"' if count else ""
    return (
        f'<a class="like-line"{href} data-behavior="page-dialog" data-like-count="post-{post_id}"'
        f' data-count-form="line" data-count="{count}" data-name="{name}" title="{count:,}">'
        f"{_said(count, known, language)}</a>"
    )


def line_of_comments(post_id: int, count: int, language: str) -> str:
    hidden = "" if count else " hidden"
    return (
        f'<a class="comment-line" href="/p/{post_id}#comments" data-behavior="post-link"'
        f' data-comment-count="post-{post_id}" data-count-form="line" data-count="{count}"'
        f' title="{count:,}"{hidden}>{_counted(words(language).comments, count, language)}</a>'
    )


def likes(count: int, language: str) -> str:
    """3 likes."""
    return _counted(words(language).likes, count, language)


def _strange(post_id: str, count: int, words: str) -> str:
    return (
        f'<span class="like-line" data-like-count="post-{post_id}" data-count-form="likes"'
        f' data-count="{count}" title="{count:,}">{words}</span>'
    )


def _said(count: int, name: str, language: str) -> str:
    said = words(language)
    if not count:
        return said.first
    if not name:
        return f"<strong>{likes(count, language)}</strong>"
    if count == 1:
        return said.liked_by.replace("%(name)s", f"<strong>{name}</strong>")
    others = f"<strong>{_counted(said.others, count - 1, language)}</strong>"
    line = said.liked_by_several.replace("%(others)s", others)
    return line.replace("%(name)s", f"<strong>{name}</strong>")


def _counted(forms: tuple[str, str], count: int, language: str) -> str:
    return forms[count != 1].replace("%(shown)s", compact(count, language))


@cache
def words(language: str) -> Words:
    shown, name, others = ({key: f"%({key})s"} for key in ("shown", "name", "others"))
    with force_locale(language):
        return Words(
            first=_safe(_("Be the first to like this")),
            likes=_both(lambda n: ngettext("%(shown)s like", "%(shown)s likes", n, **shown)),
            liked_by=_safe(_("Liked by %(name)s", **name)),
            liked_by_several=_safe(_("Liked by %(name)s and %(others)s", **name, **others)),
            others=_both(lambda n: ngettext("%(shown)s other", "%(shown)s others", n, **shown)),
            comments=_both(
                lambda n: ngettext(
                    "View %(shown)s comment", "View all %(shown)s comments", n, **shown
                )
            ),
        )


def _both(say: Callable[[int], str]) -> tuple[str, str]:
    return _safe(say(1)), _safe(say(2))


def _safe(said: str) -> str:
    return str(escape(said))
