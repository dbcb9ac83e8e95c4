"""SQLAlchemy rows, a module per feature; constraints and indexes, no behaviour."""

from pigeon.models.follows import FollowModel, SuggestionDismissal
from pigeon.models.media import MediaModel
from pigeon.models.outbox import OutboxRow
from pigeon.models.posts import IdempotencyKey, MentionModel, PostModel, PostTag, PublicationModel
from pigeon.models.users import (
    HeldUsername,
    IdentityModel,
    InviteModel,
    MailedToken,
    SecurityEvent,
    SessionModel,
    UserModel,
)

__all__ = [
    "FollowModel",
    "HeldUsername",
    "IdempotencyKey",
    "IdentityModel",
    "InviteModel",
    "MailedToken",
    "MediaModel",
    "MentionModel",
    "OutboxRow",
    "PostModel",
    "PostTag",
    "PublicationModel",
    "SecurityEvent",
    "SessionModel",
    "SuggestionDismissal",
    "UserModel",
]
