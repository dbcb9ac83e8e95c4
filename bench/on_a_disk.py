"""`bench.on_a_disk:app`: uploads wait on a disk, as before they waited in the object store."""

from __future__ import annotations

import os
from unittest.mock import patch

from pigeon import create_app
from pigeon.extensions import settings
from pigeon.services.media import media
from pigeon.stores.incoming import Incoming


def _folder() -> Incoming:
    return media.folder_of(settings().incoming)


if os.environ.get("PIGEON_ROLE"):
    patch.object(media, "keeping", _folder).start()
    app = create_app("web")
