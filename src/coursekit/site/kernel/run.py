"""Runs one cell of a page: its namespace, last value, figures and traceback.

One code for both places: the browser's worker loads this file as it is, and the site build runs it
in a child process (execute.py). Standard library only; NumPy and matplotlib are never imported
here, only met when a cell has imported them.
"""

import ast
import base64
import builtins
import contextlib
import copy
import html
import html.parser
import importlib.util
import io
import linecache
import logging
import os
import pathlib
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Output = dict[str, Any]
Check = Mapping[str, str]
Emit = Callable[[Output], None]

SHIPPED = (
    "numpy",
    "matplotlib",
)  # what a cell may import besides the standard library and coursekit

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

_running: "Kernel | None" = None  # who gets the figures of plt.show()


class Kernel:
    """One page's Python: its cells share this namespace."""

    def __init__(self, *, ask: Callable[[str], str] | None = None) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        self._ask = ask
        self._emit: Emit = lambda output: None
        self._flush: Callable[[], None] = lambda: None
        self._cell = ""
        self._figures = 0

    def run(self, code: str, *, cell: str, emit: Emit, holds: str = "") -> str:
        """Run one cell; hand each output to `emit` as it appears.

        Returns "done", "error" (the error was the last output) or "stopped" (interrupted).
        `holds` is an expression that must be true afterwards.
        """

        def work(filename: str) -> None:
            self._execute(code, filename, self.namespace)
            if holds and not eval(holds, self.namespace):
                raise AssertionError(f"after this cell {holds} should hold, and it does not")

        return self._guarded(work, code, cell, emit)

    def grade(self, code: str, checks: Sequence[Check], *, cell: str, emit: Emit) -> str:
        """Try the reader's answer to an exercise, in a copy of the page's namespace.

        Each check is {"says": sentence, "code": asserts}; the first that fails ends the grading.
        The last output is {"kind": "checks"}, unless the code itself raised. Returns as `run`,
        with "error" for anything but a pass.
        """
        passed = False

        def work(filename: str) -> None:
            nonlocal passed
            blank = _first_blank(ast.parse(code, filename))
            results: list[Output] = [
                {"says": check["says"], "ok": None, "message": ""} for check in checks
            ]
            report: Output = {"kind": "checks", "checks": results, "blank": blank, "passed": False}
            if blank is None:
                namespace = {name: _copied(value) for name, value in self.namespace.items()}
                self._execute(code, filename, namespace)
                for number, (check, result) in enumerate(zip(checks, results, strict=True)):
                    result["message"] = _try(check["code"], number, filename, namespace)
                    result["ok"] = not result["message"]
                    if not result["ok"]:
                        break
                self._flush()
                _close_figures()
                report["passed"] = passed = all(result["ok"] for result in results)
            self._emit(report)

        status = self._guarded(work, code, cell, emit)
        return "error" if status == "done" and not passed else status

    def value(self, expression: str) -> object:
        """What an expression of the page's author is worth now: a number or a text."""
        result = eval(expression, self.namespace)
        return result.item() if hasattr(result, "item") else result

    def _guarded(self, work: Callable[[str], None], code: str, cell: str, emit: Emit) -> str:
        """Do some work of a cell with its streams, its figures and its errors led to `emit`."""
        global _running
        _prepare_matplotlib()
        self._emit, self._cell, self._figures = emit, cell, 0
        filename = f"<cell {cell}>"
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        previous, _running = _running, self
        try:
            with self._streams(), _replaced_input(self._input):
                try:
                    work(filename)
                except KeyboardInterrupt:
                    _close_figures()
                    return "stopped"
                except (
                    BaseException
                ) as error:  # SystemExit too: a cell never ends the page's Python
                    self._flush()
                    with contextlib.suppress(Exception):  # what cannot be drawn is not the error
                        self._show_figures()
                    _close_figures()
                    self._emit(_describe(error, filename))
                    return "error"
        finally:
            _running = previous
        return "done"

    def _execute(self, code: str, filename: str, namespace: dict[str, Any]) -> None:
        tree = ast.parse(code, filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, filename, "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), filename, "eval"), namespace)
            self._flush()
            if value is not None and not _is_artist(value) and not code.rstrip().endswith(";"):
                namespace["_"] = value
                self._emit(self._shown(value))
        self._flush()
        self._show_figures()

    @contextlib.contextmanager
    def _streams(self) -> Iterator[None]:
        out, err = _Stream("stdout", self._emit), _Stream("stderr", self._emit)

        def flush() -> None:
            out.flush()
            err.flush()

        self._flush = flush
        out.before, err.before = err.flush, out.flush  # keeps the order in which they were written
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                yield
            finally:
                flush()

    def _input(self, prompt: object = "") -> str:
        if self._ask is None:
            raise RuntimeError(
                "input() cannot wait for an answer here; write the answer into the code, "
                "for example: name = 'mira'"
            )
        self._flush()
        answer = self._ask(str(prompt))
        print(f"{prompt}{answer}")
        return answer

    def _shown(self, value: object) -> Output:
        """A last value: drawn if it describes itself so, else as a notebook shows it."""
        describe = getattr(value, "_coursekit_", None)
        if describe is None or isinstance(value, type):
            return _show(value)
        plain: Output = describe()
        if plain["kind"] != "movie":
            return {**plain, "text": repr(value)}
        frames = []
        for state in plain["states"]:
            plain["update"](state)
            self._figures += 1
            frames.append(
                _draw(plain["figure"], f"{self._cell}-{self._figures}", light=True)["svg"]
            )
        sys.modules["matplotlib.pyplot"].close(plain["figure"])  # shown: not once more as a figure
        return {"kind": "movie", "frames": frames, "labels": plain["labels"], "text": repr(value)}

    def _show_figures(self) -> None:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            self._figures += 1
            self._emit(_draw(figure, f"{self._cell}-{self._figures}"))
            pyplot.close(figure)


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


# --- grading --------------------------------------------------------------------------------------


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
        exec(compile(check, f"<check {number + 1}>", "exec"), namespace)
    except AssertionError as error:
        return str(error) or "not yet"
    except Exception as error:
        described = _describe(error, filename)
        place = f" (line {described['line']})" if described["line"] else ""
        return f"{described['type']}: {described['message']}{place}"
    return ""


# --- text -----------------------------------------------------------------------------------------


class _Stream(io.TextIOBase):
    """Sends text on as it is written, by lines; many lines at once are sent together."""

    def __init__(self, name: str, emit: Emit) -> None:
        self._name, self._emit = name, emit
        self._parts: list[str] = []
        self._sent_at, self._burst = 0.0, 0
        self.before: Callable[[], None] = lambda: None

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not self._parts:
            self.before()
        self._parts.append(text)
        if "\n" in text:
            quiet = time.monotonic() - self._sent_at > 0.05
            self._burst = 0 if quiet else self._burst
            if self._burst < 20:
                self._burst += 1
                self.flush()
        return len(text)

    def display(self, output: Output) -> None:
        """Something other than text, shown at once: a progress bar."""
        self.flush()
        self._emit(output)

    def flush(self) -> None:
        if self._parts:
            text = "".join(self._parts)
            self._parts.clear()
            self._sent_at = time.monotonic()
            self._emit({"kind": "text", "stream": self._name, "text": text})


@contextlib.contextmanager
def _replaced_input(ask: Callable[[object], str]) -> Iterator[None]:
    original = builtins.input
    builtins.input = ask  # type: ignore[assignment]  # the same call, without positional-only
    try:
        yield
    finally:
        builtins.input = original


# --- values ---------------------------------------------------------------------------------------


def _show(value: object) -> Output:
    """A last value, as a notebook shows it: its HTML if it has any, else its repr."""
    for method in ("_repr_html_", "_repr_svg_"):
        rich = getattr(value, method, None)
        if callable(rich) and not isinstance(value, type):
            markup = rich()
            if isinstance(markup, str):
                return {"kind": "html", "html": sanitise(markup), "text": _repr(value)}
    return {"kind": "value", "text": _repr(value)}


def _repr(value: object) -> str:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return repr(value)
    with numpy.printoptions(precision=4, suppress=True, linewidth=80, threshold=200):
        return repr(value)


def _is_artist(value: object) -> bool:
    """What a plotting call returns (lines, texts, patches) is not worth showing: the figure is."""
    first = value[0] if isinstance(value, (list, tuple)) and value else value
    return any(base.__module__ == "matplotlib.artist" for base in type(first).__mro__) or (
        type(first).__module__ == "matplotlib.container"
    )


_TAGS = {
    tag.lower(): tag
    for line in (
        "a abbr b br caption code dd div dl dt em figcaption figure h3 h4 h5 h6 hr i kbd li mark",
        "ol p pre s small span strong sub sup table tbody td tfoot th thead tr u ul var",
        "svg g defs title desc path line rect circle ellipse polyline polygon text tspan marker",
        "clipPath use",
    )
    for tag in line.split()
}
_VOID = {"br", "hr"}
_SILENT = {"script", "style", "iframe", "object", "template", "noscript", "textarea", "title"}
_ATTRIBUTES = {
    name.lower(): name
    for line in (
        "class colspan rowspan scope role title lang dir tabindex",
        "x y x1 x2 y1 y2 cx cy r rx ry dx dy d points width height viewBox preserveAspectRatio",
        "transform orient refX refY markerWidth markerHeight marker-end marker-start clip-path",
        "fill stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin",
        "opacity fill-opacity stroke-opacity",
        "font-size font-weight font-style text-anchor dominant-baseline",
    )
    for name in line.split()
}
_STYLE = re.compile(
    r"(?:color|background-color|font-weight|font-style|text-align|white-space|width|min-width|"
    r"max-width|padding|padding-\w+|margin-\w+|border-\w+|fill|stroke|stroke-width|opacity|font-size)"
    r"\s*:\s*(?!.*(?:url|expression|image|\\|<|@))[^;:{}]+"
)


class _Sanitiser(html.parser.HTMLParser):
    """Keeps an allowlist of tags and attributes; drops scripts and styles with their content."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT and not (tag == "title" and "svg" in self._open):
            self._silent += 1
        elif not self._silent and tag in _TAGS:
            kept = "".join(_attribute(tag, name, value or "") for name, value in attrs)
            self.parts.append(f"<{_TAGS[tag]}{kept}>")
            if tag not in _VOID:
                self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:  # <script/> opens a script in HTML, and its end may never come
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and not (tag == "title" and "title" in self._open):
            self._silent = max(0, self._silent - 1)
        elif not self._silent and tag in self._open:
            while True:  # closes what was left open inside
                closed = self._open.pop()
                self.parts.append(f"</{_TAGS[closed]}>")
                if closed == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(html.escape(data, quote=False))


def _attribute(tag: str, name: str, value: str) -> str:
    if name == "style":
        rules = [rule.strip() for rule in value.split(";")]
        value = "; ".join(rule for rule in rules if _STYLE.fullmatch(rule))
        allowed = bool(value)
    elif name == "href":
        allowed = tag == "a" and re.match(r"https?://", value) is not None
    elif name == "xlink:href":
        allowed = tag == "use" and value.startswith("#")
    elif name == "id":
        allowed = tag in {"marker", "clippath", "g", "path"}
    elif name.startswith("aria-"):
        allowed = True
    else:
        local = re.fullmatch(r"url\(#[\w-]+\)", value) is not None
        allowed = name in _ATTRIBUTES and ("url" not in value.lower() or local)
        name = _ATTRIBUTES.get(name, name)
    return f' {name}="{html.escape(value)}"' if allowed else ""


def sanitise(markup: str) -> str:
    """HTML or SVG from a cell, with nothing left that could run, load or leave its place."""
    parser = _Sanitiser()
    parser.feed(markup)
    parser.close()
    closing = [f"</{_TAGS[tag]}>" for tag in reversed(parser._open)]
    return "".join(parser.parts + closing)


# --- figures --------------------------------------------------------------------------------------


def _prepare_matplotlib() -> None:
    """Before a cell may import matplotlib: the course's style, and this module as its backend."""
    if "MATPLOTLIBRC" not in os.environ and "matplotlib" not in sys.modules:
        coursekit = importlib.util.find_spec("coursekit")
        if coursekit and coursekit.origin:
            style = pathlib.Path(coursekit.origin).parent / "engine" / "course.mplstyle"
            if style.exists():
                os.environ["MATPLOTLIBRC"] = str(style)
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
            if _running is not None:
                _running._flush()
                _running._show_figures()

    class FigureCanvas(FigureCanvasAgg):  # type: ignore[misc, no-any-unimported, unused-ignore]
        manager_class = FigureManager

    globals().update(FigureManager=FigureManager, FigureCanvas=FigureCanvas)
    return globals()[name]


def _close_figures() -> None:
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def _draw(figure: Any, name: str, *, light: bool = False) -> Output:
    """A figure as SVG that follows the page's colour scheme; a heavy one as two pictures.

    `light` asks for SVG however heavy it is.
    """
    matplotlib = sys.modules["matplotlib"]
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata=nothing)
    svg = buffer.getvalue()
    axes = [_place(ax, *(figure.get_size_inches() * 72)) for ax in figure.axes]
    if light or len(svg) <= HEAVY_SVG:
        return {"kind": "figure", "svg": _tidy(svg), "axes": axes}
    picture = _png(figure)
    _recolour(figure)
    return {"kind": "figure", "png": picture, "dark": _png(figure), "axes": axes}


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


