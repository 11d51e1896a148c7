"""matplotlib in a cell: it draws into the page, as SVG that follows the page's colour scheme.

This module is the backend that matplotlib draws with, and is there before matplotlib is imported.
"""

import base64
import contextlib
import io
import logging
import os
import pathlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from coursekit.site.kernel.output import Output

# Colours of a figure: in the style file, name of the custom property, in the dark scheme.
PALETTE = {
    "#1a4fb8": ("--fig-1", "#8fb8ff"),
    "#b63a08": ("--fig-2", "#ee6c38"),
    "#0b7d67": ("--fig-3", "#3fc4a6"),
    "#ba8a00": ("--fig-4", "#f5d778"),
    "#8d2f78": ("--fig-5", "#e08bca"),
    "#626b77": ("--fig-6", "#a3acb8"),
    "#15181d": ("--fig-ink", "#e7e9ec"),
    "#7d8693": ("--fig-axis", "#7a8594"),
    "#e4eaf2": ("--fig-grid", "#262e3a"),
    "#fdfdfc": ("--paper", "#13161b"),
    "#b0222b": ("--red", "#ff9c94"),
}
LONG_PATH = 300  # characters of a tag; a curve's points need no hundredths of a point
HEAVY_SVG = 250_000  # characters; a larger figure is sent as two PNG pictures, light and dark


_STYLE = pathlib.Path(__file__).parents[2] / "engine" / "course.mplstyle"

_show: Callable[[], None] | None = None  # what plt.show() does


# --- the backend ----------------------------------------------------------------------------------


def prepare_matplotlib() -> None:
    """Before a cell may import matplotlib: the course's style, and this module as its backend."""
    if "MATPLOTLIBRC" not in os.environ and "matplotlib" not in sys.modules:
        os.environ["MATPLOTLIBRC"] = str(_STYLE)
    os.environ["MPLBACKEND"] = f"module://{__name__}"
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def __getattr__(name: str) -> Any:
    """The two names matplotlib asks of a backend module, made when it asks."""
    if name not in {"FigureCanvas", "FigureManager"}:
        raise AttributeError(name)
    from matplotlib.backend_bases import FigureManagerBase
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    class FigureManager(FigureManagerBase):  # type: ignore[misc, no-any-unimported, unused-ignore]
        @classmethod
        def pyplot_show(cls, *, block: bool | None = None) -> None:
            if _show is not None:
                _show()

    class FigureCanvas(FigureCanvasAgg):  # type: ignore[misc, no-any-unimported, unused-ignore]
        manager_class = FigureManager

    globals().update(FigureManager=FigureManager, FigureCanvas=FigureCanvas)
    return globals()[name]


@contextlib.contextmanager
def shown_by(show: Callable[[], None]) -> Iterator[None]:
    """Have plt.show() call `show`."""
    global _show
    before, _show = _show, show
    try:
        yield
    finally:
        _show = before


def take_open(names: Iterator[str]) -> Iterator[Output]:
    """Draw each figure that is open, under the next of the names, and close it."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    for number in pyplot.get_fignums() if pyplot else ():
        figure = pyplot.figure(number)
        yield _draw(figure, next(names))
        pyplot.close(figure)


def close_all() -> None:
    """Forget the figures that are open."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def draw_frames(
    figure: Any, update: Callable[[Any], object], states: Sequence[Any], names: Iterator[str]
) -> list[str]:
    """A figure drawn once for each state, as SVG; it is closed, for it has been shown."""
    frames = []
    for state in states:
        update(state)
        frames.append(_tidy(_to_svg(figure, next(names))))
    sys.modules["matplotlib.pyplot"].close(figure)
    return frames


# --- drawing --------------------------------------------------------------------------------------


def _draw(figure: Any, name: str) -> Output:
    """A figure as SVG that follows the page's colour scheme; a heavy one as two pictures."""
    svg = _to_svg(figure, name)
    axes = [_place(ax, *(figure.get_size_inches() * 72)) for ax in figure.axes]
    if len(svg) <= HEAVY_SVG:
        return {"kind": "figure", "svg": _tidy(svg), "axes": axes}
    picture = _png(figure)
    _recolour(figure)
    return {"kind": "figure", "png": picture, "dark": _png(figure), "axes": axes}


