"""Choosing the next token, again and again, from any model that can score it.

A model is a function `next_logits(ids, state) -> (logits, state)`. The first call brings the
prompt, (B, T), and the caller's state. The answer is the logits of the next token as a NumPy
array, (B, V), and the model's state: None, a hidden state, a cache, whatever it likes. After
None, the next call brings all ids so far; after anything else only the new ones, (B, 1).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ids = NDArray[np.intp]
Floats = NDArray[np.float64]
NextLogits = Callable[[Ids, Any], tuple[Any, Any]]
Select = Callable[[Any, Ids], Any]


class DecodeError(ValueError):
    """A prompt, a setting or a model's answer that decoding cannot use."""


class Hypothesis(NamedTuple):
    """One way to go on after the prompt."""

    ids: list[int]  # the new tokens, with EOS if it came
    log_p: float  # sum of the model's log p of these tokens, in nats
    finished: bool  # did EOS come?

    def score(self, length_penalty: float) -> float:
        """log p divided by length ** length_penalty: 0 leaves it, 1 is the mean of a token."""
        return float(self.log_p / len(self.ids) ** length_penalty)


# From logits to one token


def log_softmax(logits: ArrayLike) -> Floats:
    """Logits to log p, in float64, along the last axis."""
    scores = np.asarray(logits, dtype=np.float64)
    scores = scores - scores.max(axis=-1, keepdims=True)
    log_p: Floats = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return log_p


