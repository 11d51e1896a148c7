"""What a cell prints and asks for: in order, at once, nothing lost."""

from coursekit.site.kernel import Kernel
from tests.site.kernel.cells import run, text


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


def test_input_asks_and_echoes():
    status, outputs = run("x = input('name? ')\nx", page=Kernel(ask=lambda prompt: "mira"))
    assert status == "done"
    assert (text(outputs), outputs[-1]["text"]) == ("name? mira\n", "'mira'")


def test_input_without_anyone_to_ask_says_what_to_do():
    _, outputs = run("input()")
    assert "write the answer into the code" in outputs[-1]["message"]


def test_progress_is_shown_between_the_lines():
    _, outputs = run(
        "from coursekit.engine import show\nprint('a', end='')\n"
        "for i in show.progress(range(2)): pass\nprint('b')"
    )
    kinds = [output["kind"] for output in outputs]
    assert (kinds[0], kinds[-1]) == ("text", "text")
    assert set(kinds[1:-1]) == {"progress"}
    assert outputs[-2]["n"] == 2
