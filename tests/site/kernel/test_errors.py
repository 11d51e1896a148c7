"""An error: its line, the reader's frames alone, help with common mistakes."""

import string

import pytest

from coursekit.site.kernel import Kernel, errors
from coursekit.site.page.cell_html import words
from tests.site.kernel.cells import run, text


def test_an_error_names_its_line_and_shows_only_the_readers_frames():
    page = Kernel()
    run("import json\ndef load():\n    return json.loads('{')", page=page, cell="first")
    status, outputs = run("a = 1\nload()", page=page, cell="second")
    error = outputs[-1]
    assert (status, error["type"], error["line"]) == ("error", "JSONDecodeError", 2)
    assert 'File "<cell first>", line 3, in load' in error["traceback"]
    assert "decoder.py" not in error["traceback"]
    assert "kernel" not in error["traceback"]


CHAINED = """
try:
    input()
except RuntimeError as error:
    raise ValueError from error
"""
GROUPED = """
try:
    input()
except RuntimeError as error:
    raise ExceptionGroup("two", [error, KeyError(1)])
"""


def test_the_whole_traceback_has_what_the_reader_called_and_nothing_of_the_kernel():
    page = Kernel()
    run("import json\ndef load():\n    return json.loads('{')", page=page, cell="first")
    for code in ("load()", "input()", CHAINED, GROUPED, "try:\n    1 / 0\nfinally:\n    load()"):
        full = run(code, page=page, cell="second")[1][-1]["full"]
        assert "coursekit" not in full
        assert 'File "<cell second>"' in full
    assert "decoder.py" in full


def test_an_error_may_come_from_any_number_of_others():
    status, outputs = run(
        "error = None\nfor n in range(3000):\n    new = ValueError(n)\n    new.__cause__ = error\n"
        "    error = new\nraise error"
    )
    assert (status, outputs[-1]["message"]) == ("error", "2999")
    assert outputs[-1]["full"].count("direct cause") == 2999


def test_a_syntax_error_names_its_line_and_nothing_runs():
    status, outputs = run("print(1)\nx = (1\n")
    assert (status, outputs[0]["type"], outputs[0]["line"]) == ("error", "SyntaxError", 2)
    assert len(outputs) == 1


def test_source_of_a_cells_function_can_be_read():
    _, outputs = run("import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))")
    assert text(outputs) == "def f():\n    return 1\n\n"


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
    for _, pattern, key in errors._HELP:
        if key:
            fields = {name for _, name, _, _ in string.Formatter().parse(words("en")[key]) if name}
            assert fields <= {name.rstrip("2") for name in pattern.groupindex}


def test_an_unknown_mistake_gets_no_wrong_help():
    assert run("raise OSError('disk')")[1][-1]["help"] is None
