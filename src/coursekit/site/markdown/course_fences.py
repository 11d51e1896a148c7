"""Markdown text -> the course's fences: cells, exercises, predictions and source listings.

Each of ours is replaced by a slot, a paragraph that cell_html.py's output takes the place of after
Markdown has run. The forms are described for authors in CONTRIBUTING.md.
"""

import dataclasses
import re
from collections.abc import Sequence

from coursekit.site.markdown.control_comments import Control, ControlError, find_controls
from coursekit.site.markdown.fenced_blocks import Block, FenceError, blocks
from coursekit.site.markdown.predict import TYPES, Predict, PredictError, parse_predict

__all__ = ["Cell", "Check", "Exercise", "Fence", "FenceError", "Mistake", "Predict", "Source"]

SLOT = "coursekit-slot-{}"  # the paragraph that stands for fence number n
OPEN = "coursekit-open-{}"  # stands before the heading of exercise number n

_CELL = ("id", "raises", "rtol", "varies", "holds", "alt", "caption")
_PREDICT = ("id", "cell", "right", "type", "tolerance")
_PLAIN = ("title", "linenums", "hl_lines")  # what an ordinary python fence may say
_KINDS = ("cell", "exercise", "check", "mistake", "solution")
_VARIES = ("time",)
_QUOTE = re.compile(r"> ?(.*)")
_LABELLED = re.compile(r"> ?\*\*(Hint|Why|提示|原因)\.?\*\*\s*(.*)")
_HINTS = ("Hint", "提示")


@dataclasses.dataclass(frozen=True)
class Cell:
    """A live cell: ```python cell id="fit"."""

    id: str
    code: str
    line: int  # of the fence, in the page's file
    raises: str = ""  # the error it must end in
    rtol: float = 0.0  # build and browser may differ by this much
    varies: str = ""  # why build and browser are not compared
    holds: str = ""  # an expression that is true after the run, in both places
    alt: str = ""  # what to notice in its figure
    caption: str = ""
    wide: bool = False
    controls: tuple[Control, ...] = ()


@dataclasses.dataclass(frozen=True)
class Source:
    """A listing of the project's own code: ```python source="coursekit.engine.tensor:Tensor"."""

    target: str
    line: int


@dataclasses.dataclass(frozen=True)
class Check:
    """One thing that is tried with the reader's code, and the sentence that names it."""

    says: str
    code: str
    line: int


@dataclasses.dataclass(frozen=True)
class Mistake:
    """A wrong answer that the checks know, and some words of what they say to it."""

    says: str
    code: str
    line: int


@dataclasses.dataclass(frozen=True)
class Exercise:
    """A task under its own heading: starter, hints, checks, known mistakes, solution."""

    id: str
    code: str
    line: int
    hints: tuple[str, ...]
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...]
    solution: str
    why: str


Fence = Cell | Source | Exercise | Predict


def find_fences(markdown: str, path: str, first_line: int = 1) -> tuple[str, list[Fence]]:
    """The page's text with a slot for each fence of ours, and the fences in order.

    `first_line` is the number of the text's first line in the file.
    Raises: FenceError for an unknown or unquoted option, a repeated id, a syntax error in a cell,
    an unclosed fence, an exercise with a part missing.
    """
    items = list(blocks(markdown, path, first_line))
    fences: list[Fence] = []
    kept: list[str] = []
    at = 0
    while at < len(items):
        item = items[at]
        at += 1
        if isinstance(item, str):
            kept.append(item)
            continue
        kind, options = _kind(item)
        if kind == "exercise":
            exercise, at = _exercise(item, options, items, at)
            _open(kept, len(fences), item)
            fence: Fence | None = exercise
        else:
            fence = _fence(item, kind, options, sum(isinstance(each, Cell) for each in fences))
        if fence is None:
            kept.extend(item.lines)
            continue
        if not isinstance(fence, Source) and fence.id in {getattr(f, "id", "") for f in fences}:
            raise item.refuse(f'id="{fence.id}" is used twice on this page')
        kept += ["", item.indent + SLOT.format(len(fences)), ""]
        fences.append(fence)
    return "\n".join(kept), _joined(fences, path)


