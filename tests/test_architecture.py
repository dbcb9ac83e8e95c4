"""The laws that imports cannot check. Break one on purpose? Change it here, in the same commit."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from pigeon import subscribers
from pigeon.cache import keys
from pigeon.domain import events
from pigeon.jobs import queues
from pigeon.processes import plan
from pigeon.realtime import handlers
from pigeon.subscribers.reactions import Reaction, merge
from pigeon.web import guards
from tests.harness import procfile
from tests.harness.environment import ROOT

PIGEON = ROOT / "pigeon"
TEMPLATES = ROOT / "templates"
KOREAN = PIGEON / "translations" / "ko" / "LC_MESSAGES" / "messages.po"
WITHOUT_A_SERVICE = {
    "jobs": {"queues", "registry", "runner", "scheduler", "worker"},
    "blueprints": {"openapi", "settings", "system"},
    "subscribers": {"reactions"},
    "templates": {"_ui", "base", "docs", "email", "errors", "landing", "settings", "system"},
}
SECRET_PLACES = re.compile(r"(?<![\w.])/(?:work|root|home)/\w|pypi\.org|pythonhoste[d]|npmj[s]\.")
NOTIFICATIONS_WITHDRAWN = ("collectors", "delivery", "groups")
"""Notifications have states of their own, one of which is called so too."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
LOGGING_IN = {"pigeon/services/accounts/logins.py", "pigeon/services/accounts/oidc.py"}
COMPARED_WITH_STATES = {
    "active": {
        "pigeon/models/users.py",
        *LOGGING_IN,
        "pigeon/services/notifications/recipients.py",
        "pigeon/services/relations/showings.py",
        "pigeon/services/relations/standings.py",
        "pigeon/services/users/suspensions.py",
    },
    "published": {"pigeon/services/posts/publishing.py"},
    "withdrawn": {
        "pigeon/services/accounts/changes.py",
        "pigeon/services/users/withdrawals.py",
        "pigeon/services/write_backs/pairs.py",
        *(f"pigeon/services/notifications/{name}.py" for name in NOTIFICATIONS_WITHDRAWN),
    },
    "suspended": {
        *LOGGING_IN,
        "pigeon/services/users/suspensions.py",
        "pigeon/web/wording.py",
    },
}
"""Where a state of people and posts is named besides in services/access, by its word or constant.

There it is written, or somebody is let in; `standings` and `showings` are what access itself asks.
"""
STATES_OF_PEOPLE = "pigeon/domain/users.py"
READS = re.compile(
    r"^from pigeon\.models import [^\n]*\b(Comment|Media|Post|Publication|User)Model\b"
    r"|^from pigeon\.models import \([^)]*\b(Comment|Media|Post|Publication|User)Model\b"
    r"|^from pigeon\.services\.(posts|comments) import cards\b"
    r"|^from pigeon\.services\.users import users\b",
    re.M,
)
LINES = 400
OF_THE_COMMON_RATE = {"chat.send", "chat.read", "presence.set", "presence.watch"}
"""Events that take from the 100 a minute of a person; each other one has a rate of its own."""
STARTS_A_SITE = {"site", "running_site", "procfile_site", "sockets_site"}
NOT_EVEN_ONCE = re.compile(
    r"^tests/(?!domain/).*::.*(_and_nobody_else|_loses?_and_doubles?_|_lose_double_|_no_double"
    r"|_for_another$|_is_not_lost|_in_parallel_is_one|_makes_one_|_dies_anywhere_)"
)
NEVER_GIVING_BACK = {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"}


def python_files(folder: Path = PIGEON) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_text()


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Every node of the application's code, with its file."""
    return [(name, node) for name, source in python_files() for node in ast.walk(ast.parse(source))]


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """File, call, and the source of what is called, of every call in the application."""
    for name, node in nodes():
        if isinstance(node, ast.Call):
            yield name, node, ast.unparse(node.func)


def texts() -> Iterator[tuple[str, str]]:
    """File and value of every string in code; docstrings are none."""
    prose = {id(node.value) for _, node in nodes() if isinstance(node, ast.Expr)}
    for name, node in nodes():
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str | bytes) and id(node) not in prose:
            yield name, value if isinstance(value, str) else value.decode("latin-1")


