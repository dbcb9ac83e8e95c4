"""How long files are, where their tests stand, and under which names a feature is found."""

from __future__ import annotations

from tests.harness.structure.sources import Code, Source

FEATURE_LAYERS = ("pigeon/blueprints", "pigeon/jobs", "pigeon/models", "templates")
COMMIT = "session.commit("


def over(sources: list[Source], lines: int) -> float:
    return sum(source.lines > lines for source in sources)


def tests_per_line(code: Code) -> float:
    """Lines of tests and their harness to a line of the application."""
    lines = sum(source.lines for source in code.application)
    return sum(source.lines for source in code.tests) / lines if lines else 0.0


def mirrored(code: Code) -> float:
    """Modules of which `tests/` has `test_<name>.py` in the same folder, in percent."""
    tests = {source.name for source in code.tests}
    modules = [one.name for one in code.application if not one.name.endswith("/__init__.py")]
    return _percent([_test_of(name) in tests for name in modules])


def _test_of(name: str) -> str:
    folder, _, file = name.removeprefix("pigeon/").rpartition("/")
    return "/".join(filter(None, ("tests", folder, f"test_{file}")))


def commit_sites(code: Code) -> float:
    return sum(source.text.count(COMMIT) for source in code.application)


def found_by_name(code: Code) -> float:
    """Modules of `services/` under a name that pages, jobs, tables or templates know, in percent.

    `services/posts/cards.py` and `services/posts_cards.py` are, `services/post_cards.py` is not.
    """
    features = {name for layer in FEATURE_LAYERS for name in code.names_in(layer)}
    tops = [
        source.name.removeprefix("pigeon/services/").removesuffix(".py").partition("/")[0]
        for source in code.application
        if source.name.startswith("pigeon/services/") and not source.name.endswith("/__init__.py")
    ]
    return _percent([bool({top, top.partition("_")[0]} & features) for top in tops])


def _percent(answers: list[bool]) -> float:
    return 100 * sum(answers) / len(answers) if answers else 100.0
