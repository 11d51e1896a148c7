"""A page of markdown-exec with a `pyodide` fence, served from local files.

Its page names three foreign hosts: for Pyodide, for the editor Ace and for highlight.js. Here these
addresses lead to the same files beside it: the course's own verified Pyodide files (the fence's
`version` asks for that version), micropip in the version of Pyodide's lock as pip has it, and two
npm packages. What it needs is installed into .cache/peers, never into the course's own .venv.

JupyterLite is not here: NOT_MEASURED says why.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

from coursekit.site import pyodide

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCKED = ROOT / "tests" / "benchmarks" / "peers"
TOOLS = ROOT / ".cache" / "peers"
PLACE = "markdown-exec"
NOT_MEASURED = {
    "jupyterlite": (
        "not built yet: its kernel loads ipython, ssl, sqlite3 and more of Pyodide's distribution; "
        "whether all of that can be had from pip or npm has not been tried"
    )
}
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


def versions() -> dict[str, str]:
    """What is measured, in which version."""
    python = (LOCKED / "requirements.txt").read_text(encoding="utf-8").split()
    packages = json.loads((LOCKED / "package.json").read_text(encoding="utf-8"))["dependencies"]
    found = dict(line.split("==") for line in python)
    return {**found, **packages, "pyodide": pyodide.PYODIDE_VERSION}


def lay_out(folder: pathlib.Path, code: str) -> None:
    """Build the page into a folder of its own below `folder`."""
    python = install()
    made = folder / PLACE
    source = TOOLS / "page"
    (source / "docs").mkdir(parents=True, exist_ok=True)
    (source / "mkdocs.yml").write_text(SETTINGS, encoding="utf-8")
    fence = f'```pyodide version="{pyodide.PYODIDE_VERSION}" install="numpy"\n{code}\n```\n'
    (source / "docs" / "index.md").write_text(f"# A cell\n\n{fence}", encoding="utf-8")
    command = [str(python), "-m", "mkdocs", "build", "--quiet", "-d", str(made)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=source, env=environment, check=True)
    page = made / "index.html"
    text = page.read_text(encoding="utf-8")
    for address, place in HOSTS.items():
        address = address.format(version=pyodide.PYODIDE_VERSION)
        if address not in text:
            raise RuntimeError(f"markdown-exec's page does not name {address} any more")
        text = text.replace(address, place)
    page.write_text(text, encoding="utf-8")
    modules = TOOLS / "node_modules"
    shutil.copytree(modules / "ace-builds" / "src-min-noconflict", made / "ace")
    shutil.copytree(modules / "@highlightjs" / "cdn-assets", made / "highlight")
    for name in ("tomorrow", "tomorrow-night-blue"):  # the themes, by the names that its page says
        base16 = made / "highlight" / "styles" / "base16" / "tomorrow.min.css"
        shutil.copy(base16, made / "highlight" / "styles" / f"{name}.min.css")
    place_pyodide(made / "pyodide")


def place_pyodide(folder: pathlib.Path) -> None:
    """Pyodide's files, and micropip, which markdown-exec loads first."""
    folder.mkdir()
    for name, path in pyodide.files(say=lambda text: None).items():
        shutil.copy(path, folder / name)
    core = ROOT / "node_modules" / "pyodide"
    shutil.copy(core / "pyodide.js", folder)
    whole = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    micropip = whole["packages"]["micropip"]
    wheel = TOOLS / micropip["file_name"]
    if not wheel.exists():
        name = f"micropip=={micropip['version']}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", name]
        browsers = ["--python-version=3.13", "--only-binary=:all:"]  # not ours
        subprocess.run([*command, *browsers, "--dest", str(TOOLS)], check=True)
    shutil.copy(wheel, folder)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()  # Pyodide packs the same version anew
    lock["packages"]["micropip"] = micropip | {"sha256": digest}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def install() -> pathlib.Path:
    """Have what is locked in TOOLS; the Python of its environment."""
    python = TOOLS / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
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
        pip = [str(python), "-m", "pip", "install", "--quiet", "-r"]
        subprocess.run([*pip, str(LOCKED / "requirements.txt")], check=True)
        mark.write_text(wanted, encoding="utf-8")
    return python
