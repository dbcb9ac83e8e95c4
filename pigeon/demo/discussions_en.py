"""What people say below the posts of the English-speaking members; written as the Korean ones."""

TALKS_EN: dict[tuple[str, float], str] = {
    ("ann.whitfield", 2.3): """
ines.duarte+2: That green. I would repaint a wall for that green.
> ann.whitfield+1: Copper, ash and a week of muttering. Recipe on its way.
sora.flowers+2: 이 초록에는 흰 꽃 한 송이면 충분하겠어요. Just one white flower, please.
> ann.whitfield: One it is. You have never been wrong yet.
clara.jensen: Is the bowl spoken for? Asking for a great deal of honey.
> ann.whitfield+2: It is now. I take payment in jars.
> oliver.hart+3: @clara.jensen You have just started a currency.
yuna.paper+1: 그릇 안쪽 색이 바깥쪽이랑 조금 다르네요. 저는 그 안쪽이 더 좋아요.
""",
    ("oliver.hart", 5.4): """
theo.marsh+3: Thirty-one years. I hope it looked back.
> oliver.hart+2: It blinked. Every ten seconds, same as always.
ann.whitfield+3: This one made me put the kettle down. Lovely, Oliver.
> oliver.hart: You are kind, Ann. My hands were shaking and it was not the cold.
clara.jensen+1: Did you tell it your name?
> oliver.hart+2: We were never introduced. Professional distance.
haneul: 등대 위 하늘이 노을 색을 아껴 쓴 것 같아요. So gentle.
maya.okafor*+1: I have read a lot of charts with that light on them. Good to see its face.
""",
    ("clara.jensen", 7.7): """
theo.marsh+2: Your father and I have the same filing system.
ann.whitfield+2: "On purpose" is how half my glazes happened.
> clara.jensen: He read this over my shoulder and says you are a sensible woman.
yuna.paper+1: 두 번째 사진 새까지 너무 좋아요. 양귀비 빨강은 종이로는 아직 못 찾았어요.
> clara.jensen+1: I will post you a petal. It is the only honest sample.
hyunwoo: Some fields know better than the plough.
""",
    ("theo.marsh", 9.6): """
oliver.hart+3: The heron has somewhere to be. You, I am less sure about.
> theo.marsh+2: The heron and I have discussed your tone.
> oliver.hart+2: @theo.marsh Give him my regards, and the early shift.
minji.kim+2: 5:50 is the best number on any clock.
> theo.marsh: Spoken like somebody with a head torch.
clara.jensen: You can hear the oars in this.
""",
    ("ines.duarte", 13.8): """
ann.whitfield+2: I know that ten minutes. Mine arrives at nine and leaves without a word.
sora.flowers+1: 고사리 그림자가 고사리보다 예뻐요. 식물한테는 비밀로 할게요.
> ines.duarte+2: The fern knows. It has been posing all week.
seojun: Same light, 17:42, on the stairs of my station. Nine hours earlier.
> ines.duarte+1: So you had it first. Thank you for sending it on.
""",
    ("maya.okafor", 18.0): """
jiho.stars+2: Forty metres in a winter! My students will not believe me. 꼭 보여 줄게요.
> maya.okafor: Tell them to stand still for a year and measure it themselves.
oliver.hart+2: So you also work on water, just slower.
> maya.okafor+3: I am stealing that for the opening of my next lecture.
minji.kim+1: 모래 능선도 능선이네요. 신발은 괜찮으세요?
ines.duarte: Day 9 and the tea?
> maya.okafor+2: Crunchy.
""",
    ("ann.whitfield", 24.5): """
theo.marsh+3: One lake. It is flat. I hope that helps.
> ann.whitfield+2: Flat is very calming, thank you. Forty-one hours to go.
oliver.hart+2: A gull has just stolen my sandwich. I did not get a picture, I got the feeling.
> ann.whitfield+3: I could see it clearly. What was in the sandwich?
> oliver.hart+2: @ann.whitfield Ham. He left me the cucumber.
> clara.jensen+3: @oliver.hart Gulls in this family have standards.
clara.jensen+2: Dad is asleep in a deckchair with a bee on his hat. Shall I wake either of them?
> ann.whitfield+2: Neither. Frame it exactly like that.
sora.flowers+1: 가마 앞에서 도망치세요! 꽃 사진 잔뜩 보낼게요. Flowers are coming.
> ann.whitfield: Bless you. I am sitting on my hands.
ines.duarte+1: My wall, at this minute, has nothing on it. It is very restful to watch.
> ann.whitfield+1: That is the best nothing I have had all day.
yuna.paper: 저는 종이가 마르길 기다리는 중이에요. 우리 같이 기다려요.
theo.marsh*+2: Second attempt: a lake, with a duck. The duck is on the left.
> ann.whitfield+3: Oh, the duck changes everything.
maya.okafor+2: No signal until tonight, so here is one dune in words: large, beige, leaving.
> ann.whitfield+2: "Leaving" is doing a lot of work there and I love it.
> theo.marsh+2: @maya.okafor Mine is staying. I asked.
hyunwoo+1: I send you a tree. It is also not opening until Thursday.
> ann.whitfield+2: At last, somebody who understands.
jiho.stars+2: Stars also are 1,240 degrees. Some of them. The very lazy ones.
> ann.whitfield+1: Then I shall think of it as a lazy star in a shed.
> haneul+2: 헛간 안의 게으른 별이라니. 제목으로 딱이에요.
oliver.hart+4: How is the patient?
> ann.whitfield+2: Cooling. I have baked two cakes and sharpened every pencil in Shropshire.
> oliver.hart+3: @ann.whitfield Step away from the door, Ann.
> ann.whitfield+4: @oliver.hart I was only going to ask it how it felt.
""",
    ("ann.whitfield", 39.0): """
theo.marsh+2: Two degrees is what my wife calls character.
> ann.whitfield+2: Your wife may have first refusal.
oliver.hart+2: I have steered ships with more of a list than that.
sora.flowers: 기울어진 병에는 기울어진 가지를 꽂으면 돼요. It will look straight.
> ann.whitfield+3: Sora, that is the cleverest thing anyone has said about my work.
""",
    ("clara.jensen", 58.5): """
hyunwoo+2: Fourteen is a rich square. Did you meet a clover with four?
> clara.jensen: Three with three, and one that had been eaten.
yuna.paper+1: 벌한테 자리를 비켜 주는 사람이라서 좋아요.
""",
    ("oliver.hart", 62.2): """
theo.marsh+2: Welcome to the lake, old friend.
> oliver.hart+3: It still has an other side, Theo. You cannot see it, that is the point.
haneul+1: 갈매기랑 해가 같이 쉬고 있네요.
clara.jensen: The sail in the second one is so small and so sure of itself.
""",
    ("ines.duarte", 68.0): """
ann.whitfield+3: The room agreed! Rooms always know before we do.
sora.flowers+1: 한 뼘의 힘이네요. 저도 내일 가게에서 해 볼게요.
> ines.duarte: Tell me if the flowers vote.
""",
    ("theo.marsh", 75.8): """
minji.kim+2: The mountains believe in you, too.
> theo.marsh: I shall tell the far bank.
oliver.hart+1: We would have sounded the horn for that.
> theo.marsh+2: Please do not give the heron ideas.
""",
    ("maya.okafor", 101.0): """
jiho.stars+1: Sand in the tea is called seasoning, I think.
oliver.hart: Salt here. We could open a restaurant.
> maya.okafor+3: Table for two, wind permitting.
""",
    ("ann.whitfield", 118.2): """
clara.jensen+2: Honey for a bowl, pears for a jar. Ann, you have left the euro entirely.
> ann.whitfield+2: We were never in it, dear. But yes.
sora.flowers: 배 두 알의 자리까지 그림 같아요.
""",
    ("oliver.hart", 134.0): """
clara.jensen+3: Two thirds worry is also the composition of my father's barn roof.
theo.marsh+2: Your granddaughter is right. So are you.
ann.whitfield*+1: The third one obeys her. I think you did it when you weren't looking.
> oliver.hart+2: She says I may keep the camera.
""",
    ("clara.jensen", 159.0): """
hyunwoo+2: Five minutes is also how long a forest needs. I should come and compare.
> clara.jensen+1: Bring old trousers. We lie down properly here.
theo.marsh: What key does it hum in?
> clara.jensen+3: B, obviously.
> oliver.hart+2: @clara.jensen I walked to the lighthouse and back to recover from that.
""",
    ("theo.marsh", 176.0): """
oliver.hart+2: A whole minute. She was being polite.
> theo.marsh+2: She says she noticed at once and was waiting for me to.
minji.kim+1: I turned my phone round twice. Now I do not know which lake is real.
""",
    ("ines.duarte", 181.6): """
ann.whitfield+1: Did you thank her?
> ines.duarte+2: With a cake. She thinks it was for her birthday.
seojun+1: Next year, ask for a curve.
""",
    ("maya.okafor", 196.3): """
jiho.stars+3: All night, and the next one. Which way was the Milky Way rising?
> maya.okafor: Straight out of the dune behind me. I thought of your two flasks.
minji.kim: 사막의 달은 더 가까워 보이네요.
""",
    ("ann.whitfield", 223.0): """
sora.flowers+3: 바로 따라 해 봤어요! This deep, and then a bit: it finally stands.
> ann.whitfield+2: I can hear it not wobbling from here.
""",
    ("oliver.hart", 258.4): """
haneul+1: 갈매기도 조용해지는 달이라니, 소리로 찍은 사진 같아요.
theo.marsh: Even yours is quiet sometimes. Noted.
""",
    ("theo.marsh", 301.2): """
oliver.hart+2: Day 112 and the bench has not filed a complaint?
> theo.marsh+2: It creaked on day 90. We talked it through.
hyunwoo+1: 같은 자리에 오래 서 있는 사람은 나무밖에 없는 줄 알았어요. Only trees do this!
clara.jensen: Number four, please, as large as you can print it.
""",
    ("maya.okafor", 312.0): """
minji.kim+1: They knew. I am sure they knew.
haneul+2: 여섯 마리 모두 잘 도착했을 거예요.
> maya.okafor+1: I looked that up word by word, and it helped. Thank you.
""",
    ("ines.duarte", 322.0): """
ann.whitfield+4: I have sent pots to three continents, and this is the one that went home.
> ines.duarte+2: Now I have to go and stand by the window for a bit.
sora.flowers+1: 다음에는 제 꽃도 같이 놓아 주세요!
""",
    ("ines.duarte", 409.0): """
seojun+1: One window is enough when it knows what to say.
""",
    ("oliver.hart", 440.0): """
theo.marsh+3: Mine has somewhere to be, too. Here.
> oliver.hart+2: I walked into that one at full speed ahead.
""",
    ("clara.jensen", 455.0): """
yuna.paper+2: 씨앗 도착했어요! Half for the window box, half I will copy in paper.
> clara.jensen+1: Tell me which half comes up first.
> yuna.paper+3: @clara.jensen 종이가 먼저 피었어요. The paper ones won.
""",
    ("theo.marsh", 462.3): """
oliver.hart+3: Patience is what you call it when nothing is going anywhere.
> theo.marsh+2: Says the man who walks to a lighthouse and back.
> oliver.hart+3: @theo.marsh A fair hit. Lunch on Thursday?
> theo.marsh+2: @oliver.hart Thursday. I'll bring the patience, you bring the pie.
""",
}
