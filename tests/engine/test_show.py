"""What moves, where nothing moves: plain data, and a bar in a terminal."""

import io
import sys

import matplotlib

matplotlib.use("agg")

import pytest
from matplotlib import pyplot

from coursekit.engine import show


@pytest.fixture(autouse=True)
def _closed():
    yield
    pyplot.close("all")
    show._kept.clear()


def test_a_kept_figure_is_built_once_and_open_in_every_run():
    built = []

    def make():
        built.append(1)
        figure, ax = pyplot.subplots()
        return figure, ax.plot([0, 1], [0, 1])[0]

    first, line = show.keep("walk", make)
    assert len(pyplot.get_fignums()) == 1
    pyplot.close("all")  # as after a cell
    other = pyplot.figure()
    again, same = show.keep("walk", make)
    assert (first, line) == (again, same)
    assert built == [1]
    assert {pyplot.figure(number) for number in pyplot.get_fignums()} == {first, other}


def test_a_forgotten_figure_is_built_again():
    made = [show.keep("a", lambda: (pyplot.figure(), None))[0]]
    show.forget("a")
    made.append(show.keep("a", lambda: (pyplot.figure(), None))[0])
    assert made[0] is not made[1]


def test_a_movie_is_plain_data():
    seen = []
    film = show.movie("figure", seen.append, iter([3, 5]), labels=["step 0", "step 10"])
    data = film._coursekit_()
    assert (data["kind"], data["states"], data["labels"]) == (
        "movie",
        [3, 5],
        ["step 0", "step 10"],
    )
    assert "2 frames" in repr(film)


@pytest.mark.parametrize(
    ("states", "labels", "message"),
    [([], None, "no states"), ([1, 2], ["a"], "2 states, 1 labels")],
)
def test_a_movie_needs_a_state_and_a_label_for_each(states, labels, message):
    with pytest.raises(ValueError, match=message):
        show.movie(None, print, states, labels=labels)


def test_a_strip_is_plain_data_and_reads_in_a_terminal():
    shown = show.strip("ab", [0.5, 2], name="surprise", unit="nats")
    assert shown._coursekit_() == {
        "kind": "strip", "tokens": ["a", "b"], "values": [0.5, 2.0],
        "name": "surprise", "unit": "nats",
    }  # fmt: skip
    assert repr(shown) == "surprise (nats): a 0.50  b 2.00"


@pytest.mark.parametrize(
    ("values", "message"), [([1.0], "2 tokens, 1 values"), ([1.0, float("nan")], "'b' is nan")]
)
def test_a_strip_needs_a_finite_number_for_each_token(values, message):
    with pytest.raises(ValueError, match=message):
        show.strip("ab", values)


class _Page(io.StringIO):
    def __init__(self):
        super().__init__()
        self.shown = []

    def display(self, output):
        self.shown.append(output)


def test_progress_tells_a_page_how_far_it_is(monkeypatch):
    monkeypatch.setattr(sys, "stdout", page := _Page())
    bar = show.progress(range(3), desc="training")
    assert list(bar) == [0, 1, 2]
    first, last = page.shown[0], page.shown[-1]
    assert (first["n"], first["total"], first["desc"]) == (0, 3, "training")
    assert (last["n"], last["kind"], last["id"]) == (3, "progress", first["id"])


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_draws_a_bar_in_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := _Terminal())
    with show.progress(total=4, desc="steps") as bar:
        bar.update(2)
        bar.set_postfix(loss=0.123456, epoch=1)
    line = terminal.getvalue().split("\r")[-1]
    assert line.startswith("steps ━━━━━━━━━━────────── 2/4 ")
    assert line.endswith("loss=0.1235, epoch=1\n")


def test_progress_into_a_file_says_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    list(show.progress(range(3)))
    assert log.getvalue() == ""


def test_progress_without_anything_to_go_through_says_so():
    with pytest.raises(TypeError, match=r"call progress\(iterable\) or update"):
        iter(show.progress()).__next__()


def test_measured_prints_time_and_memory(capsys):
    with show.measured("a list"):
        kept = [0] * 1_000_000
    assert len(kept) == 1_000_000
    name, rest = capsys.readouterr().out.split(": ")
    seconds, megabytes = rest.split(", ")
    assert name == "a list"
    assert float(seconds.split()[0]) >= 0
    assert 7.5 < float(megabytes.split()[0]) < 9
