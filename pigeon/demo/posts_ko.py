"""Posts of the Korean-speaking members."""

from pigeon.demo.specs import Draft

DRAFTS_KO: tuple[Draft, ...] = (
    Draft(
        username="minji.kim",
        hours_ago=3.2,
        caption="새벽 네 시 반, 헤드랜턴을 끄니까 산이 먼저 밝아지기 시작했어요. #설악산 #일출",
        pictures=("moon mist", "mist sun", "sun pines"),
    ),
    Draft(
        username="minji.kim",
        hours_ago=71.5,
        caption=(
            "바람이 너무 세서 삼각대를 배낭으로 눌러 놓고 찍었어요. 그래도 안개가 한 번은 "
            "열려 주네요."
        ),
        ratio="3:2",
        pictures=("mist birds sun",),
    ),
    Draft(
        username="minji.kim",
        hours_ago=168.4,
        caption=(
            "@hyunwoo 님이 알려 주신 전망대예요. 왕복 다섯 시간, 김밥 두 줄, 후회는 "
            "없어요. #주말산행"
        ),
        pictures=("mist pines crescent", "mist"),
    ),
    Draft(
        username="minji.kim",
        hours_ago=290.0,
        caption="능선이 몇 겹인지 세어 보다가 일곱에서 그만뒀어요. 여러분은 몇 겹까지 보이세요?",
        ratio="1:1",
        pictures=("mist",),
    ),
    Draft(
        username="minji.kim",
        hours_ago=431.0,
        caption="하산길에 돌아본 산. 늘 이때가 제일 예뻐서 막차를 놓쳐요.",
        ratio="16:9",
        pictures=("sun pines birds",),
    ),
    Draft(
        username="seojun",
        hours_ago=1.4,
        caption="오늘 퇴근길. 달이 남산타워에 걸리길 이십 분 기다렸어요. #서울 #퇴근길",
        pictures=("moon tower", "tower crescent"),
    ),
    Draft(
        username="seojun",
        hours_ago=52.0,
        caption="한강은 바람이 없는 날에만 도시를 한 번 더 보여 줘요. #서울 #한강",
        ratio="3:2",
        pictures=("river tower", "river bridge moon"),
    ),
    Draft(
        username="seojun",
        hours_ago=143.3,
        caption="불 켜진 창 하나하나가 누군가의 저녁이라고 생각하면 야근도 조금 견딜 만해요.",
        ratio="1:1",
        pictures=("moon",),
    ),
    Draft(
        username="seojun",
        hours_ago=262.7,
        caption=(
            "@doyun 님이랑 같이 걸은 날. 비가 그치니까 저는 신났고 도윤 님은 아쉬워했어요. #서울"
        ),
        ratio="16:9",
        pictures=("river bridge crescent",),
    ),
    Draft(
        username="seojun",
        hours_ago=402.0,
        caption="옥상 문이 열려 있던 날은 꼭 기억해 둬요.",
        pictures=("tower", "crescent"),
    ),
    Draft(
        username="haneul",
        hours_ago=6.1,
        caption="구름 일기 1,460번째. 오늘 구름은 갓 찐 빵 같았어요. #구름일기 #제주",
        ratio="1:1",
        pictures=("birds",),
    ),
    Draft(
        username="haneul",
        hours_ago=30.8,
        caption=(
            "버스 기다리다가 고개를 들었는데 다들 휴대폰만 보고 있어서 저라도 봤어요. #구름일기"
        ),
        pictures=("sun", "sun birds"),
    ),
    Draft(
        username="haneul",
        hours_ago=122.0,
        caption="낮인데 달이 나와 있었어요. 성격이 급한 달이었나 봐요. #구름일기 #goldenhour",
        ratio="1:1",
        pictures=("crescent",),
    ),
    Draft(
        username="haneul",
        hours_ago=231.5,
        caption="비행기 창가 자리는 언제나 옳아요. 서울 갈 때마다 @seojun 님 생각이 나요.",
        ratio="3:2",
        pictures=("sun", "birds", "crescent"),
    ),
    Draft(
        username="haneul",
        hours_ago=388.0,
        caption="태풍이 지나간 다음 날은 하늘이 미안해하는 것 같아요. #제주",
        pictures=("birds",),
    ),
    Draft(
        username="yuna.paper",
        hours_ago=10.5,
        caption=(
            "사흘 걸린 달밤이에요. 고사리 잎만 백사십 장을 오렸어요. 손목은 괜찮아요, "
            "아마도. #종이공예"
        ),
        ratio="1:1",
        pictures=("moon fern",),
    ),
    Draft(
        username="yuna.paper",
        hours_ago=96.6,
        caption="여름 전시에 걸 세 장 중에 어느 쪽이 좋으세요? 번호로 알려 주세요! #종이정원",
        pictures=("sun palm birds", "sun fern", "berries moon"),
    ),
    Draft(
        username="yuna.paper",
        hours_ago=205.0,
        caption="@sora.flowers 님 가게에서 본 열매를 집에 와서 종이로 따라 해 봤어요.",
        ratio="1:1",
        pictures=("berries",),
    ),
    Draft(
        username="yuna.paper",
        hours_ago=350.5,
        caption=(
            "실수로 잘라 버린 자리에 새를 날려 보냈어요. 원래 계획이었던 걸로 해 주세요. #종이공예"
        ),
        ratio="3:2",
        pictures=("sun palm birds",),
    ),
    Draft(
        username="jiho.stars",
        hours_ago=15.7,
        caption=(
            "영하 11도, 노출 20초, 컵라면 두 개. 은하수가 이렇게 또렷한 날은 일 년에 며칠 "
            "없어요. #은하수"
        ),
        pictures=("milkyway pines", "milkyway tent"),
    ),
    Draft(
        username="jiho.stars",
        hours_ago=110.2,
        caption=(
            "방학이라 드디어 북쪽에 왔어요. 아이들한테 보여 줄 사진부터 골랐어요. 이건 "
            "정말 소리가 들릴 것 같아요. #오로라"
        ),
        ratio="3:2",
        pictures=("aurora tent", "aurora pines", "aurora", "aurora pines meteor"),
    ),
    Draft(
        username="jiho.stars",
        hours_ago=247.0,
        caption="소원은 빌었는데 셔터를 누르느라 제대로 못 봤어요. 사진에는 있더라고요.",
        ratio="16:9",
        pictures=("meteor milkyway tent",),
    ),
    Draft(
        username="jiho.stars",
        hours_ago=470.0,
        caption="@minji.kim 님, 다음엔 같은 산을 밤에도 올라가 봐요. 별은 제가 책임질게요.",
        pictures=("milkyway pines",),
    ),
    Draft(
        username="doyun",
        hours_ago=8.3,
        caption="드디어 비. 카페 창가 자리, 라떼는 식었고 사진은 쉰 장. #비오는날 #서울",
        pictures=("heavy", "light"),
    ),
    Draft(
        username="doyun",
        hours_ago=81.9,
        caption="물방울 하나에 거리가 통째로 거꾸로 들어 있어요. 확대해서 봐 주세요.",
        ratio="1:1",
        pictures=("heavy",),
    ),
    Draft(
        username="doyun",
        hours_ago=190.0,
        caption="버스 막차 창문. 기사님이 왜 안 내리냐고 물어보셨어요. #비오는날",
        ratio="16:9",
        pictures=("light", "heavy"),
    ),
    Draft(
        username="doyun",
        hours_ago=333.3,
        caption=(
            "맑은 날이 열흘째예요. 예보에 우산이 뜨길 기다리고 있어요. 지난 장마 사진으로 버텨요."
        ),
        ratio="3:2",
        pictures=("heavy",),
    ),
    Draft(
        username="sora.flowers",
        hours_ago=4.6,
        caption=(
            "마감하고 남은 매화 가지. 내일이면 다 질 것 같아서 오늘 밤은 저랑 있기로 "
            "했어요. #꽃집일기"
        ),
        pictures=("blossom petals",),
    ),
    Draft(
        username="sora.flowers",
        hours_ago=47.0,
        caption="유칼립투스는 말라도 예뻐요. 물 안 갈아 줘도 된다는 뜻은 아니에요! #꽃집일기",
        ratio="1:1",
        pictures=("eucalyptus", "eucalyptus bottle"),
    ),
    Draft(
        username="sora.flowers",
        hours_ago=131.4,
        caption=(
            "화병은 @ann.whitfield 님께 사진으로 배운 모양이에요. 멀리서도 이렇게 배울 수 있네요."
        ),
        pictures=("blossom bottle",),
    ),
    Draft(
        username="sora.flowers",
        hours_ago=275.0,
        caption="목화 들어왔어요. 겨울까지 같이 살 친구 찾는 분, 연남동으로 오세요. #연남동 #서울",
        ratio="3:2",
        pictures=("cotton",),
    ),
    Draft(
        username="sora.flowers",
        hours_ago=418.6,
        caption="꽃잎이 떨어진 자리도 치우기 아까운 아침이에요.",
        ratio="1:1",
        pictures=("blossom petals", "blossom bottle petals"),
    ),
    Draft(
        username="hyunwoo",
        hours_ago=12.9,
        caption=(
            "비 그친 뒤 여섯 시 사십 분. 숲에 빛이 들어오는 시간은 딱 십 분이에요. #숲해설 "
            "#goldenhour"
        ),
        pictures=("rays mist", "rays"),
    ),
    Draft(
        username="hyunwoo",
        hours_ago=88.0,
        caption=(
            "잣나무는 잎이 다섯 개씩, 소나무는 두 개씩이에요. 오늘 만난 1학년 친구들이 "
            "저보다 빨리 외웠어요."
        ),
        ratio="3:2",
        pictures=("mist",),
    ),
    Draft(
        username="hyunwoo",
        hours_ago=214.8,
        caption="조용히 서 있으면 숲이 저를 나무로 착각해요. 딱새가 어깨까지 왔다 갔어요. #숲해설",
        pictures=("birds mist", "rays birds"),
    ),
    Draft(
        username="hyunwoo",
        hours_ago=366.0,
        caption="@clara.jensen 님의 들판이 부러워서 숲 가장자리까지 나갔다가 결국 다시 들어왔어요.",
        ratio="16:9",
        pictures=("rays mist",),
    ),
    Draft(
        username="seojun",
        hours_ago=20.3,
        caption=(
            "필름 맡기러 갔다가 사장님이랑 한 시간 얘기했어요. 현상소가 또 하나 문을 "
            "닫는대요. 여러분은 어디에 맡기세요?"
        ),
    ),
    Draft(
        username="hyunwoo",
        hours_ago=151.0,
        caption=(
            "이번 토요일 아침 일곱 시, 숲 걷기 같이 하실 분 세 분 더 받아요. 준비물은 편한 "
            "신발이랑 귀예요. @minji.kim @haneul"
        ),
    ),
)
