"""Lesson 04, its page: what it says is what its cells and the run of the script measured."""

import json
import re
from typing import Any

import numpy as np
import pytest

from coursekit.engine import data, text
from coursekit.site.kernel import Kernel
from coursekit.site.markdown.course_fences import Cell
from tests.lessons.pages import PAGES, ROOT

PAGE = next(page for page in PAGES if page.path.stem == "04-embeddings")
RUN = ROOT / "lessons/runs/04_embeddings.json"
ROWS = {  # of the page's table -> in the record
    "The source's net: three letters back": "source",
    "Start values and normalisation mended": "mended",
    "Eight letters back": "context_8",
    "Best: reads from the beginning": "best",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names of the page after all its cells have run."""
    kernel = Kernel()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        for cell in PAGE.cells:
            assert isinstance(cell, Cell)
            kernel.run(cell.code, cell=cell.id, emit=lambda output: None)
    return kernel.namespace


def test_the_names_are_split_by_names_and_none_stands_twice(page: dict[str, Any]) -> None:
    parts = [{page["spell"](numbers)[:-1] for numbers in page[p]} for p in ("train", "val", "test")]
    assert [len(part) for part in parts] == [1920, 240, 240]
    assert set.union(*parts) == set(data.names())


def test_the_net_beats_every_count_also_those_the_page_did_not_try(page: dict[str, Any]) -> None:
    floors = [
        text.NGram(order, 27, **{kind: amount}).fit(page["train"]).nats(page["val"])
        for order in range(1, 8)
        for kind, amounts in {"add": (0.01, 0.1, 1.0), "blend": (1, 5, 20, 40, 60, 80, 120)}.items()
        for amount in amounts
    ]
    assert page["floor"] == pytest.approx(min(floors), abs=1e-3)
    assert page["score"](page["best"], page["val"], 5) < min(floors) - 0.02
    assert page["score"](page["best"], page["test"], 5) < min(page["counted"](page["test"], 60))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_net_beats_every_count_from_other_start_values_too(
    page: dict[str, Any], seed: int
) -> None:
    net, (x, y) = page["new_net"](5, 10, 100, seed=seed), page["examples"](page["train"], 5)
    for _ in page["fit"](net, x, y, page["plan"], 3000, seed=seed):
        pass
    assert page["score"](net, page["val"], 5) < page["floor"] - 0.02


def test_the_three_lists_are_what_the_page_says(page: dict[str, Any]) -> None:
    lists = {key: row.split() for key, row in page["lists"].items()}
    assert lists["A"] == page["ours"]
    assert page["answer"] == "A"
    test = {page["spell"](numbers)[:-1] for numbers in page["test"]}
    assert set(lists["C"]) <= test
    rng, drawn = np.random.default_rng(1), []
    for _ in range(8):
        word, letter = "", 0
        while letter := int(rng.choice(27, p=page["P"][letter])):
            word += page["itos"][letter]
        drawn.append(word)
    assert lists["B"] == drawn


def test_the_vowels_come_to_lie_together(page: dict[str, Any]) -> None:
    def spread(table: Any) -> float:
        vowels = table[[page["stoi"][letter] for letter in "aeiou"]]
        others = table[[page["stoi"][letter] for letter in "bcdfghjklmnprstvz"]]
        inside = np.linalg.norm(vowels - vowels.mean(axis=0), axis=1).mean()
        return float(inside / np.linalg.norm(vowels.mean(axis=0) - others.mean(axis=0)))

    first, *_, last = page["frames"]
    assert spread(first) > 1
    assert spread(last) < 0.3


def test_the_ladder_says_what_the_cells_measured(page: dict[str, Any]) -> None:
    rows = re.findall(r"^\| ([\d.]+) \| (.+?) \|$", PAGE.section("The ladder"), flags=re.MULTILINE)
    letters, pairs, *_ = page["counted"](page["val"], 5)
    net = page["score"](page["best"], page["val"], 5)
    wanted = [np.log(27), letters, page["after"]["small"], pairs, page["floor"], net]
    assert [loss for loss, _ in rows] == [f"{each:.3f}" for each in wanted]


def test_the_page_says_what_the_run_measured() -> None:
    """A row that the record lacks is said to be not measured."""
    metrics = json.loads(RUN.read_text(encoding="utf-8"))["metrics"] if RUN.exists() else {}
    section = PAGE.section("From page to script")
    found = dict(re.findall(r"^\| ([A-Z].+?) \| (.+) \|$", section, flags=re.MULTILINE)[1:])
    columns = ("standard", "unique")
    for title, net in ROWS.items():
        row = metrics.get("rows", {}).get(net, {})
        cells = [f"{row['parameters']:,}" if row else "not measured"]
        cells += [f"{row[c]['dev']:.3f}" if c in row else "not measured" for c in columns]
        assert found[title] == " | ".join(cells)
    for title, order in {"five": 5, "six": 6}.items():
        cells = ["–"]
        for column in columns:
            floors = metrics.get("floors", {}).get(column, {})
            runs = [nats for name, nats in floors.items() if name.startswith(f"{order}-gram")]
            cells.append(f"{min(runs):.3f}" if runs else "not measured")
        assert found[f"Counted runs of {title}, best blend"] == " | ".join(cells)


def test_the_page_says_where_and_when_the_run_measured() -> None:
    run = json.loads(RUN.read_text(encoding="utf-8"))
    on_gpu = json.loads((RUN.parent / "cuda" / RUN.name).read_text(encoding="utf-8"))
    rows = run["metrics"]["rows"].values()
    made = [one for row in rows for c in ("standard", "unique") for one in row[c]["runs"].values()]
    seconds = [one["cpu_seconds"] for one in made]
    quick, slow = (
        on_gpu["metrics"]["rows"][net]["standard"]["runs"]["0"]["cpu_seconds"]
        for net in ("best", "source")
    )
    section = PAGE.section("From page to script")
    for said in (
        "Measured {date} on {hardware[cores]} cores of an {hardware[processor]}: ".format(**run),
        "Python {python}, NumPy {numpy}, torch {torch}.".format(**run["versions"]),
        f"{min(seconds):.0f} to {max(seconds):.0f} s of one core",
        f"({on_gpu['hardware']['gpu']}, one seed) the best net took {quick:.0f} s, "
        f"the source's {slow:.0f}.",
    ):
        assert said in section
