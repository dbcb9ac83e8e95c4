"""Notes of the groups in Korean, too: the groups say them in English, with their sizes."""

from __future__ import annotations

import re

KOREAN: tuple[tuple[str, str], ...] = (
    (
        r"(?P<n>[\d,]+) people like a post of which they have read a page; .*",
        "{n}명이 페이지를 읽은 게시물을 좋아합니다. 두 방식 모두 스케줄러의 flusher가 함께 돕니다."
        " `WRITE_BACK=off`는 행마다 응답 전에 저장하고 세고 보여 주며 작업을 하나씩 약속합니다."
        " 드라이버 방식은 SQL이 해야 할 최소이며 캐시, 작업, 소켓에는 알리지 않습니다.",
    ),
    (
        r"(?P<n>\d+) posts by Zipf's law\. .*",
        "게시물 {n}개, Zipf 분포. 원래 설계는 10초마다 이름 세 개, 200초마다 전체의 10분의 1을"
        " 처리하고, set은 마지막 좋아요 1분 뒤에 만료됩니다.",
    ),
    (
        r"Pages of follower lists are read from the index on purpose: .*",
        "팔로워 목록의 페이지는 일부러 인덱스에서 읽습니다. set에는 순서가 없습니다.",
    ),
    (
        r"The worker cuts lists that became too long and reads every reply; .*",
        "워커는 길어진 목록을 자르고 모든 응답을 읽으며, 단순 스트림은 둘 다 하지 않습니다.",
    ),
    (
        r"The readers' other celebrities, .*",
        "전체 데이터에 있는 독자의 다른 유명인은 모든 경우에 함께 병합됩니다.",
    ),
    (
        r"Where an author has more followers than the (?P<n>[\d,]+) lists there are, .*",
        "작성자의 팔로워가 목록 {n}개보다 많으면 같은 목록에 다시 씁니다.",
    ),
    (
        r"A celebrity's post costs its writer one change of version, .*",
        "유명인의 게시물은 작성자에게 버전 변경 한 번, 프로세스 하나에 인덱스 읽기를 들게 합니다."
        " 다른 프로세스도 각각 읽습니다.",
    ),
    (
        r"Calls of the store without policy, .*",
        "권한 검사 없는 저장소 호출이며, 매번 풀에서 연결을 꺼내 돌려줍니다.",
    ),
    (
        r"(SQLite and MariaDB both|Both databases) flush every commit to the disk\.",
        "두 데이터베이스 모두 커밋마다 디스크에 flush합니다.",
    ),
    (
        r"Two processes of each way, .* every (?P<ms>\d+) ms, .*",
        "방식마다 프로세스 두 개, 두 사람이 각각 기기 두 대씩, {ms} ms마다 메시지 하나, 같은"
        " 클라이언트. 이 시스템은 속도 제한, 권한, 번호, 배지를 지키고, 중계는 같은 드라이버로 한"
        " 행을 커밋하고 모두에게 알립니다.",
    ),
    (
        r"Node is compared in the full run alone, .*",
        "Node와의 비교는 패키지를 설치하는 전체 실행에만 있습니다.",
    ),
    (
        r"(?P<server>SecantusDB \S+) on its one process of Python: .*",
        "{server}는 Python 프로세스 하나라서 속도는 실제 mongod와 관계없습니다. 순수 insert와의"
        " 비와 페이지의 증가만 의미가 있습니다.",
    ),
    (
        r"The server is not installed here: .*",
        "여기에는 서버가 설치되어 있지 않습니다(`make mongo-servers`).",
    ),
    (
        r"The fastest batch was (?P<n>[\d,]+); .*",
        "가장 빠른 배치는 {n}이었습니다. 기본값은 `config.py`에 있습니다.",
    ),
    (
        r"Bytes are of tables and their indexes; .*",
        "바이트는 테이블과 인덱스의 합입니다. 내용을 행마다 둔 쪽은 목록용 인덱스만, 나눈 쪽은"
        " 내용별 인덱스도 셉니다.",
    ),
    (
        r"The store takes (?P<ms>\d+) ms for each object it stores .*",
        "저장소는 객체를 저장할 때마다 {ms} ms가 걸리고(사진마다 여러 크기) 나머지는 바로"
        " 답합니다. `ASYNC=off`는 모두 요청 안에서, 자기 디스크의 파일로 처리합니다. 이 시스템은"
        " 답하기 전에 업로드를 다섯 개씩 저장소에 넣고 있는지 확인하며, 워커는 거기서 읽습니다.",
    ),
    (
        r"Measuring (?P<names>.+) again failed: (?P<error>\w+)\.",
        "{names}을(를) 다시 재는 데 실패했습니다({error}).",
    ),
)


def in_korean(note: str) -> str:
    """Empty for one that has no translation."""
    for pattern, korean in KOREAN:
        if match := re.fullmatch(pattern, note):
            return korean.format_map(match.groupdict())
    return ""