def matches(pattern: str, folder: Path, glob: str) -> list[str]:
    """`file:line` of what must not be there."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in sorted(folder.rglob(glob))
        if path.is_file() and "vendor" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_only_the_unit_of_work_commits() -> None:
    commits = [name for name, _, called in calls() if called.endswith("session.commit")]
    assert commits == ["pigeon/unit_of_work.py"]


def test_redis_keys_are_spelled_in_keys_alone() -> None:
    families = [value.name for value in vars(keys).values() if isinstance(value, keys.Family)]
    assert len(set(families)) == len(families)
    spelled = re.compile(rf"^\{{?({'|'.join(map(re.escape, families))}):\S*$|^pigeon:")
    found = [
        (name, text)
        for name, text in texts()
        if spelled.match(text) and name != "pigeon/cache/keys.py"
    ]
    assert not found


def test_redis_is_never_given_a_literal_key() -> None:
    receivers = re.compile(r"\b(client|pipe|pipeline|redis)(\(.*\))?\.\w+$")
    found = [
        (name, node.lineno)
        for name, node, called in calls()
        if receivers.search(called) and node.args
        if isinstance(node.args[0], ast.JoinedStr)
        or (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str | bytes))
        if not called.endswith((".execute_command", ".info", ".config_get", ".config"))
    ]
    assert not found


def test_nothing_asks_redis_for_all_keys_or_empties_it() -> None:
    refused = re.compile(r"\b(client|pipe|pipeline|redis)\.keys$|\.flush(db|all)$")
    assert not [(name, called) for name, _, called in calls() if refused.search(called)]
    assert not [(name, text) for name, text in texts() if text in ("KEYS", "FLUSHDB", "FLUSHALL")]


def test_scripts_in_redis_are_run_in_one_way() -> None:
    others = re.compile(r"\.(register_script|eval|evalsha|eval_ro|script_load)$")
    assert not [(name, called) for name, _, called in calls() if others.search(called)]


def test_queues_are_those_of_the_procfile_and_of_make_run() -> None:
    kinds = {kind for kind in procfile.commands() if kind.startswith("worker-")}
    assert kinds == {f"worker-{queue}" for queue in queues.QUEUES}
    assert set(plan.WORKERS) == set(queues.QUEUES)


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "access")
    ]
    assert not silent


def test_every_socket_event_says_who_may_send_it_and_how_often() -> None:
    assert set(handlers.EVENTS) >= {"post.watch", "post.unwatch", "chat.send"}
    assert {handler.access for handler in handlers.EVENTS.values()} == {guards.MEMBERS}
    without = {name for name, handler in handlers.EVENTS.items() if not handler.rate}
    assert without == OF_THE_COMMON_RATE


def test_socket_events_come_in_by_the_guarded_table_alone() -> None:
    registered = [
        ast.unparse(node.args[0])
        for _, node, called in calls()
        if called.split(".")[0] == "sockets" and called.endswith((".on", ".on_event", ".event"))
    ]
    assert sorted(registered) == ["'*'", "'connect'", "'disconnect'", "name"]


def test_every_event_has_a_row_in_subscribers() -> None:
    raised = {
        value
        for value in vars(events).values()
        if inspect.isclass(value) and issubclass(value, events.Event) and value is not events.Event
    }
    assert raised == set(subscribers.REACTIONS)


def test_two_features_cannot_react_to_the_same_event() -> None:
    table = {events.UserChanged: Reaction()}
    with pytest.raises(ValueError, match="two reactions to UserChanged"):
        merge(table, {events.UserWithdrew: Reaction()}, dict(table))


def test_every_module_of_reactions_is_in_the_table() -> None:
    modules = {path.stem for path in (PIGEON / "subscribers").glob("*.py")}
    named = {feature.__name__.rpartition(".")[2] for feature in subscribers.FEATURES}
    assert modules - {"__init__", "reactions"} == named


def _tests() -> Iterator[tuple[str, ast.FunctionDef, set[str]]]:
    """Every test function with its file, and the marks that it or its file carries."""
    for name, source in python_files(ROOT / "tests"):
        tree = ast.parse(source)
        of_all = [ast.unparse(node.value) for node in tree.body if _is_pytestmark(node)]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own = [ast.unparse(decorator) for decorator in node.decorator_list]
                yield name, node, set(re.findall(r"pytest\.mark\.(\w+)", " ".join(of_all + own)))


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def test_whoever_starts_a_site_says_that_it_takes_several_processes() -> None:
    """Otherwise it is run at every save."""
    found = {
        f"{name}::{test.name}"
        for name, test, marks in _tests()
        if STARTS_A_SITE & {argument.arg for argument in test.args.args}
        if not marks & {"processes", "browser"}
    }
    assert found == set()


def test_what_must_never_happen_gets_no_second_look() -> None:
    """Of a test whose name claims it, a first failure is a failure."""
    tests = [(f"{name}::{test.name}", marks) for name, test, marks in _tests()]
    claims = [(name, marks) for name, marks in tests if NOT_EVEN_ONCE.search(name)]
    assert len(claims) > 10
    assert {name for name, marks in claims if "no_second_look" not in marks} == set()


def test_no_test_asserts_how_many_seconds_something_took() -> None:
    """A busy machine would fail it: hold a ratio or a count, or wait with a guard that is named."""
    measured = r"assert\b.*\b(monotonic|perf_counter|process_time)\(\) - \w+ <"
    assert not matches(measured, ROOT / "tests", "test_*.py")


@pytest.mark.parametrize("layer", ["services", "models", "cache", "stores", "domain"])
def test_nothing_below_the_edge_knows_requests(layer: str) -> None:
    """What an application holds they get from `extensions`; jobs need its languages and letters.

    `flask` itself is refused as a whole: beside its `current_app` stands its `request`.
    """
    of_requests = r"^\s*(from|import) (werkzeug|flask|flask_(?!babel\b|mail\b)\w+)\b"
    assert not matches(of_requests, PIGEON / layer, "*.py")


def test_views_speak_to_services_alone() -> None:
    inside = [
        name
        for name, source in python_files(PIGEON / "blueprints")
        if re.search(r"\bdb\.session\b|\.client\.|^(from|import) (sqlalchemy|redis)", source, re.M)
    ]
    assert not inside


@pytest.mark.parametrize("word", list(COMPARED_WITH_STATES))
def test_access_alone_knows_which_states_can_be_seen(word: str) -> None:
    """A reader that compares states forgets the next one: it asks services/access."""
    spelled = re.compile(rf"^{word}$|'{word}'")
    imported = re.compile(rf"^from pigeon\.domain\.users import [^(]*\b{word.upper()}\b", re.M)
    found = {name for name, text in texts() if spelled.search(text)}
    found |= {name for name, source in python_files(PIGEON) if imported.search(source)}
    others = {name for name in found if not name.startswith("pigeon/services/access/")}
    others.discard(STATES_OF_PEOPLE)
    assert others == COMPARED_WITH_STATES[word]


def test_who_reads_for_a_viewer_asks_for_access() -> None:
    """`tests/services/access/test_readers.py` tries each of these functions."""
    found = {name for name, source in python_files(PIGEON / "services") if _reads_for(source)}
    assert len(found) > 15
    silent = {name for name in found if not _asks_for_access(Path(name))}
    own = {"pigeon/services/notifications/frames.py"}  # what `cards` made for its recipient
    assert silent == own


@pytest.mark.parametrize(
    ("source", "is_reader"),
    [
        ("from pigeon.models import PostModel\ndef saved(viewer_id): ...", True),
        ("from pigeon.services.users import users\ndef near(reader_id): ...", True),
        ("from pigeon.models import PostModel\ndef erase(post_id): ...", False),
        ("from pigeon.models import FollowModel\ndef among(viewer_id): ...", False),
    ],
)
def test_the_law_on_readers_sees(source: str, is_reader: bool) -> None:
    assert _reads_for(source) == is_reader


def _reads_for(source: str) -> bool:
    """Whether something takes who asks, and what it reads is somebody's."""
    asked = re.search(r"\b(who|viewer|viewer_id|reader|reader_id)\b\s*[:,)]", source)
    return asked is not None and READS.search(source) is not None


