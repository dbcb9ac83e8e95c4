"""Alt texts, made from the same spec as the picture, in the author's language."""

from pigeon.demo.palettes import PALETTES
from pigeon.demo.specs import PictureSpec

SUBJECTS: dict[str, dict[str, str]] = {
    "mountains": {"en": "Layered {tone} mountains", "ko": "겹겹이 이어진 {tone} 산줄기"},
    "lake": {"en": "Hills mirrored in a still {tone} lake", "ko": "{tone} 호수에 거꾸로 비친 산"},
    "woods": {"en": "Tall trunks in {tone} haze", "ko": "{tone} 안개 속에 선 키 큰 나무들"},
    "clouds": {
        "en": "A {tone} sky above heaped clouds",
        "ko": "뭉게구름 위로 펼쳐진 {tone} 하늘",
    },
    "night": {
        "en": "A {tone} night full of stars above dark hills",
        "ko": "검은 산등성이 위로 별이 가득한 {tone} 밤하늘",
    },
    "sea": {
        "en": "A {tone} sea glittering to the horizon",
        "ko": "수평선까지 반짝이는 {tone} 바다",
    },
    "dunes": {"en": "{tone} dunes with long shadows", "ko": "그림자가 길게 누운 {tone} 모래 언덕"},
    "meadow": {"en": "A meadow below soft green hills", "ko": "연둣빛 언덕 아래 들판"},
    "city": {
        "en": "City windows lighting up under a {tone} dusk",
        "ko": "{tone} 노을 아래 하나둘 불이 켜진 도시",
    },
    "rain": {
        "en": "Street lights out of focus behind a rainy window, {tone}",
        "ko": "빗방울 맺힌 창 너머로 번지는 {tone} 거리의 불빛",
    },
    "table": {"en": "A wooden table in window light", "ko": "창가 빛이 드는 나무 탁자"},
    "vase": {"en": "A vase against a {tone} wall", "ko": "{tone} 벽 앞에 놓인 꽃병"},
    "papercut": {
        "en": "Leaves cut from layers of {tone} paper",
        "ko": "{tone} 종이를 겹겹이 오려 만든 잎사귀",
    },
    "light": {"en": "Late sun on an {tone} wall", "ko": "{tone} 벽에 비친 늦은 오후 햇살"},
}

FEATURES: dict[str, dict[str, str]] = {
    "sun": {"en": "a low sun", "ko": "낮게 걸린 해"},
    "moon": {"en": "a pale full moon", "ko": "창백한 보름달"},
    "crescent": {"en": "a thin moon", "ko": "가느다란 초승달"},
    "mist": {"en": "drifting mist", "ko": "흐르는 안개"},
    "pines": {"en": "dark pines", "ko": "짙은 소나무"},
    "birds": {"en": "a small flock of birds", "ko": "작은 새 떼"},
    "boat": {"en": "a rower in a small boat", "ko": "작은 배를 젓는 사람"},
    "rays": {"en": "shafts of light", "ko": "비스듬히 드는 빛줄기"},
    "milkyway": {"en": "the Milky Way", "ko": "은하수"},
    "aurora": {"en": "green curtains of aurora", "ko": "초록빛 오로라"},
    "tent": {"en": "a glowing tent", "ko": "불 켜진 텐트"},
    "meteor": {"en": "a shooting star", "ko": "별똥별"},
    "lighthouse": {"en": "a striped lighthouse on the rocks", "ko": "바위 위 줄무늬 등대"},
    "sails": {"en": "a small sailing boat", "ko": "작은 돛단배"},
    "gulls": {"en": "gulls overhead", "ko": "머리 위 갈매기"},
    "poppies": {"en": "red poppies", "ko": "빨간 양귀비"},
    "wildflowers": {"en": "white, yellow and blue flowers", "ko": "하양, 노랑, 파랑 들꽃"},
    "tower": {"en": "a tower on the hill", "ko": "언덕 위 타워"},
    "river": {"en": "their reflection in the river", "ko": "강물에 비친 불빛"},
    "bridge": {"en": "a cable bridge", "ko": "사장교"},
    "heavy": {"en": "heavy drops running down", "ko": "흘러내리는 굵은 빗방울"},
    "light": {"en": "a few fine drops", "ko": "드문드문 맺힌 잔 빗방울"},
    "bowl": {"en": "a green bowl", "ko": "초록 사발"},
    "cup": {"en": "a red clay cup of coffee", "ko": "커피가 담긴 붉은 잔"},
    "jug": {"en": "a white jar", "ko": "하얀 항아리"},
    "bottle": {"en": "a tall bottle", "ko": "목이 긴 병"},
    "pears": {"en": "two pears", "ko": "배 두 알"},
    "persimmons": {"en": "three persimmons", "ko": "감 세 알"},
    "eucalyptus": {"en": "eucalyptus", "ko": "유칼립투스"},
    "blossom": {"en": "pink blossom", "ko": "분홍 꽃가지"},
    "cotton": {"en": "cotton stems", "ko": "목화 가지"},
    "petals": {"en": "fallen petals on the table", "ko": "탁자에 떨어진 꽃잎"},
    "fern": {"en": "ferns", "ko": "고사리"},
    "palm": {"en": "palm leaves", "ko": "야자 잎"},
    "berries": {"en": "coral berries", "ko": "산호빛 열매"},
    "plant": {"en": "the shadow of a fern", "ko": "고사리 그림자"},
    "arch": {"en": "the shape of an arched window", "ko": "아치 창 모양의 빛"},
    "blinds": {"en": "the stripes of blinds", "ko": "블라인드 줄무늬"},
    "curtain": {"en": "the folds of a curtain", "ko": "커튼 주름"},
    "vase": {"en": "a red jug and a blue bottle", "ko": "붉은 항아리와 파란 병"},
}


def describe(spec: PictureSpec, language: str) -> str:
    """One sentence about what is to be seen; `language` is "ko" or "en"."""
    palette = PALETTES[spec.palette]
    tone = palette.tone_ko if language == "ko" else palette.tone_en
    base = SUBJECTS[spec.subject][language].format(tone=tone)
    parts = [FEATURES[name][language] for name in spec.features]
    if language == "ko":
        return ", ".join([base, *parts])
    sentence = f"{base} with {_listed(parts)}" if parts else base
    return sentence[0].upper() + sentence[1:]


def _listed(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
