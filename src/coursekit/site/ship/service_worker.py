"""sw.js, the service worker of a built site: every file of this version, then the script.

The script changes with every file of the site, which is how a browser learns of a new version.
"""

import base64
import hashlib
import json
import pathlib
import re
from collections.abc import Mapping
from typing import Any

NAME = "sw.js"
Files = Mapping[str, tuple[str, int]]  # path from the site's root -> its hash, its bytes

# What no page asks for: maps for developers, languages of the search that this site has not, the
# weights under their plain names, the sheets that stylesheet.py made one of, and what begins at the
# host (404.html) or is for machines.
_LEFT_OUT = re.compile(
    r"\.(map|gz|inv)$|(^|/)\.|^assets/(javascripts/lunr|weights|stylesheets)/|/katex\.css$"
    r"|^assets/_mkdocstrings\.css$|/course\.css$|^(404\.html|CNAME|sw\.js)$"
)
# What every page needs. Weights are for the cells that load them.
_SHELL = re.compile(
    r"^assets/(coursekit-\w+/(?!.*\.safetensors$)|fonts/.*2$|(katex|javascripts)/)"
    r"|^assets/[^/]+\.(css|svg)$"
    r"|^(index\.html|offline\.html|sitemap\.xml)$"
)


def write(site: pathlib.Path, script: bytes) -> None:
    """Put sw.js into a site that is complete."""
    told = json.dumps(course(files(site)), separators=(",", ":"), sort_keys=True)
    (site / NAME).write_bytes(b"const COURSE=" + told.encode() + b";\n" + script)


def course(found: Files) -> dict[str, Any]:
    """What file_cache.ts calls a Course."""
    version = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:12]
    shell = [path for path in found if _SHELL.search(path)]
    return {"version": version, "shell": shell, "files": found}


def files(site: pathlib.Path) -> Files:
    """Every file that a reader may want."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    named = {path.relative_to(site).as_posix(): path for path in paths}
    return {
        name: (digest(path.read_bytes()), path.stat().st_size)
        for name, path in named.items()
        if not _LEFT_OUT.search(name)
    }


def digest(data: bytes) -> str:
    """The first 12 letters of the SHA-256 in base64, as file_cache.ts has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:9]).decode()
