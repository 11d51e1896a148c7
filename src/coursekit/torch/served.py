"""A trained model with its letters: loaded from a file, asked for scores, limited in time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from coursekit.engine import decode
from coursekit.engine.decode import NextLogits
from coursekit.engine.text import Characters
from coursekit.torch import export


class ServeError(ValueError):
    """Weights that cannot be served."""


class OutOfTime(Exception):
    """One request has computed for longer than it may."""


class Served(NamedTuple):
    """A model and the letters that it knows."""

    next_logits: NextLogits
    vocabulary: Characters  # one mark, number 0, stands before and after each text
    card: dict[str, Any]  # where the weights come from


def load(path: Path) -> Served:
    """The model in a file that `export` wrote, with a card that names its alphabet.

    Raises: FileNotFoundError, ExportError, ServeError.
    """
    model, card = export.load(path)
    alphabet: str = card.get("alphabet", "")
    next_logits: NextLogits = model.next_logits  # type: ignore[assignment]
    logits, _ = next_logits(np.array([[0]]), None)
    if logits.shape != (1, len(set(alphabet))):
        raise ServeError(
            f"{path}: the model scores {logits.shape[-1]} tokens, and the alphabet of its card is "
            f"{alphabet!r}; need as many letters, each once, and first of all the mark that stands "
            "before and after each text. Export it again with such an alphabet in its card"
        )
    vocabulary = Characters(alphabet[1:], bos=alphabet[0], eos=alphabet[0])
    return Served(next_logits, vocabulary, card)


def within(next_logits: NextLogits, seconds: float, clock: Callable[[], float]) -> NextLogits:
    """The same model, which stops answering after some seconds."""
    end = clock() + seconds

    def ask(ids: decode.Ids, state: Any) -> tuple[Any, Any]:
        if clock() > end:
            raise OutOfTime
        return next_logits(ids, state)

    return ask


def score(ask: NextLogits, vocabulary: Characters, text: str) -> list[float]:
    """log p of each letter and of the mark behind the last, given what stands before it."""
    ids = vocabulary.encode(text, eos=True)
    found: list[float] = []

    def choose(log_p: decode.Floats) -> decode.Ids:
        token = ids[len(found)]
        found.append(float(log_p[0, token]))
        return np.array([token])

    decode.follow(ask, [[vocabulary.role("bos")]], choose, len(ids), None, None)
    return found
