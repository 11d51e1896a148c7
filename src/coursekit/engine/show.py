"""What a cell calls for things that move: a kept figure, a movie, coloured tokens, a progress bar.

Nothing here knows the page. A movie and a strip describe themselves as plain data (`_coursekit_`),
which whoever runs the cell draws; a progress bar asks sys.stdout whether it can show one, and
prints itself in a terminal. So the same lines work in the page, in a notebook and in a script.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")

_kept: dict[str, tuple[Any, Any]] = {}
_FIRST_KEPT = 10_000  # pyplot numbers of kept figures: never met by counting


def keep(name: str, make: Callable[[], tuple[Any, T]]) -> tuple[Any, T]:
    """The figure and artists that `make` builds once; later calls return the same two.

    A cell that a slider runs again only moves its artists: no new figure, no flicker.
    """
    from matplotlib import pyplot

    if name not in _kept:
        figure, artists = make()
        _kept[name] = figure, artists
        pyplot.close(figure)  # shown below, under a number that no other figure takes
        figure.canvas.manager.num = _FIRST_KEPT + len(_kept)
    figure, artists = _kept[name]
    pyplot.figure(figure)
    return figure, artists


def forget(name: str) -> None:
    """Let the next `keep` of this name build its figure anew."""
    _kept.pop(name, None)


class Movie:
    """A figure in several states: play, pause and scrub in the page; the last state elsewhere."""

    def __init__(
        self,
        figure: Any,
        update: Callable[[Any], object],
        states: Sequence[Any],
        labels: Sequence[str] | None,
    ) -> None:
        self.figure, self.update, self.states = figure, update, list(states)
        self.labels = [str(n) for n in range(len(self.states))] if labels is None else list(labels)

    def _coursekit_(self) -> dict[str, Any]:
        return {
            "kind": "movie",
            "figure": self.figure,
            "update": self.update,
            "states": self.states,
            "labels": self.labels,
        }

    def __repr__(self) -> str:
        return f"Movie of {len(self.states)} frames, {self.labels[0]} to {self.labels[-1]}"


def movie(
    figure: Any,
    update: Callable[[Any], object],
    states: Iterable[Any],
    *,
    labels: Iterable[object] | None = None,
) -> Movie:
    """Frames of a figure: `update(state)` moves its artists, once for each recorded state.

    Raises: ValueError for no states, or for another number of labels.
    """
    recorded = list(states)
    if not recorded:
        raise ValueError("movie: no states; record them in a list while the cell trains")
    named = None if labels is None else [str(label) for label in labels]
    if named is not None and len(named) != len(recorded):
        raise ValueError(f"movie: {len(recorded)} states, {len(named)} labels; one for each state")
    return Movie(figure, update, recorded, named)


class Strip:
    """Tokens coloured by a number."""

    def __init__(self, tokens: list[str], values: list[float], name: str, unit: str) -> None:
        self.tokens, self.values, self.name, self.unit = tokens, values, name, unit

    def _coursekit_(self) -> dict[str, Any]:
        return {"kind": "strip", **vars(self)}

    def __repr__(self) -> str:
        pairs = zip(self.tokens, self.values, strict=True)
        shown = "  ".join(f"{token} {value:.2f}" for token, value in pairs)
        return f"{self.name} ({self.unit}): {shown}" if self.unit else f"{self.name}: {shown}"


def strip(
    tokens: Iterable[object], values: Iterable[float], *, name: str = "surprise", unit: str = "nats"
) -> Strip:
    """Tokens coloured by a number each; hover or focus shows it.

    Raises: ValueError for another number of values than tokens, and for one that is not finite.
    """
    words, numbers = [str(token) for token in tokens], [float(value) for value in values]
    if len(words) != len(numbers):
        raise ValueError(f"strip: {len(words)} tokens, {len(numbers)} values; one for each token")
    for word, number in zip(words, numbers, strict=True):
        if not abs(number) < float("inf"):
            raise ValueError(f"strip: the value of {word!r} is {number}")
    return Strip(words, numbers, name, unit)


class Progress(Generic[T]):
    """A progress bar with tqdm's interface: iterate over it, or call `update` by hand."""

    _count = 0

    def __init__(
        self, iterable: Iterable[T] | None = None, desc: str = "", total: int | None = None
    ) -> None:
        if total is None and hasattr(iterable, "__len__"):
            total = len(iterable)  # type: ignore[arg-type]
        Progress._count += 1
        self.iterable, self.desc, self.total = iterable, desc, total
        self.n, self.postfix = 0, ""
        self._id, self._began, self._shown = Progress._count, time.perf_counter(), 0.0

    def __iter__(self) -> Iterator[T]:
        if self.iterable is None:
            raise TypeError("progress: nothing to go through; call progress(iterable) or update(n)")
        with self:
            for item in self.iterable:
                yield item
                self.update()

    def update(self, n: int = 1) -> None:
        """n more are done."""
        self.n += n
        if time.perf_counter() - self._shown > 0.1:
            self._show()

    def set_description(self, desc: str) -> None:
        """What is being done, before the bar."""
        self.desc = desc

    def set_postfix(self, values: Mapping[str, object] | None = None, **more: object) -> None:
        """Numbers behind the bar: set_postfix(loss=0.25)."""
        pairs = {**(values or {}), **more}.items()
        self.postfix = ", ".join(
            f"{key}={value:.4g}" if isinstance(value, float) else f"{key}={value}"
            for key, value in pairs
        )

    def close(self) -> None:
        """The bar stays as it is now."""
        self._show(last=True)

    def __enter__(self) -> Self:
        self._show()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _show(self, last: bool = False) -> None:
        self._shown = time.perf_counter()
        seconds = self._shown - self._began
        display = getattr(sys.stdout, "display", None)
        if display is not None:
            state = {"desc": self.desc, "n": self.n, "total": self.total, "postfix": self.postfix}
            display({"kind": "progress", "id": self._id, "seconds": seconds, **state})
        elif sys.stderr.isatty():
            sys.stderr.write("\r" + self._line(seconds) + ("\n" if last else "\033[K"))
            sys.stderr.flush()

    def _line(self, seconds: float) -> str:
        done = f"{self.n}" if self.total is None else f"{self.n}/{self.total}"
        if self.total:
            filled = round(20 * min(1.0, self.n / self.total))
            done = f"{'━' * filled}{'─' * (20 - filled)} {done}"
        return " ".join(
            part for part in (self.desc, done, f"{seconds:.1f} s", self.postfix) if part
        )


def progress(
    iterable: Iterable[T] | None = None, desc: str = "", total: int | None = None
) -> Progress[T]:
    """Go through something with a bar that shows how far: `for row in progress(rows):`."""
    return Progress(iterable, desc, total)


@contextmanager
def measured(name: str = "this block") -> Iterator[None]:
    """Print the time a block took and the most memory that it held at once."""
    nested = tracemalloc.is_tracing()
    if not nested:
        tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    began = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - began
        peak = tracemalloc.get_traced_memory()[1] - before
        if not nested:
            tracemalloc.stop()
        print(f"{name}: {seconds:.3f} s, {max(peak, 0) / 1e6:.1f} MB at most")
