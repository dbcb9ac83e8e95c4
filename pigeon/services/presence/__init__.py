"""Who is there, and who may know: `reading` answers it, `choosing` is what somebody wants to show.

`online` says who has a live socket at all: for frames, which nobody should make for nobody.
"""

from pigeon.services.presence.choosing import choose
from pigeon.services.presence.online import may_hint, online_among, people
from pigeon.services.presence.reading import of, read

__all__ = ["choose", "may_hint", "of", "online_among", "people", "read"]
