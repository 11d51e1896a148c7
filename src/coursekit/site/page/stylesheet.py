"""One style sheet for the whole site: what its pages can use of the foreign ones, then ours.

Material's, KaTeX's and mkdocstrings' sheets serve every site there is; this one shows a part of
what they can style. PurgeCSS drops the rules whose classes, ids or elements are a word of no page
and of no script. One file instead of five is also one thing less that a first paint waits for.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

from coursekit.site import atomic_write

SCRIPT = Path(__file__).with_name("purge_css.mjs")
MADE = "assets/coursekit/site.css"
OWN = "assets/coursekit/course.css"
FOREIGN = (  # in the order in which they are to apply; ours stands before the last
    "assets/stylesheets/main.*.min.css",
    "assets/stylesheets/palette.*.min.css",
    "assets/katex/katex.css",
    "assets/_mkdocstrings.css",
)
SAYING = ("**/*.html", "assets/coursekit/*.js", "assets/javascripts/bundle.*.js")

_WORD = re.compile(r"[\w-]+")
_ATTRIBUTE = re.compile(r"\[([\w-]+)")
# Which of Material's hundred colours a site wears is said in its pages and by no script.
_COLOURS = {"data-md-color-primary", "data-md-color-accent"}
# Rules of Material's that are not worth what they cost: for them the browser styles a page anew as
# a whole, twice when it opens, and all below an element whose class or child changes. They stop
# transitions while the colours change, and set margins of blocks in a table's cells and after it.
_DEAR = re.compile(
    r"[^{}]*(?:\[data-md-color-switching\]|table:not\(\[class\]\)(?:\+| t[dh]>))[^{}]*\{[^{}]*\}"
)


class StyleError(ValueError):
    """A style sheet is not where it should be, or cannot be read."""


def write(site: Path, *, cache_dir: Path, node_modules: Path) -> None:
    """Write the style sheet of a built site.

    Raises: StyleError when a sheet is missing, or with PurgeCSS's own message.
    """
    sheets = gather(site)
    trimmed = trim(sheets, words(site), cache_dir=cache_dir, node_modules=node_modules)
    (site / MADE).write_text(join(trimmed, (site / OWN).read_text("utf-8")), "utf-8")


def gather(site: Path) -> list[str]:
    """The foreign style sheets of a built site but for _DEAR; addresses in them as from MADE."""
    sheets = []
    for pattern in FOREIGN:
        found = sorted(site.glob(pattern))
        if len(found) != 1:
            raise StyleError(f"{site}: {len(found)} files are {pattern}; one is needed")
        # KaTeX's alone names files, its faces, as from where it stands.
        text = found[0].read_text("utf-8").replace("url(fonts/", "url(../katex/fonts/")
        sheets.append(_DEAR.sub("", re.sub(r"\s*/\*# sourceMappingURL=.*?\*/", "", text)))
    return sheets


def join(foreign: list[str], own: str) -> str:
    """All in the order in which they apply."""
    return "\n".join([*foreign[:-1], own, foreign[-1]])


def words(site: Path) -> set[str]:
    """Every word of the pages and of the scripts, whatever it means there."""
    paths = {path for pattern in SAYING for path in site.glob(pattern)}
    return {word for path in paths for word in _WORD.findall(path.read_text("utf-8"))}


def trim(sheets: list[str], used: set[str], *, cache_dir: Path, node_modules: Path) -> list[str]:
    """The sheets without the rules that no word of `used` can bring to life."""
    told = {
        "sheets": sheets,
        "words": sorted(used & set(_WORD.findall(" ".join(sheets)))),  # no other could matter
        # Scripts set attributes under names that they make: these alone never drop a rule.
        "attributes": sorted(
            {name for text in sheets for name in _ATTRIBUTE.findall(text)} - _COLOURS
        ),
    }
    version = (node_modules / "purgecss/package.json").read_text("utf-8")
    recipe = json.dumps([told, SCRIPT.read_text("utf-8"), version])
    cached = cache_dir / f"{hashlib.sha256(recipe.encode()).hexdigest()[:20]}.json"
    if not cached.is_file():
        atomic_write.write(cached, _node(json.dumps(told), node_modules).encode())
    trimmed: list[str] = json.loads(cached.read_text("utf-8"))
    return trimmed


def _node(told: str, node_modules: Path) -> str:
    node = shutil.which("node")
    if node is None:
        raise StyleError("no `node` on PATH to trim style sheets with; dev.py puts one there")
    command = [node, str(SCRIPT), str(node_modules)]
    done = subprocess.run(command, input=told, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise StyleError(f"node could not run PurgeCSS: {done.stderr.strip()}")
    return done.stdout
