"""Who is there, and who may know: `reading` answers it, `choosing` is what somebody wants to show.

`activity` keeps when people were last there. `online` says who has a live socket at all: for
frames, which nobody should make for nobody.
"""

from pigeon.services.presence.choosing import choose, chosen_of
from pigeon.services.presence.online import may_hint, may_hint_stories, online_among, people
from pigeon.services.presence.reading import Known, Told, known, of, read, told

__all__ = [
    "Known",
    "Told",
    "choose",
    "chosen_of",
    "known",
    "may_hint",
    "may_hint_stories",
    "of",
    "online_among",
    "people",
    "read",
    "told",
]
