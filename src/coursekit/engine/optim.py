"""Optimisers: what to do with a gradient. Names, arguments and numbers are those of torch.optim.

Each optimiser is one short `update` of one parameter. What it must remember from step to step
lies in `state`, a dictionary for each parameter, or for each piece of a large one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np

from coursekit.engine.arrays import Array
from coursekit.engine.tensor import GraphError, Tensor

Parameters: TypeAlias = Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[dict[str, Any]]

PIECE = 1 << 15  # numbers: so many, and what is computed of them, stay in the processor's cache


class Optimizer:
    """The loop over parameters; subclasses say in `update` what happens to one.

    `params` holds tensors, (name, tensor) pairs, or groups with settings of their own:
    [{"params": [w], "lr": 0.1}, {"params": [b]}].
    """

    def __init__(
        self, params: Parameters, *, lr: float, **others: float | bool | tuple[float, float]
    ) -> None:
        given: list[Any] = list(params) if isinstance(params, Iterable) else [params]
        if lr < 0:
            raise ValueError(f"{type(self).__name__}: lr is {lr}; need 0 or more")
        if not given:
            raise ValueError(f"{type(self).__name__}: there is no parameter to train")
        defaults: dict[str, Any] = {"lr": lr, **others}
        groups = given if isinstance(given[0], dict) else [{"params": given}]
        self.param_groups: list[dict[str, Any]] = []
        self._names: dict[int, str] = {}
        self._state: dict[int, dict[Any, Any]] = defaultdict(dict)
        self._used: dict[int, Array] = {}  # the gradients of the last step
        for group in groups:
            if unknown := group.keys() - {"params", *defaults}:
                raise ValueError(
                    f"{type(self).__name__}: a group sets {sorted(unknown)}; "
                    f"known are {', '.join(defaults)}"
                )
            self.param_groups.append(defaults | group | {"params": self._take(group["params"])})

    def update(self, p: Array, grad: Array, state: dict[Any, Any], group: dict[str, Any]) -> None:
        """Change the numbers p of one parameter in place, by the settings of its group.

        The gradient is left as it is: learners print it. A large parameter comes in pieces, some
        rows at a time, each with a state of its own. So an update treats each number by itself:
        it cannot ask for the length of the whole.
        """
        raise NotImplementedError

    def step(self) -> None:
        """Update every parameter once.

        Raises: GraphError if a parameter has no gradient, or one that a step has used before.
        """
        used = self._used
        for group in self.param_groups:
            for parameter in group["params"]:
                if not parameter.requires_grad:  # frozen
                    continue
                number, grad = parameter.number, parameter.grad
                if grad is None or grad is used.get(number):
                    raise self._unusable(parameter)
                used[number] = grad  # backward adds to this very array until zero_grad
                p, state = parameter.data, self._state[number]
                if p.size <= PIECE:
                    self.update(p, grad, state, group)
                    continue
                rows = math.ceil(PIECE * len(p) / p.size)
                for i in range(0, len(p), rows):
                    part = slice(i, i + rows)
                    self.update(p[part], grad[part], state.setdefault(i, {}), group)

    def zero_grad(self) -> None:
        """Forget all gradients, so that the next backward starts from zero."""
        self._used.clear()
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    @property
    def lr(self) -> float:
        """The learning rate; setting it sets that of every group."""
        return float(self.param_groups[0]["lr"])

    @lr.setter
    def lr(self, value: float) -> None:
        for group in self.param_groups:
            group["lr"] = float(value)

    def _take(self, params: Iterable[Any]) -> list[Tensor]:
        taken = []
        for item in [params] if isinstance(params, Tensor) else params:
            name, parameter = item if isinstance(item, tuple) else (None, item)
            if not isinstance(parameter, Tensor) or parameter.inputs:
                raise ValueError(
                    f"{type(self).__name__}: parameters are leaf tensors, got {parameter!r}. "
                    "Pass model.parameters(), or tensors made with requires_grad=True"
                )
            if parameter.number in self._names:
                raise ValueError(f"{type(self).__name__}: the same parameter is given twice")
            name = name or f"{len(self._names)}, shape {parameter.shape}"
            self._names[parameter.number] = name
            taken.append(parameter)
        return taken

    def _unusable(self, parameter: Tensor) -> GraphError:
        """Why a gradient cannot be used, and what to do."""
        name = f"{type(self).__name__}.step: parameter {self._names[parameter.number]}"
        if parameter.grad is None:
            return GraphError(
                f"{name} has no gradient. Call loss.backward() first. If you did, the loss "
                "does not depend on it, or only through .data, .numpy() or detach()"
            )
        return GraphError(
            f"{name} still holds the gradient of the last step. "
            "Call zero_grad() before backward() in every turn of the loop; by hand: p.grad = None"
        )


class SGD(Optimizer):
    """Stochastic gradient descent: w = w - lr * gradient, with momentum if wanted."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("SGD: nesterov=True needs momentum > 0 and dampening = 0")
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
        )

    def update(self, p: Array, grad: Array, state: dict[Any, Any], group: dict[str, Any]) -> None:
        momentum = group["momentum"]
        if group["weight_decay"]:
            grad = grad + group["weight_decay"] * p
        if momentum:
            if "velocity" not in state:
                state["velocity"] = grad.copy()
            else:
                state["velocity"] = momentum * state["velocity"] + (1 - group["dampening"]) * grad
            velocity = state["velocity"]
            grad = grad + momentum * velocity if group["nesterov"] else velocity
        p -= group["lr"] * grad


