"""The kernel: what a cell shows, and what it never lets through."""

import base64
import pathlib
import re
from importlib.util import find_spec

import pytest

from coursekit.site import kernel
from coursekit.site.kernel import Kernel, packages, sanitise, weights


@pytest.fixture(autouse=True)
def _matplotlib_as_in_a_fresh_process():
    """In the course's style and with the kernel's backend, whatever another test has chosen."""
    import matplotlib
    from matplotlib import pyplot

    before = matplotlib.get_backend()
    style = pathlib.Path(find_spec("coursekit").origin).parent / "engine" / "course.mplstyle"
    with matplotlib.rc_context(fname=style):
        pyplot.switch_backend("module://coursekit.site.kernel")
        yield
        pyplot.close("all")
    pyplot.switch_backend(before)


def run(code, *, page=None, cell="a", **options):
    outputs = []
    status = (page or Kernel()).run(code, cell=cell, emit=outputs.append, **options)
    return status, outputs


def text(outputs, stream="stdout"):
    return "".join(o["text"] for o in outputs if o.get("stream") == stream)


def test_cells_of_a_page_share_one_namespace():
    page = Kernel()
    run("x = 3", page=page)
    assert run("x + 1", page=page)[1] == [{"kind": "value", "text": "4"}]


def test_two_pages_do_not_see_each_other():
    run("x = 3")
    assert run("x")[0] == "error"


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


def test_streams_keep_the_order_in_which_they_were_written():
    _, outputs = run("import sys\nprint('a', end='')\nprint('b', file=sys.stderr)\nprint('c')")
    assert [(o["stream"], o["text"]) for o in outputs] == [
        ("stdout", "a"),
        ("stderr", "b\n"),
        ("stdout", "c\n"),
    ]


def test_a_printed_line_is_sent_before_the_cell_goes_on():
    seen = []
    page = Kernel()
    page.namespace["seen"] = lambda: len(seen)
    page.run("print('now')\nearly = seen()", cell="a", emit=seen.append)
    assert page.namespace["early"] == 1


def test_many_lines_are_sent_together_and_none_is_lost():
    _, outputs = run("for i in range(5000): print(i)")
    assert text(outputs) == "".join(f"{i}\n" for i in range(5000))
    assert len(outputs) < 500


def test_an_error_names_its_line_and_shows_only_the_readers_frames():
    page = Kernel()
    run("import json\ndef load():\n    return json.loads('{')", page=page, cell="first")
    status, outputs = run("a = 1\nload()", page=page, cell="second")
    error = outputs[-1]
    assert (status, error["type"], error["line"]) == ("error", "JSONDecodeError", 2)
    assert 'File "<cell first>", line 3, in load' in error["traceback"]
    assert "decoder.py" not in error["traceback"]
    assert "kernel.py" not in error["traceback"]


def test_a_syntax_error_names_its_line_and_nothing_runs():
    status, outputs = run("print(1)\nx = (1\n")
    assert (status, outputs[0]["type"], outputs[0]["line"]) == ("error", "SyntaxError", 2)
    assert len(outputs) == 1


def test_exit_is_an_error_of_the_cell_not_the_end_of_the_page():
    status, outputs = run("raise SystemExit(3)")
    assert (status, outputs[-1]["type"]) == ("error", "SystemExit")


def test_an_interrupt_stops_and_keeps_what_was_printed():
    status, outputs = run("print('a', end='')\nraise KeyboardInterrupt")
    assert (status, text(outputs)) == ("stopped", "a")


def test_source_of_a_cells_function_can_be_read():
    _, outputs = run("import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))")
    assert text(outputs) == "def f():\n    return 1\n\n"


def test_input_asks_and_echoes():
    status, outputs = run("x = input('name? ')\nx", page=Kernel(ask=lambda prompt: "mira"))
    assert status == "done"
    assert (text(outputs), outputs[-1]["text"]) == ("name? mira\n", "'mira'")


def test_input_without_anyone_to_ask_says_what_to_do():
    _, outputs = run("input()")
    assert "write the answer into the code" in outputs[-1]["message"]


def test_what_must_hold_is_checked_after_the_run():
    assert run("x = 1", holds="x == 1")[0] == "done"
    status, outputs = run("x = 2", holds="x == 1")
    assert status == "error"
    assert "x == 1 should hold" in outputs[-1]["message"]


# --- HTML -----------------------------------------------------------------------------------------


