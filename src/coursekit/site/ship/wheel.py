"""Our Python that goes to the browser, as one small wheel: the engine and the kernel.

The wheel's name carries a hash of its content, so that a browser may keep it for good.
"""

import ast
import base64
import hashlib
import io
import pathlib
import sys
import zipfile
from collections.abc import Mapping

from coursekit import __version__
from coursekit.site.paths import PACKAGE
from coursekit.site.ship import pyodide

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold


class WheelError(ValueError):
    """A source cannot go to the browser as it is."""


def pack() -> tuple[str, bytes]:
    """(file name, bytes). The same sources give the same name and bytes."""
    info = f"coursekit-{__version__}.dist-info"
    about = f"Metadata-Version: 2.1\nName: coursekit\nVersion: {__version__}\n"
    how = "Wheel-Version: 1.0\nGenerator: coursekit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    held = {
        path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes()
        for path in (*_engine_files(), *_kernel_files())
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
    return f"coursekit-{__version__}-0{state}-py3-none-any.whl", packed.getvalue()


def requires() -> dict[str, list[str]]:
    """Engine module -> Pyodide packages it needs, those that only its functions import included.

    Raises: WheelError when a module imports what the browser does not have.
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
            raise WheelError(
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


def _kernel_files() -> list[pathlib.Path]:
    site = PACKAGE / "site"
    return [site / "__init__.py", *sorted((site / "kernel").glob("*.py"))]


def _record_hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.decode().rstrip('=')}"
