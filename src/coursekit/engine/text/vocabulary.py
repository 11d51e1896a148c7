"""Text to numbers and back: characters, words or pieces of words."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

Text = str | Sequence[str]  # a text to split, or its tokens, already split


class VocabularyError(ValueError):
    """A token or a number that the vocabulary does not have."""


class Vocabulary:
    """Tokens and their numbers: special tokens first, the others in an order that never changes.

    A subclass says how a text is split and joined. Two roles may share one token:
    `bos=".", eos="."` is one mark, number 0, before and after each name.
    """

    kind = ""

    def __init__(
        self,
        tokens: Iterable[str],
        *,
        pad: str | None = None,
        unk: str | None = None,
        bos: str | None = None,
        eos: str | None = None,
    ) -> None:
        self.roles = {"pad": pad, "unk": unk, "bos": bos, "eos": eos}
        special = dict.fromkeys(token for token in self.roles.values() if token is not None)
        self.ordinary = [token for token in tokens if token != unk]
        for token in self.ordinary:
            if token in special:
                raise VocabularyError(
                    f"{token!r} is in the text and is a special token too; choose another mark"
                )
        self.tokens = [*special, *self.ordinary]
        self.index = {token: number for number, token in enumerate(self.tokens)}

    def split(self, text: str) -> list[str]:
        """The tokens of a text."""
        raise NotImplementedError

    def join(self, tokens: Iterable[str]) -> str:
        """The text of the tokens."""
        raise NotImplementedError

    def encode(self, text: Text, *, bos: bool = False, eos: bool = False) -> list[int]:
        """The numbers of a text, with the start or end token around it if asked.

        Raises: VocabularyError for a token it does not have, unless it was built with `unk`.
        """
        ids = [self.role("bos")] if bos else []
        for token in self.split(text) if isinstance(text, str) else text:
            number = self.index.get(token)
            if number is None:
                if self.roles["unk"] is None:
                    raise VocabularyError(
                        f"encode: {token!r} is not among the {len(self)} {self.kind}; "
                        "build the vocabulary on text that has it, or with unk='<unk>'"
                    )
                number = self.role("unk")
            ids.append(number)
        return [*ids, self.role("eos")] if eos else ids

    def decode(self, ids: Iterable[int], *, special: bool = False) -> str:
        """The text of the numbers; pad, bos and eos are left out unless `special`."""
        silent = set() if special else {self.roles[role] for role in ("pad", "bos", "eos")}
        tokens = (self.token(number) for number in ids)
        return self.join(token for token in tokens if token not in silent)

    def token(self, number: int) -> str:
        """The token that has this number."""
        if not 0 <= number < len(self.tokens):
            raise VocabularyError(
                f"{number} is no token: this vocabulary has the numbers 0 to {len(self) - 1}"
            )
        return self.tokens[number]

    def role(self, name: str) -> int:
        """The number of the token for "pad", "unk", "bos" or "eos"."""
        if name not in self.roles:
            raise VocabularyError(f"there is no role {name!r}, only {', '.join(self.roles)}")
        token = self.roles[name]
        if token is None:
            raise VocabularyError(f"this vocabulary has no {name}; build it with {name}='<{name}>'")
        return self.index[token]

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self.index

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self)} tokens: {' '.join(map(repr, self.tokens[:5]))} ...)"
        )

    def to_json(self) -> str:
        """Everything needed to build the same vocabulary again."""
        data = {"kind": self.kind, "roles": self.roles, "tokens": self.ordinary}
        return json.dumps(data | self.extra(), ensure_ascii=False)

    def extra(self) -> dict[str, Any]:
        """What a subclass stores beside its tokens."""
        return {}

    def save(self, path: str | Path) -> None:
        """Write the vocabulary beside the weights that were trained with it."""
        Path(path).write_text(self.to_json(), encoding="utf-8")

    @staticmethod
    def from_json(text: str) -> "Vocabulary":
        """The vocabulary that `to_json` wrote, with the same numbers."""
        kinds: dict[str, type[Vocabulary]] = {
            each.kind: each for each in (Characters, Words, BytePairs)
        }
        try:
            data = json.loads(text)
            kind = kinds[data.pop("kind")]
            return kind(data.pop("tokens"), **data.pop("roles"), **data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise VocabularyError(f"this is not a saved vocabulary: {error!r}") from error

    @staticmethod
    def load(path: str | Path) -> "Vocabulary":
        """The vocabulary that `save` wrote."""
        return Vocabulary.from_json(Path(path).read_text(encoding="utf-8"))


class Characters(Vocabulary):
    """Every character is a token."""

    kind = "characters"

    @classmethod
    def build(cls, texts: str | Iterable[Text], **roles: str | None) -> Self:
        """All characters of the texts, sorted."""
        return cls(sorted({character for text in as_texts(texts) for character in text}), **roles)

    def split(self, text: str) -> list[str]:
        return list(text)

    def join(self, tokens: Iterable[str]) -> str:
        return "".join(tokens)


class Words(Vocabulary):
    """Whatever stands between blanks is a token; `tokenise` sets the marks apart first."""

    kind = "words"

    @classmethod
    def build(
        cls,
        texts: str | Iterable[Text],
        *,
        min_count: int = 1,
        limit: int | None = None,
        unk: str | None = "<unk>",
        **roles: str | None,
    ) -> Self:
        """Words seen at least `min_count` times, at most the `limit` most frequent, sorted."""
        counts = Counter(
            word
            for text in as_texts(texts)
            for word in (text.split() if isinstance(text, str) else text)
        )
        often = sorted(counts, key=lambda word: (-counts[word], word))[:limit]
        return cls(sorted(w for w in often if counts[w] >= min_count), unk=unk, **roles)

    def split(self, text: str) -> list[str]:
        return text.split()

    def join(self, tokens: Iterable[str]) -> str:
        return " ".join(tokens)


class BytePairs(Vocabulary):
    """Pieces of words: the most frequent pair of neighbours becomes one token, again and again.

    It starts from characters, and a blank belongs to the word behind it, so no text is lost.
    Source: Gage 1994 (on bytes, hence the name); Sennrich, Haddow and Birch 2016.
    """

    kind = "byte pairs"

    def __init__(
        self,
        tokens: Iterable[str],
        *,
        merges: Iterable[Sequence[str]] = (),
        **roles: str | None,
    ) -> None:
        super().__init__(tokens, **roles)
        self.merges = [(left, right) for left, right in merges]
        self.rank = {pair: place for place, pair in enumerate(self.merges)}
        self.known: dict[str, list[str]] = {}  # piece of text -> its tokens

    @classmethod
    def build(cls, texts: str | Iterable[Text], *, merges: int, **roles: str | None) -> Self:
        """Learn `merges` merges, fewer if no pair is left that occurs twice."""
        pieces = Counter(
            piece
            for text in as_texts(texts)
            for piece in (cut(text) if isinstance(text, str) else text)
        )
        learned = learn_merges(pieces, merges)
        joined = [left + right for left, right in learned]
        characters = sorted({character for piece in pieces for character in piece})
        return cls(dict.fromkeys([*characters, *joined]), merges=learned, **roles)

    def extra(self) -> dict[str, Any]:
        return {"merges": self.merges}

    def split(self, text: str) -> list[str]:
        return [token for piece in cut(text) for token in self.split_piece(piece)]

    def split_piece(self, piece: str) -> list[str]:
        """Apply the merges to one piece in the order in which they were learned."""
        if piece not in self.known:
            parts = list(piece)
            while pairs := [pair for pair in pairwise(parts) if pair in self.rank]:
                parts = merge(parts, min(pairs, key=self.rank.__getitem__))
            self.known[piece] = parts
        return self.known[piece]

    def join(self, tokens: Iterable[str]) -> str:
        return "".join(tokens)


def as_texts(texts: str | Iterable[Text]) -> Iterable[Text]:
    """One text is a list of one text."""
    return [texts] if isinstance(texts, str) else texts


def cut(text: str) -> list[str]:
    """Words, runs of marks and blanks, each with the one blank before it; together the text."""
    return re.findall(r" ?\w+| ?[^\w\s]+|\s", text)


def tokenise(text: str) -> list[str]:
    """Lower-case words and marks; "isn't" becomes "is", "n't", so that no "not" is hidden."""
    pattern = r"<\w+>|\w+(?=n't\b)|n't\b|'(?:s|re|ve|ll|d|m)\b|\w+|[^\w\s]"
    return re.findall(pattern, text.lower().replace("’", "'"))


def merge(parts: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """The parts with every occurrence of the pair, from the left, made one."""
    merged: list[str] = []
    for part in parts:
        if merged and (merged[-1], part) == pair:
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def learn_merges(pieces: Counter[str], merges: int) -> list[tuple[str, str]]:
    """The most frequent pair of neighbours, `merges` times; of equals the first by alphabet."""
    words = [list(piece) for piece in pieces]
    weights = list(pieces.values())
    counts: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], set[int]] = defaultdict(set)  # pair -> words that had it

    def add(word: int, sign: int) -> None:
        for pair in pairwise(words[word]):
            counts[pair] += sign * weights[word]
            where[pair].add(word)

    for word in range(len(words)):
        add(word, 1)
    learned: list[tuple[str, str]] = []
    while len(learned) < merges and (most := max(counts.values(), default=0)) > 1:
        best = min(pair for pair, count in counts.items() if count == most)
        for word in where.pop(best):
            add(word, -1)
            words[word] = merge(words[word], best)
            add(word, 1)
        del counts[best]
        learned.append(best)
    return learned
