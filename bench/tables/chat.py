"""Table 4: history, and delivery on two servers."""

from __future__ import annotations

from bench.tables.declared import NOTHING_PROVED, Axes, Clause, Line, Seven, Words

EVERYTHING = Words("load the whole conversation", "대화 전체를 읽음")
RELAY = Words(
    "a bare Flask-SocketIO relay with the stock bus, one row each",
    "기본 버스를 쓰는 Flask-SocketIO 중계, 메시지당 한 행",
)
REACHED = Words("share of devices on two processes", "두 프로세스의 기기 중 받은 비율")
BARE = Words("the message's insert alone", "메시지 insert만")

TABLE = Seven(
    number=4,
    title=Words("채팅 · chat", "채팅"),
    about=Words(
        "Ten messages by id against everything; whom a message reaches on two servers without and"
        " with the bus; in SQL and over MongoDB's wire.",
        "id로 열 개씩 읽기와 전체 읽기, 서버 두 대에서 버스의 유무에 따라 누구에게 닿는가를"
        " SQL과 MongoDB 프로토콜에서 비교합니다.",
    ),
    lines=(
        Line(
            key="time",
            group="messages",
            metric=r"(?P<db>\w+): history of 10 of (?P<n>[\d,]+), load everything / ours, time",
            what=Words("{db}: 10 of {n}, time", "{db}: {n}개 중 10개, 시간"),
            plain=EVERYTHING,
            counted=Words("p50 of a call of the store", "저장소 호출의 p50"),
        ),
        Line(
            key="bytes",
            group="messages",
            metric=r"(?P<db>\w+): history of 10 of (?P<n>[\d,]+), load everything / ours, bytes",
            what=Words("{db}: 10 of {n}, bytes", "{db}: {n}개 중 10개, 바이트"),
            plain=EVERYTHING,
            counted=Words("bytes of what is read, as JSON", "읽은 것의 JSON 바이트"),
        ),
        Line(
            key="growth",
            group="messages",
            metric=r"(?P<db>\w+): growth of the (?P<end>newest|oldest) page from (?P<a>\d+) to"
            r" (?P<b>[\d,]+) messages, exponent",
            what=Words("{db}: growth, {end}, {a} to {b}", "{db}: 증가({end}), {a}→{b}"),
            plain=Words("everything grows with exponent 1", "전체 읽기는 지수 1"),
            counted=Words("exponent: 0 is flat", "지수: 0 평평"),
        ),
        Line(
            key="alone",
            group="messages_across",
            metric=r"(?P<db>[\w' ]+): messages that reach the other side's devices on two"
            r" processes, the plain way, without a bus",
            what=Words("{db}: reached without a bus", "{db}: 버스 없이 닿은 비율"),
            plain=Words("each server tells its own", "서버마다 자기 연결에만"),
            counted=REACHED,
            is_share=True,
        ),
        Line(
            key="bus",
            group="messages_across",
            metric=r"(?P<db>[\w' ]+): messages that reach the other side's devices on two"
            r" processes, ours",
            what=Words("{db}: reached with the bus", "{db}: 버스로 닿은 비율"),
            plain=Words("each server tells its own", "서버마다 자기 연결에만"),
            counted=REACHED,
            is_share=True,
        ),
        Line(
            key="relay",
            group="messages_across",
            metric=r"(?P<db>\w+): a message to the other side's last device, ours / Flask-SocketIO"
            r" relay, (?P<p>p50|p99)",
            what=Words("{db}: delivery, {p}", "{db}: 전달, {p}"),
            plain=RELAY,
            counted=Words("from sending to the last device", "보낸 때부터 마지막 기기까지"),
            is_inverted=True,
        ),
        Line(
            key="mongo_growth",
            group="messages_mongo",
            metric=r"growth of the newest page from (?P<a>\d+) to (?P<b>[\d,]+) messages, exponent",
            what=Words("MongoDB's wire: growth, {a} to {b}", "MongoDB 프로토콜: 증가, {a}→{b}"),
            plain=Words("everything grows with exponent 1", "전체 읽기는 지수 1"),
            counted=Words("exponent; a server in Python", "지수, Python으로 된 서버"),
            is_optional=True,
        ),
        Line(
            key="mongo_time",
            group="messages_mongo",
            metric=r"history of 10 of (?P<n>[\d,]+), load everything / ours, time",
            what=Words("MongoDB's wire: 10 of {n}, time", "MongoDB 프로토콜: {n}개 중 10개, 시간"),
            plain=EVERYTHING,
            counted=Words("p50 of a call of the store", "저장소 호출의 p50"),
            is_optional=True,
        ),
        Line(
            key="mongo_bytes",
            group="messages_mongo",
            metric=r"history of 10 of (?P<n>[\d,]+), load everything / ours, bytes",
            what=Words(
                "MongoDB's wire: 10 of {n}, bytes", "MongoDB 프로토콜: {n}개 중 10개, 바이트"
            ),
            plain=EVERYTHING,
            counted=Words("bytes of what is read, as JSON", "읽은 것의 JSON 바이트"),
            is_optional=True,
        ),
        Line(
            key="mongo",
            group="messages_mongo",
            metric=r"messages/s by (?P<n>\d+) senders in (?P<w>.+), ours / the message's insert"
            r" alone",
            what=Words("MongoDB's wire: sending, {w}", "MongoDB 프로토콜: 보내기, {w}"),
            plain=BARE,
            counted=Words("messages per second by {n} senders", "{n}명의 초당 메시지"),
            is_optional=True,
        ),
    ),
    sentence=(
        Clause(
            key="time",
            said=Words(
                "Page history by id from the first day (the longest conversation: {time} in time,"
                " {bytes} in bytes)",
                "기록은 처음부터 id로 나눠 읽으세요(가장 긴 대화에서 시간 {time}, 바이트 {bytes})",
            ),
            otherwise=Words(
                "Conversations this short need no pages ({time})",
                "이렇게 짧은 대화는 나눠 읽을 필요가 없습니다({time})",
            ),
        ),
        Clause(
            key="bus",
            at_least=1.0,
            said=Words(
                "a second server needs the bus: without it {alone} of the devices hear a message,"
                " with it all",
                "서버가 두 대면 버스는 필수입니다. 없으면 기기의 {alone}만 받습니다",
            ),
            otherwise=Words(
                "the bus lost messages here ({bus} of the devices heard them): it is no help",
                "여기서는 버스가 메시지를 잃었습니다(기기의 {bus}만 받음). 믿지 마세요",
            ),
        ),
        Clause(
            key="relay",
            at_least=1 / NOTHING_PROVED,
            said=Words(
                "order, policy and counts for every message cost no time that is felt ({relay} of a"
                " bare relay's speed)",
                "메시지마다 순서, 권한, 개수를 지키는 비용은 느껴지지 않습니다(단순 중계의"
                " {relay})",
            ),
            otherwise=Words(
                "order, policy and counts together have their price: a relay that only stores a row"
                " and tells everybody delivers sooner (ours at {relay} of its speed)",
                "순서, 권한, 개수를 모두 지키는 데는 대가가 따릅니다. 한 행만 저장하고 모두에게"
                " 알리는 중계가 더 빨리 전달합니다(이 시스템은 그 속도의 {relay})",
            ),
        ),
    ),
    curves=(
        Axes(
            curve="history",
            title=Words("Ten messages of a conversation", "대화에서 메시지 열 개 읽기"),
            x=Words("messages in the conversation", "대화의 메시지 수"),
            y=Words("milliseconds", "밀리초"),
            series={
                "ours": Words("by id, ten at a time", "id로 열 개씩"),
                "load everything": Words("load everything", "전체 읽기"),
            },
        ),
    ),
)