def _asks_for_access(path: Path) -> bool:
    asks = r"^from pigeon\.services import .*\baccess\b|^from pigeon\.services\.access\b"
    return re.search(asks, (ROOT / path).read_text(), re.M) is not None


def test_views_take_texts_from_parsing_alone() -> None:
    """What parsing hands out is refused when it is far too long; what else there is, is not."""
    taken = matches(r"\brequest\.(args|form|values|json|get_json)\b", PIGEON, "*.py")
    edges = ("pigeon/web/parsing.py:", "pigeon/web/guards.py:")
    others = [line for line in taken if not line.startswith(edges)]
    assert [line for line in others if "in request.args" not in line] == []


@pytest.mark.parametrize("layer", list(WITHOUT_A_SERVICE))
def test_a_feature_has_one_plural_name_in_every_layer(layer: str) -> None:
    """Its name is that of its service; `posts_api` and `posts_pages` are of `posts`, too."""
    features = {path.stem for path in (PIGEON / "services").iterdir()}
    folder = TEMPLATES if layer == "templates" else PIGEON / layer
    stems = {path.stem for path in folder.iterdir() if path.suffix in ("", ".py", ".html")}
    names = {stem for stem in stems if not stem.startswith("__")} - WITHOUT_A_SERVICE[layer]
    assert {name for name in names if not {name, name.partition("_")[0]} & features} == set()


