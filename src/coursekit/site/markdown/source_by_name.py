"""A name -> the lines of the project that it stands for, read as text and never imported.

`coursekit.engine.tensor:Tensor.backward` is a class, function or constant of the package;
`lessons/01_gradient_descent.py:By hand` is the percent cell of a script that has this title.
"""

import ast
import dataclasses
import pathlib
import re
import textwrap


class SourceError(LookupError):
    """The project has no such file or symbol."""


@dataclasses.dataclass(frozen=True)
class Excerpt:
    """Some lines of a file."""

    path: pathlib.Path
    first: int
    last: int
    text: str


def find(target: str, root: pathlib.Path) -> Excerpt:
    """The lines that `target` names, in the project at `root`.

    Raises: SourceError with what the file does hold.
    """
    place, _, name = target.partition(":")
    if place.endswith(".py"):
        path = root / place
    else:
        path = (root / "src").joinpath(*place.split(".")).with_suffix(".py")
        if not path.exists():
            path = path.with_suffix("") / "__init__.py"
    if not path.is_file() or root.resolve() not in path.resolve().parents:
        raise SourceError(f"{target}: there is no file for {place}")
    text = path.read_text(encoding="utf-8")
    if not name:
        return Excerpt(path, 1, text.count("\n") + 1, text.rstrip())
    first, last = (
        _section(text, name, target) if place.endswith(".py") else _symbol(text, name, target)
    )
    lines = text.splitlines()[first - 1 : last]
    return Excerpt(path, first, last, textwrap.dedent("\n".join(lines)).strip("\n"))


def _symbol(text: str, name: str, target: str) -> tuple[int, int]:
    body: list[ast.stmt] = ast.parse(text).body
    found: ast.stmt | None = None
    for part in name.split("."):
        named = {key: node for node in body for key in _names(node)}
        if part not in named:
            raise SourceError(f"{target}: no {part!r} there; there is {', '.join(sorted(named))}")
        found = named[part]
        body = found.body if isinstance(found, ast.ClassDef) else []
    assert found is not None
    assert found.end_lineno is not None
    decorators = getattr(found, "decorator_list", [])
    return min([found.lineno, *(node.lineno for node in decorators)]), found.end_lineno


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _section(text: str, title: str, target: str) -> tuple[int, int]:
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if re.match(r"# %%", line)]
    titles = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        titles[re.sub(r"# %%\s*|\s*\[.*?\]\s*$", "", lines[start])] = (start, end)
    if title not in titles or not title:
        known = ", ".join(name for name in titles if name)
        raise SourceError(f"{target}: no cell titled {title!r}; there is {known or 'none'}")
    start, end = titles[title]
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return start + 2, end
