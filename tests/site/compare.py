"""Is what a cell showed in the browser what it showed at build?"""

import re
from typing import Any

_NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")
_COORDINATE = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")

Output = dict[str, Any]
WIDTH = 454  # of a figure in points; a declared tolerance is a share of it


def difference(built: list[Output], live: list[Output], rtol: float = 0.0) -> str:
    """What is different, in one sentence on the first output that is; empty when all agree."""
    kinds = [output["kind"] for output in built], [output["kind"] for output in live]
    if kinds[0] != kinds[1]:
        return f"the build shows {kinds[0]}, the browser {kinds[1]}"
    for a, b in zip(built, live, strict=True):
        match a["kind"]:
            case "error":
                said = _error(a, b)
            case "figure":
                said = _figure(a, b, max(0.5, rtol * WIDTH))
            case _:
                said = text(a["text"], b["text"], rtol)
        if said:
            return said
    return ""


def text(built: str, live: str, rtol: float = 0.0) -> str:
    """Words must agree; numbers to 1e-6 of their size, 1e-9, or one unit of the last digit."""
    words = [re.sub(r"\s+", " ", _NUMBER.sub("#", each)).strip() for each in (built, live)]
    if words[0] != words[1]:
        return f"the build says {built!r}, the browser {live!r}"
    for a, b in zip(_NUMBER.findall(built), _NUMBER.findall(live), strict=True):
        if not _close(a, b, max(rtol, 1e-6)):
            return f"the build says {a}, the browser {b}"
    return ""


def _close(a: str, b: str, rtol: float) -> bool:
    a, b = a.replace("−", "-"), b.replace("−", "-")
    x, y = float(a), float(b)
    unit = max(_last_digit(a), _last_digit(b)) if "." in a + b or "e" in (a + b).lower() else 0
    return abs(x - y) <= max(rtol * max(abs(x), abs(y)), 1e-9, unit * 1.000001)


def _last_digit(number: str) -> float:
    """What one unit of the last printed digit is worth: 0.01 for 2.50."""
    digits, _, power = number.lower().partition("e")
    decimals = len(digits.partition(".")[2])
    return float(10.0 ** (int(power or 0) - decimals))


def _error(a: Output, b: Output) -> str:
    for key in ("type", "line"):
        if a[key] != b[key]:
            return f"error {key}: {a[key]} at build, {b[key]} in the browser"
    if a.get("own") and a["message"] != b["message"]:
        return f"error message: {a['message']!r} at build, {b['message']!r} in the browser"
    return ""


def _figure(a: Output, b: Output, reach: float) -> str:
    if a["labels"] != b["labels"]:
        return f"figure labels: {a['labels']} at build, {b['labels']} in the browser"
    if len(a["shapes"]) != len(b["shapes"]):
        return f"figure: {len(a['shapes'])} shapes at build, {len(b['shapes'])} in the browser"
    for one, two in zip(a["shapes"], b["shapes"], strict=True):
        first = [float(number) for number in _COORDINATE.findall(one)]
        second = [float(number) for number in _COORDINATE.findall(two)]
        if len(first) != len(second):
            return f"figure: a shape of {len(first)} numbers at build, {len(second)} in the browser"
        far = max((abs(x - y) for x, y in zip(first, second, strict=True)), default=0.0)
        if far > reach:
            return f"figure: a shape lies {far:.2f} px apart"
    return ""
