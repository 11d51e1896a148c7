"""Rows of tokens as arrays: padded rows, and columns of one long text."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.intp]


def padded(rows: Sequence[Sequence[int]], pad: int) -> Ids:
    """Rows of unequal length as one array, filled up with `pad` on the right.

    Shapes: B rows -> (B, T), T the longest.
    """
    longest = max(map(len, rows), default=0)
    return np.array([[*row, *[pad] * (longest - len(row))] for row in rows], dtype=np.intp)


def columns(ids: Sequence[int] | Ids, count: int) -> Ids:
    """One long text as `count` columns, read downwards; the last few tokens may be left over.

    Shapes: N tokens -> (N // count, count).
    """
    ids = np.asarray(ids, dtype=np.intp)
    steps = len(ids) // count if count > 0 else 0
    if steps < 2:
        raise ValueError(
            f"columns: {len(ids)} tokens in {count} columns leave {steps} a column; need 2 or more"
        )
    return ids[: steps * count].reshape(count, steps).T.copy()


def bptt(
    table: Ids, length: int, *, rng: np.random.Generator | None = None
) -> Iterator[tuple[Ids, Ids]]:
    """Pieces of the columns from top to bottom, each with its targets: the next token.

    Column j of a piece goes on in column j of the next one, so a hidden state may be kept.
    With `rng` the length varies (normal around `length`, or half of it once in 20 times, at
    least 5), so that the cuts fall elsewhere in every epoch.

    Shapes: (steps, B) -> pairs of (t, B), t at most `length` without `rng`.
    Source: Merity, Keskar and Socher 2017 for the varied length.
    """
    if length < 1:
        raise ValueError(f"bptt: length {length}; must be 1 or more")
    start = 0
    while start < len(table) - 1:
        t = length
        if rng is not None:
            mean = length if rng.random() < 0.95 else length / 2
            t = max(5, int(rng.normal(mean, 5)))
        t = min(t, len(table) - 1 - start)
        yield table[start : start + t], table[start + 1 : start + t + 1]
        start += t
