"""Runs inside Pyodide: lists the modules that a first figure imports, and compiles them.

Its compiler is the browser's; the standard library only.
"""

import io
import json
import pathlib
import py_compile
import sys
import zipfile
from collections.abc import Iterable
from typing import Any

SITE_PACKAGES = "/lib/python3.13/site-packages"
FIGURE = """
import matplotlib.pyplot as plt
from coursekit.engine import plot
plt.plot([0])
plt.contour([[0, 1], [1, 2]])
"""

_UNREAD = (".pyi", ".pxd", ".h", ".a")  # what only other tools read
UNUSED = (  # what a page cannot use, yet would unpack and compile before its first figure
    "PIL/_imagingcms.",  # colour profiles
    "PIL/_imagingft.",  # text in pictures
    "PIL/_webp.",
    "matplotlib/backends/web_backend/",  # windows: their buttons and scripts
    "matplotlib/mpl-data/images/",
    "matplotlib/mpl-data/fonts/afm/",  # PDF and PostScript
    "matplotlib/mpl-data/fonts/pdfcorefonts/",
    "matplotlib/mpl-data/sample_data/",  # matplotlib's own examples
    "numpy/f2py/",  # Fortran
)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold


def loaded(kernel: Any) -> str:
    """The files of the modules that a page's first figure has imported, as a JSON list."""
    said: list[Any] = []
    kernel.Kernel().run(FIGURE, cell="", emit=said.append)
    if [output["kind"] for output in said] != ["figure"]:
        raise RuntimeError(f"the first figure is none: {said}")
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return json.dumps(sorted({str(file) for file in files if file}))


def compile_archive(archive: bytes, home: str, chosen: Iterable[str]) -> bytes:
    """A zip file again, in which the chosen modules are compiled as if imported from `home`."""
    made, names = io.BytesIO(), set(chosen)
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for entry in old.infolist():
            name, data = entry.filename, old.read(entry)
            if name.endswith(_UNREAD) or name.startswith(UNUSED):
                continue
            if name in names:
                name, data = f"{name}c", _compiled(data, f"{home}/{name}")
            fresh = zipfile.ZipInfo(name, _LONG_AGO)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            fresh.create_system = 3  # Unix, wherever it was made
            fresh.external_attr = entry.external_attr
            new.writestr(fresh, data)
    return made.getvalue()


def _compiled(source: bytes, place: str) -> bytes:
    """A module's bytecode, which is never compared with a source."""
    written, made = pathlib.Path("/tmp/source.py"), "/tmp/source.pyc"
    written.write_bytes(source)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(written), made, dfile=place, doraise=True, invalidation_mode=mode)
    return pathlib.Path(made).read_bytes()
