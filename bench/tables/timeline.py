"""Table 3: fan-out on write, and the celebrities that are left out of it."""

from __future__ import annotations

from bench.tables.declared import Axes, Clause, Line, Seven, Words

NO_FANOUT = Words("a query when it is read: `FANOUT=off`", "읽을 때 질의: `FANOUT=off`")
P50 = Words("p50 of 20 entries with counters", "카운터 포함 20개 항목의 p50")
COST = Words(
    "milliseconds for one post and its share of reads", "게시물 하나와 그 몫의 읽기에 든 밀리초"
)
EVERYBODY = Words("push to everybody, no celebrities", "모두에게 push, 유명인 구분 없음")

TABLE = Seven(
    number=3,
    title=Words("타임라인 · timeline", "타임라인"),
    about=Words(
        "A timeline that is pushed to when somebody posts, against a query when it is read; and"
        " from how many followers on it is cheaper to pull. The sweep of that threshold assumes"
        " that everybody follows 1,000 people, as many with 10 to 100 followers as with 100 to"
        " 1,000, and so on up to a million.",
        "게시할 때 밀어 넣는 타임라인과 읽을 때 질의하는 타임라인, 그리고 팔로워가 몇 명부터"
        " 당겨 읽는 편이 싼지 비교합니다. 기준값 비교는 모두가 1,000명을 팔로우하고 그중 팔로워"
        " 10~100명, 100~1,000명, … 100만 명까지의 구간에 같은 수가 있다고 가정합니다.",
    ),
    lines=(
        Line(
            key="join",
            group="timeline",
            metric=r"home timeline, (?P<n>[\d,]+) followees: SQL on the composite index / ours,"
            r" p50",
            what=Words("reading, {n} followees", "읽기, 팔로잉 {n}명"),
            plain=Words("one statement on the composite index", "복합 인덱스로 한 문장"),
            counted=P50,
        ),
        Line(
            key="each",
            group="timeline",
            metric=r"home timeline, (?P<n>[\d,]+) followees: one query per followee / ours, p50",
            what=Words("reading, a query per followee", "읽기, 팔로잉마다 질의"),
            plain=Words("one query per followee", "팔로잉마다 한 질의"),
            counted=P50,
        ),
        Line(
            key="best",
            group="timeline",
            metric=r"home timeline, [\d,]+ followees: the best plan for this size / ours, p50",
            what=Words("reading, SQL's best plan", "읽기, SQL 최선의 계획"),
            plain=Words("whichever plan is faster at this size", "이 크기에서 더 빠른 실행 계획"),
            counted=P50,
        ),
        Line(
            key="off",
            group="timeline",
            metric=r"home timeline, (?P<n>[\d,]+) followees: FANOUT=off / ours, p50",
            what=Words("reading, this application's own", "읽기, 이 앱의 질의"),
            plain=NO_FANOUT,
            counted=P50,
        ),
        Line(
            key="growth",
            group="timeline",
            metric=r"its growth from (?P<a>\d+) to (?P<b>[\d,]+) followees, exponent",
            what=Words("growth, {a} to {b} followees", "증가, 팔로잉 {a}→{b}명"),
            plain=Words("next line", "다음 줄"),
            counted=Words("exponent: 0 is flat, 1 is linear", "지수: 0 평평, 1 선형"),
        ),
        Line(
            key="sql_growth",
            group="timeline",
            metric=r"for comparison: growth of the statement on the composite index, exponent",
            what=Words("growth of the join", "조인의 증가"),
            plain=Words("one statement on the composite index", "복합 인덱스로 한 문장"),
            counted=Words("exponent", "지수"),
        ),
        Line(
            key="piped",
            group="fan_out",
            metric=r"fan-out worker / redis-py pipeline, entries/s",
            what=Words("writing: the worker", "쓰기: 워커"),
            plain=Words(
                "a pipeline of RPUSHX by the usual client", "일반 클라이언트의 RPUSHX 파이프라인"
            ),
            counted=Words("entries per second, queue and claim included", "초당 항목, 큐 포함"),
        ),
        Line(
            key="merge",
            group="merging",
            metric=r"home timeline, (?P<n>\d+) of its authors pulled / none, p50",
            what=Words("celebrities merged: {n}", "병합한 유명인: {n}명"),
            plain=Words("none is pulled", "당겨 읽는 사람 없음"),
            counted=P50,
            is_inverted=True,
        ),
        Line(
            key="sweep",
            group="thresholds",
            metric=r"writing and reading at (?P<r>\d+) pages a post: push to everybody"
            r" / threshold (?P<t>[\d,]+)",
            what=Words("threshold {t}, {r} pages a post", "기준 {t}명, 게시물당 {r}페이지"),
            plain=EVERYBODY,
            counted=COST,
        ),
        Line(
            key="least",
            group="thresholds",
            metric=r"writing and reading at (?P<r>\d+) pages a post: threshold (?P<t>[\d,]+)"
            r" / the cheapest, (?P<least>[\d,]+)",
            what=Words("cheapest {least}, {r} pages a post", "최저 {least}명, 게시물당 {r}페이지"),
            plain=Words("the threshold of {t}", "기준 {t}명"),
            counted=COST,
        ),
    ),
    sentence=(
        Clause(
            key="best",
            said=Words(
                "Fan out on write if people follow hundreds ({best} against SQL's best plan, {join}"
                " against a join)",
                "수백 명을 팔로우한다면 쓸 때 fan-out하세요(SQL 최선의 계획 대비 {best},"
                " 조인 대비 {join})",
            ),
            otherwise=Words(
                "At 1,000 followees fan-out on write is not proved faster than SQL's best plan,"
                " which needs a hint ({best}); against a join it is ({join}), and the more so the"
                " more people one follows (exponent {growth}, the join's {sql_growth})",
                "팔로잉 1,000명에서 쓸 때 fan-out하는 편이 SQL 최선의 계획(힌트가 필요함)보다"
                " 빠르다고는 입증되지 않았습니다({best}). 조인보다는 빠르고({join}), 팔로잉이"
                " 늘수록 더 그렇습니다(지수 {growth}, 조인은 {sql_growth})",
            ),
        ),
        Clause(
            key="sweep",
            said=Words(
                "and leave celebrities out, which saves cost as well ({sweep} at a page a post)",
                "유명인은 빼세요. 비용도 줄어듭니다(게시물당 한 페이지에서 {sweep})",
            ),
            otherwise=Words(
                "leave celebrities out only so that the last follower need not wait: by cost (a"
                " model of measured parts) it gains {sweep_1} at 1 page a post, {sweep_2} at 10,"
                " {sweep_3} at 100",
                "유명인은 마지막 팔로워가 오래 기다리지 않게 할 때만 빼세요. 비용(측정값으로 만든"
                " 모형)의 이득은 게시물당 1페이지에서 {sweep_1}, 10페이지에서 {sweep_2},"
                " 100페이지에서 {sweep_3}입니다",
            ),
        ),
    ),
    curves=(
        Axes(
            curve="thresholds",
            title=Words("Cost by threshold, least ringed", "기준별 비용, 최저에 동그라미"),
            x=Words("followers from which posts are pulled", "당겨 읽기 시작하는 팔로워 수"),
            y=Words("ms per post with its reads", "게시물과 읽기의 밀리초"),
            series={
                "1": Words("1 page a post", "게시물당 1페이지"),
                "10": Words("10 pages a post", "게시물당 10페이지"),
                "100": Words("100 pages a post", "게시물당 100페이지"),
            },
            marks_least=True,
        ),
        Axes(
            curve="push spans",
            title=Words("Until the last follower has it", "마지막 팔로워가 받기까지"),
            x=Words("followers", "팔로워"),
            y=Words("milliseconds", "밀리초"),
            series={"ours": Words("one push", "push 한 번")},
        ),
        Axes(
            curve="merging",
            title=Words("Reading with celebrities merged", "유명인을 병합해 읽기"),
            x=Words("celebrities followed; 0 is drawn at 0.5", "팔로우한 유명인, 0은 0.5 자리"),
            y=Words("ms a page, p50", "페이지 p50(밀리초)"),
            series={"ours": Words("home timeline", "홈 타임라인")},
        ),
    ),
)
