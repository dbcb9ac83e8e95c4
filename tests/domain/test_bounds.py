import random
import unicodedata

import pytest

from pigeon.domain import bounds, limits
from pigeon.domain.errors import FieldError, Invalid

MARKS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] == "M"]


def test_a_text_may_be_four_times_its_limit_and_a_thousand_more() -> None:
    longest = 4 * limits.BIO + 1_000
    assert not bounds.is_excessive("a" * longest, limits.BIO)
    assert bounds.is_excessive("a" * (longest + 1), limits.BIO)


def test_honest_hangul_passes_in_any_form() -> None:
    syllables = unicodedata.normalize("NFD", "한" * limits.CAPTION)
    assert len(syllables) == 3 * limits.CAPTION
    assert not bounds.is_excessive(syllables, limits.CAPTION)


@pytest.mark.parametrize(
    "mark", ["\u0301", "\u0903", "\u20dd", "\U0001d165", "\U000e0100", "\ufe0f"]
)
@pytest.mark.parametrize("before", range(0, 64, 7))
def test_thirty_marks_in_a_row_pass_and_no_more(mark: str, before: int) -> None:
    assert not bounds.has_long_run("a" * before + mark * 30 + "a" * 40)
    assert bounds.has_long_run("a" * before + mark * 31 + "a" * 40)
    assert bounds.has_long_run("a" * before + mark * 31)
    assert not bounds.has_long_run((mark * 30 + "a") * 20)


def test_runs_are_found_wherever_they_stand() -> None:
    dice = random.Random(7)
    for _ in range(2_000):
        runs = [dice.choice((1, 5, 29, 30, 31, 32)) for _ in range(3)]
        text = "".join("a" * dice.randint(1, 40) + "".join(dice.choices(MARKS, k=n)) for n in runs)
        assert bounds.has_long_run(text) == (max(runs) > bounds.MARKS)
        assert not bounds.has_long_run(bounds.thin(text))
        if max(runs) <= bounds.MARKS:
            assert bounds.thin(text) == text


def test_a_refusal_names_field_and_limit() -> None:
    bounds.check("bio", "a" * 150, limits.BIO)
    with pytest.raises(Invalid) as refused:
        bounds.check("bio", "a" + "\u0301" * 31, limits.BIO)
    assert refused.value.fields == {"bio": FieldError("too_long", limits.BIO)}
