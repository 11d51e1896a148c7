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
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words = ast.get_docstring(tree) or ""
        parts = (f"# {module}", words, _names(module, tree), f"::: {module}\n")
        made[f"reference/{place}.md"] = "\n\n".join(parts)
        first = words.partition("\n")[0].replace("|", "\\|")
        rows.append(f"| [{module.removeprefix('coursekit.')}]({place}.md) | {first} |")
    return {"reference/index.md": _INTRODUCTION + "\n".join(rows) + "\n", **made}


def _names(module: str, tree: ast.Module) -> str:
    """A line of links to the functions and classes of a module."""
    public = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    return "\n".join([*(f"[`{name}`](#{module}.{name})" for name in public), "{ .names }"])
