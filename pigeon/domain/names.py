"""Usernames and e-mail addresses as unique keys: one spelling each, and what is wrong with one."""

import re
import unicodedata

import email_validator
import idna

from pigeon.domain import bounds, limits

# Words of our own URLs, and words a stranger would take for the site speaking.
_ROUTE_WORDS = (
    "about activity admin api appearance archive assets auth blocks chat chats check-mail comments"
    " confirm create csrf docs explore favicon.ico feed followers following healthz home"
    " inbox list login logout me media messages metrics new notifications openapi.json p partners"
    " password people post posts readyz reports robots.txt saved search settings signup socket.io"
    " static stories suggestions tags timeline u user username users"
)
_VOICE_WORDS = (
    "abuse administrator anonymous billing contact deleted everyone help helpdesk hostmaster info"
    " legal mailer-daemon moderation moderator moderators nobody noreply null official operator"
    " pigeonstargram postmaster press privacy root security staff stargram superuser support"
    " sysadmin system team terms undefined webmaster"
)
ROUTES = frozenset(_ROUTE_WORDS.split())
VOICES = frozenset(_VOICE_WORDS.split())
_SKELETONS = frozenset(re.sub(r"[^a-z]", "", word) for word in {*VOICES, "admin", "api"})
_USERNAME = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")
# What withdrawal leaves behind is called deleted-<id>; nobody may look like it.
_DELETED = re.compile(r"deleted[-._]?\d*")

_LOCAL = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(
    rf"(?=[^@]{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)+(?!\d+$){_LABEL}",
    re.ASCII | re.IGNORECASE,
)

# A site at home writes to `.local`, a test to `.test`; this is the library's own way to allow them.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def fold(text: str) -> str:
    """NFKC and case folding, repeated until nothing changes, so that folding twice is folding once.

    One round is not enough: U+0345 and a few others fold into something that NFKC composes again.
    """
    folded = _fold_once(text)
    while folded != text:
        text, folded = folded, _fold_once(folded)
    return folded


def _fold_once(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def canonical_username(text: str) -> str:
    """The only spelling under which a username is stored, compared and shown; idempotent.

    "" for what `bounds` refuses, which is nobody's.
    """
    return _key(text, limits.USERNAME_MAX)


def username_problem(canonical: str) -> str | None:
    """The field code of what is wrong with a canonical username, or None.

    `required`, `reserved`, `bad_format`, `too_short` or `too_long`, in this order: a reserved
    word is refused as such even where it is also too short (`me`).
    """
    if not canonical:
        return "required"
    if is_reserved(canonical):
        return "reserved"
    if not _USERNAME.fullmatch(canonical):
        return "bad_format"
    if len(canonical) < limits.USERNAME_MIN:
        return "too_short"
    if len(canonical) > limits.USERNAME_MAX:
        return "too_long"
    return None


def is_reserved(canonical: str) -> bool:
    """Words of our URLs, names that speak for the site (`sup.port` too), and `deleted-…`."""
    if canonical in ROUTES or canonical in VOICES or canonical.startswith("deleted-"):
        return True
    if _DELETED.fullmatch(canonical):
        return True
    return canonical.replace(".", "").replace("_", "") in _SKELETONS


def canonical_email(text: str) -> str:
    """The unique key of an address: its name folded, its domain as DNS knows it; idempotent.

    Mail goes to the stored address, never to what a visitor typed: two spellings with the same
    key may belong to two mailboxes. "" for what `bounds` refuses, which is nobody's.
    """
    if bounds.is_excessive(text, limits.EMAIL):
        return ""
    key = _email_once(text)
    while key != text:
        text, key = key, _email_once(key)
    return key


def stored_email(text: str) -> tuple[str, str]:
    """(the address to write to, its unique key), whether or not anything can be sent there.

    What is ASCII stays as it was typed, for some mailbox may tell `Ann` from `ann`.
    """
    key = canonical_email(text)
    typed = unicodedata.normalize("NFKC", text).strip()
    name, domain = typed.rpartition("@")[0], key.rpartition("@")[2]
    address = typed if typed.isascii() else f"{name}@{domain}"
    return (address if email_problem(address) is None else key), key


def email_keys(text: str) -> tuple[str, str]:
    """Keys that an address may be stored under: that of before domains were ASCII, and its own."""
    return _key(text, limits.EMAIL), canonical_email(text)


def shown_email(address: str) -> str:
    """As people write it: a domain outside ASCII in its own script."""
    name, at, domain = address.rpartition("@")
    try:
        return f"{name}{at}{idna.decode(domain)}" if "xn--" in domain else address
    except UnicodeError:
        return address


def _email_once(text: str) -> str:
    name, at, domain = unicodedata.normalize("NFKC", text).strip().rpartition("@")
    return f"{fold(name)}{at}{_ascii_domain(domain) if at else fold(domain)}".strip()


def _ascii_domain(domain: str) -> str:
    """In punycode, with the letters that IDNA of 2008 tells apart (`straße`, `strasse`).

    What is no domain is folded: nobody can have it, and `email_problem` refuses it.
    """
    if len(domain) > limits.EMAIL or (domain.isascii() and "xn--" not in domain.lower()):
        return fold(domain)
    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        return fold(domain)


def email_problem(canonical: str) -> str | None:
    """The field code of what is wrong with a canonical address, or None.

    `required`, `too_long` or `bad_format`. Stricter than the RFC where a mail header or an SMTP
    command could be hurt: no quoted local parts, no address literals, no white space, control
    characters or commas; the domain has a dot. What needs SMTPUTF8 is refused, for few servers
    take it, and a letter that nobody takes is a sign-up without an answer.
    """
    if not canonical:
        return "required"
    if len(canonical.encode("utf-8", "replace")) > limits.EMAIL:
        return "too_long"
    if not _EMAIL.fullmatch(canonical):
        return "bad_format"
    try:
        email_validator.validate_email(
            canonical, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False
        )
    except email_validator.EmailNotValidError:
        return "bad_format"
    return None


def _key(text: str, limit: int) -> str:
    if bounds.is_excessive(text, limit):
        return ""
    key = fold(text).strip()
    while key != text:
        text, key = key, fold(key).strip()
    return key