def _kind(block: Block) -> tuple[str, dict[str, str]]:
    """What a fence is ("" for one of no concern to us), and its options."""
    if block.language == "predict":
        words, options = block.options()
        if words:
            raise block.refuse(f"unknown word {words[0]!r}")
        return "predict", options
    if block.language not in {"python", "py"} or re.match(r"\S+\s*\{", block.info):
        return "", {}
    words, options = block.options()
    wide = "wide" in words
    words = [word for word in words if word != "wide"]
    for word in words:
        if word not in _KINDS:
            known = ", ".join(_KINDS)
            raise block.refuse(f'unknown word {word!r}; known: {known}, source="module:symbol"')
    if len(words) > 1:
        raise block.refuse(f"{words[0]} or {words[1]}: one of them")
    kind = words[0] if words else "source" if "source" in options else ""
    if wide:
        if kind != "cell":
            raise block.refuse("only a cell can be wide")
        options["wide"] = "yes"
    return kind, options


def _fence(block: Block, kind: str, options: dict[str, str], index: int) -> Fence | None:
    match kind:
        case "cell":
            return _cell(block, options, index)
        case "predict":
            return _predict(block, options)
        case "source":
            _known(block, options, ("source",))
            if block.code.strip():
                raise block.refuse("the listing comes from the source; leave this fence empty")
            return Source(options["source"], block.line)
        case "check" | "mistake" | "solution":
            raise block.refuse("this part stands outside an exercise, or after its end")
        case _ if block.language in {"python", "py"} and "{" not in block.info:
            _known(block, options, _PLAIN)
    return None


# --- cells ----------------------------------------------------------------------------------------


def _cell(block: Block, options: dict[str, str], index: int) -> Cell:
    _known(block, options, (*_CELL, "wide"))
    name = _name(block, options, f"cell-{index + 1}")
    if not block.code.strip():
        raise block.refuse("the cell is empty")
    if options.get("varies", "time") not in _VARIES:
        raise block.refuse(f'varies="{options["varies"]}"; one of: {", ".join(_VARIES)}')
    if "varies" in options and not options.get("holds"):
        raise block.refuse('varies= needs holds="...": what is true of the result in both places')
    raises = options.get("raises", "")
    _compiles(block, block.code, 1, allowed=raises)
    _compiles(block, options.get("holds", "True"), 0)
    try:
        controls = find_controls(block.code)
    except ControlError as error:
        raise FenceError(block.path, block.line + error.line, str(error)) from None
    return Cell(
        id=name,
        code=block.code,
        line=block.line,
        raises=raises,
        rtol=_number(block, options, "rtol", below=1.0),
        varies=options.get("varies", ""),
        holds=options.get("holds", ""),
        alt=options.get("alt", ""),
        caption=options.get("caption", ""),
        wide="wide" in options,
        controls=tuple(controls),
    )


def _name(block: Block, options: dict[str, str], default: str = "") -> str:
    name = options.get("id", default)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise block.refuse(f'id="{name}": use small letters, digits and single hyphens')
    return name


def _number(block: Block, options: dict[str, str], key: str, below: float) -> float:
    try:
        value = float(options.get(key, "0"))
    except ValueError:
        raise block.refuse(f'{key}="{options[key]}" is not a number') from None
    if not 0 <= value < below:
        raise block.refuse(f'{key}="{options[key]}"; from 0 to below {below:g}')
    return value


def _known(block: Block, options: dict[str, str], known: Sequence[str]) -> None:
    for key in options:
        if key not in known:
            raise block.refuse(f"unknown option {key!r}; known: {', '.join(known)}")


def _compiles(block: Block, code: str, inside: int, allowed: str = "") -> None:
    try:
        compile(code, block.path, "exec")
    except SyntaxError as error:
        if allowed not in {"SyntaxError", type(error).__name__}:
            line = block.line + inside + (error.lineno or 1) - 1
            message = f"{type(error).__name__}: {error.msg}"
            raise FenceError(block.path, line, message) from None


