"""Tries a reader's answer to an exercise against its author's checks, one after the other."""

import ast
import contextlib
import copy
from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.site.kernel.errors import describe
from coursekit.site.kernel.output import Output

Check = Mapping[str, str]
"""{"says": a sentence, "code": asserts}"""


def untried(code: str, filename: str, checks: Sequence[Check]) -> Output:
    """The report on an answer before it runs: its first blank, and each check without an outcome.

    Raises: SyntaxError.
    """
    blank = _first_blank(ast.parse(code, filename))
    results = [{"says": check["says"], "ok": None, "message": ""} for check in checks]
    return {"kind": "checks", "checks": results, "blank": blank, "passed": False}


def copied(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The page's names for an answer, which can change nothing that the page has."""
    return {name: _copied(value) for name, value in namespace.items()}


def try_checks(
    checks: Sequence[Check], report: Output, filename: str, namespace: dict[str, Any]
) -> None:
    """Write down in the report how each check comes out, up to the first that fails."""
    for number, (check, result) in enumerate(zip(checks, report["checks"], strict=True), start=1):
        result["message"] = _try(check["code"], number, filename, namespace)
        result["ok"] = not result["message"]
        if not result["ok"]:
            break
    report["passed"] = all(result["ok"] for result in report["checks"])


def _first_blank(tree: ast.AST) -> int | None:
    """The line of the first `...` that the reader has not filled in; x[..., 0] is none."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Subscript)
              for part in ast.walk(node.slice)}  # fmt: skip
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value is ... and id(node) not in inside
    ]
    return min(lines, default=None)


def _copied(value: Any) -> Any:
    """A copy of what an exercise could change in place; functions and modules stay themselves."""
    plain = isinstance(value, list | dict | set) or type(value).__module__.startswith(
        ("numpy", "coursekit")
    )
    if plain and not isinstance(value, type):
        with contextlib.suppress(Exception):
            return copy.deepcopy(value)
    return value


def _try(check: str, number: int, filename: str, namespace: dict[str, Any]) -> str:
    """What one check says to the reader; "" when it passes."""
    try:
        exec(compile(check, f"<check {number}>", "exec"), namespace)
    except AssertionError as error:
        return str(error) or "not yet"
    except Exception as error:
        described = describe(error, filename)
        place = f" (line {described['line']})" if described["line"] else ""
        return f"{described['type']}: {described['message']}{place}"
    return ""
