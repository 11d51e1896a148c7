"""A version of the runtime has a folder of its own: assets/coursekit-0123456789ab/.

A page asks for its scripts by the address that it was built with, so it gets those of its own
version or none, whatever stands on the host by then. Done last, to the built site: the folder's
name comes from all that is in it.
"""

import hashlib
import pathlib
import re

PLAIN = "assets/coursekit"  # where bundle.py and the templates put it
_ADDRESS = re.compile(rf'(?<= )((?:href|src)="[^"]*{PLAIN})(?=/)')


def place(site: pathlib.Path) -> str:
    """Name the folder, in every page as well; returns its path in the site."""
    plain = site / PLAIN
    held = hashlib.sha256()
    for path in sorted(path for path in plain.rglob("*") if path.is_file()):
        name = path.relative_to(plain).as_posix()
        held.update(f"{name}:{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    edition = held.hexdigest()[:12]
    plain.rename(site / f"{PLAIN}-{edition}")
    for page in site.rglob("*.html"):
        page.write_text(rename(page.read_text(encoding="utf-8"), edition), encoding="utf-8")
    return f"{PLAIN}-{edition}"


def rename(page: str, edition: str) -> str:
    """A page whose links to the runtime name this edition."""
    return _ADDRESS.sub(rf"\1-{edition}", page)
