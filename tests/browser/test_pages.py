"""Every cell of every page, in a real browser: the outputs are those of the build."""

import functools
import pathlib

import pytest

from coursekit.site.markdown.course_fences import Cell, Exercise, find_fences
from tests.browser.conftest import PATIENCE, ROOT, until
from tests.site.compare import difference


@functools.cache
def tasks() -> dict[str, list[Cell | Exercise]]:
    """Address of each page under docs/ that has cells -> its cells and its exercises."""
    docs = ROOT / "docs"
    found = {}
    for path in sorted(docs.rglob("*.md")):
        _, fences = find_fences(path.read_text(encoding="utf-8"), str(path))
        if live := [each for each in fences if isinstance(each, Cell | Exercise)]:
            place = path.relative_to(docs).with_suffix("").as_posix()
            found["" if place == "index" else f"{place}/"] = live
    return found


def pages() -> dict[str, list[Cell]]:
    """The same without the exercises: what runs at build."""
    return {
        place: [each for each in live if isinstance(each, Cell)] for place, live in tasks().items()
    }


def test_there_are_pages_with_cells():
    assert "lessons/01-gradient-descent/" in pages()


@pytest.mark.parametrize("place", pages())
def test_every_cell_shows_in_the_browser_what_it_showed_at_build(
    visit, isolated, outputs, settle, place
):
    page = visit(isolated + place)
    cells = pages()[place]
    built = {cell.id: outputs(page, cell.id) for cell in cells}
    page.get_by_role("button", name="Run all").click()
    faults = []
    for cell in cells:
        settle(page, cell.id, "done", "error")
        state = page.get_attribute(f"#cell-{cell.id}", "data-state")
        if state != ("error" if cell.raises else "done"):
            faults.append(f"{cell.id} ended in state {state}: {outputs(page, cell.id)}")
        elif not cell.varies:
            live = [each for each in outputs(page, cell.id) if each["kind"] != "progress"]
            said = difference(built[cell.id], live, cell.rtol)
            faults += [f"{cell.id}: {said}"] if said else []
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("place", pages())
def test_few_cells_of_a_page_ask_for_more_tolerance(place, record_property):
    cells = pages()[place]
    declared = [cell.id for cell in cells if cell.rtol or cell.varies]
    record_property(f"declared cells of {place}", declared)
    print(f"{place}: {len(declared)} of {len(cells)} cells declared: {', '.join(declared)}")
    trains = any(".backward(" in cell.code for cell in cells)  # in the engine's float32
    assert len(declared) <= (0.25 if trains else 0.10) * len(cells)


