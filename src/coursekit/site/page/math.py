"""Set the formulas of a page with KaTeX at build: no script in the reader's browser does it.

pymdownx.arithmatex (generic) leaves `<span class="arithmatex">\\(tex\\)</span>` and
`<div class="arithmatex">\\[tex\\]</div>`. `render` replaces them; `files` gives the style sheet and
the faces they need, cut to the characters that the formulas of the whole site use.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path

from coursekit.site.atomic_write import write
from coursekit.site.page import fonts

SCRIPT = Path(__file__).with_name("math.mjs")

_FORMULA = re.compile(
    r'<(span|div) class="arithmatex">\s*\\(?P<open>[(\[])(?P<tex>.*?)\\[)\]]\s*</\1>', re.DOTALL
)
_NOTEBOOK = re.compile(r'(?<=data-mime-type="text/markdown">).*?(?=</div>)', re.DOTALL)
_DOLLARS = re.compile(
    r"<(code|pre)\b.*?</\1>|(?:<p>\s*)?\$\$(?P<block>.+?)\$\$(?:\s*</p>)?"
    r"|(?<![\\$\w])\$(?P<inline>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?![\w$])",
    re.DOTALL,
)
_SOURCES = re.compile(r"src:(url\(fonts/[\w-]+\.woff2\) format\([\"']woff2[\"']\))[^;}]*")


class MathError(ValueError):
    """A formula that KaTeX cannot read, or no program to read it with."""


def render(page: str, *, cache_dir: Path, node_modules: Path) -> str:
    """Return the page's HTML with every arithmatex formula set.

    Raises: MathError naming the formula and what is wrong with it.
    """
    found = [(html.unescape(m["tex"]).strip(), m["open"] == "[") for m in _FORMULA.finditer(page)]
    if not found:
        return page
    drawn = _set(sorted(set(found)), cache_dir, node_modules)

    def replace(match: re.Match[str]) -> str:
        tex, display = html.unescape(match["tex"]).strip(), match["open"] == "["
        # A long formula scrolls inside its own box, which the keyboard must be able to reach.
        # The search index would hold each formula three times over: it holds none.
        around = ('div class="eq" tabindex="0"', "div") if display else ("var", "var")
        return f"<{around[0]} data-search-exclude>{drawn[tex, display]}</{around[1]}>"

    return _FORMULA.sub(replace, page)


def notebook(page: str) -> str:
    """Return a notebook's page with `$tex$` and `$$tex$$` of its text marked as arithmatex does."""

    def mark(match: re.Match[str]) -> str:
        if match["block"]:
            return f'<div class="arithmatex">\\[{match["block"]}\\]</div>'
        if match["inline"]:
            return f'<span class="arithmatex">\\({match["inline"]}\\)</span>'
        return match[0]  # code

    return _NOTEBOOK.sub(lambda text: _DOLLARS.sub(mark, text[0]), page)


def files(pages: Iterable[str], *, cache_dir: Path, node_modules: Path) -> dict[str, bytes]:
    """Return KaTeX's style sheet and faces for the rendered pages of a site: path -> bytes."""
    dist = node_modules / "katex/dist"
    css = _SOURCES.sub(r"src:\1", (dist / "katex.min.css").read_text("utf-8"))
    used = "".join(sorted({char for page in pages for char in _characters(page)} | {" "}))
    recipe = f"{version('fonttools')} {(node_modules / 'katex/package.json').read_text('utf-8')}"
    made = {"katex.css": css.encode()}
    for path in sorted((dist / "fonts").glob("*.woff2")):
        cached = cache_dir / f"{_key(recipe, path.name, used)}.woff2"
        if not cached.is_file():
            write(cached, fonts.cut(path.read_bytes(), used))
        made[f"fonts/{path.name}"] = cached.read_bytes()
    return made


class _Drawn(HTMLParser):
    """Collects what KaTeX draws (not the MathML and the TeX that it keeps beside the drawing)."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "span" and (self._depth or ("class", "katex-html") in attrs):
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.text.append(data)


def _characters(page: str) -> str:
    drawn = _Drawn()
    drawn.feed(page)
    return "".join(drawn.text)


def _set(
    formulas: list[tuple[str, bool]], cache_dir: Path, node_modules: Path
) -> dict[tuple[str, bool], str]:
    recipe = SCRIPT.read_text("utf-8") + (node_modules / "katex/package.json").read_text("utf-8")
    cached = {
        formula: cache_dir / f"{_key(recipe, formula[0], str(formula[1]))}.html"
        for formula in formulas
    }
    missing = [formula for formula, path in cached.items() if not path.is_file()]
    if missing:
        for formula, answer in zip(missing, _node(missing, node_modules), strict=True):
            if "error" in answer:
                raise MathError(f"KaTeX cannot read the formula {formula[0]!r}: {answer['error']}")
            write(cached[formula], answer["html"].encode())
    return {formula: path.read_text("utf-8") for formula, path in cached.items()}


def _node(formulas: list[tuple[str, bool]], node_modules: Path) -> list[dict[str, str]]:
    node = shutil.which("node")
    if node is None:
        raise MathError("no `node` on PATH to set formulas with; dev.py puts one there")
    done = subprocess.run(
        [node, str(SCRIPT), str(node_modules)],
        input=json.dumps(formulas),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise MathError(f"node could not run KaTeX: {done.stderr.strip()}")
    answers: list[dict[str, str]] = json.loads(done.stdout)
    return answers


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
