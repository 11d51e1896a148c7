"""The engine's wheel, what its modules require, and the files that esbuild makes."""

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from coursekit.site import bundle, pyodide


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package with an engine that a test may change."""
    copy = tmp_path / "coursekit"
    shutil.copytree(bundle.PACKAGE / "engine", copy / "engine")
    shutil.copy(bundle.PACKAGE / "__init__.py", copy)
    monkeypatch.setattr(bundle, "PACKAGE", copy)
    return copy


def names(wheel: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(wheel)).namelist()


# --- the wheel ------------------------------------------------------------------------------------


def test_the_same_sources_give_the_same_bytes_whatever_their_dates(package):
    first = bundle.wheel()
    for path in package.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    assert bundle.wheel() == first


def test_a_change_in_any_source_changes_the_name(package):
    before, _ = bundle.wheel()
    (package / "engine" / "new.csv").write_text("1,2\n")
    after, data = bundle.wheel()
    assert before != after
    assert "coursekit/engine/new.csv" in names(data)


def test_the_wheel_holds_the_engine_as_it_is_and_nothing_else():
    name, data = bundle.wheel()
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert name.startswith("coursekit_engine-")
    assert name.endswith("-py3-none-any.whl")
    held = [entry for entry in archive.namelist() if ".dist-info/" not in entry]
    root = bundle.PACKAGE.parent
    assert all(archive.read(entry) == (root / entry).read_bytes() for entry in held)
    assert held[0] == "coursekit/__init__.py"
    assert all(entry.startswith("coursekit/engine/") for entry in held[1:])
    assert "coursekit/engine/tensor.py" in held
    assert "coursekit/engine/course.mplstyle" in held
    assert not [entry for entry in held if entry.endswith((".pyc", "README.md"))]


def test_the_record_of_the_wheel_tells_the_truth():
    _, data = bundle.wheel()
    archive = zipfile.ZipFile(io.BytesIO(data))
    [record] = [entry for entry in archive.namelist() if entry.endswith("/RECORD")]
    rows = [line.split(",") for line in archive.read(record).decode().splitlines()]
    assert [row[0] for row in rows] == archive.namelist()
    for entry, digest, size in rows[:-1]:
        there = archive.read(entry)
        told = base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "=")
        assert (told, int(size)) == (hashlib.sha256(there).digest(), len(there))


def test_the_engine_runs_out_of_its_wheel(tmp_path):
    _, data = bundle.wheel()
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    code = "import coursekit.engine.tensor as t; print(t.__file__); print(t.Tensor(2.0).data + 1)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    where, three = done.stdout.splitlines()
    assert where.startswith(str(tmp_path))
    assert float(three) == 3.0


# --- what modules require -------------------------------------------------------------------------


def test_a_module_requires_what_its_functions_import_and_what_other_modules_require(package):
    engine = package / "engine"
    (engine / "far.py").write_text("def draw():\n    from matplotlib import pyplot\n")
    (engine / "near.py").write_text("from coursekit.engine import far\n")
    (engine / "apart.py").write_text("import json, os.path\n")
    requires = bundle.requires()
    assert requires["coursekit.engine.far"] == requires["coursekit.engine.near"]
    assert requires["coursekit.engine.far"] == sorted(
        {"matplotlib", *requires["coursekit.engine.apart"]}
    )


def test_a_module_requires_what_the_package_around_it_imports(package):
    inner = package / "engine" / "inner"
    inner.mkdir()
    (inner / "__init__.py").write_text("import PIL.Image\n")
    (inner / "leaf.py").write_text("")
    assert "pillow" in bundle.requires()["coursekit.engine.inner.leaf"]


def test_cells_that_draw_nothing_do_not_wait_for_matplotlib():
    requires = bundle.requires()
    assert requires["coursekit.engine"] == ["numpy"]
    assert requires["coursekit.engine.tensor"] == ["numpy"]
    assert requires["coursekit.engine.plot"] == ["matplotlib", "numpy"]


def test_a_module_that_the_browser_cannot_run_is_refused(package):
    (package / "engine" / "bad.py").write_text("import scipy.linalg\n")
    with pytest.raises(bundle.BundleError, match=r"coursekit\.engine\.bad imports scipy, which"):
        bundle.requires()


# --- the folder -----------------------------------------------------------------------------------


SHIPPED = {
    "pyodide.mjs": bundle.SITE / "bundle.py",
    "python_stdlib-0123.zip": bundle.SITE / "html.py",
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
    for name in (runtime["wheel"], runtime["kernel"], *runtime["weights"].values()):
        sizes[name] = (built / name).stat().st_size
    assert runtime["sizes"] == sizes
    assert runtime["requires"] == bundle.requires()
    assert (built / runtime["kernel"]).read_bytes() == (bundle.SITE / "kernel.py").read_bytes()


def test_trained_weights_are_there_under_a_name_that_changes_with_them(built):
    weights = json.loads((built / "runtime.json").read_text())["weights"]
    assert weights == {"toy": f"toy-{hashlib.sha256(b'numbers').hexdigest()[:12]}.safetensors"}
    assert (built / weights["toy"]).read_bytes() == b"numbers"


def test_the_entries_are_there_in_one_piece_each(built):
    for name in ("main.js", "worker.js", "home.js", "course.css"):
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