def _to_svg(figure: Any, name: str) -> str:
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with sys.modules["matplotlib"].rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata=nothing)
    return buffer.getvalue()


def _place(ax: Any, width: float, height: float) -> Output:
    """Where a pair of axes lies in the picture, in points from the top left, and what it spans."""
    box = ax.get_position()
    return {
        "box": [box.x0 * width, (1 - box.y1) * height, box.x1 * width, (1 - box.y0) * height],
        "x": [float(each) for each in ax.get_xlim()],
        "y": [float(each) for each in ax.get_ylim()],
        "xlog": ax.get_xscale() == "log",
        "ylog": ax.get_yscale() == "log",
    }


def _tidy(svg: str) -> str:
    """matplotlib's file -> an inline <svg>: no fixed size, page fonts, colours by name."""
    svg = svg[svg.index("<svg") :]  # xlink:href stays: instant navigation breaks on a plain href
    svg = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    head, body = svg.split(">", 1)
    box = re.search(r'viewBox="0 0 (\S+) (\S+)"', head)
    shape = f'{box[0]} style="aspect-ratio: {box[1]}/{box[2]}"' if box else ""  # kept undrawn too
    used = set(re.findall(r'(?:href="#|url\(#)([\w-]+)', body))
    body = re.sub(r"<[^>]*>", lambda tag: _tidy_tag(tag.group(), used), body)
    body = _ungroup(body)
    body = re.sub(r">\s+<", "><", body).replace("<defs></defs>", "")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {shape}'
    return f'{head} stroke-linejoin="round">{body}'.strip()


def _tidy_tag(tag: str, used: set[str]) -> str:
    if 'href="data:' in tag:  # an embedded picture: nothing to round in there
        return tag
    tag = re.sub(r"\s+", " ", tag)
    tag = re.sub(r' id="([^"]*)"', lambda m: m.group() if m[1] in used else "", tag)
    fine = r"(\.\d\d)\d+" if len(tag) < LONG_PATH else r"(\.\d)\d+"
    tag = re.sub(fine, r"\1", tag)
    tag = re.sub(r"(font(?:-family)?: [^;\"']*?)'[^;\"]*", r"\1var(--sans)", tag)
    return re.sub(r"#[0-9a-f]{6}\b", lambda m: _property(m.group()), tag)


def _ungroup(svg: str) -> str:
    """Without the groups that say nothing: matplotlib puts each thing into three."""
    kept: list[bool] = []  # of the groups that are open

    def tidy(tag: re.Match[str]) -> str:
        if tag[0] != "</g>":
            kept.append(tag[0] != "<g>")
            return tag[0] if kept[-1] else ""
        return tag[0] if kept.pop() else ""

    return re.sub(r"<g>|<g [^>]*[^/]>|</g>", tidy, svg)


def _property(colour: str) -> str:
    return f"var({PALETTE[colour][0]})" if colour in PALETTE else colour


def _png(figure: Any) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=200)
    return base64.b64encode(buffer.getvalue()).decode()


def _recolour(figure: Any) -> None:
    """Give every artist that wears a colour of the light scheme its colour of the dark one."""
    from matplotlib import colors

    dark = {colors.to_hex(light): dark for light, (_, dark) in PALETTE.items()}

    def swap(value: Any) -> Any:
        rgba = colors.to_rgba_array(value)
        for row in rgba:
            if (new := dark.get(colors.to_hex(row))) is not None:
                row[:3] = colors.to_rgb(new)
        return rgba if len(rgba) != 1 else tuple(rgba[0])

    for artist in figure.findobj():
        for part in ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor"):
            getter, setter = (
                getattr(artist, f"get_{part}", None),
                getattr(artist, f"set_{part}", None),
            )
            if getter and setter:
                with contextlib.suppress(ValueError, TypeError):  # "auto", "none", per-face arrays
                    setter(swap(getter()))
