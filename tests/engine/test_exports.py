"""The lists of public names are true, and the modules keep to one direction."""

import importlib
import inspect
import pkgutil

import pytest

from coursekit import engine
from coursekit.engine import nn


def test_every_name_of_the_engine_is_there():
    names = {"Tensor", "no_grad", "check_grad", "ShapeError", "GraphError", "GradientError"}
    assert names <= set(vars(engine))


def test_nn_lists_every_class_of_its_files():
    written = {
        name
        for module in pkgutil.iter_modules(nn.__path__, "coursekit.engine.nn.")
        for name, thing in vars(importlib.import_module(module.name)).items()
        if inspect.isclass(thing) and thing.__module__ == module.name and not name.startswith("_")
    }
    assert written <= set(vars(nn))
    assert len(written) >= 25


MODULES = [
    module.name.removeprefix("coursekit.engine.")
    for module in pkgutil.walk_packages(engine.__path__, "coursekit.engine.")
]


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_and_class_says_what_it_is(module):
    source = importlib.import_module(f"coursekit.engine.{module}")
    for name, thing in vars(source).items():
        own = getattr(thing, "__module__", None) == source.__name__
        if (
            own
            and not name.startswith("_")
            and (inspect.isclass(thing) or inspect.isfunction(thing))
        ):
            sentence = (thing.__doc__ or "").strip().splitlines()
            assert sentence, f"{module}.{name} has no docstring"
            assert len(sentence[0]) <= 100
