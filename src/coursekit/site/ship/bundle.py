"""What the browser needs of this repository, in assets/coursekit/ of the built site.

The wheel with our Python, the trained weights, the scripts and the style sheet through esbuild, and
runtime.json, which tells the scripts what there is. Weights carry a hash of their content in their
name, so that a browser may keep them for good; version_folder.py gives the folder its own.
"""

import hashlib
import json
import pathlib
import subprocess
import tempfile
from collections.abc import Mapping, Sequence

from coursekit.site.atomic_write import write
from coursekit.site.paths import NODE_MODULES, SITE, WEIGHTS
from coursekit.site.ship import pyodide, wheel

ENTRIES = ("runtime/page/main.ts", "runtime/page/home_figure.ts", "theme/css/course.css")
WORKER = "runtime/python/worker.ts"  # shares no file with the page, whose script would be two then
BEFORE_MATERIAL = (
    "runtime/page/before_material.ts"  # a plain script and no module: the page waits for it
)
SERVICE_WORKER = "runtime/offline/service_worker.ts"
ESBUILD = NODE_MODULES / ".bin" / "esbuild"


class BundleError(ValueError):
    """esbuild is missing, or cannot read a script; the message says which."""


def build(site: pathlib.Path, shipped: Mapping[str, pathlib.Path]) -> None:
    """Write assets/coursekit/ of a built site; a file that has not changed is left alone.

    `shipped` are the files of Python that it has, by name.
    """
    our_wheel, packed = wheel.pack()
    trained = {path.stem: path.read_bytes() for path in sorted(WEIGHTS.glob("*.safetensors"))}
    weights = {
        name: f"{name}-{hashlib.sha256(data).hexdigest()[:12]}.safetensors"
        for name, data in trained.items()
    }
    fetched = {our_wheel: packed, **{weights[name]: data for name, data in trained.items()}}
    sizes = {name: path.stat().st_size for name, path in shipped.items()}
    runtime = {
        "pyodide": {
            "version": pyodide.PYODIDE_VERSION,
            "base": f"../pyodide-{pyodide.PYODIDE_VERSION}/",
            "library": next(name for name in shipped if name.startswith("python_stdlib")),
        },
        "wheel": our_wheel,
        "requires": wheel.requires(),
        "weights": weights,
        "sizes": {**sizes, **{name: len(data) for name, data in fetched.items()}},
    }
    told = json.dumps(runtime, indent=1, sort_keys=True).encode()
    _keep({**scripts(), **fetched, "runtime.json": told}, site / "assets" / "coursekit")


# --- esbuild --------------------------------------------------------------------------------------


def scripts() -> dict[str, bytes]:
    """File name -> content of what esbuild makes of ENTRIES, WORKER and BEFORE_MATERIAL.

    Raises: BundleError with esbuild's own message, which names file and line.
    """
    page = _bundled(ENTRIES, "--splitting", "--format=esm")
    return page | _bundled([WORKER], "--format=esm") | _bundled([BEFORE_MATERIAL], "--format=iife")


def service_worker() -> bytes:
    """The script that service_worker.py puts at the site's root."""
    return _bundled([SERVICE_WORKER], "--format=iife")["service_worker.js"]


def _bundled(entries: Sequence[str], *options: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as scratch:
        command = [str(ESBUILD), *(str(SITE / entry) for entry in entries), f"--outdir={scratch}"]
        command += ["--bundle", *options, "--minify", "--log-level=warning"]
        command += ["--entry-names=[name]", "--chunk-names=[name]-[hash]"]
        command += ["--external:../fonts/*"]  # the style sheet names them as the site has them
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, cwd=SITE)
        except FileNotFoundError:
            raise BundleError(f"{ESBUILD} is missing: run `npm ci` in the repository") from None
        except subprocess.CalledProcessError as error:
            raise BundleError(f"esbuild: {error.stderr.strip()}") from None
        return {path.name: path.read_bytes() for path in sorted(pathlib.Path(scratch).iterdir())}


def _keep(made: Mapping[str, bytes], folder: pathlib.Path) -> None:
    """Make a folder hold exactly these files; what is there already keeps its date."""
    for name, data in made.items():
        target = folder / name
        if not target.exists() or target.read_bytes() != data:
            write(target, data)
    for path in folder.iterdir():
        if path.name not in made and path.is_file():
            path.unlink()
