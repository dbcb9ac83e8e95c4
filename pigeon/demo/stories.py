"""What the demo's people show for a day: words on a colour, and pictures with words on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from zlib import crc32

from pigeon.demo.people import PEOPLE
from pigeon.demo.specs import PictureSpec
from pigeon.domain.stories import TextStyle

PETROL, VIOLET, ROSE, NIGHT = "#0b7a75", "#6b3fc9", "#b8325e", "#1f2a44"
_PEOPLE = {person.username: person for person in PEOPLE}


@dataclass(frozen=True, kw_only=True)
class DemoStory:
    """`features` are those of its picture, None for one of words alone.

    `seen_by` have seen it from the beginning.
    """

    username: str
    hours_ago: float
    text: str = ""
    style: TextStyle = field(default_factory=TextStyle)
    features: str | None = None
    seen_by: tuple[str, ...] = ()

    @property
    def picture(self) -> PictureSpec | None:
        if self.features is None:
            return None
        author = _PEOPLE[self.username]
        return PictureSpec(
            subject=author.subject,
            palette=author.palette,
            features=tuple(self.features.split()),
            ratio="9:16",
            seed=crc32(f"story/{self.username}/{self.hours_ago}".encode()),
        )

    @property
    def language(self) -> str:
        return _PEOPLE[self.username].language


STORIES: tuple[DemoStory, ...] = (
    DemoStory(
        username="minji.kim",
        hours_ago=2.4,
        text="능선에서 맞는 새벽 🌄",
        style=TextStyle(x=0.5, y=0.18, size="l"),
        features="moon mist",
        seen_by=("seojun", "haneul", "hyunwoo"),
    ),
    DemoStory(
        username="minji.kim",
        hours_ago=2.2,
        text="내려와서 먹는 라면이 제일 맛있어요",
        style=TextStyle(size="m", background=PETROL),
        seen_by=("seojun",),
    ),
    DemoStory(
        username="seojun",
        hours_ago=0.6,
        text="오늘도 한 정거장 먼저",
        style=TextStyle(x=0.5, y=0.85, size="m", color="#ffe9a8"),
        features="tower river",
        seen_by=("doyun",),
    ),
    DemoStory(
        username="ann.whitfield",
        hours_ago=5.5,
        text="Kiln day. Fingers crossed.",
        style=TextStyle(x=0.5, y=0.14, size="m"),
        features="cup jug",
        seen_by=("oliver.hart", "clara.jensen"),
    ),
    DemoStory(
        username="oliver.hart",
        hours_ago=9.0,
        text="Tide table for tomorrow: early.",
        style=TextStyle(size="l", background=NIGHT),
        seen_by=("ann.whitfield",),
    ),
    DemoStory(
        username="haneul",
        hours_ago=12.5,
        features="crescent birds",
        seen_by=("minji.kim", "seojun"),
    ),
    DemoStory(
        username="haneul",
        hours_ago=1.1,
        text="오늘 하늘 점수는요?",
        style=TextStyle(size="l", background=ROSE),
    ),
    DemoStory(
        username="jiho.stars",
        hours_ago=6.8,
        text="유성 하나 📸",
        style=TextStyle(x=0.3, y=0.3, size="s", color="#d8e6ff"),
        features="milkyway meteor",
        seen_by=("minji.kim",),
    ),
    DemoStory(
        username="clara.jensen",
        hours_ago=3.7,
        text="The whole field is humming",
        style=TextStyle(x=0.5, y=0.2, size="m", color="#3a1414"),
        features="poppies wildflowers",
    ),
    DemoStory(
        username="theo.marsh",
        hours_ago=7.9,
        text="Nobody on the water but me.",
        style=TextStyle(size="m", background=VIOLET),
        seen_by=("oliver.hart",),
    ),
    DemoStory(
        username="sora.flowers",
        hours_ago=0.3,
        text="작업실 문 열었어요",
        style=TextStyle(x=0.5, y=0.88, size="m", color="#2a3d34"),
        features="blossom petals",
    ),
)
