"""An error of a cell as the page tells it: its line, the reader's frames, a sentence of help."""

import os
import re
import traceback

from coursekit.site.kernel.output import Output

_HERE = os.path.dirname(__file__) + os.sep  # the kernel's own frames say nothing to a reader

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


def describe(error: BaseException, filename: str) -> Output:
    """The last line first; of the traceback the reader's own frames, and in full all but ours."""
    shown = traceback.TracebackException.from_exception(error)
    _leave_out_our_frames(shown)
    full = "".join(shown.format()).rstrip()
    frames = [frame for frame in shown.stack if frame.filename.startswith("<cell ")]
    shown.stack = traceback.StackSummary.from_list(frames)
    shown.__cause__ = shown.__context__ = None
    line = next((frame.lineno for frame in reversed(frames) if frame.filename == filename), None)
    if isinstance(error, SyntaxError) and error.filename == filename:
        line = error.lineno
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


def _leave_out_our_frames(shown: traceback.TracebackException) -> None:
    """Of an error, and of those that it came from or holds, however many."""
    waiting: list[traceback.TracebackException | None] = [shown]
    while waiting:
        if (each := waiting.pop()) is not None:
            frames = [frame for frame in each.stack if not frame.filename.startswith(_HERE)]
            each.stack = traceback.StackSummary.from_list(frames)
            held = getattr(each, "exceptions", None) or ()  # of a group
            waiting += [each.__cause__, each.__context__, *held]
