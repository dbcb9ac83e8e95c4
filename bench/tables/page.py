"""docs/v1-v2.md, from what was found for each table, in both languages on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.results import Spread, figure, shown, spread
from bench.tables import commits, notes, pictures
from bench.tables.declared import NOTHING_PROVED, Clause, Line, Seven, Words, in_korean
from bench.tables.found import RATIO, Figure, Found

PREFACE = """\
Is a mechanism worth its complexity? Each table answers for one part of the system: the plain way
(everything in SQL, everything in the request: `CACHE=off FANOUT=off WRITE_BACK=off ASYNC=off`, one
switch at a time) against ours, side by side in one run, as ratios made within each round. A figure
is the median of the rounds with its extremes behind it; above 1× ours is better. "Ours" or "plain
way" is said only where every round differs by more than 1.15×, which is as much as two runs of the
same thing differed by; where every round lies within that there is "no difference", and everything
else is "not proved". All are published. A ratio whose rounds differ by more than 1.5× is measured
again with all of its group, at most three times; the first steady measurement stands, and if there
is none, all rounds stand together as **unsteady**. The curves show times of this machine; what is
measured beside the tables, on other days, is in [benchmarks.md](benchmarks.md); every round is in
[v1-v2/](v1-v2/).

복잡해지는 만큼 이득이 있는지 메커니즘마다 표로 답합니다. 단순한 방식(모든 것을 SQL로, 모든 것을
요청 안에서: `CACHE=off FANOUT=off WRITE_BACK=off ASYNC=off`, 스위치는 한 번에 하나씩)과 이 시스템을
한 실행에서 나란히 재고, 같은 라운드 안에서 비를 구합니다. 값은 라운드의 중앙값이며 괄호 안은
최솟값과 최댓값입니다. 1×보다 크면 이 시스템이 낫습니다. 모든 라운드가 1.15배 넘게 다를 때만
어느 쪽이 낫다고 적고(같은 것을 두 번 재도 그만큼은 달랐습니다), 모든 라운드가 그 안에 있으면
"차이 없음", 나머지는 "입증 안 됨"입니다. 모두 그대로 싣습니다. 라운드끼리 1.5배 넘게 다른 비는
묶음 전체를 최대 세 번 다시 재고, 처음으로 안정된 측정을 싣습니다. 끝내 안정되지 않으면 모든
라운드를 합쳐 **불안정(unsteady)** 으로 표시합니다.
"""
HEAD = (
    "| | what · 무엇 | plain way · 단순한 방식 | counted · 센 것 | gain · 이득"
    " | rounds · 라운드 | |\n|---|---|---|---|---:|---:|---|"
)
OTHER_PLAN = "**Not the full run: these figures show that the page can be made, nothing else.**\n"


def text(tables: Sequence[tuple[Seven, Found]], folder: Path) -> str:
    """The whole page; its pictures are drawn into `folder`, too. All are of one commit."""
    first = tables[0][1]
    facts = ", ".join(f"{name}: {value}" for name, value in first.machine.items())
    minutes = sum(found.took_s for _, found in tables) / 60
    parts = ["# V1 → V2: seven tables · 일곱 개의 표\n", PREFACE]
    if any(found.plan != "full" for _, found in tables):
        parts.append(OTHER_PLAN)
    parts.append(
        f"Commit `{commits.short(first.commit)}`; {facts}; {minutes:.0f} minutes in all.\n"
        "`make bench` measures what its commit lacks, `make bench TABLE=3` one table in any case"
        " · `make bench`는 그 커밋에서 아직 재지 않은 표를, `make bench TABLE=3`은 그 표를"
        " 다시 잽니다.\n"
    )
    parts += _contents(tables)
    for table, found in tables:
        parts += _section(table, found, pictures.write(folder, table, found))
    return "\n".join(parts)


def _contents(tables: Sequence[tuple[Seven, Found]]) -> list[str]:
    """The answers by themselves: who must decide reads no further."""
    parts = ["## In a minute · 1분 요약\n"]
    for table, found in tables:
        said = sentence(table, found)
        parts.append(f"{table.number}. **{table.title.en}**: {said.en}<br>{said.ko}")
    return [*parts, ""]


def _section(table: Seven, found: Found, drawn: list[tuple[str, Words]]) -> list[str]:
    said = sentence(table, found)
    parts = [f"## {table.number} · {table.title.en}\n", f"{table.about.en}<br>{table.about.ko}\n"]
    parts += [f"![{title.en} · {title.ko}](images/{name})\n" for name, title in drawn]
    parts.append(HEAD)
    parts += [
        _row(number, table, at, found.of_line(table.lines[at])[nth])
        for number, at, nth in pictures.numbered(table, found)
    ]
    parts += ["", _measured_with(table, found), *_notes(found)]
    parts += [f"**{said.en}**\n", f"**{said.ko}**\n"]
    return parts


def _row(number: str, table: Seven, at: int, one: Figure) -> str:
    line = table.lines[at]
    words = [line.what, line.plain, line.counted]
    cells = ["<br>".join(said.fill(one.known, in_korean(one.known)).both) for said in words]
    value = f"{shown(_scaled(line, one.value))}{_unit(line, one)}"
    rounds = str(len(one.value.values))
    if len(one.attempts) > 1:
        rounds += f"<br>{len(one.attempts)} times measured · {len(one.attempts)}번 측정"
    return f"| {number} | {' | '.join(cells)} | {value} | {rounds} | {_verdict(one)} |"


def _scaled(line: Line, value: Spread) -> Spread:
    return spread([100 * each for each in value.values]) if line.is_share else value


def _unit(line: Line, one: Figure) -> str:
    return " %" if line.is_share else one.unit


def _verdict(one: Figure) -> str:
    if one.is_unsteady:
        return "**unsteady** · **불안정**"
    if one.unit != RATIO:
        return ""
    return _judged(one.value)


def _judged(value: Spread) -> str:
    if value.low > NOTHING_PROVED:
        return "ours · 이 시스템"
    if value.high < 1 / NOTHING_PROVED:
        return "**plain way · 단순한 방식**"
    if value.low >= 1 / NOTHING_PROVED and value.high <= NOTHING_PROVED:
        return "no difference · 차이 없음"
    return "not proved · 입증 안 됨"


def _measured_with(table: Seven, found: Found) -> str:
    control = found.controls.get("Redis PING", [])
    moved = (
        f"; a bare PING moved {max(control) / min(control):.1f}× meanwhile: compare within rounds"
        if control
        else ""
    )
    return (
        f"<sub>Measured {found.at[:10]} in {found.took_s / 60:.0f} minutes, {found.plan} plan"
        f"{moved}; `make bench TABLE={table.number}`.</sub>\n"
    )


def _notes(found: Found) -> list[str]:
    """What the groups say of how they measured, folded away."""
    if not found.notes:
        return []
    title = "<details><summary>How it was measured · 측정 방법</summary>\n"
    said = ["<br>".join(filter(None, (note, notes.in_korean(note)))) for note in found.notes]
    return [title, *[f"- {note}" for note in said], "\n</details>\n"]


# -- the sentence ----------------------------------------------------------------------------------


def sentence(table: Seven, found: Found) -> Words:
    """For somebody who must decide; what it says follows from the figures."""
    en, ko = _medians(table, found, "unsteady"), _medians(table, found, "불안정")
    parts = [_said(clause, found).fill(_Known(en), _Known(ko)) for clause in table.sentence]
    return Words(
        "; ".join(part.en for part in parts) + ".", " ".join(f"{part.ko}." for part in parts)
    )


class _Known(dict[str, str]):
    """A small plan has fewer sizes than a sentence names."""

    def __missing__(self, _key: str) -> str:
        return "-"


def _said(clause: Clause, found: Found) -> Words:
    figures = [one for one in found.figures if one.key == clause.key]
    holds = bool(figures) and figures[0].value.low >= clause.at_least
    return clause.said if holds else clause.otherwise


def _medians(table: Seven, found: Found, unsteady: str) -> dict[str, str]:
    """What clauses ask for: of several figures of a line, the first one's; `key_2` is the next."""
    known = {line.key: "-" for line in table.lines}
    for line in table.lines:
        for nth, one in enumerate(found.of_line(line), 1):
            said = f"{figure(_scaled(line, one.value).median)}{_unit(line, one)}"
            known[f"{line.key}_{nth}"] = f"{said}, {unsteady}" if one.is_unsteady else said
        known[line.key] = known.get(f"{line.key}_1", "-")
    return known
