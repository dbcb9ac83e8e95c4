"""Table 2: sets and sorted sets against indexes."""

from __future__ import annotations

from bench.tables.declared import Clause, Line, Seven, Words

INDEX = Words("the index of the table in SQL", "SQL 테이블의 인덱스")
P50 = Words("p50 of a call", "호출의 p50")

TABLE = Seven(
    number=2,
    title=Words("공통2 · data structures", "공통2 · 자료구조"),
    about=Words(
        "Sets for whom a person follows, a list for the timeline, a sorted set for the search"
        " history: each against the index that answers the same.",
        "팔로우는 set, 타임라인은 list, 검색 기록은 sorted set: 같은 답을 하는 인덱스와"
        " 비교합니다.",
    ),
    lines=(
        Line(
            key="twenty",
            group="follow_sets",
            metric=r"which of (?P<n>\d+) authors does the reader follow: index / set, p50",
            what=Words("set: which of {n} do I follow", "set: {n}명 중 누구를 팔로우하나"),
            plain=INDEX,
            counted=P50,
        ),
        Line(
            key="one",
            group="follow_sets",
            metric=r"does the reader follow one author: index / set, p50",
            what=Words("set: do I follow one", "set: 한 명을 팔로우하나"),
            plain=INDEX,
            counted=P50,
        ),
        Line(
            key="all",
            group="follow_sets",
            metric=r"everybody the reader follows: index / set, p50",
            what=Words("set: everybody I follow", "set: 팔로잉 전체"),
            plain=INDEX,
            counted=P50,
        ),
        Line(
            key="page",
            group="follow_sets",
            metric=r"the first page of whom the reader follows: index / set, p50",
            what=Words("set: first page of followings", "set: 팔로잉 첫 페이지"),
            plain=Words(
                "the index, in its order; the set has none", "순서가 있는 인덱스(set에는 없음)"
            ),
            counted=P50,
        ),
        Line(
            key="history",
            group="history",
            metric=r"reading 20 of a full history: CACHE=off / ours, p50",
            what=Words("sorted set: reading the search history", "sorted set: 검색 기록 읽기"),
            plain=Words("rows by their index: `CACHE=off`", "인덱스로 행 읽기: `CACHE=off`"),
            counted=P50,
        ),
        Line(
            key="bytes",
            group="memory",
            metric=r"sorted set of the same ids / list, bytes per entry",
            what=Words("list: bytes of a timeline entry", "list: 타임라인 항목의 바이트"),
            plain=Words("a sorted set of the same ids", "같은 id의 sorted set"),
            counted=Words("MEMORY USAGE over entries, key included", "키 포함 MEMORY USAGE / 항목"),
        ),
    ),
    sentence=(
        Clause(
            key="twenty",
            said=Words(
                "Keep followees in a set for the question each page asks ({twenty})",
                "페이지마다 묻는 팔로우 여부는 set에 두세요({twenty})",
            ),
            otherwise=Words(
                "The index answers who is followed as fast as a set ({twenty})",
                "팔로우 여부는 인덱스도 set만큼 빠릅니다({twenty})",
            ),
        ),
        Clause(
            key="history",
            said=Words(
                "the search history is read faster from its sorted set ({history})",
                "검색 기록은 sorted set에서 더 빨리 읽힙니다({history})",
            ),
            otherwise=Words(
                "a search history needs no sorted set to be read ({history})",
                "검색 기록을 읽는 데 sorted set은 필요 없습니다({history})",
            ),
        ),
        Clause(
            key="bytes",
            said=Words(
                "and a timeline is a list: a sorted set takes {bytes} the memory",
                "타임라인은 list로 두세요. sorted set은 메모리가 {bytes} 듭니다",
            ),
            otherwise=Words(
                "and a sorted set is no larger than a list ({bytes})",
                "sorted set은 list보다 크지 않습니다({bytes})",
            ),
        ),
    ),
)