# --- errors ---------------------------------------------------------------------------------------

# The commonest mistakes: error type, what its message says in any Python, key of the sentence of
# help in words/*.json. The groups of the pattern are filled into the sentence by name.
_HELP = tuple(
    (name, re.compile(pattern, re.DOTALL), key)
    for name, pattern, key in (
        ("NameError", r"name '(?P<name>\w+)' is not defined", "help_name"),
        ("UnboundLocalError", r"variable '(?P<name>\w+)'", "help_unbound"),
        ("ValueError", r"matmul: Input operand.*size (?P<a>\d+) is different from (?P<b>\d+)",
         "help_matmul"),
        ("ValueError", r"could not be broadcast together with shapes (?P<shapes>.*)",
         "help_broadcast"),
        ("ValueError", r"truth value of an array", "help_truth"),
        ("ShapeError", r"", ""),
        ("IndentationError", r"expected an indented block", "help_indent"),
        ("IndentationError", r"", "help_indent_more"),
        ("SyntaxError", r"was never closed", "help_unclosed"),
        ("SyntaxError", r"expected ':'", "help_colon"),
        ("SyntaxError", r"Maybe you meant '=='", "help_equals"),
        ("ModuleNotFoundError", r"named '(?P<name>[\w.]+)'|module '(?P<name2>[\w.]+)'",
         "help_module"),
        ("TypeError", r"'NoneType'", "help_none"),
        ("AttributeError", r"'NoneType'", "help_none"),
        ("TypeError", r"'(?P<name>[\w.]+)' object is not callable", "help_call"),
        ("TypeError", r"missing (?P<n>\d+) required positional", "help_missing"),
        ("TypeError", r"cannot unpack non-iterable (?P<name>[\w.]+) object", "help_unpack"),
        ("IndexError", r"index (?P<index>-?\d+) is out of bounds .*size (?P<size>\d+)",
         "help_index"),
        ("KeyError", r"(?P<name>.*)", "help_key"),
        ("ZeroDivisionError", r"", "help_zero"),
        ("RecursionError", r"", "help_recursion"),
        ("MemoryError", r"", "help_memory"),
    )
)  # fmt: skip


def _help(kind: str, message: str) -> Output | None:
    """One sentence of help on a common mistake: its key, and the words to fill in."""
    for name, pattern, key in _HELP:
        if name == kind and (found := pattern.search(message)):
            words = {k.rstrip("2"): v for k, v in found.groupdict().items() if v is not None}
            return {"key": key, **words} if key else None
    return None


def _describe(error: BaseException, filename: str) -> Output:
    """The last line first; of the traceback only the frames in the reader's own cells."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("<cell ")
    ]
    line = next((frame.lineno for frame in reversed(frames) if frame.filename == filename), None)
    if isinstance(error, SyntaxError) and error.filename == filename:
        line = error.lineno
    shown = traceback.TracebackException.from_exception(error)
    full = "".join(shown.format()).rstrip()
    shown.stack = traceback.StackSummary.from_list(frames)
    shown.__cause__ = shown.__context__ = None
    kind = type(error).__name__
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {
        "kind": "error",
        "type": kind,
        "message": message,
        "line": line,
        "help": _help(kind, message),
        "traceback": "".join(shown.format()).rstrip(),
        "full": full,
    }
