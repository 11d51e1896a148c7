"""Language models that only count: the floor that a network has to beat."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


class Counts(NamedTuple):
    """How often each code was seen; codes sorted."""

    codes: Ids
    times: Ids

    def of(self, codes: Ids) -> Ids:
        """The counts of these codes, 0 for one that was never seen."""
        place = np.searchsorted(self.codes, codes).clip(max=len(self.codes) - 1)
        return np.where(self.codes[place] == codes, self.times[place], 0)


class NGram:
    """The probability of a token, from counts of what followed the `order` - 1 tokens before it.

    To the counts of a context it adds some that nobody saw. With `add=k`, k of every token.
    With `blend=m`, m in all, shared out as the context without its first token would have it,
    and so on down to no context at all, where every token is equally likely.
    """

    def __init__(
        self,
        order: int,
        size: int,
        *,
        add: float | None = None,
        blend: float = 5.0,
        start: int = 0,
    ) -> None:
        if order < 1 or size < 1:
            raise ValueError(f"NGram: order {order}, size {size}; both must be 1 or more")
        if float(size) ** order >= 2**63:
            raise ValueError(
                f"NGram: {size}**{order} runs do not fit into 63 bits; choose a lower order"
            )
        self.order, self.size, self.start = order, size, start
        self.lengths = range(1, order + 1) if add is None else [order]
        self.unseen = blend if add is None else add * size
        self.runs: dict[int, Counts] = {}  # length -> counts of the runs of that length
        self.contexts: dict[int, Counts] = {}  # the same without the last token

    def fit(self, sequences: Iterable[Sequence[int] | Ids]) -> Self:
        """Count; the token `start` stands `order` - 1 times before each sequence."""
        windows = self.windows(sequences)
        for length in self.lengths:
            codes = self.code(windows[:, -length:])
            self.runs[length] = Counts(*np.unique(codes, return_counts=True))
            self.contexts[length] = Counts(*np.unique(codes // self.size, return_counts=True))
        return self

    def nats(self, sequences: Iterable[Sequence[int] | Ids]) -> float:
        """Mean surprise -log p of all tokens of all sequences; inf if one p is 0."""
        return float(-self.log_p(self.windows(sequences)).mean())

    def surprise(self, ids: Sequence[int] | Ids) -> Floats:
        """-log p of each token of one sequence, in nats.

        Shapes: T tokens -> (T,).
        """
        return -self.log_p(self.windows([ids]))

    def next_logits(self, ids: ArrayLike, state: None = None) -> tuple[Floats, None]:
        """log p of every token to come next: what the decoders ask of any model.

        Shapes: (B, T) -> (B, V).
        """
        rows = np.stack([self.windows([[*row, 0]])[-1] for row in np.asarray(ids)])  # (B, order)
        every = np.repeat(rows, self.size, axis=0)
        every[:, -1] = np.tile(np.arange(self.size), len(rows))
        return self.log_p(every).reshape(len(rows), self.size), None

    def log_p(self, windows: Ids) -> Floats:
        """log p of the last token of each row, given the others.

        Shapes: (N, order) -> (N,).
        """
        if not self.runs:
            raise ValueError("NGram: nothing was counted yet; call fit(sequences) first")
        p = np.full(len(windows), 1 / self.size)
        for length in self.lengths:
            codes = self.code(windows[:, -length:])
            seen = self.runs[length].of(codes)
            total = self.contexts[length].of(codes // self.size) + self.unseen
            np.divide(seen + self.unseen * p, total, out=p, where=total > 0)
        with np.errstate(divide="ignore"):
            np.log(p, out=p)
        return p

    def windows(self, sequences: Iterable[Sequence[int] | Ids]) -> Ids:
        """Each token with the `order` - 1 tokens before it.

        Shapes: N tokens in all -> (N, order).
        """
        before = np.full(self.order - 1, self.start, np.int64)
        parts = [part for each in sequences for part in (before, np.asarray(each, np.int64))]
        is_token = np.repeat([False, True] * (len(parts) // 2), [len(part) for part in parts])
        if not is_token.any():
            raise ValueError("NGram: there is not one token in these sequences")
        ids = np.concatenate(parts)
        if ids.min() < 0 or ids.max() >= self.size:
            raise ValueError(
                f"NGram: ids from {ids.min()} to {ids.max()}; size {self.size} allows "
                f"0 to {self.size - 1}"
            )
        windows: Ids = sliding_window_view(ids, self.order)[is_token[self.order - 1 :]]
        return windows

    def code(self, rows: Ids) -> Ids:
        """One number for each row of tokens, as digits to the base `size`.

        Shapes: (N, k) -> (N,).
        """
        digits = np.arange(rows.shape[1] - 1, -1, -1, dtype=np.int64)
        codes: Ids = rows @ self.size**digits
        return codes
