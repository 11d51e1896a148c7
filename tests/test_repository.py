"""What is said in more than one place says the same: versions, the README's tree, hosts."""

import json
import pathlib
import re
import tomllib

import pytest

import coursekit
from coursekit.site.markdown import control_comments, course_fences
from coursekit.site.run import execute
from coursekit.site.ship import pyodide
from tests import readme_tree
from tests.readme_tree import ROOT


@pytest.fixture(scope="module")
def files() -> list[str]:
    """Every file of the repository, by its path."""
    return readme_tree.tracked()


def texts(files):
    """(path, content) of those that are text."""
    for name in files:
        data = (ROOT / name).read_bytes()
        if b"\0" not in data:
            yield name, data.decode("utf-8")


# --- measurements ---------------------------------------------------------------------------------


def test_the_readme_tells_what_the_benchmark_of_the_engine_measured():
    newest, pinned = (
        json.loads((ROOT / "tests" / "benchmarks" / name).read_text(encoding="utf-8"))
        for name in ("engine_newest.json", "engine.json")
    )
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\n".join(measured(newest, pinned)) in told
    versions = newest["environment"]["versions"]
    assert f"with NumPy {versions['numpy']} and\nPyTorch {versions['torch'].split('+')[0]}" in told
    assert f"PyTorch, NumPy {pinned['environment']['versions']['numpy']} |" in told


def measured(newest, pinned):
    """A row for each model: the engine's step, then the ratios of its peers."""
    for name, row in newest["workloads"].items():
        peers = row["ratios"]
        ratios = [
            peers["PyTorch"],
            pinned["workloads"][name]["ratios"]["PyTorch"],
            peers.get("autograd"),
            peers["NumPy by hand"],
            pinned["pyodide"]["workloads"][name]["ratios"]["NumPy by hand"],
        ]
        cells = " | ".join(f"{ratio:.2f}" if ratio else " " for ratio in ratios)
        yield f"| {name.partition(' ')[2]} | {row['seconds'] * 1e6:,.0f} us | {cells} |"


# --- versions -------------------------------------------------------------------------------------


def test_the_package_has_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert coursekit.__version__ == project["version"]
    changes = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert changes[0] == coursekit.__version__


def test_every_mention_of_pyodide_names_one_version(files):
    mention = re.compile(r'pyodide["\s:/@-]*v?(\d+\.\d+\.\d+)', re.IGNORECASE)
    found = {
        (name, version)
        for name, text in texts(files)
        if name != "package-lock.json"
        for version in mention.findall(text)
    }
    assert ("package.json", pyodide.PYODIDE_VERSION) in found
    assert {version for _, version in found} == {pyodide.PYODIDE_VERSION}
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]["node_modules/pyodide"]["version"] == pyodide.PYODIDE_VERSION


def test_what_computes_and_draws_is_pinned_as_in_the_browser():
    packages = pyodide.read_lock(pyodide.LOCK)["packages"]
    _, section = (ROOT / "constraints.txt").read_text(encoding="utf-8").split("# what computes")
    pins = dict(line.split("==") for line in section.split("\n\n")[0].splitlines()[1:])
    assert {"numpy", "matplotlib", "contourpy", "kiwisolver"} <= set(pins)
    assert pins == {name: packages[name]["version"] for name in pins}
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for name in pyodide.SHIPPED:
        assert f"{name}=={pins[name]}" in extra["site"]


def test_javascript_packages_are_exact_and_their_lock_names_no_address():
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for versions in (package["dependencies"], package["devDependencies"]):
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]


def test_no_file_names_a_package_registry(files):
    hosts = re.compile(
        r"(pypi|pythonhosted)\.org|registry\.(npmjs|yarnpkg)|download\.pytorch|unpkg\.com"
    )
    here = pathlib.Path(__file__).relative_to(ROOT).as_posix()
    assert not [name for name, text in texts(files) if name != here and hosts.search(text)]


# --- the README -----------------------------------------------------------------------------------


def test_the_tree_in_the_readme_is_made_of_the_first_sentences_of_the_files(files):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [shown] = readme_tree.TREE.findall(text)
    made = readme_tree.render(files, shown)
    assert shown == made, "run python3 tests/readme_tree.py"
    said = readme_tree.words(made)
    assert [path for path, words in said.items() if not words] == ["src/"]
    assert not [path for path, words in said.items() if len(words) > 100]


def test_a_new_file_and_a_changed_sentence_make_the_tree_stale(tmp_path, monkeypatch):
    (tmp_path / "src").mkdir()
    monkeypatch.setattr(readme_tree, "ROOT", tmp_path)
    (tmp_path / "src" / "a.py").write_text('"""First: one thing. And more."""\n')
    (tmp_path / "src" / "b.ts").write_text("/**\n * Two lines that\n * are one. More.\n */\n")
    (tmp_path / "src" / "c.json").write_text("{}")
    names = ["src/a.py", "src/b.ts", "src/c.json"]
    made = readme_tree.render(names, "src/  all\n  a.py  old\n  c.json  kept\n")
    assert readme_tree.words(made) == {
        "src/": "all",
        "src/a.py": "First: one thing",
        "src/b.ts": "Two lines that are one",
        "src/c.json": "kept",
    }


def test_what_the_readme_links_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^):]+)\)", text)
    assert {"docs/assets/page.png", "CONTRIBUTING.md", "LICENSE"} <= set(links)
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_place_that_a_page_for_developers_names_is_there(page):
    """NN and name stand for what a contributor writes."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w./-])(?:docs|lessons|src|tests)/[\w./-]*\w", text))
    assert named
    assert not [path for path in named if "NN" not in path and not list(ROOT.glob(f"{path}*"))]
    for module in re.findall(r"(coursekit(?:\.[a-z_]+)+)", text):
        path = (ROOT / "src").joinpath(*module.split("."))
        assert path.is_dir() or path.with_suffix(".py").exists(), module


def test_each_ring_says_in_five_lines_what_it_may_import():
    for ring in ("engine", "torch", "site"):
        text = (ROOT / "src" / "coursekit" / ring / "README.md").read_text(encoding="utf-8")
        assert len(text.strip().splitlines()) == 5
        assert "import" in text


# --- CONTRIBUTING ---------------------------------------------------------------------------------


def test_what_contributing_shows_is_a_page_that_builds(tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"^````markdown\n(.*?)^````$", text, re.MULTILINE | re.DOTALL)
    _, found = course_fences.find_fences("\n".join(shown), "CONTRIBUTING.md")
    assert [type(item).__name__ for item in found] == ["Cell", "Predict", "Cell", "Exercise"]
    outputs = execute.run_page(found, "CONTRIBUTING.md", tmp_path).outputs
    assert [output["kind"] for output in outputs["stops"]][-1] == "figure"


def test_contributing_lists_the_options_and_controls_of_a_cell():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = re.findall(r'^\| `(\w+)(?:="[^`]*")?` \|', text, re.MULTILINE)
    assert sorted(listed) == sorted([*course_fences._CELL, "wide"])
    [shown] = re.findall(r"^```python\n(lr = .*?)^```$", text, re.MULTILINE | re.DOTALL)
    kinds = [item.kind for item in control_comments.find_controls(shown)]
    assert kinds == ["slider", "choice", "pick"]
