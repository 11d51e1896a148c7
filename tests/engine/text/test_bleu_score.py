"""BLEU, against the field's own implementation."""

from typing import Any

import numpy as np
import pytest

from coursekit.engine import text

HYPOTHESES = [
    line.split()
    for line in (
        "the cat sat on the mat",
        "a dog runs in the green park today",
        "two men are talking",
        "a man",
    )
]


REFERENCES = [
    [one.split(), two.split()]
    for one, two in (
        ("the cat sat on a mat", "there is a cat on the mat"),
        ("a dog is running in the green park", "the dog runs through the park today"),
        ("two men talk to each other", "two men are having a talk in the street"),
        ("a man rides a horse", "a man on a horse"),
    )
]


FIRST = [several[:1] for several in REFERENCES]


@pytest.mark.parametrize(
    ("rows", "references", "add", "score", "precisions", "brevity", "lengths"),
    [
        ([0, 1, 2, 3], REFERENCES, 0, 42.357312082779664, [90, 87.5, 50, 200 / 9],
         0.7788007830714049, (20, 25)),
        ([0, 1], FIRST, 0, 46.269559069048704, [1100 / 14, 700 / 12, 40, 25], 1, (14, 14)),
        ([2], REFERENCES, 1, 39.911961965336396, [75, 75, 200 / 3, 50], 0.6065306597126334, (4, 6)),
        ([3], REFERENCES, 1, 22.31301601484299, [100] * 4, 0.22313016014842982, (2, 5)),
    ],
)  # fmt: skip
def test_bleu_equals_sacrebleu(
    rows: list[int],
    references: list[list[list[str]]],
    add: float,
    score: float,
    precisions: list[float],
    brevity: float,
    lengths: tuple[int, int],
) -> None:
    found = text.bleu([HYPOTHESES[i] for i in rows], [references[i] for i in rows], add=add)
    assert np.isclose(found.score, score, rtol=1e-12)
    assert np.allclose(found.precisions, np.array(precisions) / 100, rtol=1e-12)
    assert np.isclose(found.brevity, brevity, rtol=1e-12)
    assert found.lengths == lengths


def test_bleu_clips_repeated_words() -> None:
    found = text.bleu([["the"] * 7], [[["the", "cat", "is", "on", "the", "mat"]]])
    assert found.precisions == [2 / 7, 0, 0, 0]
    assert found.score == 0


def test_bleu_is_counted_over_the_corpus_not_averaged_over_sentences() -> None:
    singles = [text.bleu([h], [r]).score for h, r in zip(HYPOTHESES, REFERENCES, strict=True)]
    assert abs(text.bleu(HYPOTHESES, REFERENCES).score - np.mean(singles)) > 5


def test_bleu_of_a_reference_is_100_and_of_nothing_is_0() -> None:
    assert text.bleu(HYPOTHESES[:3], [[h] for h in HYPOTHESES[:3]]).score == 100
    assert text.bleu([[]], [[["a"]]]).score == 0
    assert text.bleu([[7, 8, 9, 7]], [[[7, 8, 9, 7]]]).score == 100


@pytest.mark.parametrize(
    ("hypotheses", "references", "message"),
    [
        ([], [], "0 hypotheses, 0 lists of references"),
        ([["a"]], [], "1 hypotheses, 0 lists of references; need as many lists"),
        (["a b"], [[["a"]]], r"a text stands where a list of tokens should; split it"),
        ([["a"]], [["a"]], r"give a list of references for each hypothesis"),
        ([["a"]], [[]], r"bleu: hypothesis 0 has no reference"),
    ],
)
def test_bleu_says_what_is_wrong(hypotheses: Any, references: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        text.bleu(hypotheses, references)