def test_markup_is_made_in_the_web_layer_alone() -> None:
    assert not matches(r"\|\s*safe\b|autoescape\s+false", TEMPLATES, "*")
    makers = [name for name, _, called in calls() if called.split(".")[-1] == "Markup"]
    assert {name for name in makers if not name.startswith("pigeon/web/")} == set()


def test_templates_hold_no_inline_code_or_style() -> None:
    pages = [
        found
        for found in matches(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']", TEMPLATES, "*.html")
        if not found.startswith("templates/email/")
    ]
    assert not pages
    scripts = matches(
        r"<script(?![^>]*\b(src|type=\"application/(ld\+)?json\"|type=\"importmap\"))",
        TEMPLATES,
        "*.html",
    )
    assert not scripts


def test_scripts_make_no_markup_and_no_code_out_of_text() -> None:
    refused = r"\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert not matches(refused, PIGEON / "static" / "js", "*.js")


def test_each_sentence_of_scripts_has_a_name_of_its_own() -> None:
    """Of two under one name the first is lost, without a word."""
    words = (TEMPLATES / "_ui" / "strings.html").read_text()
    names = re.findall(r"^  '(\w+)':", words, re.M)
    assert len(names) > 100
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_every_behaviour_has_its_module() -> None:
    """The table's module exports the behaviour's name in camel case, and markup names it."""
    scripts = PIGEON / "static" / "js"
    table = re.findall(
        r'^  "?([\w-]+)"?: \(\) => import\("\./(.+)"\),$',
        (scripts / "behaviors.js").read_text(),
        re.M,
    )
    named = _behaviors_of_templates()
    assert len(table) > 40
    for name, module in table:
        function = re.sub(r"-(\w)", lambda letter: letter[1].upper(), name)
        text = (scripts / module).read_text()
        assert re.search(rf"^export function {function}\(", text, re.M), (name, module)
    assert {name for name, _ in table} == named


def _behaviors_of_templates() -> set[str]:
    """In `data-behavior`, and where a macro takes it as `behavior` or a menu's second argument."""
    found: set[str] = set()
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        values = re.findall(r'data-behavior="([^"]+)"', text)
        values += re.findall(r"behavior='([\w -]+)'", text)
        values += re.findall(r"menu_script\([^,]+, '([\w-]+)'", text)
        for value in values:
            plain = re.sub(r"\{\{\s*'([^']+)'.*?\}\}", r"\1", value)
            found |= set(re.sub(r"\{\{.*?\}\}", "", plain).split())
    return found


def test_time_comes_from_the_clock_and_nothing_is_pickled() -> None:
    refused = r"utcnow|datetime\.now\(|^\s*(from|import) (pickle|marshal|shelve)\b"
    found = matches(refused, PIGEON, "*.py")
    assert [line for line in found if not line.startswith("pigeon/domain/clock.py")] == []


@pytest.mark.parametrize("folder", ["pigeon", "templates", "tests", "bench", "docs", "migrations"])
def test_nothing_names_a_place_of_one_machine(folder: str) -> None:
    for glob in ("*.py", "*.html", "*.js", "*.css", "*.md", "*.txt", "*.toml", "*.po"):
        assert not matches(SECRET_PLACES.pattern, ROOT / folder, glob)


def test_patterns_mean_the_same_on_every_python() -> None:
    """Before 3.11.5 `(?:ab|c)*+` skipped what it should read (python/cpython, issue 106052), and
    before 3.13.1 some of them raised SystemError (issue 101955)."""
    found = list(_patterns())
    assert {name for name, _ in found} >= {"pigeon.domain.tokens", "pigeon.domain.names"}
    giving = [(name, text) for name, text in found if _operations(text) & NEVER_GIVING_BACK]
    assert not giving


@pytest.mark.parametrize("text", ["(?:ab|c)*+", "a++", "x(?>ab)", "((?:a|b(?:c)?+))"])
def test_the_law_on_patterns_sees(text: str) -> None:
    assert _operations(text) & NEVER_GIVING_BACK


def _patterns() -> Iterator[tuple[str, str]]:
    """Where, and what: compiled at import, or written where it is used."""
    for _, name, _ in pkgutil.walk_packages([str(PIGEON)], "pigeon."):
        if not name.endswith("__main__"):
            values = vars(importlib.import_module(name)).values()
            yield from ((name, one.pattern) for one in values if isinstance(one, re.Pattern))
    for name, node, called in calls():
        if called.startswith("re.") and node.args and isinstance(node.args[0], ast.Constant):
            yield name, node.args[0].value


def _operations(pattern: str | bytes) -> set[str]:
    """The names of everything the pattern is made of."""
    names: set[str] = set()
    waiting: list[object] = [re._parser.parse(pattern)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | tuple | re._parser.SubPattern):
            waiting.extend(part)
        elif isinstance(part, re._constants._NamedIntConstant):
            names.add(part.name)
    return names


@pytest.mark.filterwarnings("default")
def test_files_are_short() -> None:
    """A habit, not a gate."""
    for name, source in python_files():
        if (lines := source.count("\n")) > LINES:
            warnings.warn(f"{name} has {lines} lines", stacklevel=1)


def test_every_sentence_is_there_in_korean() -> None:
    with KOREAN.open("rb") as file:
        catalog = read_po(file, locale="ko")
    missing = []
    for _, _, message, *_ in _sentences():
        found = catalog.get(message if isinstance(message, str) else message[0])
        if found is None or found.fuzzy or not all(_strings(found.string)):
            missing.append(message)
    assert not missing


def test_korean_keeps_every_placeholder() -> None:
    with KOREAN.open("rb") as file:
        catalog = read_po(file, locale="ko")
    wrong = [
        message.id
        for message in catalog
        if message.id and all(_strings(message.string))
        for text in _strings(message.string)
        if not _placeholders(text) <= _placeholders(*_strings(message.id))
        or (isinstance(message.id, str) and _placeholders(text) != _placeholders(message.id))
    ]
    assert not wrong


def _sentences() -> Iterator[tuple]:
    keywords = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
    strict = {"silent": "false"}
    options = {"**.html": strict, "**.txt": strict}
    for folder, methods in (
        (TEMPLATES, [("**.html", "jinja2"), ("**.txt", "jinja2")]),
        (PIGEON, [("**.py", "python")]),
    ):
        yield from extract_from_dir(
            str(folder), methods, options, keywords, directory_filter=lambda _folder: True
        )


def _strings(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _placeholders(*found: str) -> set[str]:
    return {placeholder for text in found for placeholder in PLACEHOLDER.findall(text)}