class RMSprop(Optimizer):
    """Divide each step by the root of a running mean of squared gradients."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
        )

    def update(self, p: Array, grad: Array, state: dict[Any, Any], group: dict[str, Any]) -> None:
        alpha, momentum = group["alpha"], group["momentum"]
        if group["weight_decay"]:
            grad = grad + group["weight_decay"] * p
        square = state["square"] = alpha * state.get("square", 0.0) + (1 - alpha) * grad * grad
        if group["centered"]:  # the variance instead of the raw second moment
            mean = state["mean"] = alpha * state.get("mean", 0.0) + (1 - alpha) * grad
            square = square - mean * mean
        change = grad / (np.sqrt(square) + group["eps"])
        if momentum:
            change = state["change"] = momentum * state.get("change", 0.0) + change
        p -= group["lr"] * change


class Adam(Optimizer):
    """Running means of the gradient and of its square, both corrected for their start at zero."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, p: Array, grad: Array, state: dict[Any, Any], group: dict[str, Any]) -> None:
        if group["weight_decay"]:  # L2: the decay goes through the running means too
            grad = grad + group["weight_decay"] * p
        beta1, beta2 = group["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * grad
        v = state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * grad * grad
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        p -= group["lr"] * m_hat / (np.sqrt(v_hat) + group["eps"])


class AdamW(Adam):
    """Adam with decoupled weight decay: the decay shrinks the weight directly."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def update(self, p: Array, grad: Array, state: dict[Any, Any], group: dict[str, Any]) -> None:
        p *= 1 - group["lr"] * group["weight_decay"]
        super().update(p, grad, state, group | {"weight_decay": 0.0})


def clip_grad_norm_(params: Iterable[Tensor] | Tensor, max_norm: float) -> float:
    """Shorten all gradients by one factor, so that their joint length is at most max_norm.

    Returns the length before. One factor for all keeps the direction; it turns no gradient. In
    place, as the name says: a new array would hide a forgotten zero_grad from the optimiser.
    """
    tensors = [params] if isinstance(params, Tensor) else list(params)
    grads = [p.grad for p in tensors if p.grad is not None]
    norm = math.sqrt(sum(float(np.vdot(grad, grad)) for grad in grads))
    scale = max_norm / (norm + 1e-6)
    if scale < 1:
        for p in tensors:
            if p.grad is not None:
                p.grad *= scale
    return norm


def find_lr(
    optimizer: Optimizer,
    compute_loss: Callable[[], Tensor],
    *,
    low: float = 1e-4,
    high: float = 10.0,
    steps: int = 100,
    stop: float = 4.0,
) -> tuple[Array, Array]:
    """Train while the learning rate grows from low to high, and return the rates and the losses.

    The sweep ends early where the loss is `stop` times its best. Parameters and optimiser are put
    back as they were: what the sweep blew up is not what you train.
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    numbers = [p.data.copy() for p in parameters]
    settings = [dict(group) for group in optimizer.param_groups]
    state, optimizer._state = optimizer._state, defaultdict(dict)
    rates: list[float] = []
    losses: list[float] = []
    for rate in np.geomspace(low, high, steps):
        optimizer.lr = rate
        optimizer.zero_grad()
        loss = compute_loss()
        if not loss.item() <= stop * min(losses, default=math.inf):
            break
        rates.append(float(rate))
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    optimizer.zero_grad()
    optimizer._state = state
    for group, before in zip(optimizer.param_groups, settings, strict=True):
        group.update(before)
    for p, before in zip(parameters, numbers, strict=True):
        p.data[...] = before
    return np.array(rates), np.array(losses)
