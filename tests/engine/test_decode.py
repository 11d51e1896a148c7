"""Decoding, tried on fake models whose answers are known."""

# Past 400 lines: all ways to choose are tried on the same fake models.

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coursekit.engine import decode
from coursekit.engine.decode import DecodeError, Hypothesis

Ids = NDArray[np.intp]
Floats = NDArray[np.float64]

A, B, EOS = 0, 1, 2


# Fake models


def tree(ids: Ids, state: Any) -> tuple[Floats, None]:
    """A then A is .6 and .6, B then B is .4 and .9: the better first step is the worse path."""
    rows = []
    for row in ids[:, 1:]:
        p_a = 0.6 if not row.size or row[0] == A else 0.1
        rows.append([p_a, 1 - p_a])
    return np.log(rows), None


class Memory:
    """The two last tokens score the next one; remembered in a state, or read from the ids."""

    def __init__(self, size: int = 5, seed: int = 0) -> None:
        self.table = np.random.default_rng(seed).normal(0, 2, (size, size, size))

    def stateless(self, ids: Ids, state: Any) -> tuple[Floats, None]:
        assert state is None
        before = ids[:, -2] if ids.shape[1] > 1 else np.zeros_like(ids[:, -1])
        return self.table[before, ids[:, -1]], None

    def stateful(self, ids: Ids, state: Any) -> tuple[Floats, Any]:
        """The state is nested as deep as they come."""
        if state is None:
            before = ids[:, -2] if ids.shape[1] > 1 else np.zeros_like(ids[:, -1])
            position = ids.shape[1]
        else:
            assert ids.shape[1] == 1
            before = state["cache"][0].last
            position = state["position"] + 1
            assert state["cache"][1][0].shape == (len(ids), 3)
        state = {
            "cache": [Layer(ids[:, -1], None), (np.zeros((len(ids), 3)),)],
            "position": position,
        }
        return self.table[before, ids[:, -1]], state


class Layer(NamedTuple):
    last: Ids
    nothing: None


def uniform(size: int) -> decode.NextLogits:
    return lambda ids, state: (np.zeros((len(ids), size)), None)


def scripted(*words: list[int]) -> decode.NextLogits:
    """Row i almost surely writes words[i]."""

    def next_logits(ids: Ids, state: Any) -> tuple[Floats, None]:
        logits = np.full((len(ids), 5), -20.0)
        for row, word in enumerate(words):
            logits[row, word[min(ids.shape[1] - 1, len(word) - 1)]] = 0
        return logits, None

    return next_logits


# From logits to one token


def test_distribution_is_the_softmax() -> None:
    p = decode.distribution([[1000.0, 1001.0], [0.0, -np.inf]])
    assert np.allclose(p, [[0.26894142, 0.73105858], [1.0, 0.0]])
    assert decode.distribution(np.zeros(2, np.float32)).dtype == np.float64


def test_temperature_sharpens_and_flattens() -> None:
    logits = np.log([0.6, 0.3, 0.1])
    assert np.allclose(decode.distribution(logits, temperature=0.5), np.array([36, 9, 1]) / 46)
    assert decode.distribution(logits, temperature=1e-3)[0] > 0.999
    assert np.allclose(decode.distribution(logits, temperature=1e6), 1 / 3, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"top_k": 1}, [0, 0, 0.5, 0]),
        ({"top_k": 2}, [0.3, 0, 0.5, 0]),
        ({"top_k": 9}, [0.3, 0.05, 0.5, 0.15]),
        ({"top_p": 0.1}, [0, 0, 0.5, 0]),
        ({"top_p": 0.5}, [0, 0, 0.5, 0]),
        ({"top_p": 0.51}, [0.3, 0, 0.5, 0]),  # the token that crosses the line is kept
        ({"top_p": 0.8}, [0.3, 0, 0.5, 0]),
        ({"top_p": 0.9}, [0.3, 0, 0.5, 0.15]),
        ({"top_p": 1.0}, [0.3, 0.05, 0.5, 0.15]),
        ({"top_k": 2, "top_p": 0.6}, [0, 0, 0.5, 0]),  # of two, .5 is .625
    ],
)
def test_top_k_and_top_p_keep_the_likeliest(settings: Any, kept: list[float]) -> None:
    p = decode.distribution(np.log([[0.3, 0.05, 0.5, 0.15]] * 2), **settings)
    assert np.allclose(p, np.array([kept] * 2) / sum(kept))


