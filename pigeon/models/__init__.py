"""SQLAlchemy rows, a module per feature; constraints and indexes, no behaviour."""

from pigeon.models.comments import CommentMention, CommentModel
from pigeon.models.follows import FollowModel, FollowRequest, SuggestionDismissal
from pigeon.models.likes import CommentLike, PostLike
from pigeon.models.media import MediaModel
from pigeon.models.messages import ConversationModel, MemberModel, MessageModel, MessageMoveModel
from pigeon.models.notifications import (
    NotificationActor,
    NotificationContent,
    NotificationModel,
)
from pigeon.models.outbox import OutboxRow
from pigeon.models.posts import (
    CaptionPiece,
    IdempotencyKey,
    MentionModel,
    PostModel,
    PostTag,
    PublicationModel,
)
from pigeon.models.presence import ActivityModel
from pigeon.models.relations import BlockModel, MuteModel
from pigeon.models.saves import PostSave
from pigeon.models.searches import SearchKey, SearchModel
from pigeon.models.stories import StoryModel, StoryReactionModel, StoryViewModel
from pigeon.models.users import (
    HeldUsername,
    IdentityModel,
    InviteModel,
    MailedToken,
    SecurityEvent,
    SessionModel,
    UserModel,
)
from pigeon.models.write_backs import WriteBackJournal

__all__ = [
    "ActivityModel",
    "BlockModel",
    "CaptionPiece",
    "CommentLike",
    "CommentMention",
    "CommentModel",
    "ConversationModel",
    "FollowModel",
    "FollowRequest",
    "HeldUsername",
    "IdempotencyKey",
    "IdentityModel",
    "InviteModel",
    "MailedToken",
    "MediaModel",
    "MemberModel",
    "MentionModel",
    "MessageModel",
    "MessageMoveModel",
    "MuteModel",
    "NotificationActor",
    "NotificationContent",
    "NotificationModel",
    "OutboxRow",
    "PostLike",
    "PostModel",
    "PostSave",
    "PostTag",
    "PublicationModel",
    "SearchKey",
    "SearchModel",
    "SecurityEvent",
    "SessionModel",
    "StoryModel",
    "StoryReactionModel",
    "StoryViewModel",
    "SuggestionDismissal",
    "UserModel",
    "WriteBackJournal",
]
