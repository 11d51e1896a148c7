"""Pyodide's files with what a first figure imports compiled: Python starts in half the time.

A browser compiles each module that it imports, at every start. So the library and the wheels are
written again, with those modules compiled by Pyodide itself (bytecode.mjs runs
compile_in_pyodide.py there); all other modules stay source, and so does all of coursekit's. What a
page cannot use is left out: files for PDF, PostScript, windows and Fortran, and fontTools, which
alone writes the first two. bytecode-lock.json says from which file, with which modules, and to
which bytes. A machine that makes other bytes ships the plain files.
"""

import json
import pathlib
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from typing import Any

from coursekit.site.atomic_write import write
from coursekit.site.ship import pyodide, wheel
from coursekit.site.ship.compile_in_pyodide import SITE_PACKAGES

LOCK = pathlib.Path(__file__).with_name("bytecode-lock.json")
SCRIPT = pathlib.Path(__file__).with_name("bytecode.mjs")
LIBRARY = "python_stdlib.zip"
LIBRARY_HOME = "/lib/python313.zip"  # where Pyodide has it, whatever its address

UNUSED = ("fonttools",)  # packages that matplotlib names, but needs for no figure of a page

Files = dict[str, pathlib.Path]


class CompileError(RuntimeError):
    """The compiled files cannot be made here; the message says why."""


def files(say: pyodide.Say = print) -> Files:
    """Name in the site -> file here, of everything that a worker may fetch.

    Compiled files carry a hash in their name and stand in the place of the plain ones; where they
    cannot be made, `say` is told and the plain ones are all there is.
    """
    plain = pyodide.files(say)
    try:
        made = _make(plain, json.loads(LOCK.read_text(encoding="utf-8")), say)
    except CompileError as error:
        say(f"{error} The site gets the plain files: Python will start slower.")
        return plain
    return _instead(plain, made)


# --- making them ----------------------------------------------------------------------------------


def _make(plain: Files, lock: Mapping[str, Any], say: pyodide.Say) -> Files:
    """Plain name -> compiled file, from the cache or made anew."""
    folder = pyodide.cache() / "compiled"
    folder.mkdir(parents=True, exist_ok=True)
    made = {name: folder / _named(name, entry["sha256"]) for name, entry in lock.items()}
    missing = [name for name in lock if pyodide.sha256(made[name]) != lock[name]["sha256"]]
    for name in missing:
        if pyodide.sha256(plain[name]) != lock[name]["from"]:
            raise CompileError(f"{name} is not the file that {LOCK.name} was made from.")
    if missing:
        say(f"compiling modules of {', '.join(name.split('-')[0] for name in missing)}")
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            fresh = _compile(plain, {name: lock[name]["modules"] for name in missing}, scratch)
            for name, path in fresh.items():
                if pyodide.sha256(path) != lock[name]["sha256"]:
                    raise CompileError(f"{name}, compiled here, is not as {LOCK.name} has it.")
                path.replace(made[name])
    return made


def _compile(plain: Files, modules: Mapping[str, list[str]], folder: str) -> Files:
    """Plain name -> file in the folder, with these modules compiled."""
    made = {name: pathlib.Path(folder, name) for name in modules}
    archives = [
        {
            "archive": str(plain[name]),
            "home": LIBRARY_HOME if name == LIBRARY else SITE_PACKAGES,
            "chosen": chosen,
            "made": str(made[name]),
        }
        for name, chosen in modules.items()
    ]
    _node({"compile": archives})
    return made


def _node(job: object) -> str:
    """What bytecode.mjs prints."""
    try:
        done = subprocess.run(
            ["node", str(SCRIPT), str(pyodide.CORE)],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise CompileError(f"Node does not start ({error.strerror}).") from None
    if done.returncode:
        said = [line[:200] for line in done.stderr.splitlines() if "Error" in line[:200]]
        raise CompileError(f"Pyodide does not compile: {(said or ['no message'])[-1]}.")
    return done.stdout


def _named(name: str, digest: str) -> str:
    """The file's name with a hash in it; in a wheel's, where a build tag stands."""
    if name.endswith(".whl"):
        project, version, *tags = name.split("-")
        return "-".join([project, version, f"0{digest[:12]}", *tags])
    return f"{name.removesuffix('.zip')}-{digest[:12]}.zip"


def _instead(plain: Files, made: Files) -> Files:
    """The compiled files in the place of the plain ones, in the packages' lock too."""
    lock = pyodide.read_lock(pyodide.LOCK)
    packages = lock["packages"]
    left_out = {packages.pop(name)["file_name"] for name in UNUSED if name in packages}
    plain = {name: path for name, path in plain.items() if name not in left_out}
    for package in packages.values():
        package["depends"] = [name for name in package["depends"] if name not in UNUSED]
        if path := made.get(package["file_name"]):
            package |= {"file_name": path.name, "sha256": pyodide.sha256(path)}
    folder = pyodide.cache() / "compiled"
    written = folder / pyodide.LOCK.name
    text = json.dumps(lock, indent=1, sort_keys=True) + "\n"
    if not written.exists() or written.read_text(encoding="utf-8") != text:
        write(written, text.encode())
    shipped = {made[name].name if name in made else name: path for name, path in plain.items()}
    shipped |= {path.name: path for path in made.values()}
    return {**shipped, pyodide.LOCK.name: written}


# --- the lock -------------------------------------------------------------------------------------


def lock() -> None:
    """Write bytecode-lock.json anew: what a first figure imports, and the bytes it comes to."""
    plain = pyodide.files()
    wheels = [path for name, path in plain.items() if name.endswith(".whl")]
    with tempfile.TemporaryDirectory() as scratch:
        name, data = wheel.pack()
        ours = pathlib.Path(scratch, name)
        ours.write_bytes(data)
        listed = _node({"list": [*map(str, wheels), str(ours)]})
        loaded = json.loads(listed.splitlines()[-1])
        modules = {name: _chosen(name, path, loaded) for name, path in plain.items()}
        modules = {name: chosen for name, chosen in modules.items() if chosen}
        made = _compile(plain, modules, scratch)
        entries = {
            name: {
                "from": pyodide.sha256(plain[name]),
                "sha256": pyodide.sha256(made[name]),
                "modules": chosen,
            }
            for name, chosen in modules.items()
        }
    write(LOCK, f"{json.dumps(entries, indent=1, sort_keys=True)}\n".encode())


def _chosen(name: str, path: pathlib.Path, loaded: list[str]) -> list[str]:
    """The sources in an archive that were loaded."""
    if not name.endswith((".whl", ".zip")):
        return []
    home = f"{LIBRARY_HOME if name == LIBRARY else SITE_PACKAGES}/"
    inside = {file.removeprefix(home) for file in loaded if file.startswith(home)}
    with zipfile.ZipFile(path) as archive:
        return sorted(n for n in archive.namelist() if n in inside and n.endswith(".py"))


if __name__ == "__main__":
    lock()
