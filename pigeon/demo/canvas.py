"""A float canvas: colour planes from 0 to 1, blended by masks, finished like film."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pigeon.demo.noise import Plane, enlarge, field, smoothstep
from pigeon.demo.palettes import Palette, gradient

Point = tuple[float, float]


class Canvas:
    """Coordinates are shares of the width and of the height; sizes are shares of the short edge."""

    def __init__(self, *, width: int, height: int, seed: int, palette: Palette) -> None:
        self.width, self.height = width, height
        self.unit = float(min(width, height))
        self.rng = np.random.default_rng(seed)
        self.palette = palette
        self.pixels = np.zeros((3, height, width), dtype=np.float32)
        self.focus: Point = (0.5, 0.5)
        self._scratch = np.empty((height, width), dtype=np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        return self.height, self.width

    @property
    def across(self) -> Plane:
        """x of every column in pixels, as one row."""
        return np.arange(self.width, dtype=np.float32)[None, :]

    @property
    def down(self) -> Plane:
        """y of every row in pixels, as one column."""
        return np.arange(self.height, dtype=np.float32)[:, None]

    def uniform(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def noise(self, *, cells: tuple[float, float], octaves: int = 5, coarse: int = 4) -> Plane:
        return field(self.rng, self.shape, cells=cells, octaves=octaves, coarse=coarse)

    def fill(self, codes: tuple[str, ...], *, until: float = 1.0) -> None:
        """A vertical gradient over everything, its last colour reached at `until`."""
        rows = gradient(codes, np.clip(self.down[:, 0] / (self.height * until), 0, 1))
        self.pixels[:] = rows.T[:, :, None]

    def blend(self, colour: Plane, mask: Plane, *, top: int = 0, left: int = 0) -> None:
        """Covers with `colour` (3), (rows, 3) or (rows, columns, 3) as far as `mask` is 1."""
        rows, columns = mask.shape
        scratch = self._scratch[:rows, :columns]
        for k in range(3):
            plane = self.pixels[k, top : top + rows, left : left + columns]
            target = colour[..., k][:, None] if colour.ndim == 2 else colour[..., k]
            np.subtract(target, plane, out=scratch)
            scratch *= mask
            plane += scratch

    def screen(self, colour: Plane, mask: Plane, *, top: int = 0, left: int = 0) -> None:
        """Adds light that never clips; `mask` is its strength."""
        rows, columns = mask.shape
        scratch = self._scratch[:rows, :columns]
        for k in range(3):
            plane = self.pixels[k, top : top + rows, left : left + columns]
            np.subtract(1, plane, out=scratch)
            scratch *= mask
            scratch *= colour[..., k]
            plane += scratch

    def multiply(self, mask: Plane, *, top: int = 0, left: int = 0) -> None:
        rows, columns = mask.shape
        self.pixels[:, top : top + rows, left : left + columns] *= mask

    def glow(self, at: Point, *, radius: float, colour: Plane, strength: float) -> None:
        """Light around a source: bright in the middle, with a long faint skirt."""
        small = (self.height // 8, self.width // 8)
        y = (np.arange(small[0], dtype=np.float32)[:, None] + 0.5) * 8 - at[1] * self.height
        x = (np.arange(small[1], dtype=np.float32)[None, :] + 0.5) * 8 - at[0] * self.width
        distance = (x * x + y * y) / np.float32((radius * self.unit) ** 2)
        self.screen(colour, enlarge(strength / (1 + distance) ** 1.4, self.shape))

    def disc(self, at: Point, *, radius: float, colour: Plane, soft: float = 1.5) -> Plane:
        """A filled circle with an edge `soft` pixels wide."""
        r = radius * self.unit
        cx, cy, reach = at[0] * self.width, at[1] * self.height, r + soft + 2
        top, left = max(0, int(cy - reach)), max(0, int(cx - reach))
        bottom, right = min(self.height, int(cy + reach)), min(self.width, int(cx + reach))
        if bottom <= top or right <= left:
            return np.zeros((0, 0), dtype=np.float32)
        distance = np.hypot(self.across[:, left:right] - cx, self.down[top:bottom] - cy)
        mask = smoothstep(r + soft, r - soft, distance)
        self.blend(colour, mask, top=top, left=left)
        return mask

    def silhouette(
        self, draw: Callable[[ImageDraw.ImageDraw, float], None], *, blur: float = 0
    ) -> Plane:
        """The mask of what `draw` paints with 255 on twice the size: (brush, 2.0)."""
        image = Image.new("L", (self.width * 2, self.height * 2), 0)
        draw(ImageDraw.Draw(image), 2.0)
        image = image.reduce(2)
        if blur:
            image = image.filter(ImageFilter.GaussianBlur(blur * self.unit))
        return np.asarray(image, dtype=np.float32) * np.float32(1 / 255)

    def soft_silhouette(
        self, draw: Callable[[ImageDraw.ImageDraw, float], None], *, blur: float
    ) -> Plane:
        """Like `silhouette`, for shadows: painted at a quarter of the size."""
        image = Image.new("L", (self.width // 4, self.height // 4), 0)
        draw(ImageDraw.Draw(image), 0.25)
        image = image.filter(ImageFilter.GaussianBlur(blur * self.unit / 4))
        small = np.asarray(image, dtype=np.float32) * np.float32(1 / 255)
        return np.clip(enlarge(small, self.shape), 0, 1)

    def finish(self, *, grain: float = 0.0105, vignette: float = 0.16) -> Image.Image:
        """Vignette, a little chance in exposure, and grain that hides the steps of 8 bits."""
        y = ((self.down / self.height) * 2 - 1) ** 2
        x = ((self.across / self.width) * 2 - 1) ** 2
        falloff = 1 - np.float32(vignette / 2) * (x + y) * np.float32(0.9)
        silver = self.rng.standard_normal(self.shape, dtype=np.float32)
        silver[1:] += silver[:-1] * np.float32(0.45)
        silver *= np.float32(grain)
        exposure, warmth = self.uniform(0.94, 1.0), self.uniform(-0.022, 0.026)
        gains = (exposure * (1 + warmth), exposure, exposure * (1 - warmth))
        out = np.empty((self.height, self.width, 3), dtype=np.uint8)
        for k in range(3):
            plane = self.pixels[k]
            plane *= falloff * np.float32(gains[k])
            plane += silver
            plane *= 255
            np.clip(plane, 0, 255, out=plane)
            out[..., k] = plane + np.float32(0.5)
        return Image.fromarray(out)


def soften(mask: Plane, pixels: float) -> Plane:
    """A Gaussian blur; done on a reduced picture when the blur is wide."""
    step = max(1, int(pixels // 4))
    height, width = mask.shape
    image = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    small = image.reduce(step) if step > 1 else image
    small = small.filter(ImageFilter.GaussianBlur(pixels / step))
    plane = np.asarray(small, dtype=np.float32) * np.float32(1 / 255)
    return plane if step == 1 else enlarge(plane, (height, width))


def shifted(plane: Plane, *, down: int, right: int) -> Plane:
    """The plane moved by whole pixels, its edges repeated; `np.roll` would wrap shadows round."""
    padded = np.pad(plane, ((down, 0), (right, 0)), mode="edge")
    return padded[: plane.shape[0], : plane.shape[1]]
