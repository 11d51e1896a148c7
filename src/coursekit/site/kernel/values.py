"""A cell's last value as the page shows it: as it draws itself, as HTML, or as text."""

import sys
from collections.abc import Iterator

from coursekit.site.kernel import figures
from coursekit.site.kernel.output import Output
from coursekit.site.kernel.sanitize import sanitize


def is_worth_showing(value: object) -> bool:
    """Neither None, nor what a plotting call returns (lines, texts, patches): the figure is."""
    first = value[0] if isinstance(value, list | tuple) and value else value
    drawn = type(first).__module__ == "matplotlib.container" or any(
        base.__module__ == "matplotlib.artist" for base in type(first).__mro__
    )
    return value is not None and not drawn


def describe(value: object, names: Iterator[str]) -> Output:
    """A last value as it describes itself; one that does not, as a notebook shows it.

    `names` has one for each figure that this draws.
    """
    own = getattr(value, "_coursekit_", None)
    if own is None or isinstance(value, type):
        return _as_in_a_notebook(value)
    plain: Output = own()
    if plain["kind"] != "movie":
        return {**plain, "text": repr(value)}
    frames = figures.draw_frames(plain["figure"], plain["update"], plain["states"], names)
    return {"kind": "movie", "frames": frames, "labels": plain["labels"], "text": repr(value)}


def _as_in_a_notebook(value: object) -> Output:
    """Its HTML if it has any, else its repr."""
    for method in ("_repr_html_", "_repr_svg_"):
        rich = getattr(value, method, None)
        if callable(rich) and not isinstance(value, type):
            markup = rich()
            if isinstance(markup, str):
                return {"kind": "html", "html": sanitize(markup), "text": _repr(value)}
    return {"kind": "value", "text": _repr(value)}


def _repr(value: object) -> str:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return repr(value)
    with numpy.printoptions(precision=4, suppress=True, linewidth=80, threshold=200):
        return repr(value)
