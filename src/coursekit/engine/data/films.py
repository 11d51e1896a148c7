"""Ratings of films that do not exist, by people whose tastes are known."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coursekit.engine.data.embedded import names
from coursekit.engine.factors import Factors

Floats = NDArray[np.float64]
Ids = NDArray[np.intp]


class Ratings(NamedTuple):
    """Four columns of one length, sorted by time, and what the numbers stand for."""

    user: Ids
    item: Ids
    rating: Floats  # half stars from 0.5 to 5
    time: NDArray[np.int64]  # seconds since 1970
    users: list[str]  # name of each user
    titles: list[str]  # title of each film
    genres: list[str]  # genre of each film
    truth: Factors  # what the ratings were drawn from


WORDS = {  # the two words of a title by genre
    "comedy": (
        "Clumsy Cheerful Awkward Talking Borrowed Backward Unlucky Hungry Sleepy Accidental",
        "Postman Wedding Goldfish Choir Uncle Holiday Penguin Dentist Orchestra Umbrella",
    ),
    "thriller": (
        "Silent Last Hidden Cold Seventh Broken Missing Double Locked Nameless",
        "Witness Corridor Signal Alibi Letter Staircase Passenger Cipher Shadow Platform",
    ),
    "romance": (
        "Tender Faraway Unwritten Gentle Secret Summer Distant Patient Whispered Second",
        "Promise Garden Melody Harbour Photograph Dance Bakery Train Goodbye Sunday",
    ),
    "adventure": (
        "Lost Burning Frozen Emerald Hollow Golden Wandering Forgotten Endless Iron",
        "Island Caravan Compass Expedition Mountain Ship River Kingdom Desert Lantern",
    ),
}
MEAN = 3.4  # stars
SPREAD = 0.85  # stars, of P . Q
DAY = 24 * 60 * 60
START, DAYS = 1_577_836_800, 730  # 1 January 2020, and two years from then


def ratings(
    rng: np.random.Generator,
    *,
    users: int = 12,
    films: int = 12,
    share: float = 0.6,
    factors: int = 2,
    noise: float = 0.35,
    drift: float = 0.4,
    exact: bool = False,
) -> Ratings:
    """Each user rates `share` of the films, the popular ones more often.

    A rating is truth.predict(user, item), plus `noise`, rounded to half stars unless `exact`.
    Films of one genre have factors alike. A user comes at some day of the two years and goes
    on for half a year; tastes move by `drift` in a year, and the truth is that of the middle
    day. So the last ratings are harder to foretell than some ratings in between.
    """
    most = 100 * len(WORDS)
    if not 1 <= films <= most or not 0 < share <= 1:
        raise ValueError(
            f"ratings: {films} films, share {share}; need 1 to {most} films, a share above 0 to 1"
        )
    everyone = names()
    if not 1 <= users <= len(everyone):
        raise ValueError(f"ratings: {users} users; there are names for 1 to {len(everyone)}")
    people = [everyone[i] for i in rng.choice(len(everyone), users, replace=False)]
    titles, genres, genre = invent(rng, films)

    P = rng.normal(0, 1, (users, factors))
    like_its_genre = rng.normal(0, 1, (len(WORDS), factors))[genre]
    Q = like_its_genre + rng.normal(0, 0.4, (films, factors))
    Q *= SPREAD / np.sqrt(1.16 * factors)  # 1.16 = 1 + 0.4^2
    bu, bi = rng.normal(0, 0.36, users), rng.normal(0, 0.36, films)
    truth = Factors(MEAN, bu, bi, P, Q)

    popular = rng.gamma(2, 1, films)
    each = max(1, round(share * films))
    item = np.array(
        [rng.choice(films, each, replace=False, p=popular / popular.sum()) for _ in people]
    )
    item = item.ravel().astype(np.intp)
    user = np.repeat(np.arange(users), each)
    came = rng.uniform(0, DAYS - 180, users)
    day = came[user] + rng.uniform(0, 180, len(user))

    taste = rng.normal(0, drift, (users, factors))
    moved = ((day - DAYS / 2) / 365 * (taste[user] * Q[item]).sum(axis=1)) if drift else 0.0
    rating = truth.predict(user, item) + moved + rng.normal(0, noise, len(user))
    if not exact:
        rating = np.clip(np.round(rating * 2) / 2, 0.5, 5)
    order = np.argsort(day, kind="stable")
    time = (START + day * DAY).astype(np.int64)
    return Ratings(
        user[order], item[order], rating[order], time[order], people, titles, genres, truth
    )


def invent(rng: np.random.Generator, films: int) -> tuple[list[str], list[str], Ids]:
    """Titles, genres and the number of each genre; the genres take turns."""
    ideas = {}
    for name, (first, second) in WORDS.items():
        both = [f"The {a} {b}" for a in first.split() for b in second.split()]
        ideas[name] = [both[i] for i in rng.permutation(len(both))]
    genre = np.arange(films) % len(WORDS)
    genres = [list(WORDS)[i] for i in genre]
    return [ideas[name].pop() for name in genres], genres, genre
