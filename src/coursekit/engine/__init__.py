"""The engine: a deep-learning library in NumPy, small enough to read.

Start with tensor.py, then ops.py. This module names what most cells need; the rest is one import
away: `from coursekit.engine import nn, optim, plot`.
"""

from coursekit.engine.arrays import ShapeError as ShapeError
from coursekit.engine.check import GradientError as GradientError
from coursekit.engine.check import check_grad as check_grad
from coursekit.engine.tensor import GraphError as GraphError
from coursekit.engine.tensor import Tensor as Tensor
from coursekit.engine.tensor import no_grad as no_grad