def test_top_k_of_equals_keeps_k() -> None:
    assert np.count_nonzero(decode.distribution(np.zeros(6), top_k=4)) == 4


@given(
    st.lists(st.floats(-30, 30), min_size=1, max_size=12),
    st.floats(0.05, 5),
    st.integers(1, 12) | st.none(),
    st.floats(0.001, 1) | st.none(),
)
def test_something_is_always_left_and_it_is_the_likeliest(
    logits: list[float], temperature: float, top_k: int | None, top_p: float | None
) -> None:
    p = decode.distribution(logits, temperature=temperature, top_k=top_k, top_p=top_p)
    plain = decode.distribution(logits, temperature=temperature)
    assert np.isclose(p.sum(), 1)
    assert plain[p > 0].min() >= plain[p == 0].max(initial=0)
    if top_p is not None and top_k is None:
        assert plain[p > 0].sum() >= min(top_p, 1) - 1e-9


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0}, r"temperature 0: must be above 0; for the limit use greedy\(\)"),
        ({"temperature": -1.0}, r"temperature -1.0"),
        ({"top_k": 0}, r"top_k 0: must be 1 or more"),
        ({"top_p": 0.0}, r"top_p 0.0: must be above 0 and at most 1"),
        ({"top_p": 1.5}, r"top_p 1.5"),
    ],
)
def test_settings_out_of_range_are_refused(settings: Any, message: str) -> None:
    with pytest.raises(DecodeError, match=message):
        decode.distribution([0.0, 1.0], **settings)


def test_draw_follows_the_probabilities() -> None:
    p = np.array([0.1, 0.0, 0.6, 0.3, 0.0])
    drawn = decode.draw(np.random.default_rng(0), np.tile(p, (20_000, 1)))
    shares = np.bincount(drawn, minlength=5) / 20_000
    assert (shares[[1, 4]] == 0).all()
    assert np.allclose(shares, p, atol=0.015)


class Edges:
    """A random generator that only knows its lowest and highest number."""

    def __init__(self, height: float) -> None:
        self.height = height

    def random(self, shape: tuple[int, ...]) -> Floats:
        return np.full(shape, self.height)


@pytest.mark.parametrize(("height", "token"), [(0.0, 1), (1 - 2**-53, 11)])
def test_draw_never_steps_off_the_staircase(height: float, token: int) -> None:
    rng: Any = Edges(height)
    p = np.array([[0.0, *[1 / 11] * 11, 0.0]])
    assert decode.draw(rng, p).tolist() == [token]


# One path


def test_greedy_takes_the_better_step_and_misses_the_better_path() -> None:
    [found] = decode.greedy(tree, [[9]], steps=3)
    assert found.ids == [A, A, A]
    assert math.isclose(math.exp(found.log_p), 0.216)


def test_every_row_stops_at_its_own_end() -> None:
    model = scripted([0, EOS, 3], [1, 1, 1, 1, EOS], [0, 0, 0, 0, 0, 0])
    found = decode.greedy(model, [[4]] * 3, steps=6, eos=EOS)
    assert [one.ids for one in found] == [[0, EOS], [1, 1, 1, 1, EOS], [0] * 6]
    assert [one.finished for one in found] == [True, True, False]
    assert np.allclose([one.score(1.0) for one in found], found[0].log_p / 2)


def test_decoding_ends_when_all_rows_have_ended() -> None:
    asked = []

    def counted(ids: Ids, state: Any) -> tuple[Floats, Any]:
        asked.append(ids.shape)
        return scripted([0, EOS], [EOS])(ids, state)

    decode.greedy(counted, [[4], [4]], steps=50, eos=EOS)
    assert asked == [(2, 1), (2, 2)]


@pytest.mark.parametrize("seed", range(4))
def test_a_state_changes_nothing_but_the_work(seed: int) -> None:
    memory = Memory(seed=seed)
    prompt = np.random.default_rng(seed).integers(0, 5, (3, 4))
    for run in (
        lambda model: decode.greedy(model, prompt, steps=7, eos=EOS),
        lambda model: decode.sample(
            model, prompt, steps=7, eos=EOS, rng=np.random.default_rng(seed), top_p=0.9
        ),
        lambda model: decode.beam(model, prompt, width=4, steps=7, eos=EOS, length_penalty=0.7),
    ):
        assert run(memory.stateful) == run(memory.stateless)


