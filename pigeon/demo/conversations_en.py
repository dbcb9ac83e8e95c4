"""What the English-speaking members write to each other, and to friends elsewhere.

Written as in `conversations_ko`.
"""

CONVERSATIONS_EN: dict[tuple[str, str, float], str] = {
    ("minji.kim", "theo.marsh", 0.9): """
theo.marsh: Your second ridge is my wallpaper now. I hope that is all right.
minji.kim: Only if your lake can be mine.
theo.marsh: Deal. Mist or no mist?
minji.kim: Mist, please. We have enough weather of the other kind.
! theo.marsh: I rowed out at five for you. It was all mist. I took a picture of nothing at all.
""",
    ("minji.kim", "maya.okafor", 4.0): """
maya.okafor: Is it true that you carry a tripod up there every weekend?
minji.kim: The tripod carries me, mostly.
! maya.okafor: I need that tripod. Mine has sand in all three legs.
! maya.okafor: Signal is gone again from tomorrow on. Talk in ten days!
""",
    ("ann.whitfield", "oliver.hart", 0.4): """
oliver.hart: The mug arrived. It has survived the boat, the bus and my dog.
ann.whitfield: And the tea?
oliver.hart: The tea has not survived.
ann.whitfield: That is the highest mark a mug can get.

oliver.hart: My granddaughter says it leans. I told her so does the lighthouse.
! ann.whitfield: Tell her both were made by somebody who looked at the sea too long.
""",
    ("ann.whitfield", "clara.jensen", 1.7): """
clara.jensen: Do you ever glaze in red? I have a poppy that deserves a bowl.
ann.whitfield: Red is the one that never listens. I try twice a year.
clara.jensen: When is the next time?
ann.whitfield: Thursday. Bring courage and biscuits.
! clara.jensen: I have both. The biscuits are slightly wet, like my shoes.
! clara.jensen: Is there a bus from the station, or do I walk?
""",
    ("ann.whitfield", "sora.flowers", 3.1): """
sora.flowers: Hello from Seoul! The branch from Tuesday stands in your jug now.
ann.whitfield: It looks as if it had grown there.
sora.flowers: I told the branch. It blushed.

ann.whitfield: [ann.whitfield 223.0]
ann.whitfield: This one was for you, you know. You asked how high the foot should be.
! sora.flowers: I printed it. It hangs above the till, so every customer asks about you.
""",
    ("ann.whitfield", "theo.marsh", 44.0): """
theo.marsh: Which of your bottles would hold a lake?
ann.whitfield: The tall one. It leans two degrees, so you get a little more.
theo.marsh: Sold. I pay in mornings.
""",
    ("ann.whitfield", "ines.duarte", 70.0): """
ines.duarte: Ten minutes of sun on your jug today. I sat down for all of them.
ann.whitfield: What did it do?
ines.duarte: It was blue for four of them and gold for six.
ann.whitfield: Then the glaze is right at last.
""",
    ("maya.okafor", "ann.whitfield", 7.5): """
! maya.okafor: We have not met. I map dunes, and I break cups.
! maya.okafor: Do you make anything that survives a truck?
""",
    ("oliver.hart", "theo.marsh", 0.6): """
theo.marsh: Swell?
oliver.hart: A metre and a half, and in a mood.
theo.marsh: The lake sends its regards. It is asleep.
oliver.hart: Lakes. All the water and none of the opinions.

theo.marsh: [oliver.hart 62.2]
theo.marsh: This one could be mine, and you know it.
oliver.hart: I know. I was ashamed of it for a week.
! theo.marsh: I am coming over on the Friday ferry. Is the bench by the lighthouse still free?
! theo.marsh: I bring the tea, you bring the weather.
""",
    ("oliver.hart", "clara.jensen", 26.0): """
clara.jensen: What do you call the little white ones that grow between the stones of the pier?
oliver.hart: My wife called them sea daisies. I call them stubborn.
clara.jensen: Scurvygrass, I think. But stubborn is better.
oliver.hart: Come and see them in May.
""",
    ("ines.duarte", "oliver.hart", 19.0): """
! ines.duarte: I asked to follow you, because of the moonrise. I hope that is not too sudden.
! ines.duarte: Here the moon rises behind a bakery. I thought you should know.
""",
    ("clara.jensen", "theo.marsh", 33.0): """
clara.jensen: Fourteen kinds in one square metre. Your turn.
theo.marsh: One kind in one square mile. Reed.
clara.jensen: Look closer.
theo.marsh: Two kinds. There is a heron.
""",
    ("sora.flowers", "clara.jensen", 58.0): """
clara.jensen: The seeds you sent are up! Something pale green, very sure of itself.
sora.flowers: That is the balloon flower. It opens with a small sound.
clara.jensen: I will sit beside it until it does.
""",
}
