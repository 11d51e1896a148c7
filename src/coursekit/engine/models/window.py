"""The last few tokens in, the next token out: twin of coursekit.torch.models.window."""

from __future__ import annotations

from typing import Any

import numpy as np

from coursekit.engine import nn, ops
from coursekit.engine.arrays import Array
from coursekit.engine.tensor import Tensor, no_grad


class Window(nn.Module):
    """The last few tokens in, the next token out: look up, join, one hidden layer, one score each.

    Shapes: whole numbers (B, context) -> (B, size).
    Source: Bengio, Ducharme, Vincent and Jauvin 2003.
    """

    card: dict[str, Any]

    def __init__(
        self,
        size: int = 27,
        context: int = 3,
        channels: int = 10,
        hidden: int = 200,
        norm: bool = False,
        start: str = "scaled",  # how the script drew its start values; here PyTorch's stand
        *,
        rng: np.random.Generator,
    ) -> None:
        self.context = context
        self.embedding = nn.Embedding(size, channels, rng=rng)
        self.hidden = nn.Linear(context * channels, hidden, bias=not norm, rng=rng)
        self.norm = nn.BatchNorm1d(hidden) if norm else None
        self.output = nn.Linear(hidden, size, rng=rng)

    def forward(self, ids: Array) -> Tensor:
        h = self.hidden(self.embedding(ids).reshape(len(ids), -1))  # (B, hidden)
        return self.output(ops.tanh(h if self.norm is None else self.norm(h)))

    def next_logits(self, ids: Array, state: None = None) -> tuple[Array, None]:
        """The scores of the next token: what the decoders ask; 0 stands before the first token.

        Shapes: (B, T), T any -> (B, size).
        """
        before = np.zeros((len(ids), self.context), np.intp)
        with no_grad():
            return self(np.concatenate([before, ids], axis=1)[:, -self.context :]).numpy(), None
