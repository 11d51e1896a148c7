"""Embedded data and seeded toys."""

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coursekit.engine import data, factors
from coursekit.engine.data import films, pictures, toys

# Embedded


def test_braking_has_the_known_rows() -> None:
    speed, distance = data.braking()
    assert speed.shape == distance.shape == (50,)
    assert speed.dtype == distance.dtype == np.float64
    assert [speed.sum(), distance.sum()] == [770, 2149]
    assert (np.diff(speed) >= 0).all()
    # R: sum(cars$speed^2), sum(cars$dist^2), sum(cars$speed * cars$dist)
    assert [float(a @ b) for a, b in ((speed, speed), (distance, distance), (speed, distance))] == [
        13228, 124903, 38482,
    ]  # fmt: skip


def test_a_parabola_reaches_the_error_the_first_lesson_quotes() -> None:
    speed, distance = data.braking()
    powers = np.vander(speed, 3)
    weights = np.linalg.lstsq(powers, distance, rcond=None)[0]
    assert np.isclose(np.mean((powers @ weights - distance) ** 2), 216.5, atol=0.05)


def test_iris_has_the_known_sums() -> None:
    x, y, features, species = data.iris()
    assert x.shape == (150, 4)
    assert x.dtype == np.float64
    assert y.dtype == np.intp
    assert np.allclose(x.sum(axis=0), [876.5, 458.6, 563.7, 179.9])
    assert np.bincount(y).tolist() == [50, 50, 50]
    assert features == ("sepal_length", "sepal_width", "petal_length", "petal_width")
    assert species == ("setosa", "versicolor", "virginica")


def test_iris_is_fishers_table_not_that_of_uci() -> None:
    x = data.iris().x
    assert x[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert x[37].tolist() == [4.9, 3.6, 1.4, 0.1]


def test_iris_equals_scikit_learn() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    theirs, ours = datasets.load_iris(), data.iris()
    assert np.array_equal(ours.x, theirs.data)
    assert np.array_equal(ours.y, theirs.target)
    assert ours.species == tuple(theirs.target_names)


def test_names_are_sorted_and_plain() -> None:
    names = data.names()
    assert len(names) == len(set(names)) == 2400
    assert names == sorted(names)
    assert all(re.fullmatch("[a-z]{3,11}", name) for name in names)
    assert {letter for name in names for letter in name} == set("abcdefghijklmnopqrstuvwxyz")
    assert {"emma", "olivia", "ava", "carlos", "aarav", "akiko", "ngozi", "yusuf"} <= set(names)
    assert "mira" not in names


def test_reviews_are_labelled_and_hard_for_single_words() -> None:
    reviews = data.reviews()
    assert len({review.text for review in reviews}) == len(reviews) == 240
    assert [review.label for review in reviews] == [1] * 120 + [0] * 120
    assert all(re.fullmatch("[a-z,.:?]+( [a-z,.:?]+)*", review.text) for review in reviews)
    liked_not = [r for r in reviews if r.label == 1 and re.search(r"\b(not|never|no)\b", r.text)]
    assert len(liked_not) >= 20


def test_shakespeare_is_long_enough_to_learn_from() -> None:
    text, scenes = data.shakespeare(), data.scenes()
    assert len(text) > 60_000
    assert text == "\n".join(scenes.values())
    assert set(text) <= set("\n !',-.:;?") | set("ABCDEFGHIJKLMNOPQRSTUVWYZ") | set(
        "abcdefghijklmnopqrstuvwxyz"
    )
    assert "To be, or not to be: that is the question:\n" in scenes["Hamlet, act 3, scene 1"]
    sonnets = [title for title in scenes if title.startswith("Sonnet")]
    plays = {title.split(",")[0] for title in scenes if title not in sonnets}
    assert (len(sonnets), len(scenes) - len(sonnets), len(plays)) == (39, 45, 18)


def test_sonnets_have_the_form_of_sonnets() -> None:
    for title, text in data.scenes().items():
        if title.startswith("Sonnet"):
            lines = text.splitlines()
            assert len(lines) == (12 if title == "Sonnet 126" else 14), title
            assert all(line[0].isupper() or line[0] == "'" for line in lines), title


def plain(text: str) -> str:
    """The words alone: no capitals, marks, line ends or stage directions in brackets."""
    return " ".join(re.findall("[a-z]+", re.sub(r"\[.*?\]", "", text.lower().replace("'", ""))))


@pytest.mark.data
def test_shakespeare_is_real() -> None:
    """Compare with a real copy the scenes of which it has at least half the lines."""
    path = Path(os.environ["COURSEKIT_DATA"]) / "tinyshakespeare" / "input.txt"
    copy = path.read_text(encoding="utf-8")
    copy_lines, copy_words = set(copy.splitlines()), f" {plain(copy)} "
    both, total, verbatim, same_words = [], 0, 0, 0
    for title, text in data.scenes().items():
        lines = [line for line in text.splitlines() if re.search("[a-z]", line)]
        found = sum(f" {plain(line)} " in copy_words for line in lines)
        if found >= len(lines) / 2:
            both.append(title)
            total += len(lines)
            same_words += found
            verbatim += sum(line in copy_lines for line in lines)
    print(
        f"\n{total} lines of {len(both)} scenes ({'; '.join(both)}) are in both: "
        f"verbatim {verbatim / total:.1%}, same words {same_words / total:.1%}"
    )
    assert total > 250
    assert verbatim / total > 0.93
    assert same_words / total > 0.97


def test_embedded_files_are_small() -> None:
    folder = resources.files("coursekit.engine") / "datasets"
    sizes = {file.name: len(file.read_bytes()) for file in folder.iterdir() if file.is_file()}
    assert set(sizes) == {
        "README.md", "braking.csv", "iris.csv", "names.txt", "reviews.txt", "shakespeare.txt",
    }  # fmt: skip
    assert sum(sizes.values()) < 150_000
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in readme for name in sizes if name != "README.md")


