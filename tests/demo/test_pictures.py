"""The demo's people and photographs: plausible, described, and the same on every machine run."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pigeon.demo.alts import describe
from pigeon.demo.people import FOLLOWS, PEOPLE, POSTS, Person
from pigeon.demo.pictures import SCENES, render, render_avatar
from pigeon.demo.specs import RATIOS, PictureSpec

SMALL = 0.25
PICTURES = [(post, spec) for post in POSTS for spec in post.pictures]
USERNAMES = {person.username for person in PEOPLE}


def find_spec(subject: str) -> PictureSpec:
    return next(spec for _, spec in PICTURES if spec.subject == subject)


@pytest.mark.parametrize("subject", sorted(SCENES))
def test_the_same_spec_gives_the_same_bytes(subject: str) -> None:
    spec = find_spec(subject)
    first, second = (render(spec, scale=SMALL).tobytes() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("subject", sorted(SCENES))
def test_another_seed_gives_another_picture(subject: str) -> None:
    spec = find_spec(subject)
    first = _pixels(render(spec, scale=SMALL))
    second = _pixels(render(replace(spec, seed=spec.seed + 1), scale=SMALL))
    assert np.abs(first - second).mean() > 2


@pytest.mark.parametrize("subject", sorted(SCENES))
def test_a_picture_has_light_and_shade_and_is_not_burnt_out(subject: str) -> None:
    pixels = _pixels(render(find_spec(subject), scale=SMALL))
    assert pixels.std() > 12
    assert (pixels >= 255).mean() < 0.03
    assert (pixels <= 0).mean() < 0.12


def test_every_feature_in_use_can_be_painted() -> None:
    seen = {(spec.subject, spec.features): spec for _, spec in PICTURES}
    for spec in seen.values():
        assert render(spec, scale=0.15).mode == "RGB"


@pytest.mark.parametrize("ratio", sorted(RATIOS))
def test_a_full_size_picture_has_its_ratio_and_a_long_edge_of_1400_to_1600(ratio: str) -> None:
    image = render(replace(find_spec("city"), ratio=ratio))
    across, down = (float(part) for part in ratio.split(":"))
    assert image.width / image.height == pytest.approx(across / down, rel=0.002)
    assert 1400 <= max(image.size) <= 1600


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.username)
def test_an_avatar_is_a_square_detail(person: Person) -> None:
    avatar = render_avatar(person)
    assert avatar.size == (512, 512)
    assert _pixels(avatar).std() > 10


def test_an_avatar_repeats() -> None:
    assert render_avatar(PEOPLE[0]).tobytes() == render_avatar(PEOPLE[0]).tobytes()


def test_each_person_has_a_subject_and_a_palette_of_their_own() -> None:
    assert len(PEOPLE) >= 12
    assert len(USERNAMES) == len(PEOPLE)
    assert len({person.subject for person in PEOPLE}) == len(PEOPLE)
    assert len({person.palette for person in PEOPLE}) == len(PEOPLE)
    for post, spec in PICTURES:
        author = next(person for person in PEOPLE if person.username == post.username)
        assert (spec.subject, spec.palette) == (author.subject, author.palette)


def test_people_fit_the_limits_of_a_profile() -> None:
    for person in PEOPLE:
        assert re.fullmatch(r"[a-z0-9._]{3,30}", person.username)
        assert len(person.display_name) <= 50
        assert len(person.bio) <= 150
        assert len(person.link) <= 200
        assert person.language in {"ko", "en"}


def test_there_are_sixty_posts_with_one_to_five_pictures_and_a_few_of_words() -> None:
    counts = [len(post.pictures) for post in POSTS]
    assert sum(1 for count in counts if count) >= 60
    assert 2 <= counts.count(0) <= 4
    assert max(counts) == 5
    assert all(len(post.alts) == len(post.pictures) for post in POSTS)
    assert {post.username for post in POSTS} == USERNAMES


def test_no_two_pictures_are_the_same() -> None:
    assert len({spec.seed for _, spec in PICTURES}) == len(PICTURES)


def test_posts_lie_in_the_last_three_weeks_oldest_first() -> None:
    hours = [post.hours_ago for post in POSTS]
    assert hours == sorted(hours, reverse=True)
    assert 0 < hours[-1] < 24
    assert 400 < hours[0] <= 21 * 24


def test_captions_mention_members_only() -> None:
    mentions = {name for post in POSTS for name in re.findall(r"@([a-z0-9._]+)", post.caption)}
    assert {name.rstrip(".") for name in mentions} <= USERNAMES
    assert len(mentions) >= 8


def test_some_hashtags_are_shared_between_people() -> None:
    authors: dict[str, set[str]] = {}
    for post in POSTS:
        for tag in re.findall(r"#(\w+)", post.caption):
            authors.setdefault(tag, set()).add(post.username)
    assert len(authors["서울"]) >= 3
    assert len(authors["goldenhour"]) >= 3


def test_everyone_follows_three_to_nine_others_once() -> None:
    assert len(set(FOLLOWS)) == len(FOLLOWS)
    for username in USERNAMES:
        circle = [followed for follower, followed in FOLLOWS if follower == username]
        assert 3 <= len(circle) <= 9
        assert username not in circle
        assert set(circle) <= USERNAMES
    assert {followed for _, followed in FOLLOWS} == USERNAMES


def test_an_alt_text_names_what_is_in_the_picture() -> None:
    spec = replace(find_spec("mountains"), features=("moon", "mist", "pines"))
    assert describe(spec, "en") == (
        "Layered blue mountains with a pale full moon, drifting mist and dark pines"
    )
    assert describe(spec, "ko") == (
        "겹겹이 이어진 푸른 산줄기, 창백한 보름달, 흐르는 안개, 짙은 소나무"
    )


def test_alt_texts_are_in_the_language_of_their_author() -> None:
    for person in PEOPLE:
        alts = [alt for post in POSTS if post.username == person.username for alt in post.alts]
        assert all(bool(re.search("[가-힣]", alt)) == (person.language == "ko") for alt in alts)


def _pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=np.float32)
