"""The scripts as notebooks: recorded with their outputs, and never another text than theirs."""

import pathlib

import nbformat
import pytest
from mkdocs.config.defaults import MkDocsConfig

from coursekit.site.page import cell_html
from coursekit.site.paths import ROOT
from coursekit.site.run import scripts_as_notebooks

SCRIPTS = sorted((ROOT / "lessons").glob("[0-9]*.py"))
WORDS = cell_html.words("en")


def read(script: pathlib.Path):
    path = ROOT / "lessons" / "runs" / f"{script.stem}.ipynb"
    assert path.exists(), f"{script.name} has no notebook: python3 dev.py notebooks"
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_recorded_notebook_holds_the_text_of_its_script(script):
    again = "python3 dev.py notebooks"
    recorded = scripts_as_notebooks.sources(read(script))
    assert recorded == scripts_as_notebooks.cells(script), f"{script.name}: {again}"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_recorded_notebook_ran_without_an_error(script):
    cells = [cell for cell in read(script).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    outputs = [output for cell in cells for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]


SCRIPT = '''"""A script.

Smoke:    python lessons/01_a.py --steps 3 --name "a b"
"""

# %% [markdown]
# Some text.

# %% Work
import os

print(os.environ["COURSEKIT_ARGS"])
'''


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSEKIT_ARGS", raising=False)
    (tmp_path / "lessons").mkdir()
    path = tmp_path / "lessons" / "01_a.py"
    path.write_text(SCRIPT)
    return path


def test_the_small_settings_are_those_of_the_header(script):
    assert scripts_as_notebooks.smoke(script) == ["--steps", "3", "--name", "a b"]


def test_a_script_without_small_settings_says_what_is_missing(script):
    script.write_text("x = 1\n")
    with pytest.raises(ValueError, match=r"no line 'Smoke: python lessons/01_a.py --flags'"):
        scripts_as_notebooks.smoke(script)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_recording_runs_the_script_with_its_small_settings(script, monkeypatch):
    monkeypatch.setenv("COURSEKIT_ARGS", "")  # so that what record sets is undone
    path = scripts_as_notebooks.record(script, script.parent)
    book = nbformat.read(path, as_version=4)
    assert scripts_as_notebooks.sources(book) == scripts_as_notebooks.cells(script)
    assert book.cells[-1].outputs[0].text == "--steps 3 --name 'a b'\n"
    first = path.read_bytes()
    assert scripts_as_notebooks.record(script, script.parent).read_bytes() == first


def config(**more):
    made = MkDocsConfig()
    made.load_dict({"site_name": "a", **more})
    return made


def test_a_notebooks_page_loses_its_styles_and_scripts_and_gains_its_downloads():
    content = "<style>a{}</style><script src='https://x.org/a.js'></script><p>kept</p>"
    page = scripts_as_notebooks.page(content, "01_a", WORDS, config(repo_url=None))
    assert page.endswith("</p><p>kept</p>")
    assert '<a href="../../01_a.py" download>' in page
    assert '<a href="../../01_a.ipynb" download>' in page
    assert "colab" not in page


def test_pictures_become_files():
    page, files = scripts_as_notebooks.lift_pictures(
        '<img src="data:image/png;base64,aGk=" alt="a">'
    )
    [(name, data)] = files.items()
    assert data == b"hi"
    assert page == f'<img src="../../../assets/runs/{name}" alt="a">'


def test_a_notebooks_code_keeps_only_the_colours_of_the_course():
    code = '<span class="kn">import</span> <span class="nn">numpy</span><span class="p">.</span>'
    page = scripts_as_notebooks.page(
        f"<clipboard-copy for='a'>x</clipboard-copy>{code}", "01_a", WORDS, config()
    )
    assert page.endswith('</p><span class="kn">import</span> numpy.')


def test_with_a_repository_it_opens_in_colab():
    page = scripts_as_notebooks.page(
        "", "01_a", WORDS, config(repo_url="https://github.com/some/one/")
    )
    assert "colab.research.google.com/github/some/one/blob/main/lessons/runs/01_a.ipynb" in page
