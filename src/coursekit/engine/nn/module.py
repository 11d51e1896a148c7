"""Module: parameters with names, found by looking at the attributes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from coursekit.engine.arrays import Array, ShapeError
from coursekit.engine.tensor import Tensor


class Parameter(Tensor):
    """A leaf that belongs to a module: trained by the optimiser, saved with the module."""

    __slots__ = ()

    def __init__(
        self,
        data: ArrayLike | Tensor,
        *,
        requires_grad: bool = True,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(data, requires_grad=requires_grad, dtype=dtype)


class Module:
    """Something with parameters that can be called.

    A subclass sets parameters and modules as attributes and defines `forward`. Nothing needs to be
    registered, and super().__init__() need not be called: names are the names of the attributes.
    """

    training = True  # dropout and batch norm behave differently in training
    _buffers: tuple[str, ...] = ()  # names of arrays that are saved but not trained

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; subclasses say."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.forward(*args, **kwargs)

    def __setattr__(self, name: str, value: Any) -> None:
        trains = isinstance(value, Tensor) and value.requires_grad and value.inputs == ()
        if trains and not isinstance(value, Parameter):
            raise TypeError(
                f"{type(self).__name__}.{name} is a tensor with requires_grad=True, which no "
                f"optimiser would find here. Write self.{name} = nn.Parameter(...)"
            )
        super().__setattr__(name, value)

    def register_buffer(self, name: str, array: Array) -> None:
        """An array that is saved with the module but not trained, as a running mean is."""
        self._buffers = (*self._buffers, name)
        setattr(self, name, array)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules among the attributes; those of a list are called "layers.0", "layers.1"."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value
            elif isinstance(value, list | tuple):
                for i, item in enumerate(value):
                    if isinstance(item, Module):
                        yield f"{name}.{i}", item

    def modules(self) -> Iterator[Module]:
        """This module and all below it."""
        yield self
        for _, child in self.named_children():
            yield from child.modules()

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Every parameter once, by its first name: "encoder.weight"."""
        seen: set[int] = set()
        for name, value in self._named_values():
            if isinstance(value, Parameter) and value.number not in seen:
                seen.add(value.number)
                yield name, value

    def parameters(self) -> Iterator[Parameter]:
        """Every parameter once: what an optimiser takes."""
        return (parameter for _, parameter in self.named_parameters())

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Module:
        """Switch dropout and batch norm to training, here and below; returns the module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Switch dropout and batch norm to use; returns the module."""
        return self.train(False)

    def double(self) -> Module:
        """Make all numbers float64, to compare with other programs; returns the module."""
        for module in self.modules():
            for name, value in list(vars(module).items()):
                if isinstance(value, Parameter):
                    value.data = value.data.astype(np.float64)
                elif name in module._buffers and value.dtype == np.float32:
                    setattr(module, name, value.astype(np.float64))
        return self

    def state_dict(self) -> dict[str, Array]:
        """A copy of every parameter and buffer by name: the names are those of torch."""
        return {name: np.array(_numbers(value)) for name, value in self._named_values()}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Take over the numbers of a state_dict, ours or torch's.

        Raises: KeyError if a name is missing or unknown; ShapeError if a shape differs.
        """
        own = dict(self._named_values())
        missing, unknown = own.keys() - state.keys(), state.keys() - own.keys()
        if missing or unknown:
            raise KeyError(f"load_state_dict: missing {sorted(missing)}, unknown {sorted(unknown)}")
        for name, value in own.items():
            mine, given = _numbers(value), np.asarray(state[name])
            if mine.shape != given.shape:
                raise ShapeError(f"load_state_dict: {name} is {mine.shape}, given {given.shape}")
            mine[...] = given

    def save(self, path: str | Path) -> None:
        """Write the state_dict to an .npz file."""
        with Path(path).open("wb") as file:
            np.savez(file, **self.state_dict())  # type: ignore[arg-type]

    def load(self, path: str | Path) -> None:
        """Read what `save` wrote.

        Raises: ValueError if the file is no .npz file; else as load_state_dict.
        """
        with Path(path).open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise ValueError(f"load: {path} is no .npz file, or only a part of one")
        with np.load(path) as state:
            self.load_state_dict(state)

    def __repr__(self) -> str:
        count = sum(parameter.size for parameter in self.parameters())
        children = [f"  {name}: {child!r}" for name, child in self.named_children()]
        head = f"{type(self).__name__}({count:,} parameters)"
        return "\n".join([head, *("\n  ".join(line.split("\n")) for line in children)])

    def _named_values(self) -> Iterator[tuple[str, Parameter | Array]]:
        """Own parameters and buffers in the order of their making, then those of the children."""
        for name, value in vars(self).items():
            if isinstance(value, Parameter) or name in self._buffers:
                yield name, value
        for child_name, child in self.named_children():
            for name, value in child._named_values():
                yield f"{child_name}.{name}", value


class Sequential(Module):
    """Modules one after the other; what one gives, the next takes."""

    def __init__(self, *layers: Module) -> None:
        for layer in layers:
            if not isinstance(layer, Module):
                raise TypeError(
                    f"Sequential takes modules, this is {layer!r}. Functions have their module: "
                    "nn.Tanh() for ops.tanh"
                )
        self.layers = list(layers)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The layers, called "0", "1", ..."""
        return ((str(i), layer) for i, layer in enumerate(self.layers))

    def __getitem__(self, index: int) -> Module:
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)


class ModuleList(list[Module]):
    """A list of modules, by torch's name; a plain list does as well here."""

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        super().__init__(modules)


def _numbers(value: Parameter | Array) -> Array:
    return value.data if isinstance(value, Tensor) else value
