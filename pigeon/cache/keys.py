"""Every Redis key: its name, type, lifetime and policy. No key is spelled anywhere else.

Braces make one cluster slot of a key and its lease.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY_S = 86_400
CARD_VERSION = 3


@dataclass(frozen=True, kw_only=True)
class Family:
    """`policy`: look-aside, write-through, write-back, rebuilt or ephemeral; `kind`: Redis type."""

    name: str
    kind: str
    ttl_s: int
    policy: str

    def key(self, *parts: object) -> str:
        return f"{{{self.name}:{':'.join(map(str, parts))}}}"


# -- cache role: evictable ---------------------------------------------------------------------
USER_CARD = Family(name="user1", kind="string", ttl_s=DAY_S, policy="look-aside")
USER_ID = Family(name="userid", kind="string", ttl_s=DAY_S, policy="look-aside")
USER_COUNTS = Family(name="usercounts", kind="hash", ttl_s=DAY_S, policy="look-aside")
POST_CARD = Family(name=f"post{CARD_VERSION}", kind="string", ttl_s=DAY_S, policy="look-aside")
POST_COUNTS = Family(name="postcounts", kind="hash", ttl_s=DAY_S, policy="look-aside")
COMMENT_CARD = Family(name="comment1", kind="string", ttl_s=DAY_S, policy="look-aside")
COMMENT_COUNTS = Family(name="commentcounts", kind="hash", ttl_s=DAY_S, policy="look-aside")
PREVIEWS = Family(name="previews1", kind="string", ttl_s=DAY_S, policy="look-aside")
LIKERS = Family(name="likers1", kind="string", ttl_s=DAY_S, policy="look-aside")
LIKED = Family(name="liked", kind="hash", ttl_s=DAY_S, policy="look-aside")
NOTIFICATION_CONTENT = Family(name="notice1", kind="string", ttl_s=DAY_S, policy="look-aside")
NOTIFICATION_COUNTS = Family(name="unseen1", kind="string", ttl_s=DAY_S, policy="look-aside")
UNREAD_MESSAGES = Family(name="unread1", kind="string", ttl_s=30, policy="look-aside")
SHOWING = Family(name="showing1", kind="string", ttl_s=DAY_S, policy="look-aside")
STORIES = Family(name="stories1", kind="string", ttl_s=DAY_S, policy="look-aside")
STORY_AUTHORS = Family(name="storyauthors", kind="zset", ttl_s=600, policy="look-aside")
STORY_COUNTS = Family(name="storycounts", kind="hash", ttl_s=DAY_S, policy="look-aside")
STORY_SEEN = Family(name="storyseen", kind="hash", ttl_s=DAY_S, policy="look-aside")
STORED_MEDIA = Family(name="media1", kind="string", ttl_s=3_600, policy="look-aside")
FRAGMENT = Family(name=f"frag{CARD_VERSION}", kind="string", ttl_s=DAY_S, policy="look-aside")
PENDING_POSTS = Family(name="pending", kind="string", ttl_s=DAY_S, policy="look-aside")
SUGGESTIONS = Family(name="suggest3", kind="string", ttl_s=3_600, policy="look-aside")
POPULAR = Family(name="popular1", kind="string", ttl_s=60, policy="look-aside")
EXPLORE = Family(name="explore1", kind="string", ttl_s=600, policy="look-aside")
TAG_COUNTS = Family(name="tagcounts", kind="string", ttl_s=60, policy="look-aside")
DEPARTURES = Family(name="departures", kind="string", ttl_s=DAY_S, policy="write-through")
SIDEBAR = Family(name="beside3", kind="string", ttl_s=600, policy="look-aside")
LANDING = Family(name="landing1", kind="string", ttl_s=60, policy="look-aside")
SESSION = Family(name="session1", kind="string", ttl_s=60, policy="write-through")
SEARCHES = Family(name="searches1", kind="zset", ttl_s=DAY_S, policy="look-aside")
FOLLOWING = Family(name="following", kind="set", ttl_s=14 * DAY_S, policy="look-aside")
SAVED = Family(name="saved1", kind="set", ttl_s=DAY_S, policy="look-aside")
APART = Family(name="apart1", kind="string", ttl_s=DAY_S, policy="look-aside")
STANDING = Family(name="standing", kind="string", ttl_s=DAY_S, policy="look-aside")
FOLLOWERS_PACKED = Family(name="followers", kind="string", ttl_s=DAY_S, policy="rebuilt")
TIMELINE = Family(name="tl", kind="list", ttl_s=14 * DAY_S, policy="rebuilt")
PULL_VERSION = Family(name="pullversion", kind="string", ttl_s=30 * DAY_S, policy="rebuilt")

# -- state role: never evicted -----------------------------------------------------------------
ONLINE = Family(name="online", kind="zset", ttl_s=0, policy="ephemeral")
ONLINE_BY = Family(name="onlineby", kind="hash", ttl_s=45, policy="ephemeral")
PROCESS = Family(name="proc", kind="string", ttl_s=45, policy="ephemeral")
PROCESSES = Family(name="procs", kind="set", ttl_s=0, policy="ephemeral")
MINE = Family(name="mine", kind="hash", ttl_s=0, policy="ephemeral")
HERE = Family(name="here", kind="hash", ttl_s=0, policy="ephemeral")
SHOWN = Family(name="shown", kind="hash", ttl_s=0, policy="ephemeral")
DUE = Family(name="due", kind="zset", ttl_s=0, policy="ephemeral")
SEEN = Family(name="seen", kind="zset", ttl_s=0, policy="write-back")
SWEPT = Family(name="swept", kind="string", ttl_s=1, policy="ephemeral")
WATCHED = Family(name="watched", kind="zset", ttl_s=0, policy="ephemeral")
WATCHED_BY = Family(name="watchedby", kind="hash", ttl_s=45, policy="ephemeral")
HOLDERS = Family(name="holders", kind="zset", ttl_s=0, policy="ephemeral")
PUSHED = Family(name="told", kind="string", ttl_s=1, policy="ephemeral")
UNPUSHED = Family(name="untold", kind="set", ttl_s=0, policy="ephemeral")
JOURNAL = Family(name="journal", kind="stream", ttl_s=0, policy="write-back")
JOURNAL_ID = Family(name="journalid", kind="string", ttl_s=0, policy="write-back")
JOURNAL_SETTLED = Family(name="journalsettled", kind="string", ttl_s=0, policy="write-back")
PENDING_PAIRS = Family(name="pairs", kind="hash", ttl_s=0, policy="write-back")
PENDING_DELTAS = Family(name="deltas", kind="hash", ttl_s=0, policy="write-back")
CLEARED = Family(name="cleared", kind="hash", ttl_s=0, policy="write-back")
PARKED = Family(name="parked", kind="stream", ttl_s=0, policy="write-back")
PARKED_KINDS = Family(name="parkedkinds", kind="set", ttl_s=0, policy="write-back")
HINTED = Family(name="hinted", kind="string", ttl_s=5, policy="ephemeral")
STORY_HINTED = Family(name="storyhinted", kind="string", ttl_s=5, policy="ephemeral")
LEADER = Family(name="leader", kind="string", ttl_s=5, policy="ephemeral")
CAPTIONS = Family(name="captions2", kind="string", ttl_s=0, policy="rebuilt")
AVATAR_SIZES = Family(name="avatarsizes1", kind="string", ttl_s=0, policy="rebuilt")
ADDRESSES = Family(name="addresses1", kind="string", ttl_s=0, policy="rebuilt")
PROBE = Family(name="probe", kind="string", ttl_s=60, policy="ephemeral")
RATE = Family(name="rate", kind="string", ttl_s=3_600, policy="ephemeral")

KICKS_CHANNEL = "pigeon:kicks"
BUS_CHANNEL = "pigeon:bus"


def lease(key: str) -> str:
    """The key of the lease under which one loader fills `key`; in the same cluster slot."""
    return f"{key}:lease"
