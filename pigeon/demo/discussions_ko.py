"""What people say below the posts of the Korean-speaking members.

A talk belongs to the post of that author and age. `> ` begins a reply to the comment above it; one
that begins with a handle answers what that person said last there. `*` after a name: edited later;
`+3`: so many like it. Indented lines go on.
"""

TALKS_KO: dict[tuple[str, float], str] = {
    ("seojun", 1.4): """
minji.kim+3: 달이 진짜로 걸렸네요. 이십 분 기다린 보람이 있어요.
> seojun: 십구 분째에 구름이 와서 울 뻔했어요.
> minji.kim: @seojun 산에서는 두 시간 기다려요. 타워는 친절한 편이에요.
doyun+2: 하늘이 너무 맑은데요. 저는 못 본 걸로 할게요.
> seojun: 내일 비 소식 있어요. 조금만 참아요.
> doyun+2: @seojun 이 댓글 저장했어요.
haneul: 두 번째 사진 하늘색, 이름을 붙여 주고 싶어요.
sora.flowers: 가게 앞에서도 저 달 봤어요! 같은 달인데 사진이 훨씬 크네요.
""",
    ("minji.kim", 3.2): """
hyunwoo+2: 헤드랜턴 끄는 순간이 제일 좋죠. 숲도 그때 소리가 바뀌어요.
> minji.kim+2: 맞아요, 새가 먼저 알아채더라고요.
jiho.stars+3: 네 시 반이면 제가 하산하는 시간인데, 우리 중턱에서 마주치겠어요.
> minji.kim: 그럼 보온병 하나만 남겨 주세요.
> jiho.stars+1: @minji.kim 늘 두 개니까 하나는 민지 님 거예요.
seojun: 저는 그 시간에 돌아누웠어요. 존경합니다.
theo.marsh+1: The second one. I looked at it long enough for my tea to go cold.
> minji.kim: Thank you! Cold tea is the highest praise.
haneul: 세 번째 사진 소나무 끝에 걸린 해, 일부러 맞추신 거죠?
> minji.kim*: 맞췄다고 하고 싶은데 숨 고르다가 우연히 찍었어요.
""",
    ("sora.flowers", 4.6): """
yuna.paper+2: 매화가 오늘 밤 주인을 잘 골랐네요.
ann.whitfield+2: That branch knows exactly what it is doing. Beautiful.
> sora.flowers: The branch says thank you. I only carried it home.
doyun: 꽃잎 떨어지는 소리까지 들릴 것 같아요.
> sora.flowers: 들려요. 새벽 두 시에 한 장씩.
""",
    ("haneul", 6.1): """
minji.kim+2: 1,460번째면 꼬박 4년이네요. 축하해요!
> haneul: 윤년에 하루 빼먹었다고 하면 실망하실 거예요?
> minji.kim+1: @haneul 못 들은 걸로 할게요.
hyunwoo: 갓 찐 빵이라니, 아침 먹었는데 또 배고파졌어요.
sora.flowers+3: 팥빵인가요, 크림빵인가요? 중요한 문제예요.
> haneul+2: 바닥이 살짝 탔으니까 호떡 같기도 해요.
> seojun: 저는 아무리 봐도 만두예요.
> yuna.paper+1: @seojun 배고픈 사람 눈에는 만두만 보인대요.
> oliver.hart+1: I had this translated. At sea we would call it a dumpling too.
> haneul+3: @oliver.hart 그럼 만두로 확정할게요. Dumpling it is!
jiho.stars: 적운이에요. 수업 시간에 써도 될까요? 빵 얘기도 같이요.
> haneul: 영광이에요. 아이들한테 무슨 빵인지 꼭 물어봐 주세요.
> jiho.stars+4: @haneul 결과 나왔어요. 스물여덟 명 중 열아홉 명이 소금빵이래요.
""",
    ("doyun", 8.3): """
seojun+2: 드디어! 아침부터 창밖 보면서 도윤 님 생각했어요.
> doyun: 저는 일기예보 앱을 서른 번 봤어요.
sora.flowers: 라떼 식은 것까지 사진 같아요.
haneul: 제주는 맑아요. 비 좀 보내 주세요.
> doyun*+2: 안 돼요. 열흘이나 기다렸단 말이에요.
""",
    ("yuna.paper", 10.5): """
sora.flowers+3: 백사십 장이요? 꽃집에도 고사리가 그만큼은 없어요.
> yuna.paper: 백사십일 장째에 하나 찢어져서 솔직하게 백사십이라고 썼어요.
clara.jensen+2: I counted until I lost count, which is how I know it is a proper meadow.
hyunwoo+2: 잎맥 방향까지 맞네요. 이건 고비가 아니라 고사리 맞습니다.
> yuna.paper+1: 숲 해설가님 검수 통과했어요. 액자에 써 붙일게요.
ann.whitfield: My wrists ache just looking. Warm water and no heroics tonight, please.
> yuna.paper: Already soaking them. Yes, ma'am.
haneul: 달 테두리는 어떻게 그렇게 동그랗게 오리세요?
> yuna.paper: 숨을 참고 종이를 돌려요. 칼은 가만히 있고요.
""",
    ("hyunwoo", 12.9): """
minji.kim+2: 십 분 안에 두 장 다 찍으신 거예요? 저라면 입 벌리고 서 있다 끝났을 거예요.
> hyunwoo: 구 분은 그렇게 서 있었어요.
clara.jensen+1: The light is the same gold as our honey in late August.
> hyunwoo+2: Then I will call it honey time from now on.
jiho.stars: 틴들 현상이에요! 죄송해요, 직업병이에요.
""",
    ("jiho.stars", 15.7): """
minji.kim+2: 컵라면 두 개는 혼자 드신 거죠?
> jiho.stars+1: 하나는 카메라 거였어요. 카메라가 사양했어요.
maya.okafor+2: Twenty seconds and no trailing. What are you shooting at, f/1.8?
> jiho.stars: f/2, ISO 3200, and fingers I could no longer feel.
> maya.okafor: @jiho.stars Fingers are the first thing I stop packing too.
hyunwoo: 아래쪽 나무가 전나무네요. 별보다 나무를 먼저 보는 건 어쩔 수 없어요.
""",
    ("seojun", 20.3): """
doyun+3: 저는 충무로에 맡겨요. 비 오는 날은 사장님이 커피도 주세요.
> seojun+1: 거기 아직 하는군요! 다음 롤은 거기로 갈게요.
> doyun: @seojun 저도 같이 가요. 비 오면요.
> seojun+2: @doyun 맑은 날도 한 번쯤은 나와 주세요.
> doyun+3: @seojun 우산 쓰고 나갈게요.
minji.kim+1: 속초는 이제 한 군데도 없어요. 택배로 보내요. 필름이 저보다 서울을 자주 가요.
> seojun+2: 필름 편에 안부라도 써서 보내세요.
haneul: 제주에서는 현상 맡기면 일주일 걸려요. 그 일주일이 좋아서 아직 찍어요.
> sora.flowers+1: 기다리는 일주일이 좋다니, 하늘 님답네요.
ines.duarte+2: Ours in Graça closed in spring. The owner gave me his last box of paper
    and would not take money for it.
> seojun+1: That box deserves a very good wall. Yours, I think.
> ines.duarte: @seojun I am still too scared to open it.
> ann.whitfield+3: @ines.duarte Open it. Things kept for best are only ever kept.
sora.flowers: 저희 골목 사진관 사장님, 요즘은 현상보다 화분 자랑을 더 많이 하세요.
yuna.paper*: 직접 현상하는 분은 없나요? 제 작업실 암실로 쓰셔도 돼요. 칼만 조심하세요.
> doyun: 유나 님, 그 말 진심이면 진지하게 장비 알아볼게요.
> yuna.paper+2: @doyun 진심이에요. 대신 종이에 물 튀기면 안 돼요.
hyunwoo: 사장님이랑 한 시간 얘기했다는 부분이 제일 좋아요.
""",
    ("haneul", 30.8): """
seojun+2: 오늘부터 버스 기다릴 때 저도 볼게요. 이제 두 명이에요.
> doyun+1: 세 명이요. 구름이 검으면요.
minji.kim: 정류장에 혼자 하늘 보는 사람이 있으면 하늘 님이겠네요.
""",
    ("sora.flowers", 47.0): """
doyun+2: 물 안 갈아 줘도 되는 줄 알았어요...
> sora.flowers+3: 도윤 님, 그 꽃병 사진 찍어서 보내 보세요. 화 안 낼게요.
> doyun: @sora.flowers 이미 늦은 것 같아요. 비라도 맞게 해 줄까요?
ann.whitfield+1: Ours has been drying on the kiln shelf since spring. Still smells of rain.
""",
    ("seojun", 52.0): """
minji.kim+1: 강이 거울인 날은 저도 알아요. 산에서는 호수가 그래요.
theo.marsh+2: A whole city doing what my lake does. I approve.
> seojun: Your lake taught the river, I am sure.
sora.flowers: 두 번째 다리 조명 색, 다음 꽃다발에 써 볼래요.
""",
    ("minji.kim", 71.5): """
jiho.stars+1: 배낭으로 눌러 놓기, 저는 컵라면 물통으로 해요.
seojun: 안개가 딱 한 번 열린 걸 잡으셨네요.
> minji.kim: 두 번째는 저도 기다리다가 손이 얼어서 포기했어요.
""",
    ("doyun", 81.9): """
haneul+2: 확대했다가 십 분 동안 못 나왔어요. 간판 글씨까지 보여요.
> doyun: 무슨 간판인지 맞히시면 라떼 한 잔 살게요.
> haneul: @doyun 약국이요?
> doyun+2: @haneul 국밥집이에요. 라떼는 다음 기회에.
yuna.paper: 이걸 종이로 어떻게 하지, 하고 한참 봤어요.
""",
    ("hyunwoo", 88.0): """
yuna.paper+1: 그럼 제가 오린 소나무는 잎이 네 개라 어디에도 없는 나무네요.
> hyunwoo+3: 리기다소나무는 세 개예요. 하나만 떼면 살릴 수 있어요.
jiho.stars+2: 1학년은 정말 무서워요. 별자리도 저보다 빨리 찾아요.
minji.kim: 내일 산에서 세어 볼게요. 시험 볼 거예요?
> hyunwoo: 하산길에 쪽지 시험 있습니다.
""",
    ("yuna.paper", 96.6): """
sora.flowers+2: 2번이요! 고사리에 한 표.
haneul+1: 1번. 새가 있는 쪽으로 갈래요.
hyunwoo: 2번입니다. 객관적인 의견이에요. 고사리라서가 아니에요.
> yuna.paper+2: 객관적이라고 하시니까 더 의심스러운데요.
clara.jensen+1: Three! Berries and a moon, what else is a summer for?
ann.whitfield: 3 for me. It is the quietest of them, and it stays with you.
doyun+1: 비가 없어서 기권할게요.
> yuna.paper+2: 기권 표는 무효예요. 다시 골라 주세요.
> doyun*: @yuna.paper 그럼 3번이요. 달무리가 있으면 다음 날 비가 온대요.
seojun: 저는 1번이요. 전시 언제부터예요?
> yuna.paper+1: 다음 달 첫째 주요! 다 같이 오세요.
minji.kim*: 2번에서 3번으로 바꿀게요. 밤에 다시 보니까 달라요.
jiho.stars: 3번. 달 위상이 정확해서요.
> yuna.paper+3: 집계했어요. 3번이 다섯 표로 이겼어요! 1번이랑 2번도 옆에 같이 걸게요.
""",
    ("jiho.stars", 110.2): """
maya.okafor+3: Four of these and my desert nights feel underdressed.
> jiho.stars+1: Come north. I will lend you one of the two flasks.
minji.kim+2: 네 번째 사진 별똥별까지... 일 년 치 운을 다 쓰신 거 아니에요?
> jiho.stars+2: 그래서 돌아오는 길에 휴대폰을 빠뜨렸나 봐요.
hyunwoo: 소리가 들릴 것 같다는 말, 무슨 뜻인지 알겠어요.
haneul+1: 하늘이 이렇게까지 할 수 있는 줄 몰랐어요. 이름을 반납해야겠어요.
oliver.hart+2: Saw it once from the bridge, winter of '87. Nobody on watch said a word.
""",
    ("haneul", 122.0): """
jiho.stars+1: 초승달은 해를 따라 일찍 나왔다가 일찍 들어가요. 급한 게 아니라 조기 퇴근이에요.
> haneul+2: 그럼 서준 님이 제일 부러워할 달이네요.
> seojun+2: @haneul 저 아직 회사예요.
""",
    ("sora.flowers", 131.4): """
ann.whitfield+3: The curve is yours, I only showed you where to stop. So proud.
> sora.flowers: I am printing this comment and putting it beside the till.
yuna.paper+1: 두 분은 언젠가 꼭 만나셔야 해요.
> ines.duarte+2: In Lisbon, please. I have the wall for it.
""",
    ("seojun", 143.3): """
doyun+2: 저 창 중에 하나는 저였을 거예요. 비 예보 보느라 불 켜 놨거든요.
haneul+1: 야근 끝나고 이 글 읽으니까 조금 위로가 돼요.
> seojun: 오늘도 고생하셨어요. 하늘은 내일도 있어요.
""",
    ("hyunwoo", 151.0): """
minji.kim+2: 저요! 신발이랑 귀 챙겼어요.
> hyunwoo: 첫 번째 자리 드릴게요.
haneul: 비행기표가 문제예요. 귀만 택배로 보낼게요.
> hyunwoo+3: 귀는 본인이 지참하셔야 해요.
yuna.paper+1: 종이 할 때 쓸 잎 주워도 되나요? 그럼 저도 갈래요.
> hyunwoo: 떨어진 건 괜찮아요. 달려 있는 건 저한테 혼나요.
jiho.stars*: 아침 일곱 시면 저는 밤새우고 가야겠네요. 마지막 자리 주세요!
> hyunwoo+2: 지호 님까지 세 분, 마감이에요. 걷다가 주무시지만 마세요.
""",
    ("minji.kim", 168.4): """
hyunwoo+2: 다녀오셨군요! 내려오는 길에 주목 군락도 보셨어요?
> minji.kim: 봤어요. 이름은 몰랐는데 인사는 했어요.
theo.marsh: Five hours for one view. My kind of arithmetic.
""",
    ("doyun", 190.0): """
seojun+3: 기사님께 뭐라고 하셨어요?
> doyun+2: 빗방울이 아직 안 내려서요, 라고 했더니 한 바퀴 더 태워 주셨어요.
> seojun+2: @doyun 서울에 아직 이런 기사님이 계시네요.
ines.duarte+1: I take the tram to the end and back for the same reason.
""",
    ("yuna.paper", 205.0): """
sora.flowers+3: 진짜 열매는 시들었는데 이건 그대로네요. 반칙이에요.
> yuna.paper: 대신 향기가 없잖아요. 비긴 걸로 해요.
""",
    ("hyunwoo", 214.8): """
minji.kim+2: 딱새한테 인정받으셨네요. 부러워요.
clara.jensen+2: Bees do that too, if you forget to be important for a minute.
> hyunwoo+1: "Forget to be important" is going on the sign at our trail.
""",
    ("haneul", 231.5): """
seojun+2: 창밖 보면서 제 생각을 하셨다니, 다음엔 착륙하고 연락도 주세요.
> haneul: 김포에서 바로 연남동 갔어요. 소라 님 가게요.
> sora.flowers+3: @seojun 죄송해요, 제가 먼저 초대했어요.
""",
    ("jiho.stars", 247.0): """
minji.kim+1: 무슨 소원이었는지 물어봐도 돼요?
> jiho.stars+2: 핀 맞게 해 달라고요. 이루어졌어요.
maya.okafor: The camera made the wish for you.
""",
    ("seojun", 262.7): """
doyun+3: 저는 진심으로 아쉬웠어요.
> seojun+1: 알아요. 우산을 한 시간 더 쓰고 계셨잖아요.
haneul+1: 두 분 사이에는 늘 구름 한 장이 있네요. 좋은 의미로요.
""",
    ("sora.flowers", 275.0): """
seojun+1: 한 다발 데려왔어요. 이름은 솜이로 지었어요.
> sora.flowers+2: 솜이 잘 부탁드려요. 물은 안 주셔도 돼요.
yuna.paper: 겨울에 종이로 만든 친구도 소개해 줄게요.
""",
    ("minji.kim", 290.0): """
haneul+1: 여덟이요! 맨 뒤는 구름일 수도 있어요.
> jiho.stars+2: 구름을 능선으로 세는 건 하늘 님 권한이에요.
hyunwoo+1: 일곱까지 보이는데, 일곱 번째는 마음으로 봤어요.
seojun: 안경 닦고 다시 세니까 여섯에서 여덟이 됐어요.
doyun: 비가 왔으면 둘이요.
> minji.kim+2: 도윤 님 세상에서는 그게 정답이에요.
theo.marsh+1: Seven, and then my wife said nine. We are not speaking until Sunday.
> minji.kim+3: Please tell her she has very good eyes.
> theo.marsh+3: @minji.kim I did. Now it is ten.
jiho.stars+2: 대기 산란 때문에 뒤로 갈수록 옅어져요. 이론상으로는 무한대예요.
> minji.kim: 그럼 일곱에서 그만두길 잘했네요.
maya.okafor: Eight. I count ridges for a living and I am still not sure.
yuna.paper+2: 종이로 오려 보면 정확히 알 수 있어요. 아홉 장 썼어요.
> minji.kim+3: 이제 이 사진보다 유나 님 종이가 더 궁금해요.
ines.duarte: Five from my kitchen, but the light here is very distracting.
""",
    ("doyun", 333.3): """
seojun+3: 오늘 아침 뉴스에 열하루째래요. 힘내세요.
> doyun: 위로가 하나도 안 돼요.
""",
    ("yuna.paper", 350.5): """
clara.jensen+2: The best birds are all mistakes.
hyunwoo+1: 박새네요. 원래 계획이었던 걸로 증언해 드릴게요.
> yuna.paper: 증인 확보했어요!
""",
    ("hyunwoo", 366.0): """
clara.jensen+2: The field says come back, and bring the shade with you.
> hyunwoo+1: I will bring a small tree as an apology.
""",
    ("seojun", 402.0): """
minji.kim+1: 옥상도 정상으로 쳐 드릴게요.
> seojun+2: 엘리베이터 타고 등정했습니다.
""",
    ("sora.flowers", 418.6): """
ines.duarte+1: Please never sweep.
""",
    ("minji.kim", 431.0): """
seojun+2: 막차 놓치면 어떻게 하세요?
> minji.kim+2: 첫차를 타요. 그래서 일출 사진이 많아요.
""",
    ("jiho.stars", 470.0): """
minji.kim+2: 좋아요. 대신 라면은 제가 책임질게요.
> jiho.stars+1: 그럼 세 개요. 카메라 것까지.
hyunwoo: 나무 이름이 필요하면 저도 불러 주세요.
""",
}
