"""What must be fetched before a cell runs, read from its code: packages and trained weights."""

import ast
from collections.abc import Mapping, Sequence

SHIPPED = ("numpy", "matplotlib")
"""What a cell may import besides the standard library and coursekit."""


def packages(code: str, requires: Mapping[str, Sequence[str]]) -> list[str]:
    """Which of the shipped packages a cell needs, from its imports.

    `requires` tells what each coursekit module needs. Code that does not parse needs none: running
    it will say why.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    needed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for module in modules:
            needed.update(requires.get(module, ()))
            needed.update({module.partition(".")[0]} & set(SHIPPED))
    return sorted(needed)


def weights(code: str, known: Sequence[str]) -> list[str]:
    """Which of the known trained weights a cell needs: it loads something, and names them."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return []
    called = {getattr(node, "id", getattr(node, "attr", None)) for node in nodes}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return [name for name in known if name in texts] if "load" in called else []
