"""Posts of the English-speaking members."""

from pigeon.demo.specs import Draft

DRAFTS_EN: tuple[Draft, ...] = (
    Draft(
        username="ann.whitfield",
        hours_ago=2.3,
        caption=(
            "Third firing of the week and the green finally came out the way I saw it. #pottery"
        ),
        pictures=("jug bowl persimmons", "bowl cup bottle"),
    ),
    Draft(
        username="ann.whitfield",
        hours_ago=39.0,
        caption="The tall bottle leans two degrees. I measured. I'm keeping it.",
        ratio="3:2",
        pictures=("bottle bowl cup",),
    ),
    Draft(
        username="ann.whitfield",
        hours_ago=118.2,
        caption=(
            "Pears from next door in exchange for a jar. Best deal I'll make this month. #stilllife"
        ),
        ratio="1:1",
        pictures=("jug cup pears", "bottle pears"),
    ),
    Draft(
        username="ann.whitfield",
        hours_ago=223.0,
        caption=(
            "For @sora.flowers, who asked how deep the foot ring should be: this deep, and "
            "then a bit."
        ),
        ratio="1:1",
        pictures=("bowl",),
    ),
    Draft(
        username="ann.whitfield",
        hours_ago=399.5,
        caption=(
            "Nine o'clock light. I never finish the coffee because I keep moving "
            "the cup. #goldenhour"
        ),
        pictures=("jug cup bowl",),
    ),
    Draft(
        username="oliver.hart",
        hours_ago=5.4,
        caption=(
            "Steered by that light for thirty-one years. First time I've stood still and "
            "looked at it."
        ),
        pictures=("sun lighthouse",),
    ),
    Draft(
        username="oliver.hart",
        hours_ago=62.2,
        caption="Flat calm, which the sailors hate and I have decided to enjoy. #sea #goldenhour",
        ratio="1.91:1",
        pictures=("sun gulls", "moon sails"),
    ),
    Draft(
        username="oliver.hart",
        hours_ago=134.0,
        caption=(
            "My granddaughter says I should use the thirds. So: one third sky, two thirds worry."
        ),
        ratio="3:2",
        pictures=("lighthouse gulls", "sun sails", "moon lighthouse"),
    ),
    Draft(
        username="oliver.hart",
        hours_ago=258.4,
        caption="Moonrise. The whole bay went quiet, even the gulls.",
        ratio="1:1",
        pictures=("moon",),
    ),
    Draft(
        username="oliver.hart",
        hours_ago=440.0,
        caption="@theo.marsh this is what a lake looks like when it has somewhere to go.",
        ratio="16:9",
        pictures=("sun sails gulls",),
    ),
    Draft(
        username="maya.okafor",
        hours_ago=18.0,
        caption=(
            "Day 9. Every crest you see here was forty metres to the left last winter. #fieldnotes"
        ),
        pictures=("sun", "birds", "moon"),
    ),
    Draft(
        username="maya.okafor",
        hours_ago=101.0,
        caption="The wind draws, I just carry the camera. Sand in the lens, sand in the tea.",
        ratio="3:2",
        pictures=("sun",),
    ),
    Draft(
        username="maya.okafor",
        hours_ago=196.3,
        caption=(
            "Moon up before the heat was gone. @jiho.stars you'd have stayed all night. #fieldnotes"
        ),
        ratio="1:1",
        pictures=("moon",),
    ),
    Draft(
        username="maya.okafor",
        hours_ago=312.0,
        caption=(
            "Six birds, eleven hours from the nearest tree. I hope they knew where they were going."
        ),
        ratio="16:9",
        pictures=("birds sun",),
    ),
    Draft(
        username="maya.okafor",
        hours_ago=489.0,
        caption="Packed: two hats, one stove, no expectations. Back in three weeks. #goldenhour",
        pictures=("sun",),
    ),
    Draft(
        username="clara.jensen",
        hours_ago=7.7,
        caption=(
            "The poppies came up in the field Dad forgot to plough. He now says it was on purpose."
        ),
        pictures=("poppies sun", "poppies birds"),
    ),
    Draft(
        username="clara.jensen",
        hours_ago=58.5,
        caption=(
            "Counted fourteen kinds in one square metre, then a bee asked me to move. #wildflowers"
        ),
        ratio="1:1",
        pictures=("wildflowers",),
    ),
    Draft(
        username="clara.jensen",
        hours_ago=159.0,
        caption=(
            "Lie down, wait five minutes, and the whole field starts humming. #wildflowers #summer"
        ),
        ratio="3:2",
        pictures=("wildflowers sun", "poppies", "wildflowers birds"),
    ),
    Draft(
        username="clara.jensen",
        hours_ago=283.9,
        caption="Red, in case anyone was wondering what June smells like.",
        ratio="16:9",
        pictures=("poppies",),
    ),
    Draft(
        username="clara.jensen",
        hours_ago=455.0,
        caption="Seeds for @yuna.paper are in the post. Paper ones would last longer, I know!",
        pictures=("wildflowers birds",),
    ),
    Draft(
        username="theo.marsh",
        hours_ago=9.6,
        caption=(
            "5:50. Nobody on the water but the heron and me, and the heron left. #lake #goldenhour"
        ),
        pictures=("boat sun",),
    ),
    Draft(
        username="theo.marsh",
        hours_ago=75.8,
        caption="Mist so low that only the far bank believed in the mountains.",
        ratio="3:2",
        pictures=("mist moon pines", "boat mist"),
    ),
    Draft(
        username="theo.marsh",
        hours_ago=176.0,
        caption="I turned the picture upside down and it took my wife a minute to notice.",
        ratio="1:1",
        pictures=("sun pines",),
    ),
    Draft(
        username="theo.marsh",
        hours_ago=301.2,
        caption=(
            "Same stone, same bench, day 112. The lake is the only one of us who changed. #lake"
        ),
        pictures=("pines mist", "sun", "moon pines", "boat mist", "sun pines"),
    ),
    Draft(
        username="theo.marsh",
        hours_ago=462.3,
        caption="@oliver.hart yours has tides, mine has patience.",
        ratio="1.91:1",
        pictures=("boat",),
    ),
    Draft(
        username="ines.duarte",
        hours_ago=13.8,
        caption="17:42, kitchen. It lasts about as long as an espresso. #light #lisbon",
        pictures=("blinds plant",),
    ),
    Draft(
        username="ines.duarte",
        hours_ago=68.0,
        caption="Moved the two pots a hand's width to the left and the whole room agreed. #light",
        ratio="1:1",
        pictures=("arch vase", "blinds vase"),
    ),
    Draft(
        username="ines.duarte",
        hours_ago=181.6,
        caption="My neighbour repainted her shutters, so the stripes are wider this year.",
        ratio="3:2",
        pictures=("blinds", "blinds curtain"),
    ),
    Draft(
        username="ines.duarte",
        hours_ago=322.0,
        caption="@ann.whitfield your jug, my sun. They get along. #lisbon #goldenhour",
        pictures=("arch vase",),
    ),
    Draft(
        username="ines.duarte",
        hours_ago=409.0,
        caption="Old chapel, one window, no photograph of anything else needed.",
        ratio="1:1",
        pictures=("arch plant", "arch"),
    ),
    Draft(
        username="ann.whitfield",
        hours_ago=24.5,
        caption=(
            "Kiln's at 1,240 and I'm not allowed to open it until Thursday. Send pictures "
            "of anything. Please."
        ),
    ),
)
