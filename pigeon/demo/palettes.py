"""One palette per person, mixed in OKLab so that the middle of two colours is never muddy."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pigeon.demo.noise import Plane


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Hex colours; `sky` runs from the top to the horizon, `accents` are for small things."""

    sky: tuple[str, ...]
    haze: str
    near: str
    light: str
    accents: tuple[str, ...]
    tone_en: str
    tone_ko: str


PALETTES: dict[str, Palette] = {
    "blue_hour": Palette(
        sky=("#2b4a7f", "#7d93bd", "#e9c9bd", "#f8e3cd"),
        haze="#b9c3da",
        near="#101c36",
        light="#fff1dc",
        accents=("#f3b8a0", "#8fa6d6", "#dfe6f5"),
        tone_en="blue",
        tone_ko="푸른",
    ),
    "seoul_dusk": Palette(
        sky=("#1f2250", "#5b3f86", "#d96f7c", "#ffc183"),
        haze="#a8668f",
        near="#12122b",
        light="#ffe0a8",
        accents=("#ffb45e", "#ff7d6b", "#7fd3ff", "#ffe9c2"),
        tone_en="violet",
        tone_ko="보랏빛",
    ),
    "clay": Palette(
        sky=("#d3ac8b", "#e2c2a1", "#ecd4b8"),
        haze="#bf9168",
        near="#5b4636",
        light="#fff4e0",
        accents=("#b8623f", "#7c8b6d", "#e0b36a", "#efe7da", "#45545a"),
        tone_en="clay and sage",
        tone_ko="흙빛",
    ),
    "atlantic": Palette(
        sky=("#3f7f97", "#8fbfc4", "#f3d3b4", "#fbe3c6"),
        haze="#a9c9cb",
        near="#0e3444",
        light="#fff0d2",
        accents=("#f0916a", "#f7f3ea", "#1c5a6c"),
        tone_en="teal",
        tone_ko="청록빛",
    ),
    "candy_sky": Palette(
        sky=("#4f7fc4", "#93b7e3", "#f6c9cf", "#ffe2c4"),
        haze="#e9d3e2",
        near="#4b4f80",
        light="#fff6e6",
        accents=("#ff9f9a", "#8b8fc7", "#ffd9b0"),
        tone_en="pink and blue",
        tone_ko="분홍과 파랑이 섞인",
    ),
    "garden": Palette(
        sky=("#f6ead6", "#f3d9c0", "#f0c7a9"),
        haze="#d9e2c4",
        near="#12372f",
        light="#fff6e2",
        accents=("#ee7f63", "#2f6b52", "#8fb27c", "#f2b95c", "#1e4d45"),
        tone_en="green and coral",
        tone_ko="초록과 산호빛",
    ),
    "polar": Palette(
        sky=("#060b22", "#0d2146", "#1c4468", "#3d7380"),
        haze="#2a5468",
        near="#04070f",
        light="#eaf6ff",
        accents=("#5ff0b8", "#7a7bff", "#e08bd0", "#ffcf7a"),
        tone_en="deep blue",
        tone_ko="짙푸른",
    ),
    "apricot": Palette(
        sky=("#7d6a9c", "#c98fa0", "#f7b98c", "#ffdcae"),
        haze="#efb795",
        near="#5a2b3c",
        light="#ffdf9f",
        accents=("#e88b57", "#b65647", "#fff0cf"),
        tone_en="apricot",
        tone_ko="살굿빛",
    ),
    "neon_rain": Palette(
        sky=("#0a1c28", "#123846", "#1d4c52", "#0e242c"),
        haze="#27505a",
        near="#050b10",
        light="#ffe7c0",
        accents=("#ffb347", "#ff5d5d", "#38c6c0", "#ffd98a", "#6f8cff"),
        tone_en="amber and teal",
        tone_ko="호박빛과 청록빛",
    ),
    "poppy": Palette(
        sky=("#8fb9d6", "#c9dde2", "#f7e6cf", "#fcead0"),
        haze="#c3cfae",
        near="#2f4a2c",
        light="#fff3d4",
        accents=("#e2452f", "#f2704f", "#f6c65b", "#f9efe0", "#6f7fc0"),
        tone_en="red and cream",
        tone_ko="붉은",
    ),
    "rose_lake": Palette(
        sky=("#56749b", "#a3abc6", "#f0bcae", "#fbdcb8"),
        haze="#c4b4c1",
        near="#1b2735",
        light="#fff0d0",
        accents=("#d9714f", "#e7a55b", "#7f93b0"),
        tone_en="rose and slate",
        tone_ko="장밋빛",
    ),
    "celadon": Palette(
        sky=("#bfd0c6", "#d2ddd1", "#e4e6d8"),
        haze="#d8c2a4",
        near="#3c463f",
        light="#fffaf0",
        accents=("#9fb8a6", "#e6b7ad", "#6f8468", "#f4ece0", "#c98a7d"),
        tone_en="celadon",
        tone_ko="청잣빛",
    ),
    "ochre": Palette(
        sky=("#dd9350", "#e8a968", "#f2c48a"),
        haze="#dcb67c",
        near="#4a2c22",
        light="#fff0c8",
        accents=("#b5533a", "#2f5d78", "#6d7f4e", "#f6e3bd"),
        tone_en="ochre",
        tone_ko="황톳빛",
    ),
    "moss": Palette(
        sky=("#4f7058", "#9db384", "#f0e2ac", "#fdf3cd"),
        haze="#cfd297",
        near="#0f1d17",
        light="#fff4c4",
        accents=("#e0b04f", "#5f7f4a", "#2d4a38"),
        tone_en="moss green",
        tone_ko="이끼빛",
    ),
}

_TO_LMS = np.array(
    [
        [0.4122215, 0.5363325, 0.0514460],
        [0.2119035, 0.6806995, 0.1073970],
        [0.0883025, 0.2817188, 0.6299787],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104543, 0.7936178, -0.0040720],
        [1.9779985, -2.4285922, 0.4505937],
        [0.0259040, 0.7827718, -0.8086758],
    ]
)
_FROM_LMS, _FROM_LAB = np.linalg.inv(_TO_LMS), np.linalg.inv(_TO_LAB)


@lru_cache(maxsize=512)
def _lab(code: str) -> tuple[float, float, float]:
    srgb = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lightness, a, b = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    return float(lightness), float(a), float(b)


def _srgb(lab: Plane) -> Plane:
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0, 1)
    low = linear * 12.92
    return np.where(linear <= 0.0031308, low, 1.055 * linear ** (1 / 2.4) - 0.055).astype(
        np.float32
    )


def rgb(code: str) -> Plane:
    """The colour as three numbers from 0 to 1."""
    return _srgb(np.array(_lab(code), dtype=np.float32))


def gradient(codes: tuple[str, ...], at: Plane | float) -> Plane:
    """The colours spread evenly over 0 to 1 and read at each of `at`; one more axis of 3."""
    labs = np.array([_lab(code) for code in codes])
    stops = np.linspace(0, 1, len(codes))
    channels = [np.interp(at, stops, labs[:, k]) for k in range(3)]
    return _srgb(np.stack(channels, axis=-1).astype(np.float32))


def mix(first: str, second: str, share: float) -> Plane:
    """`share` 0 gives the first colour, 1 the second."""
    return gradient((first, second), share)
