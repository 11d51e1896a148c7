"""Looking back instead of remembering: attention, positions, and the two Transformer blocks.

In the masks of this file, as in torch.nn, True means: not allowed to look there.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from coursekit.engine import ops
from coursekit.engine.arrays import Array, Shape, ShapeError
from coursekit.engine.nn.functional import (
    attention_weights,
    dropout,
    gelu,
    linear,
    self_attention,
)
from coursekit.engine.nn.layers import LayerNorm, Linear, uniform
from coursekit.engine.nn.module import Module, Parameter
from coursekit.engine.tensor import Tensor


class MultiheadAttention(Module):
    """Several attentions side by side, each on its own part of the channels.

    Shapes: query (B, T, C), key and value (B, S, C) with batch_first=True, else B second
            -> outputs like query, weights (B, T, S), the mean of the heads.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        batch_first: bool = False,
        rng: np.random.Generator,
    ) -> None:
        if embed_dim % num_heads:
            raise ShapeError(
                f"MultiheadAttention: {embed_dim} channels cannot be split into {num_heads} heads"
            )
        self.num_heads = num_heads
        self.batch_first = batch_first
        self.dropout = dropout
        self.rng = rng
        bound = math.sqrt(6 / (4 * embed_dim))  # Glorot and Bengio 2010, for C inputs, 3 C outputs
        self.in_proj_weight = uniform(rng, bound, (3 * embed_dim, embed_dim))
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, np.float32)) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=rng)
        if self.out_proj.bias is not None:
            self.out_proj.bias.data[:] = 0

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Array | None = None,
        need_weights: bool = True,
        attn_mask: Array | None = None,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Where each query looks: is_causal hides the future, key_padding_mask (B, S) the padding.

        attn_mask (T, S) hides any other place.
        """
        itself = query is key is value
        if not query.ndim == key.ndim == value.ndim == 3:
            raise ShapeError(
                f"MultiheadAttention: query is {query.shape}, key {key.shape}, value "
                f"{value.shape}; need three axes each: batch, steps, channels"
            )
        if not self.batch_first:
            query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        batch, steps, sources = query.shape[0], query.shape[1], key.shape[1]
        allowed = _allowed(batch, steps, sources, key_padding_mask, attn_mask, is_causal)
        weights = None
        if itself and not need_weights and not (self.training and self.dropout):
            y = self_attention(self._parts(query), allowed)
        else:
            q, k, v = self._project_one(query) if itself else self._project(query, key, value)
            weights = attention_weights(q, k, allowed)
            weights = dropout(weights, self.dropout, self.training, rng=self.rng)
            y = (weights @ v).transpose(1, 2)
        y = self.out_proj(y.reshape(query.shape))
        y = y if self.batch_first else y.transpose(0, 1)
        return y, weights.mean(1) if weights is not None and need_weights else None

    def _parts(self, x: Tensor) -> Tensor:
        """Queries, keys and values of the same x, by one product: (B, T, 3, H, D)."""
        batch, steps, width = x.shape
        parts = linear(x, self.in_proj_weight, self.in_proj_bias)
        return parts.reshape(batch, steps, 3, self.num_heads, width // self.num_heads)

    def _project_one(self, x: Tensor) -> tuple[Tensor, ...]:
        """Query, key and value of the same x."""
        parts = self._parts(x).transpose(1, 3)  # (B, H, 3, T, D)
        return parts[:, :, 0], parts[:, :, 1], parts[:, :, 2]

    def _project(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Query, key and value, each by its third of the weight: (B, T, C) -> (B, H, T, D)."""
        return tuple(self._third(i, x) for i, x in enumerate(inputs))

    def _third(self, i: int, x: Tensor) -> Tensor:
        batch, steps, width = x.shape
        part = slice(i * width, (i + 1) * width)
        bias = None if self.in_proj_bias is None else self.in_proj_bias[part]
        heads = linear(x, self.in_proj_weight[part], bias)
        heads = heads.reshape(batch, steps, self.num_heads, width // self.num_heads)
        return heads.transpose(1, 2)


class _Block(Module):
    """What both blocks share: the feed-forward net, dropout, and where the norms stand."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        *,
        rng: np.random.Generator,
    ) -> None:
        known = {"relu": ops.relu, "gelu": gelu}
        if isinstance(activation, str) and activation not in known:
            raise ValueError(f"activation={activation!r}; known by name: {', '.join(known)}")
        self.activation = known[activation] if isinstance(activation, str) else activation
        self.norm_first = norm_first
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, batch_first=batch_first, rng=rng
        )
        self.linear1 = Linear(d_model, dim_feedforward, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, rng=rng)
        self.dropout = dropout
        self.rng = rng
        self.norm1 = LayerNorm(d_model, layer_norm_eps)
        self.norm2 = LayerNorm(d_model, layer_norm_eps)

    def _residual(self, x: Tensor, norm: LayerNorm, part: Callable[[Tensor], Tensor]) -> Tensor:
        """x plus what a part of the block makes of it, with the norm before or after."""
        if self.norm_first:
            return x + self._drop(part(norm(x)))
        return norm(x + self._drop(part(x)))

    def _feed_forward(self, x: Tensor) -> Tensor:
        hidden = self._drop(self.activation(self.linear1(x)))
        return self.linear2(hidden)

    def _drop(self, x: Tensor) -> Tensor:
        return dropout(x, self.dropout, self.training, rng=self.rng)


class TransformerEncoderLayer(_Block):
    """Self-attention, then a small net for each position; with is_causal=True a GPT block.

    Shapes: src (B, T, d_model) with batch_first=True, else (T, B, d_model) -> the same.
    Source: Vaswani et al. 2017.
    """

    def forward(
        self,
        src: Tensor,
        src_mask: Array | None = None,
        src_key_padding_mask: Array | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        def look(x: Tensor) -> Tensor:
            y, _ = self.self_attn(x, x, x, src_key_padding_mask, False, src_mask, is_causal)
            return y

        x = self._residual(src, self.norm1, look)
        return self._residual(x, self.norm2, self._feed_forward)


class TransformerDecoderLayer(_Block):
    """Self-attention, a look at the encoder's output (memory), then a net for each position.

    Shapes: tgt (B, T, d_model), memory (B, S, d_model) with batch_first=True, else B second
            -> like tgt.
    Source: Vaswani et al. 2017.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        *,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(
            d_model,
            nhead,
            dim_feedforward,
            dropout,
            activation,
            layer_norm_eps,
            batch_first,
            norm_first,
            rng=rng,
        )
        self.multihead_attn = MultiheadAttention(
            d_model, nhead, dropout, batch_first=batch_first, rng=rng
        )
        self.norm3 = LayerNorm(d_model, layer_norm_eps)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Array | None = None,
        memory_mask: Array | None = None,
        tgt_key_padding_mask: Array | None = None,
        memory_key_padding_mask: Array | None = None,
        tgt_is_causal: bool = False,
    ) -> Tensor:
        def look_back(x: Tensor) -> Tensor:
            y, _ = self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask, tgt_is_causal)
            return y

        def look_across(x: Tensor) -> Tensor:
            padding = memory_key_padding_mask
            y, _ = self.multihead_attn(x, memory, memory, padding, False, memory_mask)
            return y

        x = self._residual(tgt, self.norm1, look_back)
        x = self._residual(x, self.norm2, look_across)
        return self._residual(x, self.norm3, self._feed_forward)


