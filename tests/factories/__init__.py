"""People, follows and posts, made by the services in the application whose context is open."""

from tests.factories.people import Person, make_follow, make_user
from tests.factories.posts import Posted, make_post

__all__ = ["Person", "Posted", "make_follow", "make_post", "make_user"]
