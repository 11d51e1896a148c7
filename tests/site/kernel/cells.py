"""Cells as the kernel's tests run them."""

from coursekit.site.kernel import Kernel

PLOT = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2], [3, 4])\n"
KEPT = """import matplotlib.pyplot as plt
from coursekit.engine import show
def make():
    fig, ax = plt.subplots()
    return fig, ax.plot([0, 1], [0, 1])[0]
fig, line = show.keep("line", make)
"""


def run(code, *, page=None, cell="a", **options):
    """(status, outputs) of a cell."""
    outputs = []
    status = (page or Kernel()).run(code, cell=cell, emit=outputs.append, **options)
    return status, outputs


def text(outputs, stream="stdout"):
    """What a cell printed."""
    return "".join(o["text"] for o in outputs if o.get("stream") == stream)