def test_rich_values_are_sanitised():
    markup = "<b onclick=x()>hi</b><script>1</script>"
    _, outputs = run(f"class Rich:\n    def _repr_html_(self): return '{markup}'\nRich()")
    assert (outputs[-1]["kind"], outputs[-1]["html"]) == ("html", "<b>hi</b>")


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ("<p>a & b</p>", "<p>a &amp; b</p>"),
        ("<script>alert(1)</script>x", "x"),
        ("<script>alert(1)", ""),
        ("<style>*{}</style><i>x", "<i>x</i>"),
        ("<img src=http://a/b.png onerror=x()>x", "x"),
        ("<a href='javascript:x()'>x</a>", "<a>x</a>"),
        ("<a href=' jAvAsCrIpT:x()'>x</a>", "<a>x</a>"),
        ("<a href='https://a.org'>x</a>", '<a href="https://a.org">x</a>'),
        ("<td style='color:red;background-image:url(//a)'>x", '<td style="color:red">x</td>'),
        ("<p style='width:1px;position:fixed'>x", '<p style="width:1px">x</p>'),
        ("<p id=search class='a'>x</p>", '<p class="a">x</p>'),
        ("<iframe src=//a></iframe><object></object>x", "x"),
        ("<svg><use xlink:href='//a#b'/><use xlink:href='#b'/></svg>",
         '<svg><use></use><use xlink:href="#b"></use></svg>'),
        ("<svg><path fill='url(//a)' d='M0'/></svg>", '<svg><path d="M0"></path></svg>'),
        ("<svg viewbox='0 0 1 1'><title>t</title></svg>",
         '<svg viewBox="0 0 1 1"><title>t</title></svg>'),
        ("<svg><script>x</script><animate onbegin=x() /></svg>", "<svg></svg>"),
        ("<script/>still text?<b>no</b></script><i>yes</i>", "still text?<b>no</b><i>yes</i>"),
        ("</div></section>x", "x"),
        ("<form action=//a><input><button>x</button></form>", "x"),
        ("<a title='\"><script>'>x</a>", '<a title="&quot;&gt;&lt;script&gt;">x</a>'),
    ],
)  # fmt: skip
def test_the_sanitiser_keeps_form_and_drops_what_could_act(markup, clean):
    assert sanitise(markup) == clean


# --- figures --------------------------------------------------------------------------------------

PLOT = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2], [3, 4])\n"


def figure(code, **options):
    status, outputs = run(code, **options)
    assert status == "done", outputs
    return [o for o in outputs if o["kind"] == "figure"]


def test_a_figure_follows_the_page_not_a_fixed_scheme():
    [shown] = figure(PLOT + "ax.set_xlabel('lr 0.00123 #1a4fb8')")
    svg = shown["svg"]
    assert "var(--fig-1)" in svg
    assert "var(--sans)" in svg
    assert "DejaVu" not in svg
    assert "lr 0.00123 #1a4fb8</text>" in svg  # text is never rewritten
    assert not re.search(r"<svg[^>]* (width|height)=", svg)
    assert 'viewBox="0 0 453.6 252" style="aspect-ratio: 453.6/252"' in svg  # not drawn, but placed
    assert "<g>" not in svg
    assert svg.count("<g ") == svg.count("</g>")


def test_figures_are_the_same_bytes_each_time_and_differ_by_cell():
    assert figure(PLOT)[0] == figure(PLOT)[0]
    ids = [set(re.findall(r'id="([^"]+)"', figure(PLOT, cell=cell)[0]["svg"])) for cell in "ab"]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_show_puts_a_figure_where_it_is_called_and_no_figure_is_kept():
    page = Kernel()
    _, outputs = run(PLOT + "plt.show()\nprint('after')", page=page)
    assert [o["kind"] for o in outputs] == ["figure", "text"]
    assert run("plt.get_fignums()", page=page)[1] == [{"kind": "value", "text": "[]"}]


def test_what_was_drawn_before_an_error_is_shown():
    _, outputs = run(PLOT + "1 / 0")
    assert [o["kind"] for o in outputs] == ["figure", "error"]


def test_a_figure_that_cannot_be_drawn_is_an_error_and_gone_with_the_cell():
    page = Kernel()
    status, outputs = run(PLOT + "ax.set_title('$x', fontweight='no such weight')", page=page)
    assert (status, outputs[-1]["kind"]) == ("error", "error")
    assert run("plt.get_fignums()", page=page)[1] == [{"kind": "value", "text": "[]"}]


