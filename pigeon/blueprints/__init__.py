"""The URL map as a table: method and path on the left, the view on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from pigeon.blueprints import media, openapi, settings, system, timelines
from pigeon.blueprints.accounts import api as accounts_api
from pigeon.blueprints.accounts import oidc as accounts_oidc
from pigeon.blueprints.accounts import pages as accounts
from pigeon.blueprints.comments import api as comments_api
from pigeon.blueprints.comments import pages as comments
from pigeon.blueprints.explore import api as explore_api
from pigeon.blueprints.explore import pages as explore
from pigeon.blueprints.likes import api as likes_api
from pigeon.blueprints.likes import pages as likes
from pigeon.blueprints.messages import api as messages_api
from pigeon.blueprints.messages import inbox as messages_inbox
from pigeon.blueprints.messages import pages as messages
from pigeon.blueprints.notifications import api as notifications_api
from pigeon.blueprints.notifications import pages as notifications
from pigeon.blueprints.posts import api as posts_api
from pigeon.blueprints.posts import pages as posts
from pigeon.blueprints.presence import api as presence_api
from pigeon.blueprints.relations import api as relations_api
from pigeon.blueprints.relations import pages as relations
from pigeon.blueprints.saves import api as saves_api
from pigeon.blueprints.saves import pages as saves
from pigeon.blueprints.searches import api as searches_api
from pigeon.blueprints.searches import pages as searches
from pigeon.blueprints.stories import api as stories_api
from pigeon.blueprints.stories import new as stories_new
from pigeon.blueprints.stories import pages as stories_pages
from pigeon.blueprints.stories import trays as stories_trays
from pigeon.blueprints.stories import viewing as stories_viewing
from pigeon.blueprints.suggestions import api as suggestions_api
from pigeon.blueprints.suggestions import pages as suggestions
from pigeon.blueprints.users import api as users_api
from pigeon.blueprints.users import pages as users
from pigeon.web import static
from pigeon.web.requests import API

View = Callable[..., Any]

PAGES: tuple[tuple[str, str, View], ...] = (
    ("GET", "/", timelines.show),
    ("POST", "/checklist/dismiss", timelines.put_checklist_away),
    ("GET", "/login", accounts.show_login),
    ("POST", "/login", accounts.log_in),
    ("POST", "/logout", accounts.log_out),
    ("GET", "/login/oidc", accounts_oidc.leave),
    ("GET", "/login/oidc/callback", accounts_oidc.come_back),
    ("GET", "/signup", accounts.show_signup),
    ("POST", "/signup", accounts.sign_up),
    ("GET", "/signup/username", accounts.find_username),
    ("GET", "/signup/oidc", accounts_oidc.show_signup),
    ("POST", "/signup/oidc", accounts_oidc.sign_up),
    ("GET", "/check-mail", accounts.show_check_mail),
    ("POST", "/confirm/resend", accounts.resend),
    ("GET", "/confirm/<token>", accounts.show_confirm),
    ("POST", "/confirm/<token>", accounts.confirm),
    ("GET", "/password/forgot", accounts.show_forgot),
    ("POST", "/password/forgot", accounts.forgot),
    ("GET", "/password/reset/<token>", accounts.show_reset),
    ("POST", "/password/reset/<token>", accounts.reset),
    ("GET", "/u/<username>", users.show),
    ("GET", "/u/<username>/card", users.show_card),
    ("GET", "/u/<username>/saved", users.show_saved),
    ("GET", "/u/<username>/followers", users.list_followers),
    ("GET", "/u/<username>/following", users.list_following),
    ("POST", "/u/<username>/follow", users.follow),
    ("POST", "/u/<username>/unfollow", users.unfollow),
    ("POST", "/u/<username>/bell", users.bell),
    ("POST", "/u/<username>/unbell", users.unbell),
    ("GET", "/u/<username>/block", relations.show_block),
    ("POST", "/u/<username>/block", relations.block),
    ("POST", "/u/<username>/unblock", relations.unblock),
    ("GET", "/u/<username>/mute", relations.show_mute),
    ("POST", "/u/<username>/mute", relations.mute),
    ("POST", "/u/<username>/unmute", relations.unmute),
    ("POST", "/u/<username>/approve", relations.approve),
    ("POST", "/u/<username>/decline", relations.decline),
    ("POST", "/u/<username>/remove", relations.remove_follower),
    ("GET", "/people", suggestions.list_people),
    ("POST", "/people/<username>/dismiss", suggestions.dismiss),
    ("GET", "/explore", explore.show),
    ("GET", "/search", searches.show),
    ("POST", "/search", searches.search),
    ("GET", "/search/history/clear", searches.show_clear),
    ("POST", "/search/history/clear", searches.clear),
    ("POST", "/search/history/<entry_id>/delete", searches.delete),
    ("GET", "/create", posts.show_create),
    ("POST", "/create", posts.add),
    ("GET", "/p/<post_id>", posts.show),
    ("GET", "/p/<post_id>/edit", posts.show_edit),
    ("POST", "/p/<post_id>/edit", posts.edit),
    ("GET", "/p/<post_id>/delete", posts.show_delete),
    ("POST", "/p/<post_id>/delete", posts.delete),
    ("POST", "/p/<post_id>/comments-off", posts.close_comments),
    ("POST", "/p/<post_id>/comments-on", posts.open_comments),
    ("POST", "/p/<post_id>/retry", posts.retry),
    ("POST", "/p/<post_id>/images/<image_id>/remove", posts.remove_image),
    ("POST", "/p/<post_id>/like", likes.like_post),
    ("POST", "/p/<post_id>/unlike", likes.unlike_post),
    ("GET", "/p/<post_id>/likers", likes.list_of_post),
    ("POST", "/p/<post_id>/save", saves.save),
    ("POST", "/p/<post_id>/unsave", saves.unsave),
    ("GET", "/p/<post_id>/comments", comments.list_of_post),
    ("POST", "/p/<post_id>/comments", comments.add),
    ("GET", "/stories/<username>", stories_pages.show),
    ("GET", "/stories/<story_id>/delete", stories_pages.show_delete),
    ("POST", "/stories/<story_id>/delete", stories_pages.delete),
    ("GET", "/comments/<comment_id>", comments.show),
    ("GET", "/comments/<comment_id>/replies", comments.list_replies),
    ("POST", "/comments/<comment_id>/replies", comments.reply),
    ("GET", "/comments/<comment_id>/edit", comments.show_edit),
    ("POST", "/comments/<comment_id>/edit", comments.edit),
    ("GET", "/comments/<comment_id>/delete", comments.show_delete),
    ("POST", "/comments/<comment_id>/delete", comments.delete),
    ("POST", "/comments/<comment_id>/like", likes.like_comment),
    ("POST", "/comments/<comment_id>/unlike", likes.unlike_comment),
    ("GET", "/comments/<comment_id>/likers", likes.list_of_comment),
    ("GET", "/tags/<tag>", posts.show_tag),
    ("GET", "/stories", stories_trays.show),
    ("GET", "/messages", messages_inbox.show),
    ("GET", "/messages/new", messages_inbox.show_new),
    ("GET", "/p/<post_id>/send", messages_inbox.show_send),
    ("POST", "/p/<post_id>/send", messages_inbox.send),
    ("GET", "/notifications", notifications.show),
    ("POST", "/notifications/read", notifications.read_all),
    ("GET", "/notifications/delete", notifications.show_delete_all),
    ("POST", "/notifications/delete", notifications.delete_all),
    ("GET", "/notifications/requests", relations.list_requests),
    ("GET", "/notifications/<notification_id>/open", notifications.open_one),
    ("POST", "/notifications/<notification_id>/read", notifications.read_one),
    ("POST", "/notifications/<notification_id>/delete", notifications.delete_one),
    ("GET", "/messages/<username>", messages.show),
    ("POST", "/messages/<username>", messages.send),
    ("GET", "/messages/<username>/rows", messages.show_rows),
    ("POST", "/messages/<username>/read", messages.mark_read),
    ("POST", "/messages/<username>/accept", messages.accept),
    ("GET", "/messages/<username>/delete", messages.show_delete),
    ("POST", "/messages/<username>/delete", messages.delete),
    ("POST", "/messages/<username>/mute", messages.mute),
    ("POST", "/messages/<username>/unmute", messages.unmute),
    ("GET", "/messages/<username>/unsend/<message_id>", messages.show_unsend),
    ("POST", "/messages/<username>/unsend/<message_id>", messages.unsend),
    ("GET", "/stories/<story_id>/viewers", stories_viewing.show_viewers),
    ("POST", "/stories/<story_id>/reply", stories_viewing.send_reply),
    ("GET", "/media/<name>", media.show),
    ("GET", "/static/<path:path>", static.serve),
    ("GET", "/healthz", system.healthz),
    ("GET", "/readyz", system.readyz),
    ("GET", "/metrics", system.metrics),
    ("GET", "/system", system.show),
    ("GET", "/site.webmanifest", system.manifest),
    ("GET", "/favicon.ico", system.favicon),
    ("GET", "/robots.txt", system.robots),
    ("GET", "/stories/new", stories_new.show),
    ("POST", "/stories/new", stories_new.publish),
    ("POST", "/stories/<story_id>/retry", stories_new.retry),
    ("GET", "/settings", settings.show_settings),
    ("GET", "/settings/profile", settings.show_profile),
    ("POST", "/settings/profile", settings.save_profile),
    ("POST", "/settings/avatar", settings.save_avatar),
    ("POST", "/settings/avatar/remove", settings.remove_avatar),
    ("POST", "/settings/avatar/dismiss", settings.dismiss_avatar),
    ("GET", "/settings/account", settings.show_account),
    ("POST", "/settings/email", settings.change_email),
    ("POST", "/settings/password", settings.change_password),
    ("POST", "/settings/sessions/<handle>/end", settings.end_one_session),
    ("POST", "/settings/sessions/end-others", settings.end_other_sessions),
    ("POST", "/settings/withdraw", settings.withdraw),
    ("GET", "/settings/notifications", settings.show_notifications),
    ("POST", "/settings/notifications", settings.save_notifications),
    ("POST", "/settings/status", settings.choose_status),
    ("GET", "/settings/privacy", settings.show_privacy),
    ("POST", "/settings/privacy", settings.save_privacy),
    ("GET", "/settings/blocked", relations.list_blocked),
    ("GET", "/settings/muted", relations.list_muted),
    ("GET", "/settings/appearance", settings.show_appearance),
    ("POST", "/settings/appearance", settings.save_appearance),
    ("POST", "/appearance", settings.choose_appearance),
)

CALLS: tuple[tuple[str, str, View], ...] = (
    ("GET", "/openapi.json", openapi.show_document),
    ("GET", "/docs", openapi.show_docs),
    ("GET", "/docs/sockets", openapi.show_sockets),
    ("GET", "/csrf", accounts_api.get_csrf),
    ("POST", "/auth/signup", accounts_api.sign_up),
    ("POST", "/auth/confirm", accounts_api.confirm),
    ("POST", "/auth/confirm/resend", accounts_api.resend),
    ("POST", "/auth/login", accounts_api.log_in),
    ("POST", "/auth/logout", accounts_api.log_out),
    ("POST", "/auth/password/forgot", accounts_api.forgot),
    ("POST", "/auth/password/reset", accounts_api.reset),
    ("GET", "/me", accounts_api.get_me),
    ("PATCH", "/me", accounts_api.update_me),
    ("DELETE", "/me", accounts_api.withdraw),
    ("PUT", "/me/avatar", accounts_api.set_avatar),
    ("DELETE", "/me/avatar", accounts_api.remove_avatar),
    ("PUT", "/me/status", presence_api.choose),
    ("GET", "/users/<username>", users_api.show),
    ("GET", "/users/<username>/followers", users_api.list_followers),
    ("GET", "/users/<username>/following", users_api.list_following),
    ("GET", "/users/<username>/posts", users_api.list_posts),
    ("PUT", "/users/<username>/follow", users_api.follow),
    ("DELETE", "/users/<username>/follow", users_api.unfollow),
    ("PUT", "/users/<username>/bell", users_api.set_bell),
    ("DELETE", "/users/<username>/bell", users_api.remove_bell),
    ("PUT", "/users/<username>/block", relations_api.block),
    ("DELETE", "/users/<username>/block", relations_api.unblock),
    ("PUT", "/users/<username>/mute", relations_api.mute),
    ("DELETE", "/users/<username>/mute", relations_api.unmute),
    ("GET", "/me/saved", saves_api.list_mine),
    ("GET", "/me/blocks", relations_api.list_blocks),
    ("GET", "/me/mutes", relations_api.list_mutes),
    ("GET", "/me/follow_requests", relations_api.list_requests),
    ("PUT", "/me/follow_requests/<username>", relations_api.approve),
    ("DELETE", "/me/follow_requests/<username>", relations_api.decline),
    ("DELETE", "/me/followers/<username>", relations_api.remove_follower),
    ("GET", "/suggestions", suggestions_api.list_page),
    ("DELETE", "/suggestions/<username>", suggestions_api.dismiss),
    ("GET", "/search/users", searches_api.list_people),
    ("GET", "/search/tags", searches_api.list_tags),
    ("GET", "/search/posts", searches_api.list_posts),
    ("GET", "/search/suggest", searches_api.suggest),
    ("GET", "/search/history", searches_api.list_history),
    ("POST", "/search/history", searches_api.add_history),
    ("DELETE", "/search/history", searches_api.remove_history),
    ("DELETE", "/search/history/<entry_id>", searches_api.remove_entry),
    ("POST", "/posts", posts_api.add),
    ("GET", "/posts/<post_id>", posts_api.show),
    ("PATCH", "/posts/<post_id>", posts_api.edit),
    ("DELETE", "/posts/<post_id>", posts_api.remove),
    ("POST", "/posts/<post_id>/retry", posts_api.retry),
    ("DELETE", "/posts/<post_id>/images/<image_id>", posts_api.remove_image),
    ("PUT", "/posts/<post_id>/like", likes_api.like_post),
    ("DELETE", "/posts/<post_id>/like", likes_api.unlike_post),
    ("GET", "/posts/<post_id>/likers", likes_api.list_of_post),
    ("GET", "/posts/<post_id>/comments", comments_api.list_of_post),
    ("POST", "/posts/<post_id>/comments", comments_api.add),
    ("GET", "/comments/<comment_id>/replies", comments_api.list_replies),
    ("POST", "/comments/<comment_id>/replies", comments_api.reply),
    ("PATCH", "/comments/<comment_id>", comments_api.edit),
    ("DELETE", "/comments/<comment_id>", comments_api.remove),
    ("PUT", "/posts/<post_id>/save", saves_api.save),
    ("DELETE", "/posts/<post_id>/save", saves_api.unsave),
    ("PUT", "/comments/<comment_id>/like", likes_api.like_comment),
    ("DELETE", "/comments/<comment_id>/like", likes_api.unlike_comment),
    ("GET", "/comments/<comment_id>/likers", likes_api.list_of_comment),
    ("GET", "/users/<username>/stories", stories_api.list_of_user),
    ("GET", "/stories", stories_api.list_tray),
    ("POST", "/stories", stories_api.add),
    ("DELETE", "/stories/<story_id>", stories_api.remove),
    ("POST", "/stories/<story_id>/retry", stories_api.retry),
    ("PUT", "/stories/<story_id>/view", stories_viewing.mark),
    ("GET", "/stories/<story_id>/viewers", stories_viewing.list_viewers),
    ("POST", "/stories/<story_id>/reply", stories_viewing.reply),
    ("GET", "/chats", messages_api.list_all),
    ("GET", "/chats/partners", messages_api.list_partners),
    ("GET", "/chats/<username>", messages_api.show),
    ("DELETE", "/chats/<username>", messages_api.remove),
    ("PUT", "/chats/<username>/accept", messages_api.accept),
    ("PUT", "/chats/<username>/mute", messages_api.mute),
    ("DELETE", "/chats/<username>/mute", messages_api.unmute),
    ("GET", "/chats/<username>/messages", messages_api.list_messages),
    ("POST", "/chats/<username>/messages", messages_api.add),
    ("PUT", "/chats/<username>/read", messages_api.read),
    ("DELETE", "/messages/<message_id>", messages_api.unsend),
    ("POST", "/media", messages_api.add_picture),
    ("GET", "/notifications", notifications_api.list_all),
    ("DELETE", "/notifications", notifications_api.remove_all),
    ("GET", "/notifications/unread", notifications_api.get_counts),
    ("PUT", "/notifications/seen", notifications_api.mark_seen),
    ("PUT", "/notifications/read", notifications_api.mark_all_read),
    ("PUT", "/notifications/<notification_id>/read", notifications_api.mark_read),
    ("DELETE", "/notifications/<notification_id>", notifications_api.remove),
    ("GET", "/timeline", posts_api.timeline),
    ("GET", "/explore", explore_api.list_posts),
    ("GET", "/tags/<tag>/posts", posts_api.list_tagged),
)


def bind(app: Flask) -> None:
    for method, path, view in PAGES:
        _add(app, method, path, view)
    for method, path, view in CALLS:
        _add(app, method, API + path, view)


def _add(app: Flask, method: str, path: str, view: View) -> None:
    """The endpoint is the view's place in the tree, e.g. `posts.pages.show`."""
    endpoint = (
        f"{view.__module__.removeprefix('pigeon.').removeprefix('blueprints.')}.{view.__name__}"
    )
    app.add_url_rule(path, endpoint, view, methods=[method], provide_automatic_options=False)
