"""What the tests of the lessons read: each page, its front matter, its cells, its sentences."""

import dataclasses
import functools
import pathlib
import re
import tempfile
from typing import Any

import yaml

from coursekit.site.kernel import Output
from coursekit.site.markdown.course_fences import Cell, Exercise, Fence, find_fences
from coursekit.site.run import execute

ROOT = pathlib.Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MATHS = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Page:
    """One lesson's Markdown file."""

    path: pathlib.Path

    @functools.cached_property
    def front(self) -> dict[str, Any]:
        """The front matter."""
        loaded = yaml.safe_load(self._parts[0])
        assert isinstance(loaded, dict)
        return loaded

    @property
    def text(self) -> str:
        """Everything after the front matter."""
        return self._parts[1]

    @functools.cached_property
    def exercises(self) -> dict[str, Exercise]:
        return {fence.id: fence for fence in self.fences if isinstance(fence, Exercise)}

    @functools.cached_property
    def cells(self) -> list[Cell]:
        return [fence for fence in self.fences if isinstance(fence, Cell)]

    @functools.cached_property
    def outputs(self) -> list[list[Output]]:
        """What each cell shows: all of them run now, in order, as the build does it."""
        with tempfile.TemporaryDirectory() as cache:
            shown = execute.run_page(self.fences, str(self.path), pathlib.Path(cache)).outputs
        return [shown[cell.id] for cell in self.cells]

    @property
    def script(self) -> pathlib.Path:
        """The lesson's script, which bears the same name."""
        return ROOT / "lessons" / f"{self.path.stem.replace('-', '_')}.py"

    @property
    def prose(self) -> str:
        """The text without fences and comments."""
        return _COMMENT.sub("", _FENCE.sub("\n", self.text))

    @property
    def story(self) -> str:
        """The prose without the exercises and the titles of its sources."""
        aside = (self.section(title) for title in ("Exercises", "Sources"))
        return functools.reduce(lambda text, part: text.replace(part, ""), aside, self.prose)

    def section(self, title: str) -> str:
        """The prose below one heading, up to the next."""
        return re.split(r"^## ", self.prose.split(f"## {title}\n", 1)[1], flags=re.MULTILINE)[0]

    @functools.cached_property
    def fences(self) -> list[Fence]:
        front, text = self._parts
        return find_fences(text, self.path.name, front.count("\n") + 3)[1]

    @property
    def _parts(self) -> tuple[str, str]:
        _, front, text = self.path.read_text(encoding="utf-8").split("---\n", 2)
        return front, text


def sentences(prose: str) -> list[str]:
    """The sentences of paragraphs and lists. Not: tables, headings and formulas."""
    lines = [line for line in prose.splitlines() if not re.match(r"\s*[|#]", line)]
    text = _MATHS.sub("x", re.sub(r"\$\$.*?\$\$", "", "\n".join(lines), flags=re.DOTALL))
    blocks = re.split(r"\n\s*\n|\n(?=- |\d+\. )", text)
    found = [part for block in blocks for part in re.split(r"(?<=[.!?])[*_)]*\s+", block)]
    return [" ".join(part.split()) for part in found if re.search(r"\w", part)]


PAGES = [Page(path) for path in sorted((ROOT / "docs" / "lessons").glob("*.md"))]
NAMES = [page.path.stem for page in PAGES]
