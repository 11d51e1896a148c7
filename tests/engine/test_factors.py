"""Matrix factorisation, tried on ratings of which the truth is known."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from coursekit.engine import data, factors
from coursekit.engine.factors import Factors, RatingsError

Floats = NDArray[np.float64]
Columns = tuple[Any, Any, Any]
SHAPE = (80, 50)


def table(seed: int, *, noise: float = 0.0, share: float = 0.5) -> tuple[Columns, Columns, Factors]:
    """Ratings to learn from, ratings held back, and the truth."""
    rng = np.random.default_rng(seed)
    drawn = data.ratings(
        rng, users=SHAPE[0], films=SHAPE[1], share=share, noise=noise, drift=0.0, exact=True
    )
    order = rng.permutation(len(drawn.rating))
    cut = int(0.8 * len(order))
    columns = drawn.user, drawn.item, drawn.rating
    train, rest = (tuple(column[part] for column in columns) for part in (order[:cut], order[cut:]))
    return (train[0], train[1], train[2]), (rest[0], rest[1], rest[2]), drawn.truth


def error(model: Factors, columns: Columns) -> float:
    return factors.rmse(model.predict(columns[0], columns[1]), columns[2])


# The model


def test_prediction_is_mean_plus_biases_plus_product() -> None:
    model = Factors(
        3.0, np.array([0.5, 0]), np.array([0.25, -1]), np.array([[1.0, 2], [0, 1]]), np.eye(2)
    )
    assert model.predict([0, 1, 1], [0, 0, 1]).tolist() == [4.75, 3.25, 3.0]
    assert model.scores([1.0, 2.0], 0.5).tolist() == model.predict([0, 0], [0, 1]).tolist()


def test_rmse_by_hand() -> None:
    assert factors.rmse([1, 2, 3], [1, 2, 6]) == math.sqrt(3)


# Floors


def test_infinite_damping_leaves_the_mean() -> None:
    train, rest, _ = table(0)
    model = factors.biases(*train, shape=SHAPE, damping=math.inf)
    assert np.allclose(model.predict(rest[0], rest[1]), train[2].mean())


def test_one_five_does_not_make_a_film_the_best() -> None:
    user = np.array([0, 1, 2, 3, 0])
    item = np.array([0, 0, 0, 0, 1])
    rating = np.array([4.0, 4.5, 4.5, 4.0, 5.0])
    plain, damped = (
        factors.biases(user, item, rating, shape=(4, 2), damping=damping) for damping in (0, 5)
    )
    assert plain.bi[1] > 0.5
    assert abs(damped.bi[1]) < 0.12


def test_biases_without_damping_solve_the_least_squares() -> None:
    train, _, _ = table(0, noise=0.3)
    model = factors.biases(*train, shape=SHAPE, damping=0, rounds=200)
    user, item, rating = train
    design = np.concatenate([np.eye(SHAPE[0])[user], np.eye(SHAPE[1])[item]], axis=1)
    best = np.linalg.lstsq(design, rating, rcond=None)[0]
    assert np.allclose(model.predict(user, item), design @ best, atol=1e-6)


def test_each_step_of_the_ladder_is_better() -> None:
    train, rest, _ = table(0, noise=0.35)
    ladder = [
        factors.biases(*train, shape=SHAPE, damping=math.inf),
        factors.biases(*train, shape=SHAPE),
        factors.als(*train, shape=SHAPE, factors=2, decay=1.0, rng=np.random.default_rng(0)),
    ]
    errors = [error(model, rest) for model in ladder]
    assert errors[0] > errors[1] + 0.1 > errors[2] + 0.2
    assert errors[2] < 0.5  # the noise alone is 0.35


# Factors against the truth


@pytest.mark.parametrize("seed", range(3))
def test_als_finds_the_truth_behind_ratings_without_noise(seed: int) -> None:
    train, rest, truth = table(seed)
    model = factors.als(
        *train, shape=SHAPE, factors=2, decay=0.01, rounds=60, rng=np.random.default_rng(seed)
    )
    assert error(model, rest) < 0.05
    users, films = (grid.ravel() for grid in np.indices(SHAPE))
    assert factors.rmse(model.predict(users, films), truth.predict(users, films)) < 0.1


def test_found_factors_are_the_true_ones_turned_and_stretched() -> None:
    train, _, truth = table(0)
    model = factors.als(
        *train, shape=SHAPE, factors=2, decay=0.01, rounds=60, rng=np.random.default_rng(5)
    )
    assert np.corrcoef(model.Q[:, 0], truth.Q[:, 0])[0, 1] < 0.99  # not the same numbers
    design = np.column_stack([model.Q, np.ones(SHAPE[1])])
    turned = design @ np.linalg.lstsq(design, truth.Q, rcond=None)[0]
    assert factors.rmse(turned, truth.Q) < 0.05 * truth.Q.std()


def test_every_half_step_of_als_lowers_its_error() -> None:
    train, _, _ = table(0, noise=0.35)
    course: list[float] = []
    factors.als(
        *train, shape=SHAPE, factors=3, decay=2.0, rounds=10, rng=np.random.default_rng(0),
        watch=lambda model: course.append(factors.penalised_error(model, *train, decay=2.0)),
    )  # fmt: skip
    assert len(course) == 20
    assert (np.diff(course) <= 1e-9).all()
    assert course[-1] < 0.9 * course[0]


def test_twenty_factors_learn_the_noise() -> None:
    train, rest, _ = table(0, noise=0.35)
    few, many = (
        factors.als(*train, shape=SHAPE, factors=k, decay=1.0, rng=np.random.default_rng(0))
        for k in (2, 20)
    )
    assert error(many, train) < error(few, train)
    assert error(many, rest) > error(few, rest)


def test_sgd_comes_near_als() -> None:
    train, rest, _ = table(0, noise=0.35)
    course: list[float] = []
    model = factors.sgd(
        *train, shape=SHAPE, factors=2, decay=0.05, rng=np.random.default_rng(0),
        watch=lambda model: course.append(error(model, train)),
    )  # fmt: skip
    best = factors.als(*train, shape=SHAPE, factors=2, decay=1.0, rng=np.random.default_rng(0))
    assert len(course) == 60
    assert course[-1] < 0.5 * course[0]
    assert error(model, rest) < error(best, rest) + 0.05


def test_sgd_moves_by_the_gradient_of_one_rating() -> None:
    seen: list[Factors] = []
    one: Columns = [1], [0], [5.0]
    first = factors.start(np.array([5.0]), (2, 2), 3, np.random.default_rng(0))
    factors.sgd(
        *one, shape=(2, 2), factors=3, decay=0.1, lr=0.5, epochs=1, rng=np.random.default_rng(0),
        watch=seen.append,
    )  # fmt: skip
    [after] = seen
    p, q = first.P[1], first.Q[0]
    e = 5.0 - (first.mu + p @ q)
    assert np.allclose(after.P[1], p + 0.5 * (e * q - 0.1 * p))
    assert np.allclose(after.Q[0], q + 0.5 * (e * p - 0.1 * q))  # with p as it was
    assert np.isclose(after.bu[1], 0.5 * e)
    assert np.allclose(after.P[0], first.P[0])


@pytest.mark.parametrize("method", [factors.als, factors.sgd])
def test_the_same_seed_gives_the_same_factors(method: Any) -> None:
    train, _, _ = table(0, noise=0.35)
    models = [
        method(*train, shape=SHAPE, factors=2, decay=0.1, rng=np.random.default_rng(seed))
        for seed in (0, 0, 1)
    ]
    assert np.array_equal(models[0].P, models[1].P)
    assert not np.allclose(models[0].P, models[2].P)


# Using a model


def test_a_new_user_is_found_from_a_few_ratings() -> None:
    _, _, truth = table(0)
    rng = np.random.default_rng(1)
    p, b = rng.normal(0, 1, 2), 0.4
    given = truth.scores(p, b)
    errors = []
    for count in (0, 2, 5, 10):
        some = rng.permutation(SHAPE[1])[:count]
        found = factors.new_user(truth, some, given[some], decay=0.02)
        errors.append(factors.rmse(truth.scores(*found), given))
    assert errors[0] > errors[2] > errors[3]
    assert errors[3] < 0.05
    nobody = factors.new_user(truth, [], [], decay=1.0)
    assert np.allclose(truth.scores(*nobody), truth.mu + truth.bi)


def test_a_new_user_is_the_users_half_step_of_als() -> None:
    train, _, _ = table(0, noise=0.35)
    models: list[Factors] = []
    factors.als(
        *train, shape=SHAPE, factors=2, decay=1.0, rounds=3, rng=np.random.default_rng(0),
        watch=models.append,
    )  # fmt: skip
    before, after = models[-3], models[-2]  # films fixed, then users solved
    mine = train[0] == 7
    p, b = factors.new_user(before, train[1][mine], train[2][mine], decay=1.0)
    assert np.allclose(p, after.P[7])
    assert np.isclose(b, after.bu[7])


def test_two_ratings_do_not_promise_fourteen_stars() -> None:
    _, _, truth = table(0)
    p, b = factors.new_user(truth, [0, 1], [5.0, 0.5], decay=1.0)
    assert truth.scores(p, b).max() < 7
    with pytest.raises(RatingsError, match=r"decay 0: must be above 0, or few ratings have"):
        factors.new_user(truth, [0, 1], [5.0, 0.5], decay=0)


def test_recommended_films_were_not_seen() -> None:
    assert factors.recommend([1, 5, 3, 4, 5], [1, 2], count=2).tolist() == [4, 3]
    assert factors.recommend([1, 2, 3], [], count=9).tolist() == [2, 1, 0]
    assert factors.recommend([1, 2], [0, 1], count=9).tolist() == []


def test_neighbours_point_the_same_way_however_long_they_are() -> None:
    vectors = np.array([[1, 0], [10, 10], [0.1, 0.01], [-1, 0], [0, 0]])
    rows, cosines = factors.neighbours(vectors, 0, count=3)
    assert rows.tolist() == [2, 1, 4]
    assert np.allclose(cosines, [1 / math.sqrt(1.01), math.sqrt(0.5), 0])


def test_neighbours_of_a_film_are_of_its_genre() -> None:
    drawn = data.ratings(np.random.default_rng(0), users=10, films=80)
    same = [
        drawn.genres[int(factors.neighbours(drawn.truth.Q, film, count=1)[0][0])]
        == drawn.genres[film]
        for film in range(80)
    ]
    assert np.mean(same) > 0.5  # by chance 0.25


# Mistakes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: factors.biases([0], [0, 1], [3.0], shape=(1, 2)),
         r"user \(1,\), item \(2,\), rating \(1,\): need three columns of one length"),
        (lambda rng: factors.biases([], [], [], shape=(1, 2)), r"there are no ratings"),
        (lambda rng: factors.biases([0], [0], [math.nan], shape=(1, 2)),
         r"a rating is nan: leave out the rows that nobody rated"),
        (lambda rng: factors.biases([0], [2], [3.0], shape=(1, 2)),
         r"item must hold whole numbers from 0 to 1"),
        (lambda rng: factors.biases([-1], [0], [3.0], shape=(1, 2)),
         r"user must hold whole numbers from 0 to 0"),
        (lambda rng: factors.biases([0.5], [0], [3.0], shape=(1, 2)), r"user must hold whole"),
        (lambda rng: factors.als([0], [0], [3.0], shape=(1, 1), factors=0, decay=1, rng=rng),
         r"0 factors: need 1 or more; for none call biases\(\)"),
        (lambda rng: factors.als([0], [0], [3.0], shape=(1, 1), factors=2, decay=0, rng=rng),
         r"decay 0: must be above 0"),
    ],
)  # fmt: skip
def test_mistakes_are_named(call: Callable[[np.random.Generator], Any], message: str) -> None:
    with pytest.raises(RatingsError, match=message):
        call(np.random.default_rng(0))


def test_a_diverging_descent_says_so() -> None:
    train, _, _ = table(0, noise=0.35)
    with pytest.raises(
        RatingsError, match=r"sgd: the numbers grew without limit at lr 5; try lr 1"
    ):
        factors.sgd(*train, shape=SHAPE, factors=2, decay=0.05, lr=5, rng=np.random.default_rng(0))
