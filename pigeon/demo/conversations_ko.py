"""What the Korean-speaking members write to each other.

A conversation belongs to two people and ends so many hours ago. An empty line is a longer pause.
`! ` begins what the other has not read yet, `~ ` what was unsent again; `[seojun 52.0]` sends the
post of that author and age. Indented lines go on.
"""

CONVERSATIONS_KO: dict[tuple[str, str, float], str] = {
    ("minji.kim", "hyunwoo", 0.2): """
hyunwoo: 민지 님, 토요일 숲 걷기 아직 자리 있어요. 일곱 시에 주차장 앞이요.
minji.kim: 저 갈게요! 준비물 있어요?
hyunwoo: 조용한 신발이요.
minji.kim: 제 신발은 말이 많은 편인데요.
hyunwoo: 그럼 맨 뒤에서 걸어요. 새들이 앞쪽을 보거든요.

minji.kim: 지난번 딱새 사진 아직도 잘 보고 있어요.
hyunwoo: 걔가 어제 또 왔어요. 이번엔 둘이서요.
! hyunwoo: 참, 토요일 아침 영하 2도래요. 장갑 꼭 챙기세요.
! hyunwoo: 그리고 지호 선생님도 온대요. 보온병 두 개 들고.
""",
    ("minji.kim", "seojun", 1.1): """
seojun: 오늘 남산에서 설악 쪽이 보였어요. 물론 거짓말이에요.
minji.kim: 저도 능선에서 한강 봤어요. 물론 거짓말이에요.
seojun: 언제 한번 같이 찍어요. 산 말고 계단 많은 동네로요.
minji.kim: 계단은 산이 아니라고 생각하시는군요.

seojun: [minji.kim 71.5]
seojun: 이 사진, 삼각대가 배낭에 눌려 있는 것까지 보여서 더 좋아요.
minji.kim: 그날 제가 날아갈 뻔한 건 안 보여서 다행이에요.
""",
    ("minji.kim", "jiho.stars", 5.4): """
jiho.stars: 이번 그믐에 같은 능선 올라가려고요. 헤드랜턴 빨간불 되세요?
minji.kim: 빨간불 돼요. 컵라면도 돼요.
jiho.stars: 완벽해요. 그럼 저는 물만 챙기면 되겠네요.
~ jiho.stars: 근데 사실 저 고소공포증 있어요.
minji.kim: 방금 뭐 지우셨어요?
jiho.stars: 아니요. 별이 참 많다고 했어요.
""",
    ("minji.kim", "haneul", 27.0): """
haneul: 어제 구름이 민지 님 산 모양이었어요.
minji.kim: 사진 주세요!
haneul: 셔터 누르는 사이에 오리가 됐어요.
minji.kim: 그럼 오리 사진 주세요.
haneul: [haneul 30.8]
minji.kim: 다들 휴대폰만 보고 있었다는 그 버스 정류장이네요.
""",
    ("sora.flowers", "minji.kim", 2.3): """
! sora.flowers: 안녕하세요, 연남동에서 작은 꽃집을 해요.
! sora.flowers: 능선 사진 세 번째 걸 가게 벽에 걸고 싶은데, 혹시 인화해서 사도 될까요?
""",
    ("seojun", "doyun", 0.1): """
doyun: 내일 비 온대요.
seojun: 도윤 님 목소리가 글자에서도 들떠 있어요.
doyun: 을지로 어때요? 네온이 바닥에 다 내려와 있을 거예요.
seojun: 우산은 하나만 들까요? 한 명은 찍고 한 명은 들고.

doyun: 지난번처럼 제가 들면 제 렌즈만 젖던데요.
seojun: 그건 키가 큰 죄예요.
! doyun: 저 벌써 카페 창가 자리 예약했어요.
! doyun: 라떼 두 잔도 시켜 둘게요. 식혀서 찍게요.
! doyun: 아, 그리고 필름 남은 거 있으면 한 통만 빌려주세요.
""",
    ("seojun", "haneul", 3.6): """
seojun: 서울 오시면 꼭 불러 주세요. 옥상 문 열린 데 알아요.
haneul: 다음 주 수요일이에요! 창가 자리도 벌써 골랐어요.
seojun: 왼쪽이에요, 오른쪽이에요?
haneul: 올라갈 때는 왼쪽, 내려갈 때는 오른쪽이요. 4년 연구한 결과예요.
! haneul: 근데 그 옥상, 하늘 많이 보여요?
""",
    ("seojun", "sora.flowers", 20.5): """
sora.flowers: 가게 앞에 달이 걸렸어요. 지금이요.
seojun: 십 분이면 가요. 달한테 기다리라고 해 주세요.
sora.flowers: 안 기다린대요.

seojun: 결국 못 봤지만 국화는 예뻤어요.
sora.flowers: 국화는 늘 기다려 줘요.
""",
    ("hyunwoo", "seojun", 9.2): """
! hyunwoo: 안녕하세요, 숲 해설하는 현우예요. 민지 님이 소개해 주셨어요.
! hyunwoo: 도심에서 만나는 나무로 산책을 하나 만들고 있는데, 저녁 길을 잘 아신다고 들어서요.
! hyunwoo: 시간 되실 때 편하게 답 주세요.
""",
    ("haneul", "yuna.paper", 12.0): """
yuna.paper: 하늘 님 구름을 종이로 오려 봤어요. 허락 없이요.
haneul: 구름은 제 것이 아니라서 괜찮아요. 보여 주세요!
yuna.paper: 칼날이 무뎌서 조금 뭉게구름이 됐어요.
haneul: 원래 그 구름 이름이 뭉게구름이에요.
! yuna.paper: 그럼 하나 보내 드릴게요. 제주까지 접히지 않고 가야 할 텐데.
""",
    ("haneul", "jiho.stars", 30.0): """
jiho.stars: 반 아이들이 또 구름 사진 골라 달래요. 이번엔 비행기 창가로요.
haneul: 영광이에요. 몇 학년이에요?
jiho.stars: 중2요. 감상평은 "와" 한 글자예요.
haneul: 제가 받은 평 중에 제일 길어요.
""",
    ("yuna.paper", "sora.flowers", 6.6): """
sora.flowers: 열매 가지 새로 들어왔어요. 지난번 것보다 빨개요.
yuna.paper: 지금 갈까요? 칼 내려놓고 십오 분이면 가요.
sora.flowers: 칼은 꼭 내려놓고 오세요.

yuna.paper: [yuna.paper 10.5]
yuna.paper: 고사리 백사십 장, 다 오렸어요. 손목은 없어졌어요.
sora.flowers: 손목이 있던 자리에 꽃 꽂아 드릴게요.
""",
    ("doyun", "haneul", 50.0): """
doyun: 제주 비 소식 들었어요. 부러워요.
haneul: 저는 파란 하늘이 부러워요. 바꿀까요?
doyun: 네. 수요일까지만요.
""",
    ("doyun", "yuna.paper", 15.0): """
! doyun: 여름 전시 2번이요. 빗방울 있는 거.
! doyun: 투표가 지난달에 끝난 건 알지만 그래도 2번이요.
""",
}
