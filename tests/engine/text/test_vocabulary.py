"""Vocabularies: the same numbers in every process, and a text comes back as it was."""

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.engine import text
from coursekit.engine.text import BytePairs, Characters, Vocabulary, VocabularyError, Words

NAMES = ["emma", "olivia", "ava"]
LINES = ["the cat sat on the mat", "the rat sat", "a hat on a mat"]


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
