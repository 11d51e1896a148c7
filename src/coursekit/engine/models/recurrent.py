"""All tokens so far in, the next token out: twin of coursekit.torch.models.recurrent."""

from __future__ import annotations

from typing import Any

import numpy as np

from coursekit.engine import nn
from coursekit.engine.arrays import Array
from coursekit.engine.tensor import Tensor, no_grad


class Recurrent(nn.Module):
    """All tokens so far in, the next token out: a hidden state carries what matters of them.

    Shapes: whole numbers (B, T) -> (B, T, size).
    Source: Cho and others 2014 (GRU).
    """

    card: dict[str, Any]

    def __init__(
        self,
        size: int = 27,
        channels: int = 32,
        hidden: int = 128,
        dropout: float = 0.2,
        *,
        rng: np.random.Generator,
    ) -> None:
        self.embedding = nn.Embedding(size, channels, rng=rng)
        self.memory = nn.GRU(channels, hidden, batch_first=True, rng=rng)
        self.dropout = nn.Dropout(dropout, rng=rng)
        self.output = nn.Linear(hidden, size, rng=rng)

    def forward(self, ids: Array) -> Tensor:
        states, _ = self.memory(self.embedding(ids))  # (B, T, hidden)
        return self.output(self.dropout(states))

    def next_logits(self, ids: Array, state: Array | None = None) -> tuple[Array, Array]:
        """The scores of the next token, and the state after the last: what the decoders ask.

        Shapes: (B, T) -> (B, size), state (B, hidden).
        """
        with no_grad():
            before = None if state is None else Tensor(state[None])
            states, last = self.memory(self.embedding(ids), before)
            return self.output(states[:, -1]).numpy(), last.numpy()[0]
