"""Small tasks drawn from a seed: as many examples as one likes, and the truth is known."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coursekit.engine.data.embedded import Braking

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ids = NDArray[np.intp]  # the integer of an index: 64 bits, in the browser 32


class Xor(NamedTuple):
    """Four dots that no line can separate."""

    x: Floats32  # (4, 2)
    y: Floats32  # (4, 1)


class Pair(NamedTuple):
    """What a model reads and what it should write."""

    source: str
    target: str


class Speech(NamedTuple):
    """Symbols and the sound frames in which they are spoken, one symbol after the other."""

    symbols: Ids  # (N,)
    frames: Floats32  # (T, 8)
    durations: Ids  # (N,) frames of each symbol; their sum is T


# Numbers


def xor() -> Xor:
    """Either, or, but not both."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
    return Xor(x, (x[:, :1] != x[:, 1:]).astype(np.float32))


BRAKING_WEIGHTS = (0.1, 0.9, 2.5)  # w1, w2, w3: near the parabola that fits the 50 real rows


def braking_like(rng: np.random.Generator, rows: int) -> Braking:
    """Rows like those of `braking`, of which the truth is known: see BRAKING_WEIGHTS.

    The distance scatters by a third around w1 speed^2 + w2 speed + w3 and is never negative.

    Units: speed from 4 to 25 miles per hour, distance in feet; float64, not sorted.
    """
    speed = rng.uniform(4, 25, rows)
    mean = np.polyval(BRAKING_WEIGHTS, speed)
    return Braking(speed, rng.gamma(9, mean / 9))


# Text to text


MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def ordinal(day: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if 10 < day % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


DATE_FORMATS: tuple[Callable[[date, str, str], str], ...] = (
    lambda d, month, weekday: f"{d.day} {month} {d.year}",
    lambda d, month, weekday: f"{month} {d.day}, {d.year}",
    lambda d, month, weekday: f"{d.day} {month[:3]} {d.year}",
    lambda d, month, weekday: f"{month[:3]} {ordinal(d.day)} {d.year}",
    lambda d, month, weekday: f"the {ordinal(d.day)} of {month}, {d.year}",
    lambda d, month, weekday: f"{weekday[:3]} {d.day} {month[:3]} {d.year}",
    lambda d, month, weekday: f"{d.day}.{d.month}.{d.year}",
    lambda d, month, weekday: f"{d.day:02}/{d.month:02}/{d.year}",
)  # day before month wherever both are figures


def dates(rng: np.random.Generator, count: int) -> list[Pair]:
    """Dates from 1950 to 2049 as people write them, and as a computer does.

    "3 May 2024" -> "2024-05-03": what is written last comes first.
    """
    first, last = date(1950, 1, 1), date(2049, 12, 31)
    pairs = []
    for _ in range(count):
        day = first + timedelta(days=int(rng.integers((last - first).days + 1)))
        write = DATE_FORMATS[rng.integers(len(DATE_FORMATS))]
        text = write(day, MONTHS[day.month - 1], WEEKDAYS[day.weekday()])
        pairs.append(Pair(text, day.isoformat()))
    return pairs


GREETINGS = (
    Pair("hello , i am {}", "hello {} , nice to meet you"),
    Pair("hi , my name is {}", "hi {} , how are you ?"),
    Pair("good morning , {} is my name", "good morning {}"),
    Pair("this is {} speaking", "i am glad that you called , {}"),
)


def greetings(rng: np.random.Generator, count: int, names: Sequence[str]) -> list[Pair]:
    """Someone says a name, and the answer must repeat it.

    Give the names that may occur: some to train on, others to test.
    """
    if not names:
        raise ValueError("greetings: there are no names to greet")
    pairs = []
    for _ in range(count):
        said, answer = GREETINGS[rng.integers(len(GREETINGS))]
        name = names[int(rng.integers(len(names)))]
        pairs.append(Pair(said.format(name), answer.format(name)))
    return pairs


def either_way(
    rng: np.random.Generator, count: int, *, length: int = 6, symbols: str = "abcde"
) -> list[Pair]:
    """A word, to be written forwards or backwards: both are right, and the coin decides.

    The two answers differ at every place. So a model that chooses place by place, each place
    rightly, is right as a whole in only 2 of 2 ** length cases.
    """
    if length < 2 or length % 2:
        raise ValueError(f"either_way: length {length}; must be even, or the middle has one answer")
    if len(set(symbols)) < 2:
        raise ValueError(f"either_way: symbols {symbols!r}; need two different ones or more")
    pairs = []
    for _ in range(count):
        half = rng.integers(len(symbols), size=length // 2)
        other = (half + rng.integers(1, len(symbols), size=length // 2)) % len(symbols)
        word = "".join(symbols[i] for i in (*half, *other[::-1]))
        pairs.append(Pair(word, word if rng.random() < 0.5 else word[::-1]))
    return pairs


# Text to sound


SOUNDS = 8  # symbols, and numbers in a frame
DURATIONS = np.array(
    [2, 3, 4, 2, 3, 4, 2, 3], dtype=np.intp
)  # frames of each symbol, one more or less


def speech(
    rng: np.random.Generator,
    count: int,
    *,
    shortest: int = 4,
    longest: int = 8,
    noise: float = 0.05,
) -> list[Speech]:
    """Sentences of `shortest` to `longest` symbols, spoken.

    A symbol is a wave over the 8 numbers of a frame, louder in the middle of its duration.
    Symbol and sound go on together, which guided attention can use.
    """
    if not 1 <= shortest <= longest:
        raise ValueError(f"speech: {shortest} to {longest} symbols; need 1 <= shortest <= longest")
    number = np.arange(SOUNDS)
    waves = np.cos(np.pi * (number + 0.5) * number[:, None] / SOUNDS)  # (symbol, 8), orthogonal
    sentences = []
    for _ in range(count):
        length = rng.integers(shortest, longest + 1)
        symbols = rng.integers(SOUNDS, size=length).astype(np.intp)
        durations = DURATIONS[symbols] + rng.integers(-1, 2, size=length).astype(np.intp)
        clean = [
            np.sin(np.pi * (np.arange(duration) + 0.5) / duration)[:, None] * waves[symbol]
            for symbol, duration in zip(symbols, durations, strict=True)
        ]
        frames = np.concatenate(clean)
        frames += rng.normal(0, noise, frames.shape)
        sentences.append(Speech(symbols, frames.astype(np.float32), durations))
    return sentences
