"""Each page names the items it covers, and a cell or a section of its script for each."""

import re

import pytest

from coursekit.site.markdown import source_by_name
from tests.lessons.pages import NAMES, PAGES, ROOT, Page

LAST = {0: 26, 1: 32, 2: 25, 3: 29, 4: 32}  # the items of the five source documents
KNOWN = {f"{part:03}.{n}" for part, last in LAST.items() for n in range(1, last + 1)}

_COVERS = re.compile(r"<!-- covers (.+?): (.+?) -->")

pytestmark = pytest.mark.parametrize("page", PAGES, ids=NAMES)


def test_the_items_of_a_page_are_known(page: Page) -> None:
    items = page.front["items"]
    assert items
    assert set(items) <= KNOWN, "unknown, or not quoted: YAML reads 001.10 as the number 1.1"
    assert len(items) == len(set(items))


def test_every_item_has_a_place_and_every_place_an_item(page: Page) -> None:
    assert {item for item, _ in _COVERS.findall(page.text)} == set(page.front["items"])
    assert page.text.count("covers ") == len(_COVERS.findall(page.text)), "a comment is misspelt"


def test_every_place_exists(page: Page) -> None:
    cells = {cell.id for cell in page.cells}
    cells |= set(re.findall(r'^```python exercise id="([^"]+)"', page.text, re.MULTILINE))
    for item, place in _COVERS.findall(page.text):
        if place.startswith("script:"):
            section = place.removeprefix("script:")
            found = source_by_name.find(f"{page.script.relative_to(ROOT)}:{section}", ROOT)
            assert "def " in found.text, f"{item}: the section {section} holds no function"
        else:
            assert place in cells, f"{item}: the page has no cell {place}"


def test_no_item_is_on_two_pages(page: Page) -> None:
    for other in PAGES:
        if other != page:
            assert not set(other.front["items"]) & set(page.front["items"])
