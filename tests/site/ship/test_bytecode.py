"""The compiled files: what is in them, that the lock holds them, and what happens without them."""

import io
import json
import marshal
import pathlib
import subprocess
import sys
import zipfile

import pytest

from coursekit.site.ship import bytecode, pyodide
from coursekit.site.ship.compile_in_pyodide import SITE_PACKAGES, UNUSED, compile_archive

LOCKED = json.loads(bytecode.LOCK.read_text(encoding="utf-8"))
TOY = {
    "toy/__init__.py": b"from toy import deep\n",
    "toy/deep.py": b"def ask():\n    return 42\n",
    "toy/rare.py": b"rare = True\n",
    "toy/deep.pyi": b"def ask() -> int: ...\n",
    "toy/data.txt": b"data",
}


def packed(files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- the compiler ---------------------------------------------------------------------------------


def test_the_chosen_modules_are_compiled_and_all_else_stays_as_it_was():
    made = compile_archive(packed(TOY), "/home", ["toy/__init__.py", "toy/deep.py"])
    found = unpacked(made)
    assert set(found) == {"toy/__init__.pyc", "toy/deep.pyc", "toy/rare.py", "toy/data.txt"}
    assert found["toy/rare.py"] == TOY["toy/rare.py"]
    code = marshal.loads(found["toy/deep.pyc"][16:])
    assert code.co_filename == "/home/toy/deep.py"  # as a traceback names it


def test_the_same_archive_comes_to_the_same_bytes():
    made = {compile_archive(packed(TOY), "/home", ["toy/deep.py"]) for _ in range(2)}
    assert len(made) == 1


def test_what_is_compiled_can_be_imported(tmp_path):
    (tmp_path / "toy.zip").write_bytes(compile_archive(packed(TOY), "/home", [*TOY]))
    code = "import toy.deep; print(toy.deep.ask(), toy.deep.__file__.endswith('.pyc'))"
    command = [sys.executable, "-I", "-c", f"import sys; sys.path[:0] = ['toy.zip']; {code}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "42 True\n"


# --- the lock -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain():
    return pyodide.files()


def test_the_lock_was_made_from_the_files_that_the_site_would_ship(plain):
    assert {name: entry["from"] for name, entry in LOCKED.items()} == {
        name: pyodide.sha256(plain[name]) for name in LOCKED
    }


def test_the_lock_names_what_a_first_figure_imports_and_nothing_of_ours():
    modules = {module for entry in LOCKED.values() for module in entry["modules"]}
    wanted = {"numpy/__init__.py", "matplotlib/pyplot.py", "contourpy/__init__.py", "ast.py"}
    assert wanted <= modules
    assert not [
        module for module in modules if module.startswith(("coursekit", "compile_in_pyodide"))
    ]
    assert not [module for module in modules if module.startswith(UNUSED)]


def test_what_is_left_out_is_there_to_be_left_out(plain):
    wheels = [path for name, path in plain.items() if name.endswith(".whl")]
    inside = {name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    for start in UNUSED:
        assert any(name.startswith(start) for name in inside), start
    lock = pyodide.read_lock(pyodide.LOCK)
    assert set(bytecode.UNUSED) <= set(lock["packages"]["matplotlib"]["depends"])


def test_the_site_gets_the_files_of_the_lock(plain):
    said = []
    shipped = bytecode.files(said.append)
    assert not [line for line in said if "plain files" in line]
    lock = pyodide.read_lock(shipped[pyodide.LOCK.name])
    assert {name for name in shipped if name.endswith(".whl")} == {*pyodide.wheels_of(lock)}
    for name, digest in pyodide.wheels_of(lock).items():
        assert pyodide.sha256(shipped[name]) == digest
    for name, entry in LOCKED.items():
        [path] = [path for path in shipped.values() if pyodide.sha256(path) == entry["sha256"]]
        before, after = unpacked(plain[name].read_bytes()), unpacked(path.read_bytes())
        chosen = set(entry["modules"])
        unread = {name for name in before if name.endswith((".pyi", ".pxd", ".h", ".a"))}
        left_out = unread | {name for name in before if name.startswith(UNUSED)}
        assert {*after} == {*before} - chosen - left_out | {f"{module}c" for module in chosen}
        assert all(after[name] == before[name] for name in {*after} & {*before})


# --- without them ---------------------------------------------------------------------------------


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A runtime of one wheel, and a lock that says what it comes to under this Python."""
    wheel = tmp_path / "toy-1.0-py3-none-any.whl"
    wheel.write_bytes(packed(TOY))
    made = compile_archive(packed(TOY), SITE_PACKAGES, ["toy/deep.py"])
    (tmp_path / "made").write_bytes(made)
    entry = {"from": pyodide.sha256(wheel), "sha256": pyodide.sha256(tmp_path / "made")}
    lock = {wheel.name: {**entry, "modules": ["toy/deep.py"]}}
    packages = {
        "toy": {"file_name": wheel.name, "sha256": entry["from"], "depends": ["six", "fonttools"]},
        "fonttools": {"file_name": "fonttools.whl", "depends": []},
    }
    (tmp_path / "pyodide-lock.json").write_text(json.dumps({"packages": packages}))
    monkeypatch.setattr(pyodide, "LOCK", tmp_path / "pyodide-lock.json")
    monkeypatch.setattr(pyodide, "cache", lambda: tmp_path / "cache")
    plain = {
        wheel.name: wheel,
        "fonttools.whl": wheel,
        "pyodide-lock.json": tmp_path / "pyodide-lock.json",
    }
    monkeypatch.setattr(pyodide, "files", lambda say: plain)
    monkeypatch.setattr(bytecode, "LOCK", tmp_path / "bytecode.json")

    def node(job):
        for task in job["compile"]:
            made = compile_archive(wheel.read_bytes(), task["home"], task["chosen"])
            pathlib.Path(task["made"]).write_bytes(made)

    monkeypatch.setattr(bytecode, "_node", node)

    def write():
        bytecode.LOCK.write_text(json.dumps(lock))
        return plain

    return lock[wheel.name], write


def test_compiled_files_are_made_once_and_carry_their_hash(toy, monkeypatch):
    entry, write = toy
    write()
    said = []
    shipped = bytecode.files(said.append)
    name = f"toy-1.0-0{entry['sha256'][:12]}-py3-none-any.whl"
    assert set(shipped) == {name, "pyodide-lock.json"}
    lock = pyodide.read_lock(shipped["pyodide-lock.json"])
    assert lock["packages"] == {
        "toy": {"file_name": name, "sha256": entry["sha256"], "depends": ["six"]}
    }
    assert said == ["compiling modules of toy"]
    monkeypatch.setattr(bytecode, "_node", None)
    assert bytecode.files(said.append) == shipped
    assert len(said) == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("from", "is not the file that bytecode.json was made from"),
        ("sha256", "compiled here, is not as bytecode.json has it"),
    ],
)
def test_a_machine_that_makes_other_bytes_ships_the_plain_files(toy, wrong, why):
    entry, write = toy
    entry[wrong] = "0" * 64
    plain = write()
    said = []
    assert bytecode.files(said.append) == plain
    assert why in said[-1]
    assert said[-1].endswith("The site gets the plain files: Python will start slower.")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (
            "#!/bin/sh\necho 'Error: out of memory' >&2\nexit 1\n",
            "does not compile: Error: out of m",
        ),
        (None, "Node does not start"),
    ],
)
def test_without_a_node_that_compiles_the_plain_files_are_shipped(
    toy, tmp_path, monkeypatch, script, why
):
    monkeypatch.undo()
    folder = tmp_path / "bin"
    folder.mkdir()
    if script:
        (folder / "node").write_text(script)
        (folder / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(bytecode.CompileError, match=why):
        bytecode._node({"compile": []})
