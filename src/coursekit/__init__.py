"""coursekit: the tested code behind "Deep learning, line by line".

Three rings, each importable alone: `coursekit.engine` (NumPy), `coursekit.torch` (PyTorch) and
`coursekit.site` (the MkDocs plugin and the browser runtime). This module imports none of them.
"""

__version__ = "0.1.0"