def html_files(site: pathlib.Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def test_every_page_opens_clean_and_asks_no_other_host(visit, isolated, site):
    places = [place for place in html_files(site) if place != "404.html"]
    assert len(places) > 3
    page = visit(isolated)
    for place in places:
        page.goto(isolated + place, wait_until="networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{place} scrolls sideways by {wide} px"


@pytest.mark.parametrize("width", [360, 390, 1024])
def test_no_page_scrolls_sideways_on_a_small_screen(visit, isolated, site, width):
    page = visit(isolated, viewport={"width": width, "height": 800})
    for place in html_files(site):
        if place != "404.html":
            page.goto(isolated + place, wait_until="load")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{place} scrolls sideways by {wide} px at {width} px"


@pytest.mark.parametrize("place", ["", "lessons/01-gradient-descent/"])
def test_the_menu_opens_on_a_phone(visit, isolated, place):
    page = visit(isolated + place, viewport={"width": 390, "height": 844})
    way = page.locator(".md-sidebar--primary").get_by_role("link", name="Notation")
    assert not way.is_visible()
    page.get_by_role("button", name="Menu").click()
    way.click()
    page.locator("h1", has_text="Notation").wait_for()


@pytest.mark.parametrize("place", tasks())
def test_without_javascript_code_and_outputs_are_there(visit, isolated, place):
    page = visit(isolated + place, java_script_enabled=False)
    assert page.locator("section.cell").count() == len(tasks()[place])
    for cell in tasks()[place]:
        code = page.locator(f"#cell-{cell.id} pre.src")
        assert code.text_content().rstrip("\n") == cell.code.rstrip("\n")
    assert page.locator("section.cell .out > *").count() > 0
    assert page.locator("section.cell button:visible").count() == 0


AXE = """async () => {
  const only = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const {violations} = await axe.run(document, {runOnly: only});
  return violations.map(({id, nodes}) =>
    `${id}: ${nodes.slice(0, 5).map(node => node.target.join(" ")).join(", ")}`);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["", *pages(), "notation/"])
def test_axe_finds_nothing(visit, isolated, place, scheme):
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    page = visit(isolated + place, color_scheme=scheme, bypass_csp=True)
    until(page, "document.querySelectorAll('section.cell .rule[hidden]').length === 0")
    page.add_style_tag(content="* { content-visibility: visible !important }")
    page.add_script_tag(path=str(axe))
    found = page.evaluate(AXE)
    assert found == []


SHIFTS = """() => new Promise(resolve => new PerformanceObserver(list =>
  resolve(list.getEntries().reduce((sum, {value}) => sum + value, 0))
).observe({type: "layout-shift", buffered: true}))"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("place", ["", *(place for place in pages() if "lessons/" in place)])
def test_a_page_stays_where_it_is_as_it_comes_to_life(visit, isolated, place, width):
    page = visit(isolated + place, viewport={"width": width, "height": 844})
    page.locator("button.run, #go").first.wait_for()
    page.evaluate("document.querySelector('h1').style.marginTop = '2px'")  # there is one to see
    assert page.evaluate(SHIFTS) <= 0.1  # what web.dev calls good; the faces may come late


def test_what_is_out_of_sight_is_not_drawn_and_has_its_place(visit, isolated):
    page = visit(isolated + "lessons/01-gradient-descent/")
    page.locator(".tools").wait_for()
    parts = page.locator(":is(.out figure svg, pre.src code):not(details:not([open]) *)")
    drawn = """all => all.map(
      one => one.firstElementChild.checkVisibility({contentVisibilityAuto: true}))"""
    height = page.evaluate("document.documentElement.scrollHeight")
    seen = parts.evaluate_all(drawn)
    assert len(seen) > 40
    assert sum(seen) < len(seen) / 4
    page.evaluate(
        "document.querySelectorAll('*').forEach(e => e.style.contentVisibility = 'visible')"
    )
    assert all(parts.evaluate_all(drawn))
    assert abs(page.evaluate("document.documentElement.scrollHeight") - height) <= 2


def test_the_style_sheet_is_loaded_once_and_stays_on_the_way_to_another_page(visit, isolated):
    page = visit(isolated + "lessons/01-gradient-descent/")
    sheet = page.locator("link[rel=stylesheet]")
    assert sheet.get_attribute("href").startswith("../../assets/")
    sheet.evaluate("link => link.mark = 'the same'")
    page.locator(".step.next").click()
    page.locator("h1", has_text="Activations").wait_for()
    assert sheet.evaluate_all("all => all.map(link => link.mark)") == ["the same"]
    rules = page.evaluate("[...document.styleSheets].map(sheet => sheet.cssRules.length)")
    assert len(rules) == 1
    assert rules[0] > 500


@pytest.mark.parametrize(("system", "chosen"), [("dark", "Light"), ("light", "Dark")])
def test_the_root_follows_the_scheme_that_the_reader_chose(visit, isolated, system, chosen):
    page = visit(isolated, color_scheme=system)
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert page.evaluate(scheme) == system
    while page.locator("label.scheme:visible").inner_text() != chosen:
        page.locator("label.scheme:visible").click()
    until(page, f"{scheme} === '{chosen.lower()}'")
    page.reload()
    assert page.evaluate(scheme) == chosen.lower()


def test_formulas_are_set_at_build(visit, isolated):
    page = visit(isolated + "lessons/01-gradient-descent/", java_script_enabled=False)
    assert page.locator(".katex").count() > 3
    assert page.locator("math").count() > 3
    page.wait_for_load_state("networkidle", timeout=PATIENCE)


def test_a_scripts_page_is_light_and_offers_its_files(visit, isolated, site):
    for path in sorted((site / "lessons" / "runs").glob("*/index.html")):
        assert path.stat().st_size <= 80_000, f"{path}: {path.stat().st_size} bytes"
        page = visit(f"{isolated}lessons/runs/{path.parent.name}/")
        links = page.locator("a[download]").evaluate_all("all => all.map(link => link.href)")
        assert [link.rpartition(".")[2] for link in links] == ["py", "ipynb"]
        for link in links:
            assert page.request.get(link).status == 200
