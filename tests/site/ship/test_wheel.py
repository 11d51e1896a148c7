"""The wheel that goes to the browser: what is in it, and what its modules require."""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from coursekit.site.ship import wheel


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of what goes to the browser, which a test may change."""
    copy = tmp_path / "coursekit"
    shutil.copytree(wheel.PACKAGE / "engine", copy / "engine")
    shutil.copytree(wheel.PACKAGE / "site" / "kernel", copy / "site" / "kernel")
    for name in ("__init__.py", "site/__init__.py"):
        shutil.copy(wheel.PACKAGE / name, copy / name)
    monkeypatch.setattr(wheel, "PACKAGE", copy)
    return copy


def names(packed: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(packed)).namelist()


# --- the wheel ------------------------------------------------------------------------------------


def test_the_same_sources_give_the_same_bytes_whatever_their_dates(package):
    first = wheel.pack()
    for path in package.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    assert wheel.pack() == first


def test_a_change_in_any_source_changes_the_name(package):
    before, _ = wheel.pack()
    (package / "engine" / "new.csv").write_text("1,2\n")
    after, data = wheel.pack()
    assert before != after
    assert "coursekit/engine/new.csv" in names(data)


def test_the_wheel_holds_the_engine_and_the_kernel_as_they_are_and_nothing_else():
    name, data = wheel.pack()
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert name.startswith("coursekit-")
    assert name.endswith("-py3-none-any.whl")
    held = [entry for entry in archive.namelist() if ".dist-info/" not in entry]
    root = wheel.PACKAGE.parent
    assert all(archive.read(entry) == (root / entry).read_bytes() for entry in held)
    assert held[0] == "coursekit/__init__.py"
    ours = ("coursekit/engine/", "coursekit/site/kernel/", "coursekit/site/__init__.py")
    assert all(entry.startswith(ours) for entry in held[1:])
    assert {"coursekit/engine/tensor.py", "coursekit/site/kernel/run.py"} <= set(held)
    assert "coursekit/engine/course.mplstyle" in held
    assert not [entry for entry in held if entry.endswith((".pyc", "README.md"))]


def test_the_record_of_the_wheel_tells_the_truth():
    _, data = wheel.pack()
    archive = zipfile.ZipFile(io.BytesIO(data))
    [record] = [entry for entry in archive.namelist() if entry.endswith("/RECORD")]
    rows = [line.split(",") for line in archive.read(record).decode().splitlines()]
    assert [row[0] for row in rows] == archive.namelist()
    for entry, digest, size in rows[:-1]:
        there = archive.read(entry)
        told = base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "=")
        assert (told, int(size)) == (hashlib.sha256(there).digest(), len(there))


def test_engine_and_kernel_run_out_of_the_wheel_with_nothing_else_of_the_site(tmp_path):
    _, data = wheel.pack()
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    cell = "from coursekit.engine.tensor import Tensor\\nprint(Tensor(2.0).data + 1)"
    code = (
        "from coursekit.site import kernel\nprint(kernel.__file__)\n"
        "show = lambda output: print(output['text'], end='')\n"
        f'kernel.Kernel().run("{cell}", cell="a", emit=show)'
    )
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
    requires = wheel.requires()
    assert requires["coursekit.engine.far"] == requires["coursekit.engine.near"]
    assert requires["coursekit.engine.far"] == sorted(
        {"matplotlib", *requires["coursekit.engine.apart"]}
    )


def test_a_module_requires_what_the_package_around_it_imports(package):
    inner = package / "engine" / "inner"
    inner.mkdir()
    (inner / "__init__.py").write_text("import PIL.Image\n")
    (inner / "leaf.py").write_text("")
    assert "pillow" in wheel.requires()["coursekit.engine.inner.leaf"]


def test_cells_that_draw_nothing_do_not_wait_for_matplotlib():
    requires = wheel.requires()
    assert requires["coursekit.engine"] == ["numpy"]
    assert requires["coursekit.engine.tensor"] == ["numpy"]
    assert requires["coursekit.engine.plot"] == ["matplotlib", "numpy"]


def test_a_module_that_the_browser_cannot_run_is_refused(package):
    (package / "engine" / "bad.py").write_text("import scipy.linalg\n")
    with pytest.raises(wheel.WheelError, match=r"coursekit\.engine\.bad imports scipy, which"):
        wheel.requires()
