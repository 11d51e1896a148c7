"""A whole small site through MkDocs: what the hooks put together, and what fails the build."""

import json
import pathlib
import re

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, PluginError

from coursekit.site import plugin
from coursekit.site.page import fonts, math, stylesheet
from coursekit.site.ship import bundle, bytecode, pyodide

CONFIG = """
site_name: Small
site_url: https://example.org/course/
theme: {name: material, font: false}
plugins: [coursekit]
markdown_extensions: [admonition, md_in_html]
"""

ENGINE = '"""Engine."""\n\n\ndef step(w):\n    """One step."""\n    return w - 1\n'


@pytest.fixture
def project(tmp_path: pathlib.Path, monkeypatch):
    """`project(page, config)` builds a site of one page and returns that page's HTML."""
    monkeypatch.setattr(bytecode, "files", dict)
    monkeypatch.setattr(bundle, "build", lambda site, shipped: None)
    monkeypatch.setattr(bundle, "service_worker", lambda: b"")
    monkeypatch.setattr(pyodide, "place", lambda site, shipped: None)
    monkeypatch.setattr(fonts, "build", lambda cache, modules: {"serif.woff2": b"font"})
    monkeypatch.setattr(math, "render", lambda html, **options: html)
    monkeypatch.setattr(math, "files", lambda pages, **options: {"katex.css": b"css"})
    monkeypatch.setattr(stylesheet, "write", lambda site, **options: None)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    (tmp_path / "docs/lessons").mkdir(parents=True)
    (tmp_path / "src/coursekit/engine").mkdir(parents=True)
    (tmp_path / "src/coursekit/engine/tiny.py").write_text(ENGINE)
    (tmp_path / "docs/index.md").write_text("# Home\n")

    def make(text: str, more: str = "") -> str:
        (tmp_path / "docs/lessons/03-page.md").write_text(text)
        (tmp_path / "mkdocs.yml").write_text(CONFIG + more)
        config = load_config(str(tmp_path / "mkdocs.yml"), site_dir=str(tmp_path / "site"))
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        return (tmp_path / "site/lessons/03-page/index.html").read_text()

    make.root = tmp_path
    return make


def test_a_fence_becomes_a_cell_with_its_output(project):
    page = project('# Page\n\n```python cell id="fit"\nprint(6 * 7)\n```\n')
    assert page.count('<section class="cell"') == 1
    assert '<pre class="text" data-stream="stdout">42\n</pre>' in page
    assert "coursekit-slot" not in page


def test_cells_in_a_note_and_in_a_list_are_cells_too(project):
    page = project(
        "# Page\n\n!!! note\n\n    ```python cell\n    x = 1\n    ```\n\n"
        "- item\n\n    ```python cell\n    x + 1\n    ```\n"
    )
    assert page.count('<section class="cell"') == 2
    assert '<pre class="value">2</pre>' in page


def test_more_than_ten_cells_keep_their_places(project):
    page = project("# Page\n\n" + "\n\n".join(f"```python cell\n{n}\n```" for n in range(12)))
    places = [page.index(f'<pre class="value">{n}</pre>') for n in range(12)]
    assert places == sorted(places)


def test_figures_are_numbered_by_lesson(project):
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])"
    page = project(
        f'# Page\n\n```python cell caption="A"\n{plot}\n```\n\n```python cell\n{plot}\n```\n\n'
        f'```python cell caption="B"\n{plot}\n```\n'
    )
    assert "<b>Figure 3.1</b> A" in page
    assert "<b>Figure 3.2</b> B" in page
    assert "Figure 3.3" not in page


def test_a_listing_shows_the_source_and_links_to_the_sites_own_copy(project):
    page = project('# Page\n\n```python source="coursekit.engine.tiny:step"\n```\n')
    assert '<a href="../../source/coursekit/engine/tiny/#L4">' in page
    copy = (project.root / "site/source/coursekit/engine/tiny/index.html").read_text()
    assert '<span class="ln" id="L4"><span class="b">def</span>' in copy


def test_with_a_repository_the_link_goes_there(project):
    page = project(
        '# Page\n\n```python source="coursekit.engine.tiny:step"\n```\n',
        "repo_url: https://github.com/someone/course\n",
    )
    assert (
        'href="https://github.com/someone/course/blob/main/src/coursekit/engine/tiny.py#L4-L6"'
        in page
    )


