"""The theme: what its colours promise, that its parts fit, and the pages it makes."""

import itertools
import re
from html.parser import HTMLParser

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from coursekit.site.paths import ROOT, SITE

SHEETS = SITE / "theme" / "css"
CSS = {path.relative_to(SHEETS).as_posix(): path.read_text() for path in SHEETS.rglob("*.css")}
TOKENS = CSS["tokens.css"]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT = colours(TOKENS.split("@media screen")[0])
DARK = colours(TOKENS.split("@media screen")[1])


def luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT = [  # (words, what they stand on)
    *((text, ground) for text in ("ink", "ink-2", "ink-3") for ground in ("paper", "ground")),
    *((text, "paper") for text in ("pen", "pen-deep", "red", "green", "ochre")),
    # code, also while it is edited, and on the line that failed
    *((text, g) for text in ("ink", "ink-2", "pen", "green") for g in ("ground", "ground-2")),
    *((text, "red-wash") for text in ("ink", "ink-2", "pen", "green")),
    ("pen-deep", "pen-wash"),
    ("pen-deep", "marker"),
    ("ink", "marker"),
    ("on-pen", "pen"),
    ("on-pen", "pen-deep"),
    ("fig-ink", "paper"),
]
MARKS = [
    *((mark, ground) for mark in ("edge", "pen", "red", "ochre") for ground in ("paper", "ground")),
    *((f"fig-{n}", "paper") for n in range(1, 7)),
    ("fig-axis", "paper"),
    ("pen", "pen-wash"),
]


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_every_pair_of_colours_can_be_told_apart(scheme, pairs, least):
    ratios = {pair: round(contrast(scheme[pair[0]], scheme[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < least} == {}


def test_contrast_is_counted_as_the_guidelines_do():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_both_schemes_name_the_same_colours():
    assert set(LIGHT) == set(DARK)


def test_no_colour_is_written_outside_the_tokens():
    found = {
        (name, colour)
        for name, text in CSS.items()
        if name != "tokens.css"
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)", text)
    }
    # a mask's black, the veil behind an open drawer, the sheet under a recorded picture
    assert found == {
        ("pages/home.css", "#000"),
        ("pages/home_lessons.css", "#000"),
        ("frame/header.css", "rgb(10 14 22 / 0.4)"),
        ("frame/sidebar.css", "rgb(10 14 22 / 0.4)"),
        ("pages/notebook.css", LIGHT["paper"]),
    }


def test_every_custom_property_that_is_used_is_set_somewhere():
    used = {
        name for text in CSS.values() for name in re.findall(r"var\(--([\w-]+)\)", text)
    }  # one with a fallback may be unset
    sources = [*CSS.values()]
    sources += [path.read_text() for path in (SITE / "theme/overrides").rglob("*.html")]
    sources += [
        path.read_text() for path in [*SITE.glob("runtime/*/*.ts"), SITE / "page/cell_html.py"]
    ]
    given = {name for text in sources for name in re.findall(r"--([\w-]+)[:\"]", text)}
    assert used - given == set()


def test_every_token_is_used():
    places = [*CSS.values(), (SITE / "kernel/figures.py").read_text()]
    used = {name for text in places for name in re.findall(r"--([\w-]+)[),\"]", text)}
    assert set(re.findall(r"--([\w-]+):", TOKENS)) - used == set()


def test_a_token_made_of_colours_follows_the_scheme():
    once = re.search(r"\n:root \{.*?\n\}", TOKENS, re.DOTALL)[0]  # set for both schemes alike
    assert {name for name in re.findall(r"var\(--([\w-]+)", once) if name in LIGHT} == set()


def test_the_bundle_takes_every_style_sheet_tokens_first():
    parts = re.findall(r'@import "\./([\w./]+)"', CSS["course.css"])
    assert parts[:2] == ["tokens.css", "fonts.css"]
    assert sorted([*parts, "course.css"]) == sorted(CSS)


# --- pages ----------------------------------------------------------------------------------------

CONFIG = """
INHERIT: {root}/mkdocs.yml
site_url: https://example.org/course/
theme: {{custom_dir: {theme}}}
plugins: [search]
nav:
  - Home: index.md
  - Lessons: [One: lessons/01-one.md, Two: lessons/02-two.md]
  - Words: words.md
  - Mine: progress.md
extra: {{coming: [Three, Four]}}
"""
LESSON = """---
minutes: 40
proof: {said: "all ran on a day.", log: "https://example.org/log"}
---
# One: a question

A first paragraph.

<section class="cell"></section>
<section class="task" data-kind="exercise"></section>
<section class="task" data-kind="exercise"></section>
<section class="task" data-kind="predict"></section>

## Part

```python
x = 1
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """`site(path)` is a page of a small site in the course's theme."""
    root = tmp_path_factory.mktemp("site")
    pages = {
        "index.md": (ROOT / "docs/index.md").read_text(),
        "lessons/01-one.md": LESSON,
        "lessons/02-two.md": "# Two\n\nText.\n",
        "words.md": "# Words\n\nText.\n",
        "progress.md": (ROOT / "docs/progress.md").read_text(),
    }
    for name, text in pages.items():
        (root / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "docs" / name).write_text(text)
    config = root / "mkdocs.yml"
    config.write_text(CONFIG.format(root=ROOT, theme=SITE / "theme/overrides"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        build(load_config(str(config), site_dir=str(root / "site")))
    return lambda path: (root / "site" / path).read_text()


PAGES = ("index.html", "lessons/01-one/index.html", "words/index.html", "404.html")


class Elements(HTMLParser):
    """Every element of a page: (tag, attributes), in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_another_host(site, path):
    loads = {"script": "src", "img": "src", "link": "href", "iframe": "src"}
    for tag, attrs in Elements(site(path)).all:
        address = attrs.get(loads.get(tag, ""))
        if address and attrs.get("rel") != "canonical":
            assert not re.match(r"(https?:)?//", address), (tag, attrs)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_no_generator_and_asks_for_no_facts_of_a_repository(site, path):
    page = site(path)
    assert 'name="generator"' not in page
    assert 'data-md-component="source"' not in page
    assert "squidfunk" not in page


@pytest.mark.parametrize("path", PAGES[:3])
def test_every_page_links_the_style_sheet_and_the_runtime_by_relative_address(site, path):
    up = "../" * path.count("/")
    hrefs = [attrs.get("href") for tag, attrs in Elements(site(path)).all if tag == "link"]
    sheets = [href for href in hrefs if href and href.endswith(".css")]
    assert sheets == [up + "assets/coursekit/site.css"]
    assert f'<script type="module" src="{up}assets/coursekit/main.js">' in site(path)


def test_the_navigation_shows_lessons_that_are_there_and_lessons_to_come(site):
    nav = re.search(r'<nav class="course".*?</nav>', site(PAGES[1]), re.DOTALL)[0]
    assert re.findall(r'data-lesson="(\d)"', nav) == ["1", "2", "3", "4"]
    assert '<a href="./" aria-current="page"><b>1</b> One</a>' in nav
    assert '<a href="../02-two/"><b>2</b> Two</a>' in nav
    assert '<span><b>4</b> Four<span class="unseen">, coming</span></span>' in nav
    assert '<a class="md-nav__link" href="#part">Part</a>' in nav
    assert '<a href="../../words/">Words</a>' in nav


def test_a_lesson_says_under_its_first_paragraph_where_it_is_and_how_long(site):
    meta = re.search(
        r'A first paragraph.</p>\s*<p class="meta">(.*?)</p>', site(PAGES[1]), re.DOTALL
    )
    said = re.findall(r"<span>(.*?)</span>", meta[1])
    assert said == ["Lesson 1 of 4", "About 40 minutes", "1 cell"]
    counts = re.search(r'<span class="counts">(.*?)</span>', meta[1], re.DOTALL)
    assert counts[1].strip() == "2 exercises, 1 prediction"


def test_the_overview_lists_the_lessons_and_says_what_it_would_show(site):
    page = site("progress/index.html")
    overview = page[page.index('id="progress"') :]
    assert re.findall(r'<li data-lesson="(\d)"', overview) == ["1", "2", "3", "4"]
    assert '<a href="../lessons/02-two/"><b>2</b> Two</a>' in overview
    assert "needs JavaScript" in re.search(r"<noscript><p>(.*?)</p></noscript>", page)[1]


def test_every_page_leads_to_the_overview(site):
    for path in PAGES[:3]:
        up = "../" * path.count("/")
        foot = site(path).split('<p class="fine">')[1]
        assert f'<a href="{up}progress/">Mine</a>' in foot


def test_the_footer_leads_on_with_numbers_and_proves_only_what_was_run(site):
    lesson = site(PAGES[1])
    assert re.search(r"<small>Next</small> 2 Two", lesson)
    assert '<p class="proof"><b>Last ran</b> all ran on a day.' in lesson
    assert 'href="https://example.org/log">See the log</a>' in lesson
    assert 'class="proof"' not in site(PAGES[2])
    assert 'href="../../assets/fonts/LICENCES.txt"' in lesson


def test_a_fence_is_a_box_that_the_keyboard_can_scroll(site):
    assert '<pre tabindex="0"><code>' in site(PAGES[1])


def test_the_home_page_draws_each_lesson_on_the_curve(site):
    home = site("index.html")
    curves = re.findall(r'<path d="(M[\d. L]+)"', home)
    assert len(curves) == 2
    assert curves[0] == curves[1]  # pale, and the ink over it
    drawn = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", curves[0])]
    nodes = [float(y) * 3 for y in re.findall(r'style="--y:([\d.]+)%"', home)]
    assert len(nodes) == 4
    for number, y in enumerate(nodes):
        x = 100 * number
        (x0, y0), (x1, y1) = next((a, b) for a, b in itertools.pairwise(drawn) if a[0] <= x <= b[0])
        assert y == pytest.approx(y0 + (y1 - y0) * (x - x0) / (x1 - x0), abs=1.0)
    assert all(a < b for a, b in itertools.pairwise(nodes))  # it leads down


def test_the_home_page_holds_what_its_script_looks_for(site):
    ids = {attrs.get("id") for _, attrs in Elements(site("index.html")).all}
    script = (SITE / "runtime/page/home_figure.ts").read_text()
    asked = set(re.findall(r'"#([a-z]+)', script))
    assert asked
    assert asked <= ids


def test_before_material_js_is_told_the_address_that_the_sitemap_names(site):
    [built] = re.findall(r'before_material.js" data-built="(.*?)"', site(PAGES[1]))
    assert built == "https://example.org/course/"
    assert f"<loc>{built}lessons/02-two/</loc>" in site("sitemap.xml")


def test_a_lost_reader_is_led_home(site):
    assert "<h1>This page is not here.</h1>" in site("404.html")
    assert re.search(r'<a href="/course/\.?">Go to the first page</a>', site("404.html"))
