"""Rows of tokens as arrays, and columns of one long text."""

import numpy as np
import pytest

from coursekit.engine import text


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
