"""Memory: cells that take one step, and layers that take all of them.

A cell says how one step goes. A layer does the same sums faster: the inputs of all steps are known
at once, so their linear part is one large product in front of the loop.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, TypeAlias

import numpy as np

from coursekit.engine import ops
from coursekit.engine.arrays import Shape, ShapeError
from coursekit.engine.nn.functional import dropout, linear, rnn, rnn_cell
from coursekit.engine.nn.layers import uniform
from coursekit.engine.nn.module import Module, Parameter
from coursekit.engine.tensor import Operand, Tensor

LSTMState: TypeAlias = tuple[Tensor, Tensor]
State: TypeAlias = tuple[Tensor, ...]

# --- one step, given the linear part of its input ---------------------------------------------


def lstm_step(x: Tensor, state: LSTMState, weight: Tensor, bias: Tensor | None) -> LSTMState:
    """Forget a part of the cell state c, add something new, show a part of it as h.

    Shapes: x (B, 4H), h and c (B, H), weight (4H, H) -> h and c (B, H).
    Source: Hochreiter and Schmidhuber 1997; Gers et al. 2000 for the forget gate.
    """
    h, c = state
    gates = x + linear(h, weight, bias)
    width = h.shape[-1]
    add, keep, show = (ops.sigmoid(gates[:, k * width : (k + 1) * width]) for k in (0, 1, 3))
    new = ops.tanh(gates[:, 2 * width : 3 * width])
    c = keep * c + add * new
    return show * ops.tanh(c), c


def gru_step(x: Tensor, h: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Move h towards a new value; the gate z says how much of the old one stays.

    Shapes: x (B, 3H), h (B, H), weight (3H, H) -> (B, H).
    Source: Cho et al. 2014.
    """
    width = h.shape[-1]
    x_r, x_z, x_n = (x[:, k * width : (k + 1) * width] for k in range(3))
    past = linear(h, weight, bias)
    h_r, h_z, h_n = (past[:, k * width : (k + 1) * width] for k in range(3))
    reset, z = ops.sigmoid(x_r + h_r), ops.sigmoid(x_z + h_z)
    new = ops.tanh(x_n + reset * h_n)
    return new + z * (h - new)


def check_state(name: str, parts: Any, count: int, shape: Shape) -> None:
    """ShapeError unless a state is `count` tensors of one shape: h, or h and c."""
    fit = isinstance(parts, tuple) and all(isinstance(part, Tensor) for part in parts)
    if not fit or [part.shape for part in parts] != [shape] * count:
        given = [np.shape(part) for part in parts] if isinstance(parts, tuple) else np.shape(parts)
        needed = f"a tensor {shape}" if count == 1 else f"a pair (h, c) of tensors {shape}"
        raise ShapeError(f"{name}: the state is {given}; need {needed}")


# --- cells ------------------------------------------------------------------------------------


class _Cell(Module):
    gates: ClassVar[int]

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, *, rng: np.random.Generator
    ) -> None:
        self.hidden_size = hidden_size
        bound, rows = 1 / math.sqrt(hidden_size), self.gates * hidden_size
        self.weight_ih = uniform(rng, bound, (rows, input_size))
        self.weight_hh = uniform(rng, bound, (rows, hidden_size))
        self.bias_ih = uniform(rng, bound, (rows,)) if bias else None
        self.bias_hh = uniform(rng, bound, (rows,)) if bias else None

    def inputs(self, x: Operand) -> Tensor:
        """The linear part of the input: (B, input_size) -> (B, gates * hidden_size)."""
        x, weight = ops.tensors(x, self.weight_ih)
        if x.ndim != 2:
            raise ShapeError(f"{type(self).__name__}: x is {x.shape}; need (B, {weight.shape[1]})")
        return linear(x, weight, self.bias_ih)

    def zeros(self, x: Tensor) -> Tensor:
        """The state before the first step."""
        return Tensor(np.zeros((x.shape[0], self.hidden_size), x.dtype))


class RNNCell(_Cell):
    """One step of the simplest memory: h = tanh(W_ih x + b_ih + W_hh h + b_hh).

    Shapes: x (B, input_size), h (B, hidden_size) -> (B, hidden_size).
    """

    gates = 1

    def forward(self, x: Operand, h: Tensor | None = None) -> Tensor:
        x, _ = ops.tensors(x, self.weight_ih)
        h = self.zeros(x) if h is None else h
        return rnn_cell(x, h, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)


class LSTMCell(_Cell):
    """One step with a cell state that gates protect; gates in the order input, forget, new, output.

    Shapes: x (B, input_size), state (h, c), each (B, hidden_size) -> (h, c).
    """

    gates = 4

    def forward(self, x: Operand, state: LSTMState | None = None) -> LSTMState:
        x = self.inputs(x)
        state = (self.zeros(x), self.zeros(x)) if state is None else state
        check_state("LSTMCell", state, 2, (x.shape[0], self.hidden_size))
        return lstm_step(x, state, self.weight_hh, self.bias_hh)


