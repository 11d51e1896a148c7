"""A home page of 175 kB, lessons of 240 kB beside their HTML: what a first visit transfers."""

import pytest

from tests.benchmarks import pages


def test_the_home_page_and_every_lesson_keep_to_their_weight(site, chromium, plain):
    places = [each for each in pages.places(site) if each == pages.HOME or "lessons/" in each]
    assert len(places) > 4
    for place in places:
        parts = pages.weigh(site, pages.asked(chromium, plain, place))
        assert pages.beyond(place, parts) == []


def test_what_waits_until_it_is_needed_is_not_there(site, chromium, plain):
    files = pages.asked(chromium, plain, "lessons/01-gradient-descent/")
    assert [name for name in files if name.endswith("/main.js")]
    late = ("search", "pyodide", "worker", "outputs", "editor", "progress_and_links")
    assert [name for name in files if any(word in name for word in late)] == []
    home = pages.asked(chromium, plain, "")
    assert [
        name for name in home if name.startswith("assets/katex") or "pick_in_figure" in name
    ] == []


def test_text_is_weighed_packed_and_faces_as_they_are(tmp_path):
    (tmp_path / "a.css").write_text("a {}\n" * 1000)
    (tmp_path / "b.woff2").write_bytes(bytes(1000))
    parts = pages.weigh(tmp_path, ["a.css", "b.woff2", "b.woff2"])
    assert parts["fonts"] == 1000
    assert parts["css"] < 100


@pytest.mark.parametrize(
    ("place", "parts", "said"),
    [
        ("", {"html": 5000, "fonts": 100_000, "script": 50_001}, ["home: script 50001 bytes"]),
        ("", {"html": 80_000, "fonts": 100_000, "script": 10}, ["home: home 180010 bytes"]),
        ("lessons/x/", {"html": 900_000, "fonts": 120_000, "script": 50_000}, []),
        (
            "lessons/x/",
            {"html": 1, "fonts": 1, "script": 1, "css": 240_000},
            ["lessons/x/: lesson"],
        ),
        ("gallery/", {"html": 900_000, "fonts": 900_000, "script": 900_000}, []),
    ],
)
def test_what_is_too_heavy_is_named(place, parts, said):
    found = pages.beyond(place, parts)
    assert [line[: len(start)] for line, start in zip(found, said, strict=True)] == said
