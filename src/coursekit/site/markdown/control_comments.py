"""Comments in a cell's code -> the controls that move its numbers.

    lr = 0.1            # slider 0.001 to 0.5 log: learning rate
    method = "sgd"      # choice "sgd", "adam"
    w1, w2 = 0.05, 1.0  # pick

The code stays plain Python; moving a control rewrites the literal and runs the cell again.
"""

import ast
import dataclasses
import re

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_LINE = re.compile(
    r"^(?P<names>[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)?)\s*=\s*(?P<literal>.+?)\s*"
    r"#\s*(?P<kind>slider|choice|pick)\b\s*(?P<rest>.*)$"
)
_SLIDER = re.compile(
    rf"(?P<low>{_NUMBER}) to (?P<high>{_NUMBER})(?P<log> log)?(?:: *(?P<label>.+))?"
)
_MEANT = re.compile(r"#\s*(slider|choice|pick)\b")


class ControlError(ValueError):
    """A control's comment cannot be read; `line` counts from the cell's first line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclasses.dataclass(frozen=True)
class Control:
    """One control: which names on which line, and what they may become."""

    kind: str  # slider, choice or pick
    names: tuple[str, ...]
    line: int
    label: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    integer: bool = False
    choices: tuple[str, ...] = ()


def find_controls(code: str) -> list[Control]:
    """The controls of a cell, in order.

    Raises: ControlError for a comment that begins like a control and is none, for a start value
    outside its bounds, for a second pick.
    """
    controls: list[Control] = []
    for number, text in enumerate(code.split("\n"), start=1):
        if not _MEANT.search(text):
            continue
        found = _LINE.match(text)
        if found is None:
            raise ControlError(number, "a control stands behind `name = value`, at the left margin")
        names = tuple(name.strip() for name in found["names"].split(","))
        try:
            value = ast.literal_eval(found["literal"])
        except (ValueError, SyntaxError):
            raise ControlError(number, f"{found['literal']} is not a plain value") from None
        make = {"slider": _slider, "choice": _choice, "pick": _pick}[found["kind"]]
        controls.append(make(names, value, number, found["rest"].strip()))
    if sum(control.kind == "pick" for control in controls) > 1:
        raise ControlError(controls[-1].line, "a cell has one pick at most")
    return controls


def _slider(names: tuple[str, ...], value: object, line: int, rest: str) -> Control:
    found = _SLIDER.fullmatch(rest)
    if found is None or len(names) != 1:
        raise ControlError(line, "write: name = 0.1  # slider 0.001 to 0.5 log: label")
    low, high = float(found["low"]), float(found["high"])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ControlError(line, f"a slider moves a number, {names[0]} is {value!r}")
    if not low < high or (found["log"] and low <= 0):
        raise ControlError(line, f"{rest}: the first bound must be the smaller, above 0 for log")
    if not low <= value <= high:
        raise ControlError(line, f"{names[0]} = {value} starts outside {rest}")
    integer = isinstance(value, int) and low.is_integer() and high.is_integer()
    integer = integer and "." not in found["low"] + found["high"]
    label = found["label"] or names[0]
    return Control("slider", names, line, label, low, high, bool(found["log"]), integer)


def _choice(names: tuple[str, ...], value: object, line: int, rest: str) -> Control:
    try:
        choices = ast.literal_eval(f"[{rest}]")
    except (ValueError, SyntaxError):
        choices = []
    if len(names) != 1 or len(choices) < 2 or not all(isinstance(each, str) for each in choices):
        raise ControlError(line, 'write: name = "sgd"  # choice "sgd", "adam"')
    if value not in choices:
        raise ControlError(line, f"{names[0]} = {value!r} is none of {', '.join(choices)}")
    return Control("choice", names, line, names[0], choices=tuple(choices))


def _pick(names: tuple[str, ...], value: object, line: int, rest: str) -> Control:
    numbers = isinstance(value, tuple) and all(isinstance(each, int | float) for each in value)
    if rest or len(names) != 2 or not numbers or len(value) != 2:  # type: ignore[arg-type]
        raise ControlError(line, "write: x, y = 0.5, 1.0  # pick")
    return Control("pick", names, line, ", ".join(names))