def test_sampling_is_the_same_for_the_same_seed() -> None:
    def run(seed: int) -> list[Hypothesis]:
        rng = np.random.default_rng(seed)
        return decode.sample(uniform(9), [[0]] * 4, steps=20, rng=rng)

    assert run(0) == run(0)
    assert run(0) != run(1)
    assert len({tuple(one.ids) for one in run(0)}) == 4


def test_sampled_log_p_is_that_of_the_model_not_of_the_draw() -> None:
    logits = np.log([0.6, 0.3, 0.1])
    rng = np.random.default_rng(0)
    [found] = decode.sample(
        lambda ids, state: (logits[None], None), [[0]], steps=30, rng=rng, temperature=0.5, top_k=2
    )
    assert set(found.ids) == {0, 1}
    assert np.isclose(found.log_p, logits[found.ids].sum())


def test_cold_sampling_is_greedy() -> None:
    memory = Memory()
    rng = np.random.default_rng(0)
    cold = decode.sample(memory.stateless, [[0, 1]], steps=9, rng=rng, temperature=1e-4)
    only_one = decode.sample(memory.stateless, [[0, 1]], steps=9, rng=rng, top_k=1)
    assert cold == only_one == decode.greedy(memory.stateless, [[0, 1]], steps=9)


# Many paths


def test_beam_two_finds_the_better_path() -> None:
    best, second = decode.beam(tree, [[9]], width=2, steps=3)[0]
    assert (best.ids, second.ids) == ([B, B, B], [A, A, A])
    assert math.isclose(math.exp(best.log_p), 0.324)
    assert math.isclose(math.exp(second.log_p), 0.216)


def test_the_beam_can_be_watched() -> None:
    frames: list[list[list[Hypothesis]]] = []
    decode.beam(tree, [[9]], width=2, steps=3, watch=frames.append)
    assert [sorted(one.ids for one in frame[0]) for frame in frames] == [
        [[A], [B]],
        [[A, A], [B, B]],
        [[A, A, A], [B, B, B]],
    ]


def every_path(next_logits: decode.NextLogits, start: list[int], steps: int) -> list[Hypothesis]:
    """All hypotheses of at most `steps` tokens, finished ones first, then by log p."""
    size = next_logits(np.array([start]), None)[0].shape[1]
    found = {}
    for tokens in itertools.product(range(size), repeat=steps):
        path = decode.until(list(tokens), EOS)
        log_p = 0.0
        for at, token in enumerate(path):
            logits, _ = next_logits(np.array([start + path[:at]]), None)
            log_p += float(decode.log_softmax(logits)[0, token])
        found[tuple(path)] = Hypothesis(path, log_p, path[-1] == EOS)
    return list(found.values())


