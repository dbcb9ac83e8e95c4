"""Table 7: a forgotten password."""

from __future__ import annotations

from bench.tables.declared import Axes, Clause, Line, Seven, Words

INSIDE = Words(
    "the mail is sent in the request: `ASYNC=off`", "요청 안에서 메일을 보냄: `ASYNC=off`"
)

TABLE = Seven(
    number=7,
    title=Words("비밀번호 찾기 · forgotten password", "비밀번호 찾기"),
    about=Words(
        "How long somebody waits who asks for a link, while the mail server takes its time.",
        "메일 서버가 느릴 때 재설정 링크를 요청한 사람이 답을 기다리는 시간입니다.",
    ),
    lines=(
        Line(
            key="mail",
            group="mail",
            metric=r"forgotten password with an SMTP server that takes (?P<s>[\d.]+) s:.*",
            what=Words("time to answer, SMTP takes {s} s", "응답 시간, SMTP {s}초"),
            plain=INSIDE,
            counted=Words(
                "seconds from the request to its answer, over HTTP; the mail arrives in both",
                "HTTP 요청부터 응답까지의 시간. 두 방식 모두 메일이 도착함",
            ),
        ),
    ),
    sentence=(
        Clause(
            key="mail",
            said=Words(
                "Put mail behind a queue even if your server answers at once ({mail} there): the"
                " answer no longer depends on a machine that is not yours",
                "메일 서버가 즉시 응답해도(그때 응답 시간의 이득 {mail}) 메일은 큐에 넣으세요."
                " 응답 시간이 남의 서버에 좌우되지 않습니다",
            ),
            otherwise=Words(
                "With a mail server that answers at once a queue gains nothing ({mail}); it earns"
                " its place when that server is slow, as the curve shows",
                "메일 서버가 즉시 응답하면 큐의 이득은 없습니다({mail}). 그래프처럼 서버가 느릴 때"
                " 값을 합니다",
            ),
        ),
    ),
    curves=(
        Axes(
            curve="mail",
            title=Words("Time to answer by the mail server's delay", "메일 서버 지연별 응답 시간"),
            x=Words("seconds that SMTP takes; 0 is drawn at 0.1", "SMTP에 걸리는 초, 0은 0.1 자리"),
            y=Words("milliseconds to the answer", "응답까지 밀리초"),
            series={
                "in the request": Words("in the request", "요청 안에서"),
                "ours": Words("queue", "큐"),
            },
        ),
    ),
)
