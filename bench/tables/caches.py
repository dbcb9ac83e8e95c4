"""Table 1: look-aside, write-through, write-back, and the order in which that is flushed."""

from __future__ import annotations

from bench.tables.declared import Axes, Clause, Line, Seven, Words

NO_CACHE = Words("every read from SQL: `CACHE=off`", "모든 읽기를 SQL로: `CACHE=off`")
NO_WRITE_BACK = Words(
    "the row is stored before the answer: `WRITE_BACK=off`", "응답 전에 행을 저장: `WRITE_BACK=off`"
)
EVICT = Words(
    "write to SQL and evict; the next reader loads", "SQL에 쓰고 캐시를 지움(다음 독자가 읽음)"
)
ORIGINAL = Words(
    "the model's design: least recently written first, 3 keys each 10 s, a checkpoint every 200 s",
    "원래 설계: 가장 오래 안 쓰인 것부터, 10초마다 키 3개, 200초마다 체크포인트",
)
P50 = Words("p50 of a call", "호출의 p50")
RATE = Words("answers per second by 8 clients", "8 클라이언트의 초당 응답")
STEPS = Words(
    "counted seconds of likes, real Redis and SQL", "초 단위로 센 좋아요, 실제 Redis와 SQL"
)

TABLE = Seven(
    number=1,
    title=Words("공통1 · caches", "공통1 · 캐시"),
    about=Words(
        "Look-aside for what is read often, write-through for what one person writes and many read,"
        " write-back for what is written often, and which dirty thing is flushed first.",
        "자주 읽는 것은 look-aside, 한 사람이 쓰고 여럿이 읽는 것은 write-through, 자주 쓰는 것은"
        " write-back, 그리고 무엇을 먼저 flush하는가입니다.",
    ),
    lines=(
        Line(
            key="page",
            group="reads",
            metric=r"(?P<page>profile|post) page: SQL / look-aside, p50",
            what=Words("look-aside: {page} page", "look-aside: {page} 페이지"),
            plain=NO_CACHE,
            counted=Words("p50 of a whole page", "페이지 전체의 p50"),
        ),
        Line(
            key="json",
            group="reads",
            metric=r"post as JSON: SQL / look-aside, p50",
            what=Words("look-aside: a post as JSON", "look-aside: 게시물 JSON"),
            plain=NO_CACHE,
            counted=Words("p50 of a whole answer", "응답 전체의 p50"),
        ),
        Line(
            key="through",
            group="writing_through",
            metric=r"one write and (?P<n>\d+) reads: evict / write-through, p50",
            what=Words("write-through: 1 write + {n} × read", "write-through: 쓰기 1 + 읽기 {n}"),
            plain=EVICT,
            counted=Words("p50 of the write and its reads", "쓰기와 그 읽기들의 p50"),
        ),
        Line(
            key="first",
            group="writing_through",
            metric=r"the first read after a write: evict / write-through, p50",
            what=Words("write-through: first read after", "write-through: 쓴 뒤 첫 읽기"),
            plain=EVICT,
            counted=P50,
        ),
        Line(
            key="likes",
            group="likes",
            metric=r"likes on one hot post, \d+ clients: write-back / off, likes/s",
            what=Words("write-back: likes of a hot post", "write-back: 인기 게시물의 좋아요"),
            plain=NO_WRITE_BACK,
            counted=RATE,
        ),
        Line(
            key="bare",
            group="likes",
            metric=r"write-back / row, counter and commit by the driver, likes/s",
            what=Words("write-back: against bare SQL", "write-back: 순수 SQL과 비교"),
            plain=Words(
                "row, counter, commit by the driver; no cache told", "드라이버로 행·카운터·커밋만"
            ),
            counted=RATE,
        ),
        Line(
            key="views",
            group="stories_views",
            metric=r"views of one hot story, \d+ clients: write-back / off, views/s",
            what=Words("write-back: views of a hot story", "write-back: 인기 스토리 조회"),
            plain=NO_WRITE_BACK,
            counted=RATE,
        ),
        Line(
            key="searched",
            group="history",
            metric=r"adding a word of a full history: WRITE_BACK=off / ours, p50",
            what=Words("write-back: search history", "write-back: 검색 기록"),
            plain=NO_WRITE_BACK,
            counted=P50,
        ),
        Line(
            key="age",
            group="dirty_order",
            metric=r"the hot post's oldest unflushed write in (?P<s>\d+) s: .*",
            what=Words(
                "hot key's oldest unflushed write", "인기 키에서 아직 SQL에 없는 가장 오래된 쓰기"
            ),
            plain=ORIGINAL,
            counted=Words(
                "the worst age in {s} s, in seconds; {s} is never stored",
                "{s}초 동안 가장 긴 나이(초), {s}초면 한 번도 저장되지 않은 것",
            ),
        ),
        Line(
            key="statements",
            group="dirty_order",
            metric=r"SQL statements per stored like: .*",
            what=Words("SQL load: statements per like", "SQL 부하: 저장한 좋아요당 문장"),
            plain=ORIGINAL,
            counted=STEPS,
        ),
        Line(
            key="work",
            group="dirty_order",
            metric=r"time per stored like: .*",
            what=Words("SQL load: time per stored like", "SQL 부하: 저장한 좋아요당 시간"),
            plain=ORIGINAL,
            counted=STEPS,
        ),
        Line(
            key="missing",
            group="dirty_order",
            metric=r"likes that are in no row after (?P<s>\d+) s: least recently written first",
            what=Words("in no row after {s} s, the plain way", "{s}초 뒤 행이 없음, 단순한 방식"),
            plain=ORIGINAL,
            counted=Words("share of likes", "좋아요 중 비율"),
        ),
        Line(
            key="lost",
            group="dirty_order",
            metric=r"likes that are lost after (?P<s>\d+) s: least recently written first",
            what=Words("lost after {s} s, the plain way", "{s}초 뒤 유실, 단순한 방식"),
            plain=ORIGINAL,
            counted=Words("their set expired before its turn", "차례 전에 set이 만료됨"),
        ),
        Line(
            key="kept",
            group="dirty_order",
            metric=r"likes that are in no row after (?P<s>\d+) s: oldest write first",
            what=Words("in no row after {s} s, ours", "{s}초 뒤 행이 없음, 이 시스템"),
            plain=ORIGINAL,
            counted=Words("share of likes", "좋아요 중 비율"),
        ),
    ),
    sentence=(
        Clause(
            key="page",
            said=Words(
                "Cache what pages are made of ({page})", "페이지의 재료는 캐시하세요({page})"
            ),
            otherwise=Words(
                "A cache does not make these pages faster ({page})",
                "이 페이지들은 캐시로 빨라지지 않습니다({page})",
            ),
        ),
        Clause(
            key="through",
            said=Words(
                "write through only what is read right after it was written ({first} at the first"
                " read, {through} for the write and one read, {through_3} for it and a hundred)",
                "쓰자마자 읽히는 것만 write-through하세요(첫 읽기 {first}, 쓰기와 읽기 한 번을"
                " 합치면 {through}, 백 번이면 {through_3})",
            ),
            otherwise=Words(
                "evicting is enough: write-through only helps the first reader ({first})",
                "지우기로 충분합니다. write-through는 첫 독자만 돕습니다({first})",
            ),
        ),
        Clause(
            key="likes",
            said=Words(
                "write back what thousands write at once (likes {likes}, or {bare} against bare"
                " SQL; views of stories {views})",
                "수천 명이 한꺼번에 쓰는 것은 write-back하세요(좋아요 {likes}, 순수 SQL과 비교하면"
                " {bare}, 스토리 조회 {views})",
            ),
            otherwise=Words(
                "likes do not need write-back here ({likes})",
                "여기서는 좋아요에 write-back이 필요 없습니다({likes})",
            ),
        ),
        Clause(
            key="age",
            said=Words(
                "flush the oldest write first: the model's design left {missing} of all likes in no"
                " row at the end, ours {kept}",
                "flush는 가장 오래된 쓰기부터 하세요. 원래 설계에서는 끝까지 좋아요의 {missing}가"
                " 행에 없었습니다(이 시스템 {kept})",
            ),
            otherwise=Words(
                "in which order they are flushed makes no difference ({age})",
                "flush 순서는 차이가 없습니다({age})",
            ),
        ),
    ),
    curves=(
        Axes(
            curve="dirty order",
            title=Words(
                "A hot key's oldest unflushed write", "인기 키에서 아직 SQL에 없는 가장 오래된 쓰기"
            ),
            x=Words("seconds since the first like", "첫 좋아요부터 초"),
            y=Words("age in seconds", "나이(초)"),
            series={
                "oldest write first": Words("oldest write first", "오래된 쓰기부터"),
                "least recently written first": Words("LRU + checkpoint", "LRU + 체크포인트"),
            },
        ),
    ),
)