class PositionalEncoding(Module):
    """Add to each vector the mark of its place. Learned marks instead: an Embedding of places.

    Shapes: (B, T, C) with T <= max_len -> the same.
    """

    def __init__(self, d_model: int, max_len: int = 5000) -> None:
        self.table = sinusoids(max_len, d_model)

    def forward(self, x: Tensor) -> Tensor:
        steps = x.shape[1]
        if steps > len(self.table):
            raise ShapeError(f"PositionalEncoding: {steps} steps, made for {len(self.table)}")
        return x + self.table[:steps]


def sinusoids(length: int, width: int) -> Array:
    """Marks of places: sine and cosine in turn, each pair slower than the one before.

    Shapes: (length, width), float32; width even.
    Source: Vaswani et al. 2017, section 3.5.
    """
    if width % 2:
        raise ShapeError(f"sinusoids: width {width} is odd; sines and cosines come in pairs")
    places = np.arange(length)[:, None]
    speeds = 10000.0 ** (-np.arange(0, width, 2) / width)
    table = np.stack([np.sin(places * speeds), np.cos(places * speeds)], axis=-1)
    return table.reshape(length, width).astype(np.float32)


def _allowed(
    batch: int,
    steps: int,
    sources: int,
    padding: Array | None,
    forbidden: Array | None,
    is_causal: bool,
) -> Array | None:
    """Where each query may look, (T, S) or (B, 1, T, S): the opposite of torch's masks."""
    masks = []
    if is_causal:
        masks.append(np.tri(steps, sources, dtype=np.bool_))
    if forbidden is not None:
        masks.append(~_bools("attn_mask", forbidden, (steps, sources)))
    if padding is not None:
        masks.append(~_bools("key_padding_mask", padding, (batch, sources))[:, None, None, :])
    return functools.reduce(np.logical_and, masks) if masks else None


def _bools(name: str, mask: Array, shape: Shape) -> Array:
    mask = np.asarray(mask)
    if mask.dtype != np.bool_:
        raise TypeError(f"{name} is {mask.dtype}; need True where looking is forbidden, else False")
    if mask.shape != shape:
        raise ShapeError(f"{name} is {mask.shape}; need {shape}")
    return mask