def test_fonts_and_formula_styles_are_placed(project):
    project("# Page\n")
    assert (project.root / "site/assets/fonts/serif.woff2").read_bytes() == b"font"
    assert (project.root / "site/assets/katex/katex.css").read_bytes() == b"css"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python cell id=fit\n1\n```", r'docs/lessons/03-page.md:3: .*write id="fit"'),
        ("```python cell\nx = (\n```", r"docs/lessons/03-page.md:4: SyntaxError"),
        ("```python cell\n1\n1 / 0\n```", r"docs/lessons/03-page.md:5: (.|\n)*ZeroDivisionError"),
        ('```python cell raises="ValueError"\n1\n```', r"03-page.md:3: .*must raise ValueError"),
        (
            '```python source="coursekit.engine.tiny:stop"\n```',
            r"03-page.md:3: .*no 'stop' there; there is step",
        ),
    ],
)
def test_what_is_wrong_fails_the_build_with_file_and_line(project, text, message, caplog):
    with pytest.raises((PluginError, Abort)) as failure:
        project(f"# Page\n\n{text}\n")
    assert re.search(message, f"{failure.value}\n{caplog.text}")


def test_lines_are_those_of_the_file_with_its_front_matter(project, caplog):
    with pytest.raises((PluginError, Abort)) as failure:
        project("---\nitems: [1]\n---\n\n# Page\n\n```python cell x\n1\n```\n")
    assert "03-page.md:7:" in f"{failure.value}\n{caplog.text}"


@pytest.mark.parametrize(
    ("content", "what"),
    [("<p>no slot</p>", "is lost"), ("<p>coursekit-slot-0</p>" * 2, "appears 2 times")],
)
def test_a_fence_that_markdown_loses_fails_the_build(content, what):
    with pytest.raises(PluginError, match=f"a.md: coursekit-slot-0 {what}"):
        plugin._fill(content, "coursekit-slot-0", "cell", "a.md")


# --- what there is to do, and the proof that it runs ----------------------------------------------

TASKS = """# Page

```predict id="big" right="x" tolerance="1" cell="show"
How big?

- right
  Yes.
- other
  No.
```

```python cell id="show"
x = 1
```

### Double `x` & more ★★

```python exercise id="double"
def double(x):
    return ...
```

```python check says="doubles"
assert double(3) == 6
```

```python solution
def double(x):
    return 2 * x
```
"""


def test_what_there_is_to_do_is_written_for_the_runtime(project):
    (project.root / "docs/lessons/01-first.md").write_text("# First\n")
    project(TASKS)
    [file] = project.root.glob("site/assets/coursekit-*/course.json")
    listed = json.loads(file.read_text())
    assert listed == {
        "pages": [
            {
                "url": "lessons/03-page/",
                "title": "Page",
                "lesson": 2,
                "cells": ["show", "double"],
                "exercises": [
                    {
                        "id": "double",
                        "title": "Exercise 3.1. Double x & more",
                        "anchor": "double-x-more",
                    }
                ],
                "predictions": ["big"],
            }
        ]
    }


def test_the_anchor_of_an_exercise_is_in_the_page(project):
    assert 'id="double-x-more"' in project(TASKS)


def test_a_page_that_ran_keeps_its_log(project):
    runs = project.root / "lessons/runs"
    runs.mkdir(parents=True)
    record = {"date": "2026-11-20", "commit": "abc", "versions": {"python": "3.12.1"}}
    (runs / "03_page.json").write_text(json.dumps(record))
    project("# Page\n\n```python cell\n6 * 7\n```\n")
    [log] = (project.root / "site/assets/proof").rglob("*.json")
    assert log.relative_to(project.root / "site/assets/proof").as_posix() == (
        "lessons/03-page.json"
    )
    kept = json.loads(log.read_text())
    assert kept["page"] == "docs/lessons/03-page.md"
    assert kept["asked"][0]["outputs"] == [{"kind": "value", "text": "42"}]
    assert kept["scripts"] == [{"name": "03_page", **record}]
