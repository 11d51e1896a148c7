"""The text of a predict fence -> a question with one reply for each answer.

What does a learning rate of 0.001 do here?

- It is slow
  Each step is far too long, not too short.
- It explodes
  Each step lands farther away than the last.
"""

import dataclasses
import re

TYPES = ("choice", "number", "text")


class PredictError(ValueError):
    """A predict fence lacks something; `line` counts from the fence's first inner line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclasses.dataclass(frozen=True)
class Predict:
    """A question that the reader answers before a cell runs."""

    id: str
    prompt: str
    replies: tuple[tuple[str, str], ...]  # (answer, reply), in order
    right: str  # an expression in the page's namespace, after the cell has run
    line: int
    cell: str = ""  # the cell that tells; "" is the next one
    type: str = "choice"
    tolerance: float = 0.0


def parse_predict(
    text: str, *, id: str, right: str, line: int, cell: str, type: str, tolerance: float
) -> Predict:
    """The question of one fence.

    Raises: PredictError when a prompt, a reply or the replies `right` and `other` are missing.
    """
    prompt: list[str] = []
    replies: list[tuple[str, list[str]]] = []
    for number, row in enumerate(text.split("\n"), start=1):
        if found := re.match(r"- +(.+?)\s*$", row):
            replies.append((found[1], []))
        elif replies and row.startswith("  "):
            replies[-1][1].append(row.strip())
        elif row.strip():
            if replies:
                raise PredictError(number, "a reply's lines are indented by two spaces")
            prompt.append(row.strip())
    if not prompt:
        raise PredictError(1, "the question is missing")
    for answer, said in replies:
        if not said:
            raise PredictError(1, f"the answer {answer!r} has no reply")
    answers = [answer for answer, _ in replies]
    if len(set(answers)) != len(answers):
        raise PredictError(1, "two answers are the same")
    if type == "choice" and len(answers) < 2:
        raise PredictError(1, "a choice needs two answers or more")
    if type != "choice":
        for needed in ("right", "other"):
            if needed not in answers:
                raise PredictError(1, f"a {type} needs a reply to {needed!r}")
    if type == "number":
        for answer in answers:
            if answer not in {"right", "other", "low", "high"} and not _is_number(answer):
                raise PredictError(1, f"the answer {answer!r} is not a number")
    pairs = tuple((answer, " ".join(words)) for answer, words in replies)
    return Predict(id, " ".join(prompt), pairs, right, line, cell, type, tolerance)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def fits(question: Predict, value: object) -> str:
    """ "" if the computed answer is of the question's kind, else one sentence."""
    if question.type == "number":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if number else f"right= gave {value!r}, and a number is asked for"
    answers = [answer for answer, _ in question.replies]
    if question.type == "choice" and value not in answers:
        return f"right= gave {value!r}, which is none of the answers: {', '.join(answers)}"
    return "" if isinstance(value, str) else f"right= gave {value!r}, and a text is asked for"
