"""The scripts' models, for use in a page; their twins in coursekit.torch.models have these names.

net = load("names")
decode.sample(net.next_logits, [[0]], steps=20, rng=rng, eos=0)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from coursekit.engine import nn, ops, weights
from coursekit.engine.arrays import Array
from coursekit.engine.tensor import Tensor, no_grad


def load(name: str | Path) -> Window | Recurrent:
    """The trained model of this name, in evaluation mode, with the `card` of its weights.

    Raises: WeightsError if there are no such weights.
    """
    arrays, card = weights.load(name)
    if card.get("model") not in MODELS:
        raise weights.WeightsError(
            f"load({str(name)!r}): the card names the model {card.get('model')!r}; "
            f"this module has {', '.join(MODELS)}"
        )
    model = MODELS[card["model"]](**card["config"], rng=np.random.default_rng(0))
    model.load_state_dict(arrays)
    model.card = card
    model.eval()
    return model


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


MODELS: dict[str, type[Any]] = {"Window": Window, "Recurrent": Recurrent}