@pytest.mark.parametrize("length_penalty", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_wide_beam_is_the_exhaustive_search(seed: int, length_penalty: float) -> None:
    model = Memory(size=4, seed=seed).stateless
    paths = every_path(model, [3], 4)
    paths.sort(key=lambda one: (not one.finished, -one.score(length_penalty)))
    found = decode.beam(model, [[3]], width=4**4, steps=4, eos=EOS, length_penalty=length_penalty)[
        0
    ]
    assert [one.ids for one in found[:5]] == [one.ids for one in paths[:5]]
    assert {tuple(one.ids) for one in found} == {tuple(one.ids) for one in paths}
    assert [one.finished for one in found] == [one.finished for one in paths]
    scores = [[one.score(length_penalty) for one in some] for some in (found, paths)]
    assert np.allclose(scores[0], scores[1])


def patient_beam(
    next_logits: decode.NextLogits, width: int, steps: int, length_penalty: float
) -> list[Hypothesis]:
    """The same search for one prompt, [3], that never ends early."""
    live, done = [Hypothesis([], 0.0, False)], []
    for _ in range(steps):
        longer = [
            Hypothesis([*one.ids, token], one.log_p + float(log_p), token == EOS)
            for one in live
            for token, log_p in enumerate(
                decode.log_softmax(next_logits(np.array([[3, *one.ids]]), None)[0])[0]
            )
        ]
        longer.sort(key=lambda one: -one.log_p)
        done += [one for one in longer[:width] if one.finished]
        live = [one for one in longer if not one.finished][:width]
    order = sorted([*done, *live], key=lambda one: (not one.finished, -one.score(length_penalty)))
    return order[:width]


@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_ending_early_loses_nothing(seed: int, length_penalty: float) -> None:
    memory = Memory(size=4, seed=seed)
    memory.table[..., EOS] += 3  # so that it ends early
    asked = []

    def counted(ids: Ids, state: Any) -> tuple[Floats, Any]:
        asked.append(len(ids))
        return memory.stateless(ids, state)

    found = decode.beam(counted, [[3]], width=3, steps=12, eos=EOS, length_penalty=length_penalty)[
        0
    ]
    patient = patient_beam(memory.stateless, 3, 12, length_penalty)
    assert [one.ids for one in found] == [one.ids for one in patient]
    assert length_penalty or len(asked) < 12


@pytest.mark.parametrize("seed", range(5))
def test_rows_of_a_batch_do_not_disturb_each_other(seed: int) -> None:
    model = Memory(seed=seed).stateful
    prompts = np.random.default_rng(seed).integers(0, 5, (4, 2))
    together = decode.beam(model, prompts, width=3, steps=6, eos=EOS)
    assert together == [
        decode.beam(model, prompts[row : row + 1], width=3, steps=6, eos=EOS)[0] for row in range(4)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_is_greedy(seed: int) -> None:
    model = Memory(seed=seed).stateless
    prompts = np.random.default_rng(seed).integers(0, 5, (4, 2))
    found = decode.beam(model, prompts, width=1, steps=6, eos=EOS)
    greedy = decode.greedy(model, prompts, steps=6, eos=EOS)
    for [one], other in zip(found, greedy, strict=True):
        assert one.ids == other.ids
        assert math.isclose(one.log_p, other.log_p)


def short_or_long(ids: Ids, state: Any) -> tuple[Floats, None]:
    """EOS at once is .3; else A, A, A, EOS, each sure once the first (.7 * .4) was chosen."""
    rows = []
    for row in ids[:, 1:]:
        first = [0.28, 0.42, 0.3]
        rows.append(first if not row.size else [0.9, 0.05, 0.05] if row.size < 4 else [0, 0.1, 0.9])
    with np.errstate(divide="ignore"):
        return np.log(rows), None


def test_a_finished_hypothesis_is_kept_until_the_end() -> None:
    best, second = decode.beam(short_or_long, [[9]], width=2, steps=5, eos=EOS)[0]
    assert (best.ids, best.finished) == ([EOS], True)
    assert math.isclose(math.exp(best.log_p), 0.3)
    assert math.isclose(math.exp(second.log_p), 0.42 * 0.9**3 * 0.9)


def test_the_length_penalty_helps_the_long() -> None:
    long = [B, A, A, A, EOS]
    for penalty, ids in [(0.0, [EOS]), (0.02, [EOS]), (0.7, long), (1.0, long)]:
        found = decode.beam(short_or_long, [[9]], width=2, steps=5, eos=EOS, length_penalty=penalty)
        assert found[0][0].ids == ids


def test_what_was_cut_off_stands_behind_what_was_finished() -> None:
    found = decode.beam(short_or_long, [[9]], width=3, steps=2, eos=EOS)[0]
    assert [one.finished for one in found] == [True, False, False]
    assert found[1].log_p > found[0].log_p


def test_long_paths_do_not_underflow() -> None:
    [found] = decode.beam(uniform(50), [[0]], width=1, steps=400)[0]
    assert np.isclose(found.log_p, -400 * math.log(50))


# The state moves with the rows


def test_select_rows_reaches_every_part_of_a_state() -> None:
    rows = np.array([2, 0, 0])
    state = {
        "hidden": (np.arange(3), [np.eye(3), None]),
        "layer": Layer(np.array([5, 6, 7]), None),
        "position": 4,
        "name": "x",
    }
    moved = decode.select_rows(state, rows, count=3)
    assert moved["hidden"][0].tolist() == [2, 0, 0]
    assert moved["hidden"][1][0].tolist() == [[0, 0, 1], [1, 0, 0], [1, 0, 0]]
    assert moved["hidden"][1][1] is None
    assert isinstance(moved["layer"], Layer)
    assert moved["layer"].last.tolist() == [7, 5, 5]
    assert (moved["position"], moved["name"]) == (4, "x")


def test_a_state_may_select_its_own_rows() -> None:
    class Cache:
        def __init__(self, hidden: Floats) -> None:
            self.hidden = hidden  # (layers, B)

        def select_rows(self, rows: Ids) -> "Cache":
            return Cache(self.hidden[:, rows])

    moved = decode.select_rows([Cache(np.array([[1.0, 2.0], [3.0, 4.0]]))], np.array([1]), count=2)
    assert moved[0].hidden.tolist() == [[2], [4]]


def test_torch_states_move_too() -> None:
    torch = pytest.importorskip("torch")
    moved = decode.select_rows((torch.arange(6).reshape(3, 2),), np.array([2, 2, 0]), count=3)
    assert moved[0].tolist() == [[4, 5], [4, 5], [0, 1]]


def test_another_layout_needs_its_own_select() -> None:
    table = Memory().table

    def layers_first(ids: Ids, state: Any) -> tuple[Floats, Floats]:
        """A state (2, B, 1): row 0 the last token, row 1 unused."""
        before = np.zeros(len(ids), int) if state is None else state[0, :, 0].astype(int)
        return table[before, ids[:, -1]], np.stack([ids[:, -1:], ids[:, -1:]]).astype(float)

    with pytest.raises(DecodeError, match=r"holds an array \(2, 1, 1\), and the batch has 1 rows"):
        decode.beam(layers_first, [[0]], width=3, steps=4)
    found = decode.beam(
        layers_first, [[0]], width=3, steps=4, select=lambda state, rows: state[:, rows]
    )
    assert found == decode.beam(Memory().stateless, [[0]], width=3, steps=4)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (np.zeros((2, 3)), r"an array \(2, 3\), and the batch has 4 rows; put the batch first"),
        (np.array(3.0), r"holds a ndarray"),
        ([{"deep": {1, 2}}], r"holds a set, and .* give the state a method select_rows\(rows\)"),
    ],
)
def test_a_state_that_cannot_move_is_an_error(state: Any, message: str) -> None:
    with pytest.raises(DecodeError, match=message):
        decode.select_rows(state, np.array([0]), count=4)