class GRUCell(_Cell):
    """One step with two gates, in the order reset, update, new.

    Shapes: x (B, input_size), h (B, hidden_size) -> (B, hidden_size).
    """

    gates = 3

    def forward(self, x: Operand, h: Tensor | None = None) -> Tensor:
        x = self.inputs(x)
        h = self.zeros(x) if h is None else h
        check_state("GRUCell", (h,), 1, (x.shape[0], self.hidden_size))
        return gru_step(x, h, self.weight_hh, self.bias_hh)


# --- layers -----------------------------------------------------------------------------------


class _Recurrent(Module):
    """Several layers, one above the other; subclasses say how one walks along time."""

    gates: ClassVar[int]
    parts: ClassVar[int] = 1  # tensors in the state: h, or h and c

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        rng: np.random.Generator,
    ) -> None:
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.batch_first = batch_first
        self.dropout = dropout
        self.rng = rng
        bound, rows = 1 / math.sqrt(hidden_size), self.gates * hidden_size
        for k in range(num_layers):
            width = input_size if k == 0 else hidden_size
            setattr(self, f"weight_ih_l{k}", uniform(rng, bound, (rows, width)))
            setattr(self, f"weight_hh_l{k}", uniform(rng, bound, (rows, hidden_size)))
            if bias:
                setattr(self, f"bias_ih_l{k}", uniform(rng, bound, (rows,)))
                setattr(self, f"bias_hh_l{k}", uniform(rng, bound, (rows,)))

    def forward(self, x: Operand, state: Any = None) -> tuple[Tensor, Any]:
        x, weight = ops.tensors(x, self._weights(0)[0])
        if x.ndim != 3 or x.shape[2] != weight.shape[1]:
            axes = "(B, T, input)" if self.batch_first else "(T, B, input)"
            raise ShapeError(
                f"{type(self).__name__}: x is {x.shape}; need {axes} with input = {weight.shape[1]}"
            )
        x = x.transpose(0, 1) if self.batch_first else x
        if not len(x):
            raise ShapeError(f"{type(self).__name__}: x has no steps, T is 0; need 1 or more")
        shape = self.num_layers, x.shape[1], self.hidden_size
        if state is None:
            state = (Tensor(np.zeros(shape, x.dtype)),) * self.parts
        elif self.parts == 1:
            state = (state,)
        check_state(type(self).__name__, state, self.parts, shape)
        last = []
        for k in range(self.num_layers):
            weight_ih, weight_hh, bias_ih, bias_hh = self._weights(k)
            inputs = linear(x, weight_ih, bias_ih)  # every step's, in one product
            x, end = self._scan(inputs, tuple(part[k] for part in state), weight_hh, bias_hh)
            last.append(end)
            if k + 1 < self.num_layers:
                x = dropout(x, self.dropout, self.training, rng=self.rng)
        ends = tuple(ops.stack(parts) for parts in zip(*last, strict=True))
        return x.transpose(0, 1) if self.batch_first else x, ends[0] if self.parts == 1 else ends

    def _scan(
        self, inputs: Tensor, state: State, weight: Tensor, bias: Tensor | None
    ) -> tuple[Tensor, State]:
        """One layer: inputs (T, B, gates * H) and a state -> outputs (T, B, H), the last state."""
        raise NotImplementedError

    def _weights(self, k: int) -> tuple[Parameter, Parameter, Parameter | None, Parameter | None]:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        w_ih, w_hh, b_ih, b_hh = (getattr(self, f"{name}_l{k}", None) for name in names)
        assert w_ih is not None
        assert w_hh is not None
        return w_ih, w_hh, b_ih, b_hh


class RNN(_Recurrent):
    """The simplest memory, all steps: h[t] = tanh(W_ih x[t] + b_ih + W_hh h[t-1] + b_hh).

    Shapes: x (T, B, input_size), h_0 (num_layers, B, hidden_size) or None
            -> outputs (T, B, hidden_size), h_n (num_layers, B, hidden_size).
            batch_first=True: B before T in x and in the outputs.
    """

    gates = 1

    def _scan(
        self, inputs: Tensor, state: State, weight: Tensor, bias: Tensor | None
    ) -> tuple[Tensor, State]:
        outputs = rnn(inputs if bias is None else inputs + bias, state[0], weight)
        return outputs, (outputs[-1],)


class LSTM(_Recurrent):
    """LSTMCell at every step.

    Shapes: as RNN; the state is a pair (h, c), each (num_layers, B, hidden_size).
    """

    gates = 4
    parts = 2

    def _scan(
        self, inputs: Tensor, state: State, weight: Tensor, bias: Tensor | None
    ) -> tuple[Tensor, State]:
        h, c = state
        outputs = []
        for t in range(len(inputs)):
            h, c = lstm_step(inputs[t], (h, c), weight, bias)
            outputs.append(h)
        return ops.stack(outputs), (h, c)


class GRU(_Recurrent):
    """GRUCell at every step.

    Shapes: as RNN.
    """

    gates = 3

    def _scan(
        self, inputs: Tensor, state: State, weight: Tensor, bias: Tensor | None
    ) -> tuple[Tensor, State]:
        (h,) = state
        outputs = []
        for t in range(len(inputs)):
            h = gru_step(inputs[t], h, weight, bias)
            outputs.append(h)
        return ops.stack(outputs), (h,)
