"""Paints a spec: same spec, same bytes."""

from collections.abc import Callable

from PIL import Image

from pigeon.demo.canvas import Canvas
from pigeon.demo.cities import draw_city
from pigeon.demo.details import Features
from pigeon.demo.fields import draw_dunes, draw_meadow
from pigeon.demo.landscapes import draw_lake, draw_mountains, draw_woods
from pigeon.demo.light import draw_light_on_wall
from pigeon.demo.palettes import PALETTES
from pigeon.demo.papercuts import draw_papercut
from pigeon.demo.people import Person
from pigeon.demo.rain import draw_rain
from pigeon.demo.seas import draw_sea
from pigeon.demo.skies import draw_clouds, draw_night
from pigeon.demo.specs import RATIOS, PictureSpec
from pigeon.demo.still_lifes import draw_table, draw_vase

SCENES: dict[str, Callable[[Canvas, Features], None]] = {
    "mountains": draw_mountains,
    "lake": draw_lake,
    "woods": draw_woods,
    "clouds": draw_clouds,
    "night": draw_night,
    "sea": draw_sea,
    "dunes": draw_dunes,
    "meadow": draw_meadow,
    "city": draw_city,
    "rain": draw_rain,
    "table": draw_table,
    "vase": draw_vase,
    "papercut": draw_papercut,
    "light": draw_light_on_wall,
}

# What a person would crop their own picture to: features, and the share of the short edge kept.
AVATARS: dict[str, tuple[str, float]] = {
    "mountains": ("moon mist", 0.62),
    "lake": ("boat", 0.5),
    "woods": ("rays", 0.8),
    "clouds": ("crescent", 0.62),
    "night": ("milkyway tent", 0.62),
    "sea": ("lighthouse", 0.55),
    "dunes": ("sun", 0.7),
    "meadow": ("poppies", 0.6),
    "city": ("tower", 0.6),
    "rain": ("heavy", 0.6),
    "table": ("bowl persimmons", 0.75),
    "vase": ("blossom", 0.8),
    "papercut": ("moon fern", 0.9),
    "light": ("blinds vase", 0.6),
}
AVATAR_EDGE = 512


def render(spec: PictureSpec, *, scale: float = 1.0) -> Image.Image:
    """The photograph, RGB, as large as `RATIOS` says; about half a second at full `scale`."""
    width, height = RATIOS[spec.ratio]
    return _paint(spec, width=round(width * scale), height=round(height * scale)).finish()


def render_avatar(person: Person) -> Image.Image:
    """A square detail of the person's own subject, 512 pixels wide."""
    features, share = AVATARS[person.subject]
    spec = PictureSpec(
        subject=person.subject,
        palette=person.palette,
        features=tuple(features.split()),
        ratio="1:1",
        seed=person.avatar_seed,
    )
    edge = 1000
    canvas = _paint(spec, width=edge, height=edge)
    side = int(share * edge)
    left = min(max(0, int(canvas.focus[0] * edge) - side // 2), edge - side)
    top = min(max(0, int(canvas.focus[1] * edge) - side // 2), edge - side)
    square = canvas.finish(grain=0.008).crop((left, top, left + side, top + side))
    return square.resize((AVATAR_EDGE, AVATAR_EDGE), Image.Resampling.LANCZOS)


def _paint(spec: PictureSpec, *, width: int, height: int) -> Canvas:
    canvas = Canvas(width=width, height=height, seed=spec.seed, palette=PALETTES[spec.palette])
    SCENES[spec.subject](canvas, frozenset(spec.features))
    return canvas
