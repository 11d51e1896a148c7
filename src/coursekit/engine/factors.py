"""Matrix factorisation: every user and every film as a few numbers, found from ratings.

A table of ratings is three arrays of one length: `user` and `item` hold row numbers from 0,
`rating` the stars. A rating that nobody gave is not there; it is not 0.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ids = NDArray[np.intp]
Floats = NDArray[np.float64]


class RatingsError(ValueError):
    """A table of ratings, or a setting, that cannot be used."""


@dataclass(frozen=True)
class Factors:
    """The model: rating = mu + bu[user] + bi[item] + P[user] . Q[item]."""

    mu: float  # mean rating
    bu: Floats  # (U,) how much above the mean a user rates
    bi: Floats  # (I,) how much above the mean a film is rated
    P: Floats  # (U, K) one row for each user
    Q: Floats  # (I, K) one row for each film

    def predict(self, user: ArrayLike, item: ArrayLike) -> Floats:
        """The ratings of these pairs.

        Shapes: (N,), (N,) -> (N,).
        """
        u, i = np.asarray(user), np.asarray(item)
        predicted: Floats = self.mu + self.bu[u] + self.bi[i] + (self.P[u] * self.Q[i]).sum(-1)
        return predicted

    def scores(self, p: ArrayLike, b: float) -> Floats:
        """What a user with vector p and bias b would give to every film.

        Shapes: (K,) -> (I,).
        """
        given: Floats = self.mu + b + self.bi + self.Q @ np.asarray(p)
        return given


Watch = Callable[[Factors], None]


def rmse(predicted: ArrayLike, rating: ArrayLike) -> float:
    """Root of the mean squared error, in stars."""
    return float(np.sqrt(np.mean((np.asarray(predicted) - np.asarray(rating)) ** 2)))


# Floors


def biases(
    user: ArrayLike,
    item: ArrayLike,
    rating: ArrayLike,
    *,
    shape: tuple[int, int],
    damping: float = 5.0,
    rounds: int = 10,
) -> Factors:
    """No factors: the mean, plus how generous the user and how liked the film is.

    Each bias is a sum over n ratings divided by n + damping, so that one rating of 5 does not
    make a film the best; users and films take turns. `damping=np.inf` leaves only the mean.
    """
    u, i, r = check(user, item, rating, shape)
    users, items = shape
    mu = float(r.mean())
    bu, bi = np.zeros(users), np.zeros(items)
    n_u, n_i = np.bincount(u, minlength=users), np.bincount(i, minlength=items)
    for _ in range(rounds):
        bi = np.bincount(i, r - mu - bu[u], items) / np.maximum(n_i + damping, 1e-12)
        bu = np.bincount(u, r - mu - bi[i], users) / np.maximum(n_u + damping, 1e-12)
    return Factors(mu, bu, bi, np.zeros((users, 0)), np.zeros((items, 0)))


# Factors


def als(
    user: ArrayLike,
    item: ArrayLike,
    rating: ArrayLike,
    *,
    shape: tuple[int, int],
    factors: int,
    decay: float,
    rng: np.random.Generator,
    rounds: int = 20,
    watch: Watch | None = None,
) -> Factors:
    """Alternating least squares: with the films fixed, the best users are a ridge regression.

    Then the same with the users fixed, in turns. Each half-step lowers `penalised_error`.
    `watch` sees the model after every half-step.

    Source: Zhou, Wilkinson, Schreiber and Pan 2008; Koren, Bell and Volinsky 2009.
    """
    u, i, r = check(user, item, rating, shape)
    model = start(r, shape, factors, rng)
    rows_of_user, rows_of_item = rows_by(u, shape[0]), rows_by(i, shape[1])
    for _ in range(rounds):
        solved = [
            ridge(model.Q[i[n]], r[n] - model.mu - model.bi[i[n]], decay) for n in rows_of_user
        ]
        model = replace(
            model, P=np.array([p for p, _ in solved]), bu=np.array([b for _, b in solved])
        )
        if watch:
            watch(model)
        solved = [
            ridge(model.P[u[n]], r[n] - model.mu - model.bu[u[n]], decay) for n in rows_of_item
        ]
        model = replace(
            model, Q=np.array([q for q, _ in solved]), bi=np.array([b for _, b in solved])
        )
        if watch:
            watch(model)
    return model


def sgd(
    user: ArrayLike,
    item: ArrayLike,
    rating: ArrayLike,
    *,
    shape: tuple[int, int],
    factors: int,
    decay: float,
    rng: np.random.Generator,
    lr: float = 0.02,
    epochs: int = 60,
    batch_size: int = 16,
    watch: Watch | None = None,
) -> Factors:
    """Gradient descent on a few shuffled ratings at a time; `watch` sees each epoch's model.

    One rating with error e pulls its user by lr * (e * q - decay * p) and its film by
    lr * (e * p - decay * q), both taken before either has moved.

    Source: Funk 2006; Koren, Bell and Volinsky 2009.
    """
    u, i, r = check(user, item, rating, shape)
    model = start(r, shape, factors, rng)
    for _ in range(epochs):
        order = rng.permutation(len(r))
        bu, bi, P, Q = (part.copy() for part in (model.bu, model.bi, model.P, model.Q))
        model = Factors(model.mu, bu, bi, P, Q)
        with np.errstate(over="ignore", invalid="ignore"):  # told below, in words
            for first in range(0, len(r), batch_size):
                n = order[first : first + batch_size]
                a, b = u[n], i[n]
                e = r[n] - model.predict(a, b)
                p, q = P[a], Q[b]
                np.add.at(bu, a, lr * (e - decay * bu[a]))  # a user may stand twice in a batch
                np.add.at(bi, b, lr * (e - decay * bi[b]))
                np.add.at(P, a, lr * (e[:, None] * q - decay * p))
                np.add.at(Q, b, lr * (e[:, None] * p - decay * q))
        if not np.isfinite(P).all():
            raise RatingsError(f"sgd: the numbers grew without limit at lr {lr}; try lr {lr / 4:g}")
        if watch:
            watch(model)
    return model


def penalised_error(
    model: Factors, user: ArrayLike, item: ArrayLike, rating: ArrayLike, *, decay: float
) -> float:
    """What `als` makes small: the squared errors plus decay times all squared parameters."""
    error = model.predict(user, item) - np.asarray(rating)
    size = sum(float((part**2).sum()) for part in (model.bu, model.bi, model.P, model.Q))
    return float((error**2).sum()) + decay * size


# Using a model


def new_user(
    model: Factors, items: ArrayLike, ratings: ArrayLike, *, decay: float
) -> tuple[Floats, float]:
    """The vector and the bias of someone the model has never seen, from a few ratings.

    It is the user's half-step of `als`. Without ratings both are zero: the films' own biases.
    """
    _, i, r = check(np.zeros(np.size(items), int), items, ratings, (1, len(model.Q)), empty=True)
    return ridge(model.Q[i], r - model.mu - model.bi[i], decay)


def recommend(scores: ArrayLike, seen: ArrayLike, *, count: int) -> Ids:
    """The best `count` films that are not among the seen ones, best first."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    return order[~np.isin(order, np.asarray(seen, dtype=np.intp))][:count]


