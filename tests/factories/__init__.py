"""What people are and do, made by the services in the application that is open."""

from tests.factories.comments import Commented, make_comment
from tests.factories.messages import make_message
from tests.factories.people import Person, make_follow, make_user
from tests.factories.posts import Posted, make_post
from tests.factories.stories import age_story, make_processing_story, make_story

__all__ = [
    "Commented",
    "Person",
    "Posted",
    "age_story",
    "make_comment",
    "make_follow",
    "make_message",
    "make_post",
    "make_processing_story",
    "make_story",
    "make_user",
]
