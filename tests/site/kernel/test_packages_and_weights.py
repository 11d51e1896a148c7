"""What a cell needs before it runs, from its code alone."""

import pytest

from coursekit.site.kernel import packages, weights

REQUIRES = {"coursekit.engine.plot": ["matplotlib", "numpy"], "coursekit.engine.tensor": ["numpy"]}


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("x = 1", []),
        ("import numpy as np", ["numpy"]),
        ("import matplotlib.pyplot as plt, json", ["matplotlib"]),
        ("def f():\n    from numpy.linalg import norm", ["numpy"]),
        ("from coursekit.engine import plot", ["matplotlib", "numpy"]),
        ("from coursekit.engine.tensor import Tensor", ["numpy"]),
        ("import coursekit.engine.plot", ["matplotlib", "numpy"]),
        ("from . import x", []),
        ("import (", []),
    ],
)
def test_packages_come_from_the_imports(code, needed):
    assert packages(code, REQUIRES) == needed


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ('net = models.load("names")', ["names"]),
        (
            'from coursekit.engine.models import load\nload("names-source")',
            ["names-source"],
        ),
        ('for name in ("names", "names-source"):\n    load(name)', ["names", "names-source"]),
        ('name = "names"', []),  # nothing is loaded
        ("net = models.load(name)", []),  # its file came with the cell that says the name
        ('net = models.load("other")', []),  # running it will say which there are
        ("load(", []),
    ],
)
def test_weights_come_with_the_cell_that_names_them(code, needed):
    assert weights(code, ["names", "names-source"]) == needed
