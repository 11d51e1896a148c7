"""What the browser needs of this repository, in assets/coursekit/ of the built site.

The engine as one small wheel, kernel.py, the trained weights, the TypeScript runtime and the style
sheet through esbuild, and runtime.json, which tells the runtime what there is. Python files and
weights carry a hash of their content in their name, so that a browser may keep them for good;
edition.py gives the folder its own.
"""

import ast
import base64
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence

from coursekit import __version__
from coursekit.site import pyodide

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
SITE = PACKAGE / "site"
ENTRIES = ("runtime/main.ts", "runtime/home.ts", "theme/css/course.css")
WORKER = ("runtime/worker.ts",)  # shares no file with the page, whose script would be two then
EARLY = ("runtime/early.ts",)  # a plain script and no module, because the page waits for it
ESBUILD = PACKAGE.parents[1] / "node_modules" / ".bin" / "esbuild"

WEIGHTS = PACKAGE.parents[1] / "docs" / "assets" / "weights"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold


class BundleError(ValueError):
    """A source cannot go to the browser as it is."""


def build(site: pathlib.Path, shipped: Mapping[str, pathlib.Path]) -> None:
    """Write assets/coursekit/ of a built site; a file that has not changed is left alone.

    `shipped` are the files of Python that it has, by name.
    """
    made = scripts()
    engine, made_engine = wheel()
    kernel = (SITE / "kernel.py").read_bytes()
    kernel_name = f"kernel-{hashlib.sha256(kernel).hexdigest()[:12]}.py"
    trained = {path.stem: path.read_bytes() for path in sorted(WEIGHTS.glob("*.safetensors"))}
    weights = {
        name: f"{name}-{hashlib.sha256(data).hexdigest()[:12]}.safetensors"
        for name, data in trained.items()
    }
    made |= {engine: made_engine, kernel_name: kernel}
    made |= {weights[name]: data for name, data in trained.items()}
    fetched = {name: path.stat().st_size for name, path in shipped.items()}
    fetched |= {name: len(made[name]) for name in (engine, kernel_name, *weights.values())}
    runtime = {
        "pyodide": {
            "version": pyodide.PYODIDE_VERSION,
            "base": f"../pyodide-{pyodide.PYODIDE_VERSION}/",
            "library": next(name for name in shipped if name.startswith("python_stdlib")),
        },
        "wheel": engine,
        "kernel": kernel_name,
        "requires": requires(),
        "weights": weights,
        "sizes": fetched,
    }
    made["runtime.json"] = json.dumps(runtime, indent=1, sort_keys=True).encode()
    _keep(made, site / "assets" / "coursekit")


# --- the engine -----------------------------------------------------------------------------------


def wheel() -> tuple[str, bytes]:
    """The engine's wheel: (file name, bytes). The same sources give the same name and bytes."""
    info = f"coursekit_engine-{__version__}.dist-info"
    about = f"Metadata-Version: 2.1\nName: coursekit-engine\nVersion: {__version__}\n"
    how = "Wheel-Version: 1.0\nGenerator: coursekit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    held = {
        path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes() for path in _engine_files()
    }
    held |= {f"{info}/METADATA": about.encode(), f"{info}/WHEEL": how.encode()}
    record = "".join(f"{name},{_record_hash(data)},{len(data)}\n" for name, data in held.items())
    held[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in held.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it was made
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    state = hashlib.sha256(record.encode()).hexdigest()[:12]
    # a build tag, which is where the hash can stand, begins with a digit
    return f"coursekit_engine-{__version__}-0{state}-py3-none-any.whl", packed.getvalue()


def requires() -> dict[str, list[str]]:
    """Engine module -> Pyodide packages it needs, those that only its functions import included.

    Raises: BundleError when a module imports what the browser does not have.
    """
    direct = {_module(path): _imports(path) for path in _engine_files() if path.suffix == ".py"}
    packages = {
        name: package
        for package, entry in pyodide.read_lock(pyodide.LOCK)["packages"].items()
        for name in entry["imports"]
    }
    needs = {}
    for module in direct:
        outside = {name.partition(".")[0] for name in _reach(module, direct)}
        outside -= {"coursekit", *sys.stdlib_module_names}
        if unknown := outside - set(packages):
            raise BundleError(
                f"{module} imports {', '.join(sorted(unknown))}, which the browser does not have; "
                f"the engine may import the standard library and {', '.join(pyodide.SHIPPED)}"
            )
        needs[module] = sorted({packages[name] for name in outside})
    return needs


def _reach(module: str, direct: Mapping[str, set[str]]) -> set[str]:
    """Every dotted name that importing and using a module can import, through other modules too."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        parts = waiting.pop().split(".")
        for end in range(1, len(parts) + 1):  # the packages around a module are imported first
            name = ".".join(parts[:end])
            if name not in found:
                found.add(name)
                waiting.extend(direct.get(name, ()))
    return found


def _imports(path: pathlib.Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _module(path: pathlib.Path) -> str:
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")


def _engine_files() -> list[pathlib.Path]:
    """The sources and data of ring 1, in order."""
    found = (path for path in (PACKAGE / "engine").rglob("*") if path.is_file())
    kept = [path for path in found if path.suffix != ".pyc" and path.name != "README.md"]
    return [PACKAGE / "__init__.py", *sorted(kept)]


def _record_hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.decode().rstrip('=')}"


# --- the runtime ----------------------------------------------------------------------------------


def scripts() -> dict[str, bytes]:
    """File name -> content of what esbuild makes of ENTRIES, of WORKER and of EARLY.

    Raises: BundleError with esbuild's own message, which names file and line.
    """
    page = _bundled(ENTRIES, "--splitting", "--format=esm")
    return page | _bundled(WORKER, "--format=esm") | _bundled(EARLY, "--format=iife")


def service_worker() -> bytes:
    """The script that offline.py puts at the site's root."""
    return _bundled(("runtime/sw.ts",), "--format=iife")["sw.js"]


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
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        target = folder / name
        if not target.exists() or target.read_bytes() != data:
            part = target.with_name(f"{name}.part")
            part.write_bytes(data)
            part.replace(target)
    for path in folder.iterdir():
        if path.name not in made and path.is_file():
            path.unlink()
