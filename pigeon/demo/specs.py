"""What a demo picture is made of, before it is painted."""

from dataclasses import dataclass

RATIOS: dict[str, tuple[int, int]] = {
    "9:16": (900, 1600),
    "4:5": (1280, 1600),
    "1:1": (1400, 1400),
    "3:2": (1600, 1067),
    "16:9": (1600, 900),
    "1.91:1": (1600, 838),
}


@dataclass(frozen=True, kw_only=True)
class PictureSpec:
    """The same spec always gives the same bytes; `features` are named in `alts.FEATURES`."""

    subject: str
    palette: str
    features: tuple[str, ...]
    ratio: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A post as it is written in `posts_ko` and `posts_en`; each of `pictures` lists features."""

    username: str
    hours_ago: float
    caption: str
    ratio: str = "4:5"
    pictures: tuple[str, ...] = ()
