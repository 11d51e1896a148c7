"""What the site gets of this repository: the files of assets/coursekit/, and those of esbuild."""

import hashlib
import json
import os

import pytest

from coursekit.site.ship import bundle, pyodide, wheel

SHIPPED = {
    "pyodide.mjs": bundle.SITE / "plugin.py",
    "python_stdlib-0123.zip": bundle.SITE / "README.md",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    site, trained = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("weights")
    (trained / "toy.safetensors").write_bytes(b"numbers")
    (trained / "toy.json").write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "WEIGHTS", trained)
        bundle.build(site, SHIPPED)
    return site / "assets" / "coursekit"


def test_the_runtime_file_names_what_is_there_with_its_size(built):
    runtime = json.loads((built / "runtime.json").read_text())
    assert runtime["pyodide"]["version"] == pyodide.PYODIDE_VERSION
    assert runtime["pyodide"]["base"] == f"../pyodide-{pyodide.PYODIDE_VERSION}/"
    assert runtime["pyodide"]["library"] == "python_stdlib-0123.zip"
    sizes = {name: path.stat().st_size for name, path in SHIPPED.items()}
    for name in (runtime["wheel"], *runtime["weights"].values()):
        sizes[name] = (built / name).stat().st_size
    assert runtime["sizes"] == sizes
    assert runtime["requires"] == wheel.requires()
    assert (runtime["wheel"], (built / runtime["wheel"]).read_bytes()) == wheel.pack()


def test_trained_weights_are_there_under_a_name_that_changes_with_them(built):
    weights = json.loads((built / "runtime.json").read_text())["weights"]
    assert weights == {"toy": f"toy-{hashlib.sha256(b'numbers').hexdigest()[:12]}.safetensors"}
    assert (built / weights["toy"]).read_bytes() == b"numbers"


def test_the_entries_are_there_in_one_piece_each(built):
    for name in ("main.js", "worker.js", "home_figure.js", "before_material.js", "course.css"):
        assert (built / name).stat().st_size > 100
    assert not list(built.glob("*.map"))


def test_a_second_build_touches_only_what_changed(tmp_path, monkeypatch):
    made = {"main.js": b"one", "chunk-1.js": b"two"}
    monkeypatch.setattr(bundle, "scripts", lambda: dict(made))
    folder = tmp_path / "assets" / "coursekit"
    bundle.build(tmp_path, SHIPPED)
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    made["main.js"], made["chunk-2.js"] = b"new", made.pop("chunk-1.js")
    bundle.build(tmp_path, SHIPPED)
    fresh = {path.name for path in folder.iterdir() if path.stat().st_mtime}
    assert fresh == {"main.js", "chunk-2.js"}
    assert not (folder / "chunk-1.js").exists()


def test_a_mistake_in_typescript_is_told_with_its_place(tmp_path, monkeypatch):
    (tmp_path / "bad.ts").write_text("const a = ;\n")
    monkeypatch.setattr(bundle, "SITE", tmp_path)
    monkeypatch.setattr(bundle, "ENTRIES", ("bad.ts",))
    with pytest.raises(bundle.BundleError, match=r"(?s)esbuild: .*bad\.ts:1:10"):
        bundle.scripts()


def test_without_esbuild_the_message_names_npm(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "ESBUILD", tmp_path / "esbuild")
    with pytest.raises(bundle.BundleError, match="esbuild is missing: run `npm ci`"):
        bundle.scripts()
