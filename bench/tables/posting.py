"""Table 6: posting photographs."""

from __future__ import annotations

from bench.tables.declared import Clause, Line, Seven, Words

INSIDE = Words("all in the request: `ASYNC=off`", "모두 요청 안에서: `ASYNC=off`")
POSTED = (
    r"`POST /posts` with (?P<n>\d+) photographs of (?P<mb>[\d.]+) MB, object store at (?P<ms>\d+)"
)
STORED = Words(
    "{n} × {mb} MB, a store that takes {ms} ms an object", "{n} × {mb} MB, 객체당 {ms} ms"
)

TABLE = Seven(
    number=6,
    title=Words("게시글 작성 · posting", "게시글 작성"),
    about=Words(
        "A post with photographs: until its author has an answer, and until everybody sees it.",
        "사진이 있는 게시물: 작성자가 답을 받을 때까지, 그리고 모두에게 보일 때까지의 시간입니다.",
    ),
    lines=(
        Line(
            key="answer",
            group="posting",
            metric=POSTED + r" ms each: all in the request / ours, time to answer",
            what=Words("time to answer", "응답까지"),
            plain=INSIDE,
            counted=STORED,
        ),
        Line(
            key="visible",
            group="posting",
            metric=POSTED + r" ms each: all in the request / ours, time to visible",
            what=Words("time to visible", "모두에게 보이기까지"),
            plain=INSIDE,
            counted=STORED,
        ),
        Line(
            key="workers",
            group="publishing",
            metric=r"(?P<n>\d+) photographs of (?P<mb>[\d.]+) MB, store at (?P<ms>\d+) ms each:"
            r" time to published, (?P<w>\d+) media workers / 1",
            what=Words("time to visible, {w} media workers", "보이기까지, 미디어 워커 {w}개"),
            plain=Words("one media worker", "미디어 워커 1개"),
            counted=STORED,
            is_inverted=True,
        ),
    ),
    sentence=(
        Clause(
            key="answer",
            said=Words(
                "Answer first and process behind it ({answer})",
                "먼저 답하고 처리는 뒤에서 하세요({answer})",
            ),
            otherwise=Words(
                "Processing behind the answer does not hurry it ({answer})",
                "뒤에서 처리해도 응답이 빨라지지 않습니다({answer})",
            ),
        ),
        Clause(
            key="visible",
            said=Words(
                "everybody sees the post sooner, too ({visible})",
                "모두에게 보이는 시간도 짧아집니다({visible})",
            ),
            otherwise=Words(
                "everybody else sees the post no sooner for it ({visible} by one worker)",
                "다른 사람에게 더 빨리 보이지는 않습니다(워커 하나에서 {visible})",
            ),
        ),
        Clause(
            key="workers",
            said=Words(
                "for that, add media workers ({workers})",
                "더 빨리 보이게 하려면 미디어 워커를 늘리세요({workers})",
            ),
            otherwise=Words(
                "more media workers do not change that here ({workers})",
                "여기서는 미디어 워커를 늘려도 같습니다({workers})",
            ),
        ),
    ),
)
