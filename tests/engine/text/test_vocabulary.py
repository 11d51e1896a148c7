"""Vocabularies, batches, counting models and BLEU."""

import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.engine import text
from coursekit.engine.text import BytePairs, Characters, NGram, Vocabulary, VocabularyError, Words

NAMES = ["emma", "olivia", "ava"]
LINES = ["the cat sat on the mat", "the rat sat", "a hat on a mat"]


# Vocabularies


def test_characters_are_sorted_after_the_special_ones() -> None:
    vocabulary = Characters.build(NAMES, bos=".", eos=".")
    assert vocabulary.tokens == [".", *"aeilmov"]
    assert vocabulary.encode("ava", bos=True, eos=True) == [0, 1, 7, 1, 0]
    assert vocabulary.decode([0, 1, 7, 1, 0]) == "ava"
    assert vocabulary.decode([0, 1, 7, 1, 0], special=True) == ".ava."


def test_one_text_is_a_list_of_one_text() -> None:
    assert Characters.build("abba").tokens == ["a", "b"]
    assert Words.build("b a b", unk=None).tokens == ["a", "b"]


@pytest.mark.skipif(sys.platform == "emscripten", reason="a browser has one process")
@pytest.mark.parametrize("seed", ["0", "1"])
def test_numbers_are_the_same_in_every_process(seed: str) -> None:
    program = (
        "from coursekit.engine.text import *; lines = ['the cat sat on the mat', 'a hat'];"
        "print(Characters.build(lines).tokens, Words.build(lines).tokens,"
        "BytePairs.build(lines, merges=4).tokens)"
    )
    lines = ["the cat sat on the mat", "a hat"]
    environment = os.environ | {"PYTHONHASHSEED": seed}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    here = [Characters.build(lines), Words.build(lines), BytePairs.build(lines, merges=4)]
    assert ran.stdout.strip() == " ".join(str(each.tokens) for each in here)


def test_roles_have_numbers() -> None:
    vocabulary = Words.build(LINES, pad="<pad>", bos="<bos>", eos="<eos>")
    assert vocabulary.tokens[:4] == ["<pad>", "<unk>", "<bos>", "<eos>"]
    assert [vocabulary.role(name) for name in ("pad", "unk", "bos", "eos")] == [0, 1, 2, 3]
    assert "cat" in vocabulary
    assert "dog" not in vocabulary
    assert len(vocabulary) == 12
    assert repr(vocabulary).startswith("Words(12 tokens: '<pad>' '<unk>' '<bos>' '<eos>' 'a'")


def test_an_unknown_token_is_an_error_or_the_unknown_mark() -> None:
    with pytest.raises(VocabularyError, match=r"'z' is not among the 7 characters; build .* unk="):
        Characters.build(NAMES).encode("zoe")
    assert Words.build(LINES).encode("the dog sat") == [8, 0, 7]
    assert Words.build(LINES).decode([8, 0, 7]) == "the <unk> sat"


def test_a_special_token_must_not_be_in_the_text() -> None:
    with pytest.raises(VocabularyError, match=r"'\.' is in the text and is a special token too"):
        Characters.build(["a.b"], eos=".")
    assert Words.build(["a <unk> b"]).tokens == ["<unk>", "a", "b"]


@pytest.mark.parametrize("number", [-1, 7])
def test_decode_refuses_numbers_that_no_token_has(number: int) -> None:
    with pytest.raises(VocabularyError, match=rf"{number} is no token: .* numbers 0 to 6"):
        Characters.build(NAMES).decode([number])


def test_a_role_that_was_not_asked_for_is_an_error() -> None:
    with pytest.raises(VocabularyError, match="there is no role 'end', only pad, unk, bos, eos"):
        Characters.build(NAMES).role("end")
    with pytest.raises(VocabularyError, match=r"has no eos; build it with eos='<eos>'"):
        Characters.build(NAMES).encode("ava", eos=True)


def test_words_can_be_rare_or_too_many() -> None:
    assert Words.build(LINES, min_count=2).tokens == ["<unk>", "a", "mat", "on", "sat", "the"]
    assert Words.build(LINES, limit=2).tokens == ["<unk>", "a", "the"]


@pytest.mark.parametrize(
    "vocabulary",
    [
        Characters.build(NAMES, bos=".", eos="."),
        Words.build(LINES, pad="<pad>", min_count=2),
        BytePairs.build(LINES, merges=9, unk="<unk>", eos="<eos>"),
    ],
    ids=lambda vocabulary: vocabulary.kind,
)
def test_a_loaded_vocabulary_has_the_same_numbers(vocabulary: Vocabulary, tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.json"
    vocabulary.save(path)
    loaded = Vocabulary.load(path)
    assert type(loaded) is type(vocabulary)
    assert loaded.tokens == vocabulary.tokens
    assert loaded.roles == vocabulary.roles
    known = "ava" if isinstance(vocabulary, Characters) else "the cat sat"
    assert loaded.encode(known) == vocabulary.encode(known)


@pytest.mark.parametrize(
    "saved",
    [
        "nothing",
        "[]",
        "{}",
        json.dumps({"kind": "letters", "roles": {}, "tokens": []}),
        json.dumps({"kind": "characters", "roles": {"end": "."}, "tokens": []}),
    ],
)
def test_a_broken_file_is_not_a_vocabulary(saved: str) -> None:
    with pytest.raises(VocabularyError, match="this is not a saved vocabulary"):
        Vocabulary.from_json(saved)


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("Not bad, at all!", "not bad , at all !"),
        ("It isn't; I can’t.", "it is n't ; i ca n't ."),
        ("we've 'seen' it's end", "we 've ' seen ' it 's end"),
        ("a <unk> b", "a <unk> b"),
        ("", ""),
    ],
)
def test_tokenise_sets_words_and_marks_apart(written: str, tokens: str) -> None:
    assert text.tokenise(written) == tokens.split()


