"""What people are and do, made by the services in the application that is open."""

from tests.factories.comments import Commented, make_comment
from tests.factories.messages import make_message
from tests.factories.people import Person, make_follow, make_user
from tests.factories.posts import Posted, make_post

__all__ = [
    "Commented",
    "Person",
    "Posted",
    "make_comment",
    "make_follow",
    "make_message",
    "make_post",
    "make_user",
]