def neighbours(vectors: ArrayLike, row: int, *, count: int) -> tuple[Ids, Floats]:
    """The rows most like one row, by the cosine of the angle between them, and the cosines.

    The length of a vector does not matter, so a popular film is not like everything.
    """
    table = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(table, axis=1)
    cosine = table @ table[row] / np.maximum(lengths * lengths[row], 1e-12)
    order = np.argsort(-cosine, kind="stable")
    best = order[order != row][:count]
    return best, cosine[best]


# Parts


def start(r: Floats, shape: tuple[int, int], factors: int, rng: np.random.Generator) -> Factors:
    """Zero biases and small random factors: equal ones would stay equal for ever."""
    if factors < 1:
        raise RatingsError(f"{factors} factors: need 1 or more; for none call biases()")
    P, Q = (rng.normal(0, 0.1, (rows, factors)) for rows in shape)
    return Factors(float(r.mean()), np.zeros(shape[0]), np.zeros(shape[1]), P, Q)


def ridge(X: Floats, y: Floats, decay: float) -> tuple[Floats, float]:
    """Weights w and bias b that make |X w + b - y|^2 + decay (|w|^2 + b^2) smallest.

    Shapes: (n, K), (n,) -> (K,), one number.
    """
    if decay <= 0:
        raise RatingsError(f"decay {decay}: must be above 0, or few ratings have no single answer")
    A = np.column_stack([X, np.ones(len(X))])
    w = np.linalg.solve(A.T @ A + decay * np.eye(A.shape[1]), A.T @ y).astype(np.float64)
    return w[:-1], float(w[-1])


def rows_by(index: Ids, size: int) -> list[Ids]:
    """For each number below `size`, the places where it stands."""
    order = np.argsort(index, kind="stable")
    return np.split(order, np.bincount(index, minlength=size).cumsum()[:-1])


def check(
    user: ArrayLike,
    item: ArrayLike,
    rating: ArrayLike,
    shape: tuple[int, int],
    *,
    empty: bool = False,
) -> tuple[Ids, Ids, Floats]:
    """The three columns as arrays, after a look at what often goes wrong."""
    u, i, r = np.asarray(user), np.asarray(item), np.asarray(rating, dtype=np.float64)
    if not (u.ndim == i.ndim == r.ndim == 1 and len(u) == len(i) == len(r)):
        raise RatingsError(
            f"user {u.shape}, item {i.shape}, rating {r.shape}: need three columns of one length"
        )
    if not len(r) and not empty:
        raise RatingsError("there are no ratings")
    if np.isnan(r).any():
        raise RatingsError("a rating is nan: leave out the rows that nobody rated")
    for name, column, size in (("user", u, shape[0]), ("item", i, shape[1])):
        if len(column) and (
            column.dtype.kind not in "iu" or column.min() < 0 or column.max() >= size
        ):
            raise RatingsError(f"{name} must hold whole numbers from 0 to {size - 1}")
    return u.astype(np.intp), i.astype(np.intp), r
