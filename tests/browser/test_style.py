"""What stylesheet.py dropped would have styled nothing, at rest and after a page has run."""

import pytest

from coursekit.site.page import stylesheet

LOST = """([whole, trimmed]) => {
  const rules = text => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    const found = [];
    const walk = list => [...list].forEach(rule => {
      if (rule.selectorText) found.push(rule.selectorText);
      if (rule.cssRules) walk(rule.cssRules);
    });
    walk(sheet.cssRules);
    return new Set(found.flatMap(split));
  };
  const split = list => {  // at the commas outside brackets
    let depth = 0;
    const parts = [""];
    for (const letter of list) {
      depth += "([".includes(letter) - ")]".includes(letter);
      if (letter === "," && !depth) parts.push(""); else parts[parts.length - 1] += letter;
    }
    return parts.map(part => part.trim());
  };
  // A pseudo-element is no element, and a state may come later: look for what could be in it.
  const free = selector => selector
    .replace(/::[\\w-]+(\\([^)]*\\))?/g, "")
    .replace(/:(hover|focus|focus-within|focus-visible|active|target|checked)\\b/g, "")
    .replace(/:(indeterminate|before|after)\\b/g, "")
    .replace(/(^|[\\s>+~(,])(?=$|[\\s>+~),])/g, (_, before) => `${before}*`);
  const kept = rules(trimmed);
  const lost = [...rules(whole)].filter(each => !kept.has(each));
  const missed = lost.filter(each => document.querySelector(free(each)));
  return {lost: lost.length, missed};
}"""

PAGES = ("", "lessons/01-gradient-descent/", "reference/tensor/", "progress/")
PAGES += ("lessons/runs/01_gradient_descent/", "source/coursekit/engine/ops/", "notation/")


@pytest.fixture(scope="module")
def sheets(site) -> list[str]:
    """The foreign rules before and after."""
    [made] = site.glob("assets/coursekit-*/site.css")  # in the folder of its edition
    return ["\n".join(stylesheet.gather(site)), made.read_text("utf-8")]


@pytest.mark.parametrize("place", PAGES)
def test_no_dropped_rule_would_have_met_an_element(visit, isolated, sheets, place):
    page = visit(isolated)
    page.goto(isolated + place)
    said = page.evaluate(LOST, sheets)
    assert said["lost"] > 500
    assert said["missed"] == []


def test_nor_after_the_gallery_has_run_and_the_search_found(visit, isolated, sheets, settle):
    page = visit(isolated + "gallery/")
    page.get_by_role("button", name="Run all").click()
    for cell in ("slide", "choose", "pick", "movie", "strip", "progress"):
        settle(page, cell, "done")
    page.locator("#cell-figure .src").click()
    page.locator("#cell-figure .cm-content").wait_for()
    page.locator("input[name=query]").fill("gradient")
    page.locator(".md-search-result__item").first.wait_for()
    assert page.evaluate(LOST, sheets)["missed"] == []


def test_a_rule_that_was_dropped_by_mistake_is_seen(visit, isolated):
    page = visit(isolated)
    whole = "a, .md-nosuch, body:hover main::before, i:is(.no, .such) {color: red}"
    assert page.evaluate(LOST, [whole, "b {}"]) == {
        "lost": 4,
        "missed": ["a", "body:hover main::before"],
    }
