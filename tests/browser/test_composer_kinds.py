"""What the composer says of a file is what the server says of it, before anything is sent."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pigeon.domain import limits
from pigeon.stores import imaging
from tests.harness import pictures
from tests.stores import hostile, kinds

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).parents[2] / "pigeon" / "static" / "js" / "composer"
INSPECT = """async ({ files, limits }) => {
  const { inspect } = await import("/static/js/composer/files.js");
  const answers = {};
  for (const [name, encoded] of Object.entries(files)) {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.codePointAt(0));
    answers[name] = await inspect(new File([bytes], name), limits).then(
      ({ preview, isDrawable }) => ({ isShown: Boolean(preview) && isDrawable }),
      ({ key, values }) => ({ key, limit: values?.limit ?? null }),
    );
  }
  return answers;
}"""
LIMITS = {
    "maxBytes": limits.IMAGE_BYTES,
    "maxPixels": limits.IMAGE_PIXELS,
    "maxJpegBytes": limits.JPEG_BYTES,
    "maxJpegPixels": limits.JPEG_PIXELS,
}
KEYS = {
    "file_damaged": "unreadable",
    "file_side_too_long": "side_too_long",
    "file_too_large": "too_large",
    "file_too_many_pixels": "too_many_pixels",
    "file_unsupported": "unsupported",
    "not_a_picture": "bad_format",
}


@pytest.fixture
def said(as_person: Callable[..., Page], ann: Person) -> Callable[..., dict[str, Any]]:
    page = as_person(ann)
    page.goto("/create")

    def ask(files: Mapping[str, bytes]) -> dict[str, Any]:
        encoded = {name: base64.b64encode(data).decode() for name, data in files.items()}
        answers: dict[str, Any] = page.evaluate(INSPECT, {"files": encoded, "limits": LIMITS})
        return answers

    return ask


def test_what_is_taken_is_shown(said: Callable[..., dict[str, Any]]) -> None:
    taken = {name: data for name, data in kinds.kinds().items() if name not in kinds.REFUSED}

    answers = said(taken)

    assert [name for name, found in answers.items() if found != {"isShown": True}] == []


def test_both_refuse_alike(said: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    files = {
        "side.png": hostile.too_long(),
        "side.jpg": hostile.claimed_jpeg(1_080, 20_001),
        "pixels.png": hostile.too_many_pixels(),
        "pixels.jpg": hostile.claimed_jpeg(8_010, 8_000),
        "bits.jpg": hostile.twelve_bits(),
        "words.jpg": b"only words",
    }

    answers = said(files)

    for name, data in files.items():
        refused = _refusal(tmp_path / name, data)
        assert KEYS[answers[name]["key"]] == refused, name
    assert answers["side.png"]["limit"] == f"{limits.IMAGE_SIDE:,}"
    assert answers["bits.jpg"]["limit"] == limits.JPEG_BITS


def test_a_cut_file_is_damaged_for_both(
    said: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    whole = {kind: pictures.noise(kind, 90, 60) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")}
    cut = {
        f"{kind} without {n}": data[:-n]
        for kind, data in whole.items()
        for n in (20, 21, 40, 120, len(data) // 2)
    }

    answers = said(cut)

    found = {name: KEYS.get(answer.get("key")) for name, answer in answers.items()}
    assert found == {name: _refusal(tmp_path / "cut", data) for name, data in cut.items()}
    assert set(found.values()) == {"unreadable"}


def _refusal(path: Path, data: bytes) -> str | None:
    path.write_bytes(data)
    try:
        imaging.inspect(path)
    except imaging.Refused as refused:
        return refused.code
    return None


def test_the_scripts_know_the_limits_that_no_form_names() -> None:
    script = (SCRIPTS / "files.js").read_text()

    assert f"MAX_SIDE = {limits.IMAGE_SIDE:_};" in script
    assert f"JPEG_BITS = {limits.JPEG_BITS};" in script