# Drawn from a seed


def flat(value: Any) -> list[Any]:
    """Everything inside tuples, lists and models, so that two draws can be compared."""
    if isinstance(value, factors.Factors):
        value = list(vars(value).values())
    if isinstance(value, list | tuple):
        return [leaf for part in value for leaf in flat(part)]
    return value.ravel().tolist() if isinstance(value, np.ndarray) else [value]


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: data.braking_like(rng, 5),
        lambda rng: data.dates(rng, 5),
        lambda rng: data.greetings(rng, 5, ["mira", "emma", "yusuf"]),
        lambda rng: data.either_way(rng, 5),
        lambda rng: data.speech(rng, 5),
        lambda rng: data.shapes(rng, 5),
        lambda rng: data.ratings(rng),
    ],
)
def test_a_seed_gives_the_same_data_again(draw: Callable[[np.random.Generator], Any]) -> None:
    first, again, other = (flat(draw(np.random.default_rng(seed))) for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_xor_is_true_when_the_inputs_differ() -> None:
    x, y = data.xor()
    assert x.dtype == y.dtype == np.float32
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [[0], [1], [1], [0]]


def test_generated_braking_follows_its_parabola() -> None:
    speed, distance = data.braking_like(np.random.default_rng(0), 20_000)
    assert 4 <= speed.min() <= speed.max() <= 25
    assert distance.min() > 0
    share = distance / np.polyval(data.BRAKING_WEIGHTS, speed)
    assert np.isclose(share.mean(), 1, atol=0.01)
    assert np.isclose(share.std(), 1 / 3, atol=0.01)


def test_generated_braking_is_near_the_real_rows() -> None:
    speed, distance = data.braking()
    real = np.polyfit(speed, distance, 2)
    grid = np.arange(4, 26)
    assert np.allclose(np.polyval(data.BRAKING_WEIGHTS, grid), np.polyval(real, grid), atol=0.5)


def parsed(text: str, pattern: str) -> date | None:
    """The date, if the text has this form."""
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        return None


def test_dates_mean_what_they_say() -> None:
    pairs = data.dates(np.random.default_rng(0), 4000)
    patterns = (
        "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d %Y", "the %d of %B, %Y", "%a %d %b %Y",
        "%d.%m.%Y", "%d/%m/%Y",
    )  # fmt: skip
    seen = set()
    for source, target in pairs:
        plain = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", source)
        fitting = {pattern for pattern in patterns if parsed(plain, pattern)}
        assert {parsed(plain, pattern) for pattern in fitting} == {date.fromisoformat(target)}
        if fitting == {"%a %d %b %Y"}:
            assert date.fromisoformat(target).strftime("%a") == source[:3]
        seen |= fitting
    assert seen == set(patterns)
    years = [int(target[:4]) for _, target in pairs]
    assert (min(years), max(years)) == (1950, 2049)


@pytest.mark.parametrize(
    ("day", "written"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (22, "22nd"), (23, "23rd"), (30, "30th"), (31, "31st")],
)  # fmt: skip
def test_ordinals(day: int, written: str) -> None:
    assert toys.ordinal(day) == written


def test_greetings_repeat_the_name_they_were_given() -> None:
    pairs = data.greetings(np.random.default_rng(0), 200, ["mira", "emma"])
    assert ("hello , i am mira", "hello mira , nice to meet you") in pairs
    for source, target in pairs:
        [name] = {"mira", "emma"} & set(source.split())
        assert target.split().count(name) == 1
    assert len({source for source, _ in pairs}) == 2 * len(toys.GREETINGS)
    with pytest.raises(ValueError, match="there are no names to greet"):
        data.greetings(np.random.default_rng(0), 1, [])


@pytest.mark.parametrize("length", [2, 6, 8])
def test_either_way_has_two_answers_that_differ_everywhere(length: int) -> None:
    pairs = data.either_way(np.random.default_rng(0), 300, length=length)
    for source, target in pairs:
        assert target in (source, source[::-1])
        assert all(a != b for a, b in zip(source, source[::-1], strict=True))
        assert len(source) == length
    forwards = sum(source == target for source, target in pairs)
    assert 100 < forwards < 200
    assert {symbol for source, _ in pairs for symbol in source} == set("abcde")


def test_speech_speaks_its_symbols_in_order() -> None:
    for symbols, frames, durations in data.speech(np.random.default_rng(0), 50, noise=0.01):
        assert 4 <= len(symbols) <= 8
        assert frames.dtype == np.float32
        assert frames.shape == (durations.sum(), 8)
        assert (abs(durations - toys.DURATIONS[symbols]) <= 1).all()
        waves = np.cos(np.pi * np.outer(np.arange(8), np.arange(8) + 0.5) / 8)
        loud = (frames @ waves.T / (waves**2).sum(axis=1)).argmax(axis=1)
        assert loud.tolist() == np.repeat(symbols, durations).tolist()


def test_shapes_have_ten_classes_in_noise() -> None:
    images, labels = data.shapes(np.random.default_rng(0), 500)
    assert images.shape == (500, 1, 32, 32)
    assert images.dtype == np.float32
    assert set(labels.tolist()) == set(range(10)) == set(range(len(data.SHAPES)))
    corners = images[:, 0, :2, :2]
    assert np.isclose(corners.std(), 0.3, atol=0.02)
    assert data.shapes(np.random.default_rng(0), 3, channels=3).images.shape == (3, 3, 32, 32)


@pytest.mark.parametrize("shape", pictures.SHAPES)
def test_every_shape_fits_into_its_circle_and_is_symmetric(shape: str) -> None:
    v, u = np.mgrid[-1.5:1.5:61j, -1.5:1.5:61j]
    inside = pictures.depth(shape, u, v) > 0
    assert not inside[np.hypot(u, v) > 1.3].any()
    assert 0.1 < inside.mean() * 9 / np.pi < 1  # share of the circle of radius 1
    mirrored = inside[::-1] if shape == "moon" else inside[:, ::-1]
    assert (inside == mirrored).mean() > 0.99


def test_shapes_can_be_told_apart_without_noise() -> None:
    images, labels = data.shapes(np.random.default_rng(0), 1500, noise=0.0)
    flat_images = images.reshape(len(images), -1)
    flat_images /= np.linalg.norm(flat_images, axis=1, keepdims=True)
    nearest = (flat_images[1200:] @ flat_images[:1200].T).argmax(axis=1)
    assert (labels[:1200][nearest] == labels[1200:]).mean() > 0.7


def test_ratings_hang_together() -> None:
    table = data.ratings(np.random.default_rng(0))
    assert len(table.users) == len(set(table.users)) == 12
    assert len(table.titles) == len(set(table.titles)) == len(table.genres) == 12
    assert len(table.user) == len(table.item) == len(table.rating) == len(table.time) == 84
    assert (np.diff(table.time) >= 0).all()
    assert len(set(zip(table.user.tolist(), table.item.tolist(), strict=True))) == 84
    assert np.bincount(table.user).tolist() == [7] * 12
    assert set(table.rating.tolist()) <= set(np.arange(0.5, 5.5, 0.5).tolist())
    assert set(table.genres) == set(films.WORDS)


def test_ratings_are_the_truth_plus_noise() -> None:
    rng = np.random.default_rng(0)
    table = data.ratings(rng, users=100, films=60, noise=0.35, drift=0.0, exact=True)
    error = table.rating - table.truth.predict(table.user, table.item)
    assert np.isclose(error.std(), 0.35, atol=0.02)
    without = data.ratings(rng, users=20, films=30, noise=0.0, drift=0.0, exact=True)
    assert np.allclose(without.rating, without.truth.predict(without.user, without.item))


def test_tastes_drift_away_from_the_truth_of_the_middle_day() -> None:
    table = data.ratings(
        np.random.default_rng(0), users=300, films=60, noise=0.0, drift=0.5, exact=True
    )
    error = abs(table.rating - table.truth.predict(table.user, table.item))
    away = abs(table.time - table.time.mean()) / (365 * films.DAY)
    assert error[away < 0.1].mean() < 0.5 * error[away > 0.7].mean()


def test_the_last_ratings_are_the_hardest() -> None:
    """Random split against time split, as the lesson on ratings shows."""
    table = data.ratings(np.random.default_rng(0), users=120, films=80, share=0.25)
    shuffled = np.random.default_rng(1).permutation(len(table.rating))
    errors = []
    for order in (shuffled, np.arange(len(table.rating))):
        columns = [column[order] for column in (table.user, table.item, table.rating)]
        cut = int(0.8 * len(order))
        model = factors.als(
            *(column[:cut] for column in columns),
            shape=(120, 80), factors=2, decay=1.0, rng=np.random.default_rng(0),
        )  # fmt: skip
        user, item, rating = (column[cut:] for column in columns)
        errors.append(factors.rmse(model.predict(user, item), rating))
    assert errors[0] < 0.5 < 0.6 < errors[1]


def test_there_are_titles_for_400_films() -> None:
    table = data.ratings(np.random.default_rng(0), users=3, films=400, share=0.01)
    assert len(set(table.titles)) == 400


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: data.either_way(rng, 1, length=5), r"length 5; must be even"),
        (lambda rng: data.either_way(rng, 1, symbols="aa"), r"symbols 'aa'; need two different"),
        (lambda rng: data.speech(rng, 1, shortest=9), r"speech: 9 to 8 symbols; need 1 <="),
        (lambda rng: data.shapes(rng, 1, channels=2), r"shapes: 2 channels; must be 1 .* or 3"),
        (lambda rng: data.ratings(rng, films=401), r"ratings: 401 films, share 0.6; need 1 to 400"),
        (lambda rng: data.ratings(rng, share=0.0), r"share 0.0; need .* a share above 0 to 1"),
        (lambda rng: data.ratings(rng, users=2401), r"2401 users; there are names for 1 to 2400"),
    ],
)
def test_settings_that_make_no_data_are_refused(
    call: Callable[[np.random.Generator], Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))
