"""The limits of the product; forms, schemas, services and the database read them here."""

CAPTION = 2_200
COMMENT = 2_200
MESSAGE = 2_000
STORY_TEXT = 250
CLIENT_MSG_ID = 64
CONVERSATION_KEY = 64
EXCERPT = 120
ALT = 1_000
BIO = 150
LINK = 200
PRONOUNS = 30
DISPLAY_NAME = 50
EMAIL = 254
USERNAME_MIN = 3
USERNAME_MAX = 30
PASSWORD_MIN = 8
PASSWORD_MAX = 256
SEARCH = 50
IDEMPOTENCY_KEY = 64
MENTIONS = 20
TAGS = 30
TAG = 50
POST_IMAGES = 10
IMAGE_BYTES = 15 * 1024 * 1024
IMAGE_PIXELS = 25_000_000
JPEG_BYTES = 30 * 1024 * 1024
JPEG_PIXELS = 64_000_000
"""Of a JPEG, which is decoded at a fraction of its size; `IMAGE_…` are those of all other types."""

IMAGE_SIDE = 20_000
JPEG_BITS = 8
"""A channel: cameras write no other, and no browser shows one."""

TEXT_BYTES = 1024 * 1024
"""A body without files, and what goes along with files."""
FORM_PARTS = 100
"""Fields and files of one form together; a post of ten pictures has 23."""
JSON_DEPTH = 16
JSON_MARKS = 1_000
"""Brackets, commas and strings of a JSON body together."""
PAGE_MAX = 50
PAGE_DEFAULT = 20
SUGGESTIONS = 8
TEXT = 1_000
"""Of a text without a limit of its own: tokens, cursors, words out of a list."""
TEXTS = {
    "alt": ALT,
    "alts": ALT,
    "bio": BIO,
    "caption": CAPTION,
    "client_msg_id": CLIENT_MSG_ID,
    "current_password": PASSWORD_MAX,
    "display_name": DISPLAY_NAME,
    "email": EMAIL,
    "idempotency_key": IDEMPOTENCY_KEY,
    "link": LINK,
    "login": EMAIL,
    "password": PASSWORD_MAX,
    "pronouns": PRONOUNS,
    "q": SEARCH,
    "tag": TAG,
    "text_style": TEXT,
    "text": COMMENT,
    "username": USERNAME_MAX,
    "usernames": USERNAME_MAX,
}
"""By the name of the field, which is the same in every body, form, query, path and event."""


def body_bytes(files: int) -> int:
    """What a multipart body may have in all when the call takes so many files."""
    return files * max(IMAGE_BYTES, JPEG_BYTES) + TEXT_BYTES


def of_text(name: str) -> int:
    """Code points that fit into the field of this name."""
    return TEXTS.get(name, TEXT)
