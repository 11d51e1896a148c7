"""The peers of startup.py, each built into a folder of its own and served from local files.

Two that run Python in the reader's browser: markdown-exec, a page with a `pyodide` fence, and
JupyterLite, its REPL with the Pyodide kernel. Their own tools make both, and both get the course's
verified Pyodide files; what else of Pyodide's distribution they load comes from pip, in the
versions that Pyodide's lock names. All of it goes into .cache/peers, never into the course's .venv.

markdown-exec's page names three foreign hosts: for Pyodide (the fence's `version` asks for ours),
for the editor Ace and for highlight.js. Here these addresses lead to the same files beside it, the
last two from npm.

JupyterLite's kernel is the stable one, made for the Pyodide after ours (0.29); the pre-release made
for ours (0.7.0a5) starts no sooner. NOT_MEASURED says what it does without.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse
from typing import Any

from coursekit.site.ship import pyodide

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCKED = ROOT / "tests" / "benchmarks" / "peers"
TOOLS = ROOT / ".cache" / "peers"
NOT_MEASURED = {
    "sqlite3 in jupyterlite": (
        "its kernel loads this compiled part of Pyodide's distribution (0.6 MB) first; no package "
        "on pip or npm was found to hold the file that Pyodide's lock names, so the kernel starts "
        "without it, in the peer's favour"
    )
}

# --- markdown-exec --------------------------------------------------------------------------------

MARKDOWN_EXEC = "markdown-exec/"
HOSTS = {  # what the built page names -> the folder beside it
    "https://cdn.jsdelivr.net/pyodide/v{version}/full/": "pyodide/",
    "https://cdnjs.cloudflare.com/ajax/libs/ace/1.16.0/": "ace/",
    "https://cdnjs.cloudflare.com/ajax/libs/highlight.js/11.7.0/": "highlight/",
    "https://cdn.jsdelivr.net/npm/highlightjs-themes@1.0.0/": "highlight/styles/",
}
SETTINGS = """
site_name: markdown-exec
theme: {name: material, font: false}
plugins: [markdown-exec]
markdown_extensions: [pymdownx.superfences]
"""


def markdown_exec(made: pathlib.Path, code: str) -> None:
    """A page with one fence."""
    source = TOOLS / "page"
    (source / "docs").mkdir(parents=True, exist_ok=True)
    (source / "mkdocs.yml").write_text(SETTINGS, encoding="utf-8")
    fence = f'```pyodide version="{pyodide.PYODIDE_VERSION}" install="numpy"\n{code}\n```\n'
    (source / "docs" / "index.md").write_text(f"# A cell\n\n{fence}", encoding="utf-8")
    command = [str(python()), "-m", "mkdocs", "build", "--quiet", "-d", str(made)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=source, env=environment, check=True)
    page = made / "index.html"
    for address, place in HOSTS.items():
        replace(page, address.format(version=pyodide.PYODIDE_VERSION), place)
    modules = TOOLS / "node_modules"
    shutil.copytree(modules / "ace-builds" / "src-min-noconflict", made / "ace")
    shutil.copytree(modules / "@highlightjs" / "cdn-assets", made / "highlight")
    for name in ("tomorrow", "tomorrow-night-blue"):  # the themes, by the names that its page says
        base16 = made / "highlight" / "styles" / "base16" / "tomorrow.min.css"
        shutil.copy(base16, made / "highlight" / "styles" / f"{name}.min.css")
    place_pyodide(made / "pyodide", "micropip")


# --- JupyterLite ----------------------------------------------------------------------------------

JUPYTERLITE = "jupyterlite/"
EXTENSION = "extensions/@jupyterlite/pyodide-kernel-extension/static"
LOADS = '["sqlite3","ipykernel","comm","pyodide_kernel","jedi","ipython"]'  # in this order


def jupyterlite(made: pathlib.Path) -> None:
    """The REPL alone; the code comes with its address (`repl`)."""
    source = TOOLS / "lite"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    place_pyodide(source / "static" / "pyodide", "micropip", "jedi", "ipython")
    [comm] = download({f"comm=={versions()['comm']}": "comm-*.whl"})  # not of Pyodide's
    command = [str(python()), "-W", "ignore", "-m", "jupyterlite_core", "build", "--apps", "repl"]
    command += ["--lite-dir", str(source), "--output-dir", str(made)]
    command += ["--piplite-wheels", str(comm), "--no-sourcemaps", "--log-level", "ERROR"]
    subprocess.run(command, cwd=source, check=True, stdout=subprocess.DEVNULL)
    scripts = [path for path in (made / EXTENSION).glob("*.js") if LOADS in path.read_text("utf-8")]
    if not scripts:
        raise RuntimeError(f"JupyterLite's kernel does not load {LOADS} any more")
    for script in scripts:
        replace(script, LOADS, LOADS.replace('"sqlite3",', ""))


def repl(code: str) -> str:
    """The address of JupyterLite's REPL that runs this code as it opens."""
    query = {"kernel": "python", "toolbar": "1", "code": code, "execute": "1"}
    words = urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
    return f"{JUPYTERLITE}repl/index.html?{words}"


