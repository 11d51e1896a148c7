"""The last few letters in, the next letter out.

Source: Bengio, Ducharme, Vincent and Jauvin 2003.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    size: int = 27  # V, tokens: 26 letters and the dot
    context: int = 3  # T, tokens that are seen
    channels: int = 10  # C, numbers for each of them
    hidden: int = 200  # hidden units
    norm: bool = False  # batch norm before the tanh
    start: Literal["normal", "scaled"] = "scaled"  # all from N(0, 1), or scaled to their layer


class Window(nn.Module):
    """Look up each token's vector, join them, one hidden layer, one score per token.

    Shapes: whole numbers (B, T) -> (B, V).
    """

    def __init__(self, config: Config, *, generator: torch.Generator) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.size, config.channels)
        joined = config.context * config.channels
        self.hidden = nn.Linear(joined, config.hidden, bias=not config.norm)  # the norm brings one
        self.norm = nn.BatchNorm1d(config.hidden, momentum=0.001) if config.norm else None
        self.output = nn.Linear(config.hidden, config.size)
        self.start(generator)

    @torch.no_grad()
    def start(self, generator: torch.Generator) -> None:
        """Draw the start values.

        All from N(0, 1), the first loss is near 27 and most tanh are flat. Scaled, what the hidden
        layer sums keeps its spread (He and others 2015, with the gain 5/3 of tanh), and the scores
        begin nearly equal, so the first loss is ln V.
        """
        layers = self.hidden, self.output
        for tensor in (self.embedding.weight, *(p for layer in layers for p in layer.parameters())):
            tensor.normal_(generator=generator)
        if self.config.start == "scaled":
            self.hidden.weight *= 5 / 3 / math.sqrt(self.hidden.in_features)
            self.output.weight *= 0.01
            self.output.bias.zero_()
            if self.hidden.bias is not None:
                self.hidden.bias.zero_()

    def forward(self, ids: Tensor) -> Tensor:
        h = self.hidden(self.embedding(ids).flatten(1))  # (B, hidden)
        scores: Tensor = self.output(torch.tanh(h if self.norm is None else self.norm(h)))
        return scores

    @torch.no_grad()
    def next_logits(self, ids: NDArray[Any], state: None = None) -> tuple[NDArray[Any], None]:
        """The scores of the next token: what the decoders ask; 0 stands before the first token.

        Shapes: (B, T), T any -> (B, V).
        """
        before = np.zeros((len(ids), self.config.context), np.int64)
        last = np.concatenate([before, ids], axis=1)[:, -self.config.context :]
        return self(torch.from_numpy(last).to(self.output.weight.device)).cpu().numpy(), None