# Byte pairs


def counted_anew(pieces: Counter[str], merges: int) -> list[tuple[str, str]]:
    """The same merges, found by counting everything again after each."""
    words = [(list(piece), count) for piece, count in pieces.items()]
    learned = []
    for _ in range(merges):
        counts: Counter[tuple[str, str]] = Counter()
        for parts, count in words:
            for pair in pairwise(parts):
                counts[pair] += count
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        learned.append(best)
        for parts, _count in words:
            place = 0
            while place < len(parts) - 1:
                if (parts[place], parts[place + 1]) == best:
                    parts[place : place + 2] = ["".join(best)]
                place += 1
    return learned


def test_byte_pairs_merge_the_most_frequent_pair_first() -> None:
    pieces = Counter({"low": 5, "lower": 2, "newest": 6, "widest": 3, "banana": 4, "aaaa": 2})
    tokens = [piece for piece, count in pieces.items() for _ in range(count)]
    vocabulary = BytePairs.build([tokens], merges=12)
    assert vocabulary.merges[:3] == [("e", "s"), ("es", "t"), ("a", "n")]
    assert vocabulary.merges == counted_anew(pieces, 12)
    assert vocabulary.split("newest") == ["newest"]
    assert vocabulary.split("lowest") == ["low", "est"]


def test_more_merges_make_longer_tokens_and_shorter_texts() -> None:
    whole = "\n".join(LINES)
    lengths = [len(BytePairs.build(LINES, merges=m, unk="?").encode(whole)) for m in (0, 3, 9)]
    assert lengths[0] == len(whole)
    assert lengths[0] > lengths[1] > lengths[2]


def test_merging_ends_when_no_pair_occurs_twice() -> None:
    assert BytePairs.build("abcd", merges=50).merges == []
    assert BytePairs.build("ab ab ab", merges=50).tokens == [" ", "a", "b", "ab", " ab"]


@given(st.text(alphabet="ab .,\n\tné'1", max_size=40))
def test_byte_pairs_lose_no_character(written: str) -> None:
    vocabulary = BytePairs.build(["ab ab. né 1, 'an\n\t ", written], merges=5)
    assert vocabulary.decode(vocabulary.encode(written)) == written


# Batches


def test_padded_rows_have_one_length() -> None:
    rows = text.padded([[1, 2, 3], [], [4]], 9)
    assert rows.tolist() == [[1, 2, 3], [9, 9, 9], [4, 9, 9]]
    assert rows.dtype == np.intp
    assert text.padded([], 0).size == 0


def test_columns_are_read_downwards() -> None:
    assert text.columns(list(range(11)), 3).tolist() == [[0, 3, 6], [1, 4, 7], [2, 5, 8]]
    with pytest.raises(ValueError, match=r"columns: 5 tokens in 3 columns leave 1 a column"):
        text.columns([1, 2, 3, 4, 5], 3)
    with pytest.raises(ValueError, match=r"5 tokens in 0 columns leave 0 a column"):
        text.columns([1, 2, 3, 4, 5], 0)


def test_bptt_without_a_length_is_refused_and_does_not_run_for_ever() -> None:
    with pytest.raises(ValueError, match="bptt: length 0; must be 1 or more"):
        list(text.bptt(text.columns(range(10), 2), 0))


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_bptt_pieces_continue_and_predict_every_token_once(seed: int | None) -> None:
    table = text.columns(list(range(400)), 4)
    rng = None if seed is None else np.random.default_rng(seed)
    pieces = list(text.bptt(table, 16, rng=rng))
    assert np.array_equal(np.concatenate([x for x, _ in pieces]), table[:-1])
    assert np.array_equal(np.concatenate([y for _, y in pieces]), table[1:])
    lengths = [len(x) for x, _ in pieces]
    if seed is None:
        assert lengths == [16] * 6 + [3]
    else:
        assert len(set(lengths[:-1])) > 2
        assert min(lengths[:-1]) >= 5
        again = text.bptt(table, 16, rng=np.random.default_rng(seed))
        assert lengths == [len(x) for x, _ in again]


# Counting


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


# BLEU: the expected numbers were computed by sacrebleu 2.6.0, tokenize="none"

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