def distribution(
    logits: ArrayLike,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Floats:
    """The probabilities to draw from, after up to three changes, in this order.

    `temperature` divides the logits: below 1 the likely become likelier. `top_k` keeps the k
    likeliest tokens. `top_p` keeps the likeliest until together they reach p; the token that
    crosses the line is kept, so there is always one.

    Shapes: (..., V) -> (..., V), the last axis sums to 1.
    Source: Fan, Lewis and Dauphin 2018 (top-k); Holtzman and others 2020 (top-p).
    """
    if not 0 < temperature < np.inf:
        raise DecodeError(f"temperature {temperature}: must be above 0; for the limit use greedy()")
    if top_k is not None and top_k < 1:
        raise DecodeError(f"top_k {top_k}: must be 1 or more, or None to keep all tokens")
    if top_p is not None and not 0 < top_p <= 1:
        raise DecodeError(f"top_p {top_p}: must be above 0 and at most 1, or None")
    p: Floats = np.exp(log_softmax(np.asarray(logits, dtype=np.float64) / temperature))
    order = np.argsort(-p, axis=-1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=-1)  # likeliest first
    if top_k is not None:
        ranked[..., top_k:] = 0
        ranked /= ranked.sum(axis=-1, keepdims=True)
    if top_p is not None and top_p < 1:
        before = ranked.cumsum(axis=-1) - ranked
        ranked[before >= top_p - 1e-12] = 0  # 0.5 + 0.3 is a little below 0.8
        ranked /= ranked.sum(axis=-1, keepdims=True)
    np.put_along_axis(p, order, ranked, axis=-1)
    return p


def draw(rng: np.random.Generator, p: Floats) -> Ids:
    """One token from each row: where a random height falls on the staircase of sums.

    Shapes: (B, V) -> (B,).
    """
    stairs = p.cumsum(axis=-1)
    height = rng.random((len(p), 1)) * stairs[:, -1:]
    drawn = (stairs <= height).sum(axis=-1)
    last = p.shape[1] - 1 - (p[:, ::-1] > 0).argmax(axis=-1)  # rounding must not step past it
    tokens: Ids = np.minimum(drawn, last)
    return tokens


# One path


def greedy(
    next_logits: NextLogits,
    prompt: ArrayLike,
    *,
    steps: int,
    eos: int | None = None,
    state: Any = None,
) -> list[Hypothesis]:
    """Always the likeliest token, `steps` times or until EOS; one hypothesis per prompt."""
    return follow(next_logits, prompt, lambda log_p: log_p.argmax(axis=1), steps, eos, state)


def sample(
    next_logits: NextLogits,
    prompt: ArrayLike,
    *,
    steps: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    eos: int | None = None,
    state: Any = None,
) -> list[Hypothesis]:
    """A token drawn from `distribution`, `steps` times or until EOS; one hypothesis per prompt."""

    def choose(log_p: Floats) -> Ids:
        return draw(rng, distribution(log_p, temperature=temperature, top_k=top_k, top_p=top_p))

    return follow(next_logits, prompt, choose, steps, eos, state)


def follow(
    next_logits: NextLogits,
    prompt: ArrayLike,
    choose: Callable[[Floats], Ids],
    steps: int,
    eos: int | None,
    state: Any,
) -> list[Hypothesis]:
    """Let `choose` pick one token per row from log p (B, V), and go on from there."""
    ids = check_prompt(prompt, steps)
    batch, start = ids.shape
    total = np.zeros(batch)
    finished = np.zeros(batch, dtype=bool)
    new = ids
    for _ in range(steps):
        log_p, state = ask(next_logits, new, state)
        token = choose(log_p)
        total += np.where(finished, 0.0, log_p[np.arange(batch), token])
        ids = np.concatenate([ids, token[:, None]], axis=1)
        finished |= token == eos
        if finished.all():
            break
        new = ids if state is None else token[:, None]
    rows = [until(row, eos) for row in ids[:, start:].tolist()]
    return [Hypothesis(*each) for each in zip(rows, total.tolist(), finished.tolist(), strict=True)]


# Many paths


def beam(
    next_logits: NextLogits,
    prompt: ArrayLike,
    *,
    width: int,
    steps: int,
    eos: int | None = None,
    length_penalty: float = 0.0,
    state: Any = None,
    select: Select | None = None,
    watch: Callable[[list[list[Hypothesis]]], None] | None = None,
) -> list[list[Hypothesis]]:
    """Keep the `width` likeliest beginnings at every step; for each prompt the best, best first.

    A beginning that reaches EOS is finished: it is put aside and competes at the end, before
    those that were cut off after `steps`. The search for a prompt ends early when no beginning
    can overtake `width` finished ones. Beginnings die and split, so the rows of the batch move
    and `select(state, rows)` must move the state with them; without it `select_rows` does.
    `watch` sees each prompt's live and finished hypotheses after every step.

    Source: Wu and others 2016 for dividing by a power of the length.
    """
    if width < 1:
        raise DecodeError(f"beam: width {width}; must be 1 or more")
    if length_penalty < 0:
        raise DecodeError(f"beam: length_penalty {length_penalty}; must be 0 or more")
    prompts = check_prompt(prompt, steps)

    def best(hypotheses: list[Hypothesis]) -> list[Hypothesis]:
        order = sorted(hypotheses, key=lambda one: (not one.finished, -one.score(length_penalty)))
        return order[:width]

    live = [[Hypothesis([], 0.0, False)] for _ in prompts]
    done: list[list[Hypothesis]] = [[] for _ in prompts]
    log_p, state = ask(next_logits, prompts, state)  # one row for each live hypothesis
    for step in range(1, steps + 1):
        origin: list[int] = []  # for each new live hypothesis, the row it grew from
        first = 0  # row of log_p where this prompt's hypotheses begin
        for which, beginnings in enumerate(live):
            if not beginnings:
                continue
            rows = log_p[first : first + len(beginnings)]
            total = np.array([[one.log_p] for one in beginnings]) + rows
            grown: list[tuple[int, Hypothesis]] = []
            # each beginning has one EOS, so among 2 * width at least `width` go on
            for rank, flat in enumerate(likeliest(total.ravel(), 2 * width)):
                place, token = divmod(flat, total.shape[1])
                longer = Hypothesis(
                    [*beginnings[place].ids, token], float(total[place, token]), token == eos
                )
                if longer.finished and rank < width:
                    done[which].append(longer)
                elif not longer.finished and len(grown) < width:
                    grown.append((first + place, longer))
            first += len(beginnings)
            done[which] = best(done[which])
            if len(done[which]) == width and grown:
                hope = grown[0][1].log_p / steps**length_penalty
                if hope <= done[which][-1].score(length_penalty):
                    grown = []
            live[which] = [longer for _, longer in grown]
            origin += [row for row, _ in grown]
        if watch:
            watch([[*some, *ended] for some, ended in zip(live, done, strict=True)])
        if step == steps or not origin:
            break
        moved = np.array(origin)
        state = select(state, moved) if select else select_rows(state, moved, count=len(log_p))
        paths = [
            [*before, *one.ids] for before, some in zip(prompts, live, strict=True) for one in some
        ]
        ids = np.array(paths, dtype=np.intp)
        new = ids if state is None else ids[:, -1:]
        log_p, state = ask(next_logits, new, state)
    return [best([*ended, *some]) for ended, some in zip(done, live, strict=True)]


def likeliest(scores: Floats, count: int) -> list[int]:
    """Places of the highest scores, highest first, without those that are -inf."""
    count = min(count, len(scores))
    top = np.sort(np.argpartition(-scores, count - 1)[:count])
    top = top[np.argsort(-scores[top], kind="stable")]
    places: list[int] = top[scores[top] > -np.inf].tolist()
    return places


def select_rows(state: Any, rows: Ids, *, count: int) -> Any:
    """The state of these rows of the batch: row i of the new state is row rows[i] of the old.

    Looks into tuples, lists and dicts; None, numbers and texts belong to all rows. An object
    with a method `select_rows(rows)` is asked; an array must have the batch as its first axis.
    `count` is the number of rows now.
    """
    if state is None or isinstance(state, int | float | str):
        return state
    if hasattr(state, "select_rows"):
        return state.select_rows(rows)
    if isinstance(state, dict):
        return {key: select_rows(part, rows, count=count) for key, part in state.items()}
    if isinstance(state, list | tuple):
        parts = [select_rows(part, rows, count=count) for part in state]
        return type(state)(*parts) if hasattr(state, "_fields") else type(state)(parts)
    shape = tuple(getattr(state, "shape", ()))
    if shape[:1] != (count,):
        what = f"an array {shape}" if shape else f"a {type(state).__name__}"
        raise DecodeError(
            f"select_rows: the state holds {what}, and the batch has {count} rows; put the batch "
            "first, give the state a method select_rows(rows), or pass select="
        )
    return state[rows]


# What both need


def check_prompt(prompt: ArrayLike, steps: int) -> Ids:
    """The prompt as an integer array (B, T)."""
    if steps < 1:
        raise DecodeError(f"steps {steps}: must be 1 or more")
    try:
        ids = np.asarray(prompt)
    except ValueError as error:
        raise DecodeError(
            "the prompts have different lengths; decode those of one length together"
        ) from error
    if ids.ndim != 2 or not ids.size or ids.dtype.kind not in "iu":
        raise DecodeError(
            f"the prompt is {ids.dtype} {ids.shape}; need whole numbers (B, T) with at least one "
            "token a row, such as [[bos]]"
        )
    return ids.astype(np.intp)


def ask(next_logits: NextLogits, ids: Ids, state: Any) -> tuple[Floats, Any]:
    """The model's log p of the next token, (B, V), and its new state."""
    answer = next_logits(ids, state)
    if not (isinstance(answer, tuple) and len(answer) == 2):
        raise DecodeError(
            f"next_logits gave a {type(answer).__name__}; need two things, (logits, state). "
            "A model without a state gives (logits, None)"
        )
    logits, state = answer
    logits = np.asarray(logits)
    if logits.ndim != 2 or len(logits) != len(ids) or logits.dtype.kind != "f":
        raise DecodeError(
            f"next_logits gave {logits.dtype} {logits.shape} for ids {ids.shape}; need a NumPy "
            f"array of floats ({len(ids)}, V), the logits after the last token"
        )
    if np.isnan(logits).any() or not np.isfinite(logits.max(axis=1)).all():
        raise DecodeError("next_logits gave a row with nan, inf or no chance for any token")
    return log_softmax(logits), state


def until(ids: list[int], eos: int | None) -> list[int]:
    """The ids up to and with the first EOS."""
    return ids[: ids.index(eos) + 1] if eos in ids else ids
