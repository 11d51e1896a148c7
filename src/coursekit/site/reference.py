"""The reference: one page for each module of the engine, made from its docstrings."""

import ast
import pathlib

_ENGINE = pathlib.PurePosixPath("src/coursekit/engine")
_INTRODUCTION = """---
search:
  exclude: true
---

# Reference

Every public name of `coursekit.engine`, with its shapes, its errors and its source.
The pages are made from the docstrings of the code that the lessons run.

| Module | What it holds |
| --- | --- |
"""


def pages(root: pathlib.Path) -> dict[str, str]:
    """The Markdown of the reference, by its place in the site: an index and a page a module."""
    rows, made = [], {}
    for path in sorted((root / _ENGINE).rglob("*.py")):
        if path.name.startswith("_"):
            continue
        module = ".".join(path.relative_to(root / "src").with_suffix("").parts)
        place = module.removeprefix("coursekit.engine.").replace(".", "/")
        made[f"reference/{place}.md"] = f"# {module}\n\n::: {module}\n"
        rows.append(f"| [{module.removeprefix('coursekit.')}]({place}.md) | {_first_line(path)} |")
    return {"reference/index.md": _INTRODUCTION + "\n".join(rows) + "\n", **made}


def _first_line(path: pathlib.Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0].replace("|", "\\|")
