"""BLEU: how close a translation is to those that people wrote."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np


class Bleu(NamedTuple):
    """The score from 0 to 100 and the parts it is made of."""

    score: float
    precisions: list[float]  # clipped, from 0 to 1; one for each n
    brevity: float  # 1, or below 1 if the hypotheses are shorter than the references
    lengths: tuple[int, int]  # tokens in the hypotheses, in the references


def bleu(
    hypotheses: Sequence[Sequence[Hashable]],
    references: Sequence[Sequence[Sequence[Hashable]]],
    *,
    longest: int = 4,
    add: float = 0.0,
) -> Bleu:
    """How many runs of 1 to `longest` tokens are also in a reference, over the whole corpus.

    A run counts at most as often as the reference has it, so "the the the" does not pay. For
    hypotheses that are shorter than their references, exp(1 - r/h) takes back what they won.
    `references[i]` holds one reference or more for `hypotheses[i]`, split into tokens. For
    single sentences, `add` is added to both counts from runs of two tokens on.

    Source: Papineni, Roukos, Ward and Zhu 2002; Lin and Och 2004 for `add`.
    """
    if len(hypotheses) != len(references) or not hypotheses:
        raise ValueError(
            f"bleu: {len(hypotheses)} hypotheses, {len(references)} lists of references; "
            "need as many lists as hypotheses, and one at least"
        )
    if any(isinstance(each, str) for each in [*hypotheses, *(r for rs in references for r in rs)]):
        raise ValueError(
            "bleu: a text stands where a list of tokens should; split it, as in text.split(), and "
            "give a list of references for each hypothesis"
        )
    for row, several in enumerate(references):
        if not several:
            raise ValueError(f"bleu: hypothesis {row} has no reference")
    matched, total = np.zeros(longest), np.zeros(longest)
    h = r = 0
    for hypothesis, several in zip(hypotheses, references, strict=True):
        h += len(hypothesis)
        r += min((abs(len(one) - len(hypothesis)), len(one)) for one in several)[1]
        for n in range(1, longest + 1):
            allowed: Counter[tuple[Hashable, ...]] = Counter()
            for one in several:
                allowed |= runs(one, n)
            found = runs(hypothesis, n)
            matched[n - 1] += (found & allowed).total()
            total[n - 1] += found.total()
    extra = np.where(np.arange(longest) > 0, add, 0.0)
    precisions = (matched + extra) / np.maximum(total + extra, 1e-300)
    brevity = min(1.0, float(np.exp(1 - r / h))) if h else 0.0
    with np.errstate(divide="ignore"):
        score = 100 * brevity * float(np.exp(np.log(precisions).mean()))
    return Bleu(score, precisions.tolist(), brevity, (h, r))


def runs(tokens: Sequence[Hashable], n: int) -> Counter[tuple[Hashable, ...]]:
    """How often each run of n tokens occurs."""
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
