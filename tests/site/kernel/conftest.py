"""Every test of the kernel starts with matplotlib as a fresh process has it."""

import pathlib
from importlib.util import find_spec

import pytest


@pytest.fixture(autouse=True)
def _matplotlib_as_in_a_fresh_process():
    """In the course's style and with the kernel's backend, whatever another test has chosen."""
    import matplotlib
    from matplotlib import pyplot

    before = matplotlib.get_backend()
    style = pathlib.Path(find_spec("coursekit").origin).parent / "engine" / "course.mplstyle"
    with matplotlib.rc_context(fname=style):
        pyplot.switch_backend("module://coursekit.site.kernel.figures")
        yield
        pyplot.close("all")
    pyplot.switch_backend(before)
