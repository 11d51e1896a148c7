"""Language models that only count."""

import math
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coursekit.engine.text import Characters, NGram


def test_added_counts_by_hand() -> None:
    model = NGram(2, 3, add=0.5).fit([[1, 1, 2], [1, 2]])  # the token 0 before each
    p = np.exp(model.next_logits([[0], [1], [2]])[0])
    assert np.allclose(p[0], [0.5 / 3.5, 2.5 / 3.5, 0.5 / 3.5])  # seen: 1 twice
    assert np.allclose(p[1], [0.5 / 4.5, 1.5 / 4.5, 2.5 / 4.5])  # seen: 1 once, 2 twice
    assert np.allclose(p[2], 1 / 3)  # never followed by anything


def test_blended_counts_by_hand() -> None:
    model = NGram(2, 3, blend=2).fit([[1, 1, 2], [1, 2]])
    single = (np.array([0, 3, 2]) + 2 / 3) / 7
    p = np.exp(model.next_logits([[1], [2]])[0])
    assert np.allclose(p[0], (np.array([0, 1, 2]) + 2 * single) / 5)
    assert np.allclose(p[1], single)


def test_what_never_occurred_has_no_chance_without_smoothing() -> None:
    model = NGram(2, 3, add=0).fit([[1, 1, 2], [1, 2]])
    assert np.allclose(model.surprise([1, 1]), [0, math.log(3)])
    assert model.nats([[1, 0]]) == math.inf


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("smoothing", [{"add": 0.3}, {"blend": 4.0}, {}])
def test_probabilities_sum_to_one(order: int, smoothing: dict[str, Any]) -> None:
    rng = np.random.default_rng(order)
    model = NGram(order, 6, **smoothing).fit([rng.integers(0, 6, 50) for _ in range(3)])
    logits, state = model.next_logits(rng.integers(0, 6, (7, 4)))
    assert logits.shape == (7, 6)
    assert state is None
    assert np.allclose(np.exp(logits).sum(axis=1), 1)


def test_surprise_is_that_of_the_next_logits() -> None:
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, 5, n) for n in (30, 1, 12)]
    model = NGram(3, 5).fit(sequences[:1])
    logits = [model.next_logits([[0, *sequences[2][:t]]])[0][0] for t in range(12)]
    expected = [-row[token] for row, token in zip(logits, sequences[2], strict=True)]
    assert np.allclose(model.surprise(sequences[2]), expected)
    total = sum(model.surprise(sequence).sum() for sequence in sequences)
    assert np.isclose(model.nats(sequences), total / 43)


def test_a_longer_memory_helps_until_the_counts_are_too_few() -> None:
    rng = np.random.default_rng(0)
    chain = [0, 1]
    for _ in range(3000):  # the next token depends on the two before it
        chain.append((chain[-1] + chain[-2]) % 5 if rng.random() < 0.8 else int(rng.integers(0, 5)))
    train, rest = chain[:2000], chain[2000:]
    nats = [NGram(order, 5).fit([train]).nats([rest]) for order in (1, 2, 3, 7)]
    assert nats[2] < min(nats[0], nats[1], nats[3])
    assert nats[0] < math.log(5) + 0.01


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: NGram(0, 5), r"NGram: order 0, size 5; both must be 1 or more"),
        (lambda: NGram(16, 65), r"NGram: 65\*\*16 runs do not fit into 63 bits; choose a lower"),
        (lambda: NGram(2, 5).nats([[1]]), r"nothing was counted yet; call fit"),
        (lambda: NGram(2, 5).fit([]), r"not one token"),
        (lambda: NGram(2, 5).fit([[], []]), r"not one token"),
        (lambda: NGram(2, 5).fit([[1, 5]]), r"ids from 0 to 5; size 5 allows 0 to 4"),
        (lambda: NGram(2, 5).fit([[-1]]), r"ids from -1 to 0; size 5 allows 0 to 4"),
    ],
)
def test_counting_says_what_is_wrong(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.data
def test_floors_on_the_real_names() -> None:
    names = (Path(os.environ["COURSEKIT_DATA"]) / "names" / "names.txt").read_text().split()
    random.Random(42).shuffle(names)
    vocabulary = Characters.build(names, bos=".", eos=".")
    ids = [vocabulary.encode(name, eos=True) for name in names]
    train, dev = ids[: int(0.8 * len(ids))], ids[int(0.8 * len(ids)) : int(0.9 * len(ids))]
    floors = [NGram(order, 27).fit(train).nats(dev) for order in range(1, 7)]
    print("1- to 6-gram on names, dev:", np.round(floors, 3))
    assert np.allclose(floors[:3], [2.821, 2.453, 2.224], atol=0.002)
    assert min(floors) == floors[4] < 2.06
