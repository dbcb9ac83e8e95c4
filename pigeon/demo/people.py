"""The members of the demo community, whom they follow, and what they have posted."""

from dataclasses import dataclass
from zlib import crc32

from pigeon.demo.alts import describe
from pigeon.demo.posts_en import DRAFTS_EN
from pigeon.demo.posts_ko import DRAFTS_KO
from pigeon.demo.specs import Draft, PictureSpec


@dataclass(frozen=True, kw_only=True)
class Person:
    """One member; `language` is "ko" or "en", `link` may be empty."""

    username: str
    display_name: str
    bio: str
    link: str
    language: str
    subject: str
    palette: str
    avatar_seed: int


@dataclass(frozen=True, kw_only=True)
class DemoPost:
    """`alts` has one text for each of `pictures`; both are empty in a post of words only."""

    username: str
    caption: str
    pictures: tuple[PictureSpec, ...]
    alts: tuple[str, ...]
    hours_ago: float


PEOPLE: tuple[Person, ...] = (
    Person(
        username="minji.kim",
        display_name="김민지",
        bio="주말마다 산에 가요. 정상보다 해 뜨기 전 능선을 더 좋아해요. 설악산 근처에 살아요.",
        link="https://minji.example/sanhaeng",
        language="ko",
        subject="mountains",
        palette="blue_hour",
        avatar_seed=11,
    ),
    Person(
        username="seojun",
        display_name="서준",
        bio="퇴근길에 한 정거장 먼저 내려서 찍는 서울의 저녁. 필름 두 통, 카메라 한 대.",
        link="https://seojun.example",
        language="ko",
        subject="city",
        palette="seoul_dusk",
        avatar_seed=22,
    ),
    Person(
        username="ann.whitfield",
        display_name="Ann Whitfield",
        bio="Potter. I photograph what comes out of the kiln before somebody eats from it. Ludlow.",
        link="https://annwhitfield.example",
        language="en",
        subject="table",
        palette="clay",
        avatar_seed=33,
    ),
    Person(
        username="oliver.hart",
        display_name="Oliver Hart",
        bio="Walks to the lighthouse and back, most days. Retired ferry pilot, new to cameras.",
        link="",
        language="en",
        subject="sea",
        palette="atlantic",
        avatar_seed=44,
    ),
    Person(
        username="haneul",
        display_name="하늘",
        bio="이름 따라 하늘만 찍어요. 제주에서 구름 일기 4년째.",
        link="https://haneul.example/clouds",
        language="ko",
        subject="clouds",
        palette="candy_sky",
        avatar_seed=55,
    ),
    Person(
        username="yuna.paper",
        display_name="유나 · 종이정원",
        bio="종이를 오려 정원을 만들어요. 칼날은 한 달에 한 번 바꿔요. 작업 문의는 메일로 주세요.",
        link="https://papergarden.example",
        language="ko",
        subject="papercut",
        palette="garden",
        avatar_seed=66,
    ),
    Person(
        username="jiho.stars",
        display_name="지호",
        bio="별 보러 다니는 물리 선생님. 핫팩과 보온병은 늘 두 개씩 챙겨요.",
        link="",
        language="ko",
        subject="night",
        palette="polar",
        avatar_seed=77,
    ),
    Person(
        username="maya.okafor",
        display_name="Maya Okafor",
        bio="Geographer. Sand moves more than you think. Currently somewhere without signal.",
        link="https://mayaokafor.example/fieldnotes",
        language="en",
        subject="dunes",
        palette="apricot",
        avatar_seed=88,
    ),
    Person(
        username="doyun",
        display_name="도윤",
        bio="비 오는 날에만 사진을 찍어요. 장마가 제일 바빠요.",
        link="",
        language="ko",
        subject="rain",
        palette="neon_rain",
        avatar_seed=99,
    ),
    Person(
        username="clara.jensen",
        display_name="Clara Jensen",
        bio="Beekeeper's daughter. Flowers at knee height, shoes usually wet. Jutland.",
        link="https://clarajensen.example",
        language="en",
        subject="meadow",
        palette="poppy",
        avatar_seed=110,
    ),
    Person(
        username="theo.marsh",
        display_name="Theo Marsh",
        bio="Rower, early riser, slow photographer. One lake, four seasons, a lot of tea.",
        link="",
        language="en",
        subject="lake",
        palette="rose_lake",
        avatar_seed=121,
    ),
    Person(
        username="sora.flowers",
        display_name="소라",
        bio="연남동 작은 꽃집. 팔고 남은 꽃이 제일 예뻐서 집에 데려와요.",
        link="https://soraflowers.example",
        language="ko",
        subject="vase",
        palette="celadon",
        avatar_seed=132,
    ),
    Person(
        username="ines.duarte",
        display_name="Inês Duarte",
        bio="I collect the ten minutes when the sun reaches my kitchen wall. Lisbon.",
        link="",
        language="en",
        subject="light",
        palette="ochre",
        avatar_seed=143,
    ),
    Person(
        username="hyunwoo",
        display_name="현우",
        bio="숲 해설가예요. 걷는 속도보다 조금 느리게 찍어요. 나무 이름 물어봐 주세요.",
        link="https://hyunwoo.example/forest",
        language="ko",
        subject="woods",
        palette="moss",
        avatar_seed=154,
    ),
)

