"""Data that travels with the package; `datasets/README.md` says where each file comes from."""

from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ids = NDArray[np.intp]


class Braking(NamedTuple):
    """Two columns of equal length: one row is one car that was stopped."""

    speed: Floats
    distance: Floats


class Iris(NamedTuple):
    """One row is one flower."""

    x: Floats  # (150, 4)
    y: Ids  # (150,) number of the species
    features: tuple[str, ...]
    species: tuple[str, ...]


class Review(NamedTuple):
    """A few words about a film."""

    text: str  # tokens with blanks between them
    label: int  # 1 liked it, 0 did not


def braking() -> Braking:
    """How far 50 cars of the 1920s ran on after the brake was pressed.

    Units:  speed in miles per hour, distance in feet; float64, sorted by speed.
    Source: M. Ezekiel, Methods of Correlation Analysis, Wiley 1930 (the table `cars` of R).
    """
    _, *rows = read("braking.csv").splitlines()
    table = np.array([row.split(",") for row in rows], dtype=np.float64)
    return Braking(table[:, 0], table[:, 1])


def iris() -> Iris:
    """150 iris flowers, 50 of each species: length and width of sepal and petal.

    Units:  centimetres; float64, sorted by species.
    Source: R. A. Fisher, Annals of Eugenics 7, 1936, table I. Flowers 35 and 38 are as Fisher
            printed them, as in R and scikit-learn; the UCI repository has them wrong.
    """
    head, *rows = read("iris.csv").splitlines()
    table = [row.split(",") for row in rows]
    species = tuple(sorted({row[4] for row in table}))
    x = np.array([row[:4] for row in table], dtype=np.float64)
    y = np.array([species.index(row[4]) for row in table], dtype=np.intp)
    return Iris(x, y, tuple(head.split(",")[:4]), species)


def names() -> list[str]:
    """2,400 given names from many languages, in the letters a to z, sorted.

    `mira` is not among them: she is the reader whom no model has met.
    """
    return read("names.txt").split()


def reviews() -> list[Review]:
    """240 one-line opinions about films, written for this course; 120 liked the film.

    They are sorted by label. Many turn on one word: "not bad at all", "not good at all".
    """
    labels = {"+": 1, "-": 0}
    return [Review(line[2:], labels[line[0]]) for line in read("reviews.txt").splitlines()]


def shakespeare() -> str:
    """Sonnets and scenes by William Shakespeare, with the names of the speakers."""
    return "\n".join(scenes().values())


def scenes() -> dict[str, str]:
    """The same text by title: "Sonnet 18", "Hamlet, act 3, scene 1"."""
    _, *parts = ("\n" + read("shakespeare.txt")).split("\n# ")
    titled = (part.partition("\n") for part in parts)
    return {title: text.rstrip("\n") + "\n" for title, _, text in titled}


def read(name: str) -> str:
    """The text of one file in `datasets/`."""
    return (resources.files("coursekit.engine") / "datasets" / name).read_text(encoding="utf-8")