# Mistakes


@pytest.mark.parametrize(
    "run",
    [
        lambda model, prompt, steps: decode.greedy(model, prompt, steps=steps),
        lambda model, prompt, steps: decode.sample(
            model, prompt, steps=steps, rng=np.random.default_rng(0)
        ),
        lambda model, prompt, steps: decode.beam(model, prompt, width=2, steps=steps),
    ],
)
@pytest.mark.parametrize(
    ("model", "prompt", "steps", "message"),
    [
        (uniform(3), [0, 1], 2, r"the prompt is int\d\d \(2,\); need whole numbers \(B, T\)"),
        (uniform(3), [[]], 2, r"at least one token a row, such as \[\[bos\]\]"),
        (uniform(3), [[0.5]], 2, r"the prompt is float64"),
        (uniform(3), [[1, 2], [1]], 2, r"the prompts have different lengths"),
        (uniform(3), [[0]], 0, r"steps 0: must be 1 or more"),
        (lambda ids, state: (np.zeros((1, 4, 3)), None), [[0]], 2, r"gave float64 \(1, 4, 3\)"),
        (lambda ids, state: (np.zeros(3), None), [[0]], 2, r"a NumPy array of floats \(1, V\)"),
        (lambda ids, state: (np.zeros((1, 3), int), None), [[0]], 2, r"gave int\d\d \(1, 3\)"),
        (lambda ids, state: (np.full((1, 3), np.nan), None), [[0]], 2, r"a row with nan, inf or"),
        (lambda ids, state: (np.full((1, 3), -np.inf), None), [[0]], 2, r"no chance for any"),
        (lambda ids, state: (np.full((1, 3), np.inf), None), [[0]], 2, r"a row with nan, inf"),
    ],
)  # fmt: skip
def test_mistakes_are_named(
    run: Callable[..., Any], model: Any, prompt: Any, steps: int, message: str
) -> None:
    with pytest.raises(DecodeError, match=message):
        run(model, prompt, steps)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"width": 0}, r"beam: width 0; must be 1 or more"),
        ({"width": 2, "length_penalty": -1}, r"beam: length_penalty -1; must be 0 or more"),
    ],
)
def test_a_beam_needs_a_width(settings: Any, message: str) -> None:
    with pytest.raises(DecodeError, match=message):
        decode.beam(uniform(3), [[0]], steps=2, **settings)


@pytest.mark.parametrize("answer", [np.zeros((1, 3)), np.zeros((2, 3)), (np.zeros((2, 3)),)])
def test_a_model_that_forgets_its_state_is_told(answer: Any) -> None:
    with pytest.raises(DecodeError, match=r"need two things, \(logits, state\)"):
        decode.greedy(lambda ids, state: answer, [[0]] * 2, steps=1)