# --- both -----------------------------------------------------------------------------------------


def versions() -> dict[str, str]:
    """What is measured, in which version."""
    pinned = (LOCKED / "requirements.txt").read_text(encoding="utf-8").split()
    packages = json.loads((LOCKED / "package.json").read_text(encoding="utf-8"))["dependencies"]
    found = dict(line.split("==") for line in pinned)
    return {**found, **packages, "pyodide": pyodide.PYODIDE_VERSION}


def lay_out(folder: pathlib.Path, code: str) -> None:
    """Build each peer into a folder of its own below `folder`."""
    install()
    markdown_exec(folder / MARKDOWN_EXEC, code)
    jupyterlite(folder / JUPYTERLITE)


def replace(path: pathlib.Path, old: str, new: str) -> None:
    """Put other words into a built file. Raises: RuntimeError when it does not say them."""
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise RuntimeError(f"{path.name} does not name {old} any more")
    path.write_text(text.replace(old, new), encoding="utf-8")


def place_pyodide(folder: pathlib.Path, *wanted: str) -> None:
    """The course's Pyodide files, with these packages of Pyodide's and all that they need."""
    folder.mkdir(parents=True)
    for name, path in pyodide.files(say=lambda text: None).items():
        shutil.copy(path, folder / name)
    core = ROOT / "node_modules" / "pyodide"
    shutil.copy(core / "pyodide.js", folder)
    whole = pyodide.read_lock(core / "pyodide-lock.json")["packages"]
    lock = pyodide.read_lock(folder / "pyodide-lock.json")
    added: dict[str, dict[str, Any]] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop().replace("_", "-")
        if name in {*lock["packages"], *added}:
            continue
        needs = [need for need in whole[name]["depends"] if need != "sqlite3"]  # see NOT_MEASURED
        added[name] = whole[name] | {"depends": needs}
        waiting += needs
    files = download({f"{name}=={of['version']}": of["file_name"] for name, of in added.items()})
    for package, wheel in zip(added.values(), files, strict=True):
        shutil.copy(wheel, folder)
        package["sha256"] = pyodide.sha256(wheel)  # Pyodide packs the same version anew
    lock["packages"] |= added
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def download(wheels: dict[str, str]) -> list[pathlib.Path]:
    """The wheels of these requirements, by their files' names, from pip or kept in TOOLS."""
    missing = [wanted for wanted, name in wheels.items() if not [*TOOLS.glob(name)]]
    if missing:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *missing]
        browsers = ["--python-version=3.13", "--only-binary=:all:"]  # not ours
        subprocess.run([*command, *browsers, "--dest", str(TOOLS)], check=True)
    return [next(TOOLS.glob(name)) for name in wheels.values()]


def python() -> pathlib.Path:
    """The Python of the peers' environment."""
    return TOOLS / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"


def install() -> None:
    """Have what is locked in TOOLS."""
    mark = TOOLS / "installed"
    wanted = "".join(path.read_text("utf-8") for path in sorted(LOCKED.iterdir()))
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(TOOLS, ignore_errors=True)
        TOOLS.mkdir(parents=True)
        for path in LOCKED.glob("package*.json"):
            shutil.copy(path, TOOLS)
        npm = shutil.which("npm") or "npm"
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=TOOLS, check=True)
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS / "venv")], check=True)
        pip = [str(python()), "-m", "pip", "install", "--quiet", "-r"]
        subprocess.run([*pip, str(LOCKED / "requirements.txt")], check=True)
        mark.write_text(wanted, encoding="utf-8")
