"""The seven tables' page, made of invented figures: nothing is measured here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.plan import FULL, QUICK, Plan
from bench.results import Curve, Group, Row, spread
from bench.tables import TABLES, commits, found, notes, page, readme
from bench.tables import __main__ as command
from bench.tables.declared import Axes, Clause, Line, Seven, Words
from bench.tables.found import Found

pytestmark = pytest.mark.bench

PLAIN = Words("`ASYNC=off`: at once", "`ASYNC=off`: 바로")
COUNTED = Words("answers per second", "초당 응답")


def line(key: str, metric: str, **changes: bool) -> Line:
    what = Words("letters of {n}", "{n}의 편지")
    return Line(
        key=key, group="post", metric=metric, what=what, plain=PLAIN, counted=COUNTED, **changes
    )


FAST = line("fast", r"fast (?P<n>\d+)")
SLOW = line("slow", r"slow (?P<n>\d+)", is_inverted=True)
MAYBE = line("maybe", r"maybe (?P<n>\d+)", is_optional=True)
TABLE = Seven(
    number=1,
    title=Words("Letters", "편지"),
    about=Words("Carried or sent.", "나르거나 보냅니다."),
    lines=(FAST, SLOW, MAYBE),
    sentence=(
        Clause(
            key="fast", said=Words("Carry: {fast}", "{fast}"), otherwise=Words("Send", "보내요")
        ),
    ),
    curves=(
        Axes(
            curve="miles",
            title=Words("By miles", "거리별"),
            x=Words("miles", "마일"),
            y=Words("hours", "시간"),
            series={"ours": Words("pigeon", "비둘기")},
            marks_least=True,
        ),
    ),
)


def group(fast: list[float], slow: tuple[float, ...] = (0.5, 0.5)) -> Group:
    curve = Curve(name="miles", series={"ours": [(1, spread([3, 4])), (10, spread([1, 2]))]})
    rows = [Row(metric="fast 7", value=spread(fast)), Row(metric="slow 8", value=spread(slow))]
    return Group(name="post", title="Post", rows=rows, curves=[curve])


def result(*attempts: Group, number: int = 1, commit: str = "abc", at: str = "2026-01-01") -> Found:
    made = Found(number=number, commit=commit, at=at, plan="full", machine={"Redis": "6"})
    for attempt in attempts:
        made.add(TABLE, [attempt])
    return made


def test_ratio_that_moved_is_measured_again_until_it_is_steady() -> None:
    made = result(group([2.0, 3.2]))
    assert made.unsteady_groups(TABLE) == ["post"]

    made.add(TABLE, [group([2.0, 2.9])])

    assert made.unsteady_groups(TABLE) == []
    assert made.of_line(FAST)[0].value.values == (2.0, 2.9)


def test_ratio_that_stays_unsteady_is_published_with_all_its_rounds(tmp_path: Path) -> None:
    made = result(group([2.0, 4.0]), group([1.0, 4.0]), group([1.0, 3.0]), group([2.0, 8.0]))

    text = page.text([(TABLE, made)], tmp_path)

    assert "| 2.50 (1.00-8.00)× | 8<br>4 times measured · 4번 측정 | **unsteady**" in text
    assert "Send." in text, "a sentence claims nothing that a round contradicts"


def test_line_that_names_another_size_when_measured_again_stays_one_line() -> None:
    again = group([2.0, 2.1])
    again.rows[0] = Row(metric="fast 9", value=spread([2.0, 2.1]))

    (figure,) = result(group([2.0, 3.2]), again).of_line(FAST)

    assert figure.known == {"n": "9"}
    assert len(figure.attempts) == 2


def test_page_shows_plain_way_rounds_pictures_and_sentence_in_both_languages(
    tmp_path: Path,
) -> None:
    text = page.text([(TABLE, result(group([2.0, 2.2, 2.4])))], tmp_path)

    assert "| letters of 7<br>7의 편지 | `ASYNC=off`: at once<br>`ASYNC=off`: 바로" in text
    assert "| 2.20 (2.00-2.40)× | 3 | ours · 이 시스템 |" in text
    assert "| 2.00 (2.00-2.00)× | 2 | ours" in text, "time of ours / the plain way's, turned around"
    assert "**Carry: 2.20×.**\n\n**2.20×.**" in text
    assert text.count("](images/") == 2


def test_small_gains_and_losses_are_published_as_what_they_are(tmp_path: Path) -> None:
    lost = page.text([(TABLE, result(group([0.9, 1.1], slow=(2, 2.1))))], tmp_path)
    moved = page.text([(TABLE, result(group([1.1, 1.3])))], tmp_path)

    assert "no difference · 차이 없음 |" in lost
    assert "**plain way · 단순한 방식** |" in lost
    assert "not proved · 입증 안 됨 |" in moved
    assert "Send." in lost and "Send." in moved


def test_sentence_may_name_the_sizes_of_a_line(tmp_path: Path) -> None:
    sizes = "{fast_1}, {fast_2}, {fast_3}"
    told = Clause(key="fast", said=Words(sizes, sizes), otherwise=Words("Send", "보내요"))
    made = group([2.0, 2.0])
    made.rows.append(Row(metric="fast 9", value=spread([3.0, 3.0])))

    text = page.text([(replace(TABLE, sentence=(told,)), result(made))], tmp_path)

    assert "**2.00×, 3.00×, -.**" in text


def test_what_rows_say_in_english_is_said_in_korean_too(tmp_path: Path) -> None:
    made = group([2.0, 2.0])
    made.rows.append(Row(metric="maybe post", value=spread([3.0, 3.0])))
    words = replace(MAYBE, metric=r"maybe (?P<n>\w+)")
    table = replace(TABLE, lines=(FAST, SLOW, words))
    stored = Found(number=1, commit="abc", at="2026-01-01", plan="full", machine={"Redis": "6"})
    stored.add(table, [made])

    assert "letters of post<br>게시물의 편지" in page.text([(table, stored)], tmp_path)


def test_pictures_are_well_formed_and_the_same_every_time(tmp_path: Path) -> None:
    drawn = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        page.text([(TABLE, result(group([2.0, 2.2])))], folder)
        drawn.append({file.name: file.read_text() for file in (folder / "images").iterdir()})

    assert drawn[0] == drawn[1]
    assert set(drawn[0]) == {"v1-v2-1.svg", "v1-v2-1-miles.svg"}
    for picture in drawn[0].values():
        ElementTree.fromstring(picture)
        assert "prefers-color-scheme:dark" in picture
    curves = drawn[0]["v1-v2-1-miles.svg"]
    assert "miles · 마일" in curves
    assert "hours · 시간" in curves


def test_share_is_said_in_hundredths(tmp_path: Path) -> None:
    share = replace(FAST, is_share=True)
    told = Clause(key="fast", said=Words("{fast}", "{fast}"), otherwise=Words("-{fast}", "-{fast}"))
    table = replace(TABLE, lines=(share, SLOW, MAYBE), sentence=(told,))

    text = page.text([(table, result(group([0.5, 0.5])))], tmp_path)

    assert "| 50.0 (50.0-50.0) % | 2 |" in text
    assert "**-50.0 %.**" in text


def test_notes_of_the_groups_stand_behind_the_table(tmp_path: Path) -> None:
    noted = group([2.0, 2.2])
    noted.notes.append("Pigeons flew with the wind.")

    text = page.text([(TABLE, result(noted))], tmp_path)

    assert "<details><summary>How it was measured" in text
    assert "\n- Pigeons flew with the wind.\n" in text


def test_measuring_again_that_fails_leaves_what_there_was_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def attempt(table: Seven, _plan: Plan, names: Sequence[str], made: Found) -> None:
        tried.append(list(names))
        if len(tried) == 2:
            raise ConnectionError
        made.add(table, [group([2.0, 3.2])])

    monkeypatch.setattr(command, "_attempt", attempt)

    made = command.measure(TABLE, QUICK, "abc")

    assert tried == [["post"]] * 4
    assert len(made.of_line(FAST)[0].attempts) == 3
    assert made.notes == ["Measuring post again failed: ConnectionError."]


def test_readme_repeats_the_answers_and_keeps_everything_else() -> None:
    text = f"# Pigeons\n{readme.BEGIN}\nold\n{readme.END}\nLicence\n"

    told = readme.filled(text, [(TABLE, result(group([2.0, 2.2])))])

    assert "| **Letters** | Carry: 2.10×. | `make bench TABLE=1` |" in told
    assert "old" not in told
    assert told.startswith("# Pigeons\n") and told.endswith(f"{readme.END}\nLicence\n")
    assert readme.filled(told, [(TABLE, result(group([2.0, 2.2])))]) == told


def test_published_page_and_readme_say_what_is_stored(tmp_path: Path) -> None:
    """Whoever edits a figure by hand, or a sentence without making the page, is told here."""
    stored = [(table, found.read(command.DOCS, table.number)) for table in TABLES]
    tables = [(table, one) for table, one in stored if one is not None]
    assert len(tables) == 7
    assert {one.commit for _, one in tables} == {tables[0][1].commit}
    assert all(one.plan == "full" for _, one in tables)

    assert [n for _, one in tables for n in one.notes if not notes.in_korean(n)] == []
    assert (command.DOCS / "v1-v2.md").read_text() == page.text(tables, tmp_path)
    told = command.README.read_text()
    assert readme.filled(told, tables) == told
    for drawn in (tmp_path / "images").iterdir():
        assert (command.DOCS / "images" / drawn.name).read_text() == drawn.read_text()


RATIO = re.compile(r"\d[\d.,]*\s?[×%]|\d[\d.,]* (?:ms|s|MB|KB)\b")


def test_every_figure_of_the_readme_is_one_of_the_tables() -> None:
    told = command.README.read_text()
    elsewhere = told.partition(readme.BEGIN)[0] + told.partition(readme.END)[2]
    assert RATIO.findall(elsewhere) == []


def test_row_that_is_not_measured_any_more_is_said_at_once() -> None:
    renamed = group([2.0, 2.0])
    renamed.rows = renamed.rows[1:]
    with pytest.raises(LookupError, match="fast"):
        result(renamed)


def test_stored_results_are_read_as_they_were(tmp_path: Path) -> None:
    made = result(group([2.0, 3.2]), group([2.0, 2.1]))
    found.write(tmp_path, made)
    first = page.text([(TABLE, made)], tmp_path)

    again = found.read(tmp_path, 1)

    assert again is not None
    assert page.text([(TABLE, again)], tmp_path) == first


def test_tables_of_two_commits_make_no_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Seven(number=2, title=TABLE.title, about=TABLE.about, lines=(FAST,), sentence=())
    found.write(tmp_path, result(group([2.0]), number=1, commit="old", at="2026-01-01"))
    found.write(tmp_path, result(group([2.0]), number=2, commit="new", at="2026-01-02"))

    assert command.make_page(tmp_path, [TABLE, other]) == 1

    assert "tables 1 are of another commit than new" in capsys.readouterr().err
    assert not (tmp_path / "v1-v2.md").exists()


def test_run_that_was_interrupted_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    numbers = [table.number for table in TABLES]
    due = command.due(None, tmp_path, "abc", FULL, again=False)
    assert [table.number for table in due] == numbers

    found.write(tmp_path, result(number=numbers[0]))

    assert [t.number for t in command.due(None, tmp_path, "abc", FULL, again=False)] == numbers[1:]
    assert command.due(None, tmp_path, "other", FULL, again=False) == list(TABLES)
    assert command.due(None, tmp_path, "abc", QUICK, again=False) == list(TABLES)
    assert command.due(None, tmp_path, "abc", FULL, again=True) == list(TABLES)
    assert command.due([numbers[0]], tmp_path, "abc", FULL, again=False) == [TABLES[0]]


def test_commit_is_of_what_is_measured() -> None:
    assert len(commits.measured().removesuffix(commits.CHANGED)) == 40
