"""Table 5: notifications by workers, in batches, with their content apart."""

from __future__ import annotations

from bench.tables.declared import Axes, Clause, Line, Seven, Words

IN_REQUEST = Words(
    "row by row, a commit each, as `ASYNC=off` does, by the bare driver",
    "`ASYNC=off`처럼 한 행씩 커밋, 드라이버로",
)
ROWS = Words("rows committed per second", "초당 커밋한 행")
LONGEST = Words("longest of a run, first write to commit", "한 실행의 최장, 첫 쓰기부터 커밋까지")

TABLE = Seven(
    number=5,
    title=Words("알림 · notifications", "알림"),
    about=Words(
        "Telling thousands of one post: in the request or by workers, in which batches, with the"
        " content stored once or in every row.",
        "게시물 하나를 수천 명에게 알리기: 요청 안 또는 워커, 배치 크기, 내용을 한 번 또는 행마다"
        " 저장하는 방식을 비교합니다.",
    ),
    lines=(
        Line(
            key="each",
            group="notifications",
            metric=r"the same / row by row in the request, rows/s",
            what=Words("worker against a commit each", "워커, 행마다 커밋과 비교"),
            plain=IN_REQUEST,
            counted=ROWS,
        ),
        Line(
            key="once",
            group="notifications",
            metric=r"the same / row by row in the request with one commit, rows/s",
            what=Words("worker against one commit", "워커, 커밋 한 번과 비교"),
            plain=Words("row by row, one commit: `ASYNC=off`", "한 행씩, 커밋 한 번: `ASYNC=off`"),
            counted=ROWS,
        ),
        Line(
            key="limit",
            group="notifications",
            metric=r"notifications, from the job to rows committed / plain batch insert, rows/s",
            what=Words("worker against a bare batch insert", "워커, 순수 배치 insert와 비교"),
            plain=Words("the same rows, sorted, and nothing else", "정렬한 같은 행만"),
            counted=ROWS,
        ),
        Line(
            key="batch",
            group="batches",
            metric=r"batches of (?P<d>[\d,]+) / of 1, rows/s",
            what=Words("batches of {d}", "{d}개씩"),
            plain=Words("a transaction each", "행마다 트랜잭션"),
            counted=ROWS,
        ),
        Line(
            key="fastest",
            group="batches",
            metric=r"batches of (?P<d>[\d,]+) / of the fastest, (?P<f>[\d,]+), rows/s",
            what=Words("default {d} against {f}", "기본 {d} / {f}"),
            plain=Words("the fastest batch, {f}", "가장 빠른 배치 {f}"),
            counted=ROWS,
        ),
        Line(
            key="locks",
            group="batches",
            metric=r"locks are held: batches of (?P<n>[\d,]+) / of (?P<d>[\d,]+), longest",
            what=Words("locks held, {n} against {d}", "잠금 시간, {n} / {d}"),
            plain=Words("batches of {n}", "{n}개씩"),
            counted=LONGEST,
        ),
        Line(
            key="locked",
            group="batches",
            metric=r"locks are held by batches of (?P<d>[\d,]+), longest",
            what=Words("locks held by the default, {d}", "기본 {d}의 잠금 시간"),
            plain=Words("see the curve", "그래프 참고"),
            counted=LONGEST,
        ),
        Line(
            key="connection",
            group="batches",
            metric=r"a connection is held by batches of (?P<d>[\d,]+), longest",
            what=Words("connection held by the default", "기본의 연결 점유"),
            plain=Words("see the curve", "그래프 참고"),
            counted=Words("longest between pool and pool", "풀에서 나와 돌아가기까지 최장"),
        ),
        Line(
            key="bytes",
            group="notify_content",
            metric=r"bytes for (?P<e>\d+) posts told to (?P<n>[\d,]+) people: whole rows / split",
            what=Words("content apart: bytes", "내용 분리: 바이트"),
            plain=Words("what happened in every row", "행마다 내용 저장"),
            counted=Words("pages of {e} posts × {n} people", "{e}게시물 × {n}명의 페이지"),
        ),
        Line(
            key="rows",
            group="notify_content",
            metric=r"rows with what happened: whole / split",
            what=Words("content apart: rows that hold it", "내용 분리: 내용을 가진 행"),
            plain=Words("what happened in every row", "행마다 내용 저장"),
            counted=Words("rows to change, by construction", "바꿀 행, 구조상"),
        ),
        Line(
            key="workers",
            group="notify_workers",
            metric=r"notifications by (?P<n>\d+) workers / by 1, rows/s",
            what=Words("{n} workers", "워커 {n}개"),
            plain=Words("one worker", "워커 1개"),
            counted=ROWS,
        ),
        Line(
            key="waits",
            group="notifications",
            metric=r"growth of the time to publish from (?P<a>\d+) to (?P<b>[\d,]+) recipients,"
            r" exponent",
            what=Words("author's wait, {a} to {b} recipients", "작성자 대기, 수신자 {a}→{b}"),
            plain=Words("in the request it grows with exponent 1", "요청 안에서는 지수 1"),
            counted=Words("exponent: 0 is flat", "지수: 0 평평"),
        ),
    ),
    sentence=(
        Clause(
            key="each",
            said=Words(
                "Tell people from a worker, so that an author waits no longer for 100,000"
                " recipients than for 10 (exponent {waits}); rows come {each} as fast as with a"
                " commit each (beside a bare batch insert: {limit})",
                "알림은 워커에 맡기세요. 수신자가 10만 명이어도 작성자는 10명일 때보다 더"
                " 기다리지 않습니다(지수 {waits}). 행은 행마다 커밋할 때의 {each} 속도로"
                " 저장됩니다(순수 배치 insert와 비교하면 {limit})",
            ),
            otherwise=Words(
                "Telling them in the request is as fast ({each})",
                "요청 안에서 알려도 그만큼 빠릅니다({each})",
            ),
        ),
        Clause(
            key="batch",
            said=Words(
                "write in batches: the default is {batch} as fast as batches of one and {fastest}"
                " of the largest, which holds its locks {locks} as long as the default's {locked}",
                "배치로 쓰세요. 기본값은 한 개짜리 배치의 {batch}, 가장 큰 배치의 {fastest}이고,"
                " 가장 큰 배치는 잠금을 기본값({locked})의 {locks} 동안 붙잡습니다",
            ),
            otherwise=Words(
                "batches gain nothing here ({batch})", "여기서는 배치의 이득이 없습니다({batch})"
            ),
        ),
        Clause(
            key="bytes",
            said=Words(
                "content kept apart saves {bytes} the bytes",
                "내용을 분리하면 바이트가 {bytes} 줄어듭니다",
            ),
            otherwise=Words(
                "content kept apart saves no bytes ({bytes}): do it only for content that is"
                " changed, cached or taken back, in one row instead of one a recipient",
                "내용을 분리해도 바이트는 줄지 않습니다({bytes}). 내용을 바꾸거나 캐시하거나"
                " 취소할 때만 이득입니다(수신자마다가 아니라 한 행)",
            ),
        ),
        Clause(
            key="workers",
            said=Words(
                "2, 4 and 8 workers give {workers_1}, {workers_2} and {workers_3} of one here",
                "여기서 워커 2, 4, 8개는 하나의 {workers_1}, {workers_2}, {workers_3}입니다",
            ),
            otherwise=Words(
                "more workers do not help one database ({workers} with the second)",
                "데이터베이스 하나에 워커를 늘려도 빨라지지 않습니다(둘째에서 {workers})",
            ),
        ),
    ),
    curves=(
        Axes(
            curve="batch rates",
            title=Words("Rows per second by batch", "배치별 초당 행"),
            x=Words("recipients in a batch", "배치의 수신자 수"),
            y=Words("rows per second", "초당 행"),
            series={"ours": Words("rows/s", "행/초")},
        ),
        Axes(
            curve="batch locks",
            title=Words("How long a batch holds on", "배치가 붙잡는 시간"),
            x=Words("recipients in a batch", "배치의 수신자 수"),
            y=Words("longest, milliseconds", "최장(밀리초)"),
            series={
                "locks": Words("locks", "잠금"),
                "connection": Words("connection", "연결"),
            },
        ),
        Axes(
            curve="workers",
            title=Words("Rows per second by workers", "워커 수별 초당 행"),
            x=Words("workers", "워커 수"),
            y=Words("rows per second", "초당 행"),
            series={"ours": Words("rows/s", "행/초")},
        ),
    ),
)
