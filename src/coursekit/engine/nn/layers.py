"""The layers: names, arguments, shapes and start values of torch.nn.

Every layer that starts at random takes its generator as `rng`: same seed, same model.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from coursekit.engine import ops
from coursekit.engine.arrays import Array, Shape, ShapeError
from coursekit.engine.nn import functional
from coursekit.engine.nn.module import Module, Parameter
from coursekit.engine.tensor import Operand, Tensor


class Linear(Module):
    """x @ weight^T + bias.

    Shapes: (..., in_features) -> (..., out_features); weight (out_features, in_features).
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, rng: np.random.Generator
    ) -> None:
        bound = 1 / math.sqrt(in_features)
        self.weight = uniform(rng, bound, (out_features, in_features))
        self.bias = uniform(rng, bound, (out_features,)) if bias else None

    def forward(self, x: Operand) -> Tensor:
        return functional.linear(x, self.weight, self.bias)


class Embedding(Module):
    """A table with one row per token; the row is the token's vector.

    Shapes: whole numbers (...) below num_embeddings -> (..., embedding_dim).
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, *, rng: np.random.Generator
    ) -> None:
        table = rng.standard_normal((num_embeddings, embedding_dim), np.float32)
        self.weight = Parameter(table)

    def forward(self, indices: Array) -> Tensor:
        return ops.index_select(self.weight, indices)


class Dropout(Module):
    """In training each number is 0 with probability p, and the others grow to keep the mean."""

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator) -> None:
        self.p = p
        self.rng = rng

    def forward(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.p, self.training, rng=self.rng)


class LayerNorm(Module):
    """Mean 0 and variance 1 within each row, then a learned scale and shift.

    Shapes: (..., *normalized_shape) -> the same.
    """

    def __init__(self, normalized_shape: int | Shape, eps: float = 1e-5) -> None:
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.eps = eps
        self.weight = Parameter(np.ones(shape, np.float32))
        self.bias = Parameter(np.zeros(shape, np.float32))

    def forward(self, x: Tensor) -> Tensor:
        rows = self.weight.shape
        if x.shape[-len(rows) :] != rows:
            raise ShapeError(f"LayerNorm: made for rows of {rows}, x is {x.shape}")
        axis = -1 if len(rows) == 1 else tuple(range(-len(rows), 0))
        return functional.normalise(x, axis, self.weight, self.bias, self.eps)


class BatchNorm1d(Module):
    """Mean 0 and variance 1 of each channel over the batch, then a learned scale and shift.

    In use (`eval`) the batch is not looked at: running means of training take its place.
    Shapes: (B, C) or (B, C, T) -> the same.
    """

    dimensions: ClassVar[tuple[int, ...]] = (2, 3)

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.eps = eps
        self.momentum = momentum
        self.weight = Parameter(np.ones(num_features, np.float32))
        self.bias = Parameter(np.zeros(num_features, np.float32))
        self.register_buffer("running_mean", np.zeros(num_features, np.float32))
        self.register_buffer("running_var", np.ones(num_features, np.float32))
        self.register_buffer("num_batches_tracked", np.zeros((), np.int64))

    running_mean: Array
    running_var: Array
    num_batches_tracked: Array

    def forward(self, x: Operand) -> Tensor:
        x, _ = ops.tensors(x, self.weight)
        channels = self.weight.size
        if x.ndim not in self.dimensions or x.shape[1] != channels:
            name = type(self).__name__
            raise ShapeError(f"{name}: made for {channels} channels on axis 1, x is {x.shape}")
        per_channel = (channels, *(1,) * (x.ndim - 2))
        weight, bias = self.weight.reshape(per_channel), self.bias.reshape(per_channel)
        if self.training:
            axis = (0, *range(2, x.ndim))
            self._remember(x.data, axis)
            return functional.normalise(x, axis, weight, bias, self.eps)
        scale = 1 / np.sqrt(self.running_var + self.eps)
        centred = x - self.running_mean.reshape(per_channel)
        return centred * scale.reshape(per_channel) * weight + bias

    def _remember(self, x: Array, axis: tuple[int, ...]) -> None:
        """Move the running means a little towards those of this batch."""
        n = x.size // x.shape[1]
        if n < 2:
            raise ShapeError(
                f"{type(self).__name__}: one number per channel has no variance, x is {x.shape}. "
                "Use a larger batch, or model.eval() when you are not training"
            )
        self.num_batches_tracked += 1
        self.running_mean += self.momentum * (x.mean(axis) - self.running_mean)
        self.running_var += self.momentum * (x.var(axis, ddof=1) - self.running_var)


class BatchNorm2d(BatchNorm1d):
    """Batch norm of pictures.

    Shapes: (B, C, H, W) -> the same.
    """

    dimensions = (4,)


class Conv2d(Module):
    """Slide out_channels square kernels over a picture.

    Shapes: (B, in_channels, H, W) -> (B, out_channels, H', W'), with
            H' = (H + 2 padding - kernel_size) // stride + 1, W' likewise.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        *,
        bias: bool = True,
        rng: np.random.Generator,
    ) -> None:
        self.stride = stride
        self.padding = padding
        bound = 1 / math.sqrt(in_channels * kernel_size**2)
        self.weight = uniform(rng, bound, (out_channels, in_channels, kernel_size, kernel_size))
        self.bias = uniform(rng, bound, (out_channels,)) if bias else None

    def forward(self, x: Operand) -> Tensor:
        return functional.conv2d(x, self.weight, self.bias, self.stride, self.padding)


class MaxPool2d(Module):
    """The largest number in each square window of a picture."""

    def __init__(self, kernel_size: int, stride: int | None = None) -> None:
        self.kernel_size = kernel_size
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        return functional.max_pool2d(x, self.kernel_size, self.stride)


class Flatten(Module):
    """All axes but the first become one.

    Shapes: (B, ...) -> (B, numbers per example).
    """

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, x: Tensor) -> Tensor:
        return ops.tanh(x)


class Sigmoid(Module):
    """1 / (1 + e^-x)."""

    def forward(self, x: Tensor) -> Tensor:
        return ops.sigmoid(x)


class ReLU(Module):
    """x where x > 0, else 0."""

    def forward(self, x: Tensor) -> Tensor:
        return ops.relu(x)


class GELU(Module):
    """x times the share of a normal distribution below x."""

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = approximate

    def forward(self, x: Tensor) -> Tensor:
        return functional.gelu(x, self.approximate)


def uniform(rng: np.random.Generator, bound: float, shape: Shape) -> Parameter:
    """Start values between -bound and bound, all equally likely."""
    return Parameter(rng.uniform(-bound, bound, shape).astype(np.float32))
