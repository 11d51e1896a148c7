"""A last value: drawn, as HTML, or as text."""

import pytest

from coursekit.site.kernel import Kernel
from tests.site.kernel.cells import KEPT, run


@pytest.mark.parametrize("code", ["None", "x = 1", "7;", "print", ""])
def test_only_a_last_expression_with_a_value_is_shown(code):
    shown = [o for o in run(code)[1] if o["kind"] == "value"]
    assert bool(shown) == (code == "print")


def test_arrays_are_shown_rounded_and_user_options_stay_as_they_were():
    status, outputs = run(
        "import numpy as np\nbefore = np.get_printoptions()\nnp.array([1 / 3, 1e-9])",
        page=(page := Kernel()),
    )
    assert (status, outputs[-1]["text"]) == ("done", "array([0.3333, 0.    ])")
    assert run("np.get_printoptions() == before", page=page)[1][-1]["text"] == "True"


def test_rich_values_are_sanitized():
    markup = "<b onclick=x()>hi</b><script>1</script>"
    _, outputs = run(f"class Rich:\n    def _repr_html_(self): return '{markup}'\nRich()")
    assert (outputs[-1]["kind"], outputs[-1]["html"]) == ("html", "<b>hi</b>")


def test_a_movie_draws_each_state():
    _, outputs = run(KEPT + "show.movie(fig, line.set_ydata, [[0, 1], [1, 0]], labels=['a', 'b'])")
    [movie] = outputs
    assert (movie["kind"], movie["labels"]) == ("movie", ["a", "b"])
    assert len(set(movie["frames"])) == 2
    assert all(frame.startswith("<svg") for frame in movie["frames"])


def test_a_strip_is_handed_on():
    _, [strip] = run("from coursekit.engine import show\nshow.strip('ab', [1, 2])")
    assert (strip["kind"], strip["tokens"], strip["values"]) == ("strip", ["a", "b"], [1.0, 2.0])