def test_a_plotting_call_as_last_line_shows_the_figure_alone():
    _, outputs = run(PLOT + "ax.set_title('t')")
    assert [o["kind"] for o in outputs] == ["figure"]


def test_a_heavy_figure_becomes_two_pictures(monkeypatch):
    monkeypatch.setattr(kernel, "HEAVY_SVG", 1000)
    [shown] = figure(PLOT)
    light, dark = (base64.b64decode(shown[key]) for key in ("png", "dark"))
    assert light.startswith(b"\x89PNG")
    assert dark.startswith(b"\x89PNG")
    assert light != dark


def test_colours_are_those_of_the_style_sheet():
    from importlib.resources import files

    css = (files("coursekit.site") / "theme" / "css" / "tokens.css").read_text()
    light, dark = css.split('[data-md-color-scheme="slate"]')
    for colour, (name, in_dark) in kernel.PALETTE.items():
        assert f"{name}: {colour};" in light
        assert f"{name}: {in_dark};" in dark


# --- packages -------------------------------------------------------------------------------------

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
        ('from coursekit.engine.weights import load\nload("names-source")', ["names-source"]),
        ('for name in ("names", "names-source"):\n    load(name)', ["names", "names-source"]),
        ('name = "names"', []),  # nothing is loaded
        ("net = models.load(name)", []),  # its file came with the cell that says the name
        ('net = models.load("other")', []),  # running it will say which there are
        ("load(", []),
    ],
)
def test_weights_come_with_the_cell_that_names_them(code, needed):
    assert weights(code, ["names", "names-source"]) == needed


# --- exercises ------------------------------------------------------------------------------------

CHECKS = [
    {"says": "doubles a number", "code": "assert double(2) == 4, f'got {double(2)}, wanted 4'"},
    {"says": "doubles each element", "code": "assert list(double(xs)) == [2, 4], 'by element'"},
]


def grade(code, page=None, checks=CHECKS):
    page = page or Kernel()
    page.namespace.setdefault("xs", __import__("numpy").array([1, 2]))
    outputs = []
    status = page.grade(code, checks, cell="double", emit=outputs.append)
    return status, outputs


def test_a_right_answer_passes_every_check():
    status, [report] = grade("def double(x):\n    return 2 * x")
    assert status == "done"
    assert report["passed"]
    assert [check["ok"] for check in report["checks"]] == [True, True]


def test_the_first_check_that_fails_speaks_and_the_rest_wait():
    status, [report] = grade("def double(x):\n    return x * x + 1")
    assert (status, report["passed"]) == ("error", False)
    assert [check["ok"] for check in report["checks"]] == [False, None]
    assert report["checks"][0]["message"] == "got 5, wanted 4"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("x = 1\ndef double(x):\n    return ...", 3),
        ("double = ...", 1),
        ("y = f(..., 2)", 1),
    ],
)
def test_a_blank_is_named_before_anything_runs(code, line):
    status, [report] = grade(code)
    assert (status, report["blank"], report["passed"]) == ("error", line, False)


def test_an_ellipsis_in_an_index_is_no_blank():
    _, outputs = grade("def double(x):\n    return 2 * xs[..., :] if x is xs else 2 * x")
    assert outputs[-1]["passed"]


def test_an_answer_that_raises_is_an_error_with_its_line():
    status, outputs = grade("def double(x):\n    return 2 * x\ndouble(1) / 0")
    assert (status, outputs[-1]["type"], outputs[-1]["line"]) == ("error", "ZeroDivisionError", 3)


def test_an_answer_that_raises_inside_a_check_says_where():
    _, outputs = grade("def double(x):\n    return 2 * y")
    assert outputs[-1]["checks"][0]["message"] == "NameError: name 'y' is not defined (line 2)"


def test_an_exercise_leaves_the_page_as_it_was():
    page = Kernel()
    page.namespace["xs"] = xs = __import__("numpy").array([1, 2])
    grade("xs *= 0\ndef double(x):\n    return 2 * x", page)
    assert list(xs) == [1, 2]
    assert "double" not in page.namespace


def test_a_value_of_the_page_is_plain():
    page = Kernel()
    run("import numpy as np\nx = np.float64(1.5)", page=page)
    assert type(page.value("x * 2")) is float
    assert page.value("'a' if x > 1 else 'b'") == "a"


# --- what moves, and help -------------------------------------------------------------------------

