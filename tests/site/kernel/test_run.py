"""The cells of a page: one namespace, and an end that is always told."""

from coursekit.site.kernel import Kernel
from tests.site.kernel.cells import run, text


def test_cells_of_a_page_share_one_namespace():
    page = Kernel()
    run("x = 3", page=page)
    assert run("x + 1", page=page)[1] == [{"kind": "value", "text": "4"}]


def test_two_pages_do_not_see_each_other():
    run("x = 3")
    assert run("x")[0] == "error"


def test_exit_is_an_error_of_the_cell_not_the_end_of_the_page():
    status, outputs = run("raise SystemExit(3)")
    assert (status, outputs[-1]["type"]) == ("error", "SystemExit")


def test_an_interrupt_stops_and_keeps_what_was_printed():
    status, outputs = run("print('a', end='')\nraise KeyboardInterrupt")
    assert (status, text(outputs)) == ("stopped", "a")


def test_what_must_hold_is_checked_after_the_run():
    assert run("x = 1", holds="x == 1")[0] == "done"
    status, outputs = run("x = 2", holds="x == 1")
    assert status == "error"
    assert "x == 1 should hold" in outputs[-1]["message"]


def test_a_value_of_the_page_is_plain():
    page = Kernel()
    run("import numpy as np\nx = np.float64(1.5)", page=page)
    assert type(page.value("x * 2")) is float
    assert page.value("'a' if x > 1 else 'b'") == "a"