# --- predictions ----------------------------------------------------------------------------------


def _predict(block: Block, options: dict[str, str]) -> Predict:
    _known(block, options, _PREDICT)
    if not options.get("right"):
        raise block.refuse('right="..." is missing: an expression that gives the right answer')
    _compiles(block, options["right"], 0)
    kind = options.get("type", "number" if "tolerance" in options else "choice")
    if kind not in TYPES:
        raise block.refuse(f'type="{kind}"; one of: {", ".join(TYPES)}')
    if kind == "number" and "tolerance" not in options:
        raise block.refuse('a number needs tolerance="...": how far off is still right')
    try:
        return parse_predict(
            block.code,
            id=_name(block, options),
            right=options["right"],
            line=block.line,
            cell=options.get("cell", ""),
            type=kind,
            tolerance=_number(block, options, "tolerance", below=float("inf")),
        )
    except PredictError as error:
        raise block.refuse(str(error), inside=error.line) from None


def _joined(fences: list[Fence], path: str) -> list[Fence]:
    """Each prediction with the cell that tells: the one it names, or the next on the page."""
    joined: list[Fence] = []
    for index, fence in enumerate(fences):
        if isinstance(fence, Predict):
            later = [each.id for each in fences[index:] if isinstance(each, Cell)]
            cell = fence.cell or next(iter(later), "")
            if cell not in later:
                message = f'predict "{fence.id}": no cell {cell!r} comes after it'
                raise FenceError(path, fence.line, message)
            fence = dataclasses.replace(fence, cell=cell)
        joined.append(fence)
    return joined


# --- exercises ------------------------------------------------------------------------------------


def _exercise(
    block: Block, options: dict[str, str], items: list[str | Block], at: int
) -> tuple[Exercise, int]:
    """The exercise that begins with this fence, and where its parts end."""
    _known(block, options, ("id",))
    _compiles(block, block.code, 1)
    hints: list[str] = []
    why = ""
    parts: dict[str, list[tuple[dict[str, str], Block]]] = {
        "check": [],
        "mistake": [],
        "solution": [],
    }
    end = at
    while at < len(items):
        item = items[at]
        at += 1
        if isinstance(item, Block):
            kind, said = _kind(item)
            if kind not in parts:
                break
            _known(item, said, () if kind == "solution" else ("says",))
            _compiles(item, item.code, 1)
            if kind != "solution" and not said.get("says"):
                raise item.refuse('says="..." is missing: the sentence that a reader sees')
            parts[kind].append((said, item))
        elif found := _LABELLED.match(item):
            text = [found[2]]
            while at < len(items) and isinstance(more := items[at], str):
                if not (quoted := _QUOTE.match(more)) or _LABELLED.match(more):
                    break
                text.append(quoted[1])
                at += 1
            if found[1] in _HINTS:
                hints.append(" ".join(text).strip())
            else:
                why = " ".join(text).strip()
        elif item.strip():
            break
        else:
            continue  # a blank line ends nothing
        end = at
    for kind, missing in (("check", not parts["check"]), ("solution", len(parts["solution"]) != 1)):
        if missing:
            raise block.refuse(f"the exercise has no {kind} fence, or more than one solution")
    exercise = Exercise(
        id=_name(block, options),
        code=block.code,
        line=block.line,
        hints=tuple(hints),
        checks=tuple(Check(said["says"], b.code, b.line) for said, b in parts["check"]),
        mistakes=tuple(Mistake(said["says"], b.code, b.line) for said, b in parts["mistake"]),
        solution=parts["solution"][0][1].code,
        why=why,
    )
    return exercise, end


def _open(kept: list[str], index: int, block: Block) -> None:
    """Put the slot that begins an exercise before the heading above it."""
    for at in range(len(kept) - 1, -1, -1):
        if kept[at].startswith("### "):
            kept[at:at] = [OPEN.format(index), ""]
            return
        if kept[at].startswith(("# ", "## ")) or SLOT.format("") in kept[at]:
            break
    raise block.refuse("an exercise stands under its own ### heading, before any other fence")