_CIRCLES: dict[str, str] = {
    "minji.kim": "hyunwoo jiho.stars haneul theo.marsh seojun maya.okafor",
    "seojun": "doyun minji.kim sora.flowers haneul ines.duarte",
    "ann.whitfield": "sora.flowers ines.duarte clara.jensen theo.marsh oliver.hart yuna.paper",
    "oliver.hart": "theo.marsh ann.whitfield haneul clara.jensen",
    "haneul": "minji.kim seojun jiho.stars oliver.hart sora.flowers hyunwoo yuna.paper",
    "yuna.paper": "sora.flowers hyunwoo ann.whitfield clara.jensen haneul",
    "jiho.stars": "minji.kim hyunwoo maya.okafor",
    "maya.okafor": "jiho.stars ines.duarte oliver.hart minji.kim theo.marsh",
    "doyun": "seojun haneul sora.flowers yuna.paper ines.duarte minji.kim",
    "clara.jensen": "ann.whitfield hyunwoo theo.marsh yuna.paper sora.flowers oliver.hart",
    "theo.marsh": "oliver.hart minji.kim clara.jensen ann.whitfield hyunwoo",
    "sora.flowers": "yuna.paper ann.whitfield seojun clara.jensen doyun ines.duarte haneul hyunwoo",
    "ines.duarte": "ann.whitfield sora.flowers seojun maya.okafor",
    "hyunwoo": "minji.kim jiho.stars clara.jensen yuna.paper theo.marsh haneul",
}

_LATELY: dict[tuple[str, str], float] = {
    ("doyun", "minji.kim"): 2.1,
    ("ines.duarte", "seojun"): 0.9,
    ("hyunwoo", "haneul"): 4.0,
    ("clara.jensen", "oliver.hart"): 3.3,
    ("theo.marsh", "ann.whitfield"): 26.0,
    ("yuna.paper", "clara.jensen"): 51.0,
}
"""Hours since a follow; the other ones are older than every post."""

FOLLOWED_HOURS_AGO: dict[tuple[str, str], float] = {
    (follower, followed): _LATELY.get(
        (follower, followed), 515 + crc32(f"{follower}/{followed}".encode()) % 1_500 / 10
    )
    for follower, circle in _CIRCLES.items()
    for followed in circle.split()
}

FOLLOWS: tuple[tuple[str, str], ...] = tuple(
    sorted(FOLLOWED_HOURS_AGO, key=lambda pair: -FOLLOWED_HOURS_AGO[pair])
)

BELLS: tuple[tuple[str, str], ...] = (
    ("minji.kim", "hyunwoo"),
    ("minji.kim", "jiho.stars"),
    ("seojun", "doyun"),
    ("ann.whitfield", "sora.flowers"),
    ("oliver.hart", "theo.marsh"),
    ("haneul", "minji.kim"),
    ("yuna.paper", "sora.flowers"),
    ("jiho.stars", "maya.okafor"),
    ("doyun", "seojun"),
    ("clara.jensen", "hyunwoo"),
    ("theo.marsh", "oliver.hart"),
    ("sora.flowers", "ann.whitfield"),
    ("ines.duarte", "sora.flowers"),
)
"""Who is told of each new post of whom."""

PRIVATE: tuple[str, ...] = ("oliver.hart",)
"""Whose posts are for followers alone; his log-in is one of those that are printed."""

REQUESTS: dict[tuple[str, str], float] = {
    ("ines.duarte", "oliver.hart"): 20.0,
    ("sora.flowers", "oliver.hart"): 5.2,
    ("minji.kim", "oliver.hart"): 0.6,
}
"""Who asks to follow whom, and for how many hours it has waited for an answer."""

MUTES: dict[tuple[str, str], float] = {("minji.kim", "maya.okafor"): 0.4}
"""Whose posts somebody follows and does not want to see at the moment, and for how many hours."""

BLOCKS: dict[tuple[str, str], float] = {("oliver.hart", "doyun"): 300.0}
"""Who has blocked whom; the two never met below a post."""


def _develop(draft: Draft, author: Person) -> DemoPost:
    pictures = tuple(
        PictureSpec(
            subject=author.subject,
            palette=author.palette,
            features=tuple(features.split()),
            ratio=draft.ratio,
            seed=crc32(f"{author.username}/{draft.hours_ago}/{index}".encode()),
        )
        for index, features in enumerate(draft.pictures)
    )
    return DemoPost(
        username=author.username,
        caption=draft.caption,
        pictures=pictures,
        alts=tuple(describe(spec, author.language) for spec in pictures),
        hours_ago=draft.hours_ago,
    )


_BY_USERNAME = {person.username: person for person in PEOPLE}

POSTS: tuple[DemoPost, ...] = tuple(
    _develop(draft, _BY_USERNAME[draft.username])
    for draft in sorted((*DRAFTS_KO, *DRAFTS_EN), key=lambda draft: -draft.hours_ago)
)