KEPT = """import matplotlib.pyplot as plt
from coursekit.engine import show
def make():
    fig, ax = plt.subplots()
    return fig, ax.plot([0, 1], [0, 1])[0]
fig, line = show.keep("line", make)
"""


def test_a_kept_figure_is_drawn_by_every_run_with_its_artists_moved():
    page = Kernel()
    first, second = (
        run(KEPT + f"line.set_ydata([0, {height}])", page=page)[1] for height in (0.9, 0.5)
    )
    assert [o["kind"] for o in first] == [o["kind"] for o in second] == ["figure"]
    assert first[0]["svg"] != second[0]["svg"]


def test_a_movie_draws_each_state():
    _, outputs = run(KEPT + "show.movie(fig, line.set_ydata, [[0, 1], [1, 0]], labels=['a', 'b'])")
    [movie] = outputs
    assert (movie["kind"], movie["labels"]) == ("movie", ["a", "b"])
    assert len(set(movie["frames"])) == 2
    assert all(frame.startswith("<svg") for frame in movie["frames"])


def test_a_strip_is_handed_on():
    _, [strip] = run("from coursekit.engine import show\nshow.strip('ab', [1, 2])")
    assert (strip["kind"], strip["tokens"], strip["values"]) == ("strip", ["a", "b"], [1.0, 2.0])


def test_progress_is_shown_between_the_lines():
    _, outputs = run(
        "from coursekit.engine import show\nprint('a', end='')\n"
        "for i in show.progress(range(2)): pass\nprint('b')"
    )
    kinds = [output["kind"] for output in outputs]
    assert (kinds[0], kinds[-1]) == ("text", "text")
    assert set(kinds[1:-1]) == {"progress"}
    assert outputs[-2]["n"] == 2


def test_a_figure_says_where_its_axes_are():
    [shown] = figure(PLOT + "ax.set_xlim(0, 10); ax.set_yscale('log')")
    [axes] = shown["axes"]
    assert (axes["x"], axes["xlog"], axes["ylog"]) == ([0.0, 10.0], False, True)
    x0, y0, x1, y1 = axes["box"]
    assert 0 < x0 < x1
    assert 0 < y0 < y1


@pytest.mark.parametrize(
    ("code", "key", "words"),
    [
        ("lost", "help_name", {"name": "lost"}),
        ("def f():\n    print(x)\n    x = 1\nf()", "help_unbound", {"name": "x"}),
        ("import numpy as np\nnp.ones((3, 2)) @ np.ones(3)", "help_matmul", {"a": "3", "b": "2"}),
        ("import numpy as np\nnp.ones(3) + np.ones(2)", "help_broadcast", {"shapes": "(3,) (2,) "}),
        ("import numpy as np\nif np.ones(2): pass", "help_truth", {}),
        ("if True:\nx = 1", "help_indent", {}),
        ("x = 1\n  y = 2", "help_indent_more", {}),
        ("x = (1", "help_unclosed", {}),
        ("for i in range(3)\n    pass", "help_colon", {}),
        ("if x = 1:\n    pass", "help_equals", {}),
        ("import torch_is_not_here", "help_module", {"name": "torch_is_not_here"}),
        ("None + 1", "help_none", {}),
        ("None.shape", "help_none", {}),
        ("(3)(4)", "help_call", {"name": "int"}),
        ("(lambda a, b: 1)(1)", "help_missing", {"n": "1"}),
        ("for a, b in (1, 2): pass", "help_unpack", {"name": "int"}),
        ("import numpy as np\nnp.ones(3)[3]", "help_index", {"index": "3", "size": "3"}),
        ("{}['a']", "help_key", {"name": "'a'"}),
        ("1 / 0", "help_zero", {}),
        ("def f(): f()\nf()", "help_recursion", {}),
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_common_mistakes_get_a_sentence_of_help(code, key, words):
    _, outputs = run(code)
    assert outputs[-1]["help"] == {"key": key, **words}


def test_every_key_of_help_has_its_sentence():
    import string

    from coursekit.site.html import words

    for _, pattern, key in kernel._HELP:
        if key:
            fields = {name for _, name, _, _ in string.Formatter().parse(words("en")[key]) if name}
            assert fields <= {name.rstrip("2") for name in pattern.groupindex}


def test_an_unknown_mistake_gets_no_wrong_help():
    assert run("raise OSError('disk')")[1][-1]["help"] is None
