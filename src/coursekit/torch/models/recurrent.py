"""All letters so far in, the next letter out: a hidden state carries what matters of them.

Source: Cho and others 2014 (GRU); Gal and Ghahramani 2016 for dropout in recurrent nets.
"""

from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    size: int = 27  # V, tokens: 26 letters and the dot
    channels: int = 32  # C, numbers for each of them
    hidden: int = 128  # numbers in the state
    dropout: float = 0.2  # share of the outputs that each training step hides


class Recurrent(nn.Module):
    """Look up each token's vector, carry a state along, one score per token from each state.

    Shapes: whole numbers (B, T) -> (B, T, V).
    """

    def __init__(self, config: Config, *, generator: torch.Generator) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.size, config.channels)
        self.memory = nn.GRU(config.channels, config.hidden, batch_first=True)
        self.dropout = nn.Dropout(config.dropout)
        self.output = nn.Linear(config.hidden, config.size)
        self.start(generator)

    @torch.no_grad()
    def start(self, generator: torch.Generator) -> None:
        """Draw the start values: each layer's as PyTorch has them, but from the generator."""
        self.embedding.weight.normal_(generator=generator)
        bound = self.config.hidden**-0.5
        for parameter in (*self.memory.parameters(), *self.output.parameters()):
            parameter.uniform_(-bound, bound, generator=generator)

    def forward(self, ids: Tensor) -> Tensor:
        states, _ = self.memory(self.embedding(ids))  # (B, T, hidden)
        scores: Tensor = self.output(self.dropout(states))
        return scores

    @torch.no_grad()
    def next_logits(self, ids: NDArray[Any], state: Any = None) -> tuple[NDArray[Any], Any]:
        """The scores of the next token, and the state after the last: what the decoders ask.

        Shapes: (B, T) -> (B, V), state (B, hidden).
        """
        x = torch.from_numpy(ids).to(self.output.weight.device)
        h = None if state is None else state[None].contiguous()
        states, last = self.memory(self.embedding(x), h)
        return self.output(states[:, -1]).cpu().numpy(), last[0]
