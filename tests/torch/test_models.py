"""The scripts' models: sizes, start values, and what they promise to the decoders."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from coursekit.engine.decode import greedy, sample
from coursekit.torch.models import Recurrent, Window, recurrent, window

SMALL = {
    "window": (Window, window.Config(context=3, channels=4, hidden=9)),
    "window with norm": (Window, window.Config(context=5, channels=4, hidden=9, norm=True)),
    "recurrent": (Recurrent, recurrent.Config(channels=4, hidden=9)),
}


def make(name: str, seed: int = 0) -> nn.Module:
    model, config = SMALL[name]
    made: nn.Module = model(config, generator=torch.Generator().manual_seed(seed))
    return made.eval()


def count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize(
    ("config", "parameters"),
    [
        (window.Config(start="normal"), 11_897),  # the source's, by its own count
        (window.Config(norm=True), 12_097),
        (window.Config(context=8, norm=True), 22_097),
    ],
)
def test_the_nets_of_the_lesson_have_the_published_sizes(
    config: window.Config, parameters: int
) -> None:
    assert count(Window(config, generator=torch.Generator())) == parameters


def test_scaled_start_values_begin_at_ln_27_with_units_that_are_not_flat() -> None:
    ids = torch.randint(27, (500, 3), generator=torch.Generator().manual_seed(1))
    targets = torch.randint(27, (500,), generator=torch.Generator().manual_seed(2))
    first, flat = {}, {}
    for start in ("normal", "scaled"):
        config = window.Config(start=start)  # type: ignore[arg-type]
        model = Window(config, generator=torch.Generator().manual_seed(0))
        first[start] = cross_entropy(model(ids), targets).item()
        units = torch.tanh(model.hidden(model.embedding(ids).flatten(1)))
        flat[start] = (units.abs() > 0.97).float().mean().item()
    assert first["scaled"] == pytest.approx(math.log(27), abs=0.05)
    assert first["normal"] > 15
    assert flat["normal"] > 0.5
    assert flat["scaled"] < 0.25


@pytest.mark.parametrize("name", SMALL)
def test_the_generator_alone_decides_the_start(name: str) -> None:
    torch.manual_seed(1)
    one = make(name).state_dict()
    torch.manual_seed(2)
    same, other = make(name).state_dict(), make(name, seed=5).state_dict()
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert not torch.equal(one["output.weight"], other["output.weight"])


@pytest.mark.parametrize("name", SMALL)
def test_next_logits_is_the_forward_pass_behind_the_first_dot(name: str) -> None:
    model = make(name)
    ids = np.array([[0, 5, 13, 13, 1], [0, 1, 14, 14, 1]])
    logits, _ = model.next_logits(ids)  # type: ignore[operator]
    if isinstance(model, Window):
        dots = torch.zeros((2, 5), dtype=torch.long)
        seen = torch.cat([dots, torch.from_numpy(ids)], dim=1)[:, -model.config.context :]
        wanted = model(seen)
    else:
        wanted = model(torch.from_numpy(ids))[:, -1]
    np.testing.assert_allclose(logits, wanted.detach().numpy(), atol=1e-6)


def test_a_state_carried_along_gives_what_the_whole_text_gives() -> None:
    model = make("recurrent")
    ids = np.array([[0, 5, 13, 13, 1], [0, 1, 14, 14, 1]])
    whole, _ = model.next_logits(ids)  # type: ignore[operator]
    logits, state = model.next_logits(ids[:, :2])  # type: ignore[operator]
    for t in range(2, 5):
        logits, state = model.next_logits(ids[:, t : t + 1], state)  # type: ignore[operator]
    np.testing.assert_allclose(logits, whole, atol=1e-6)


@pytest.mark.parametrize("name", SMALL)
def test_the_decoders_take_every_model(name: str) -> None:
    model = make(name)
    rng = np.random.default_rng(0)
    drawn = sample(model.next_logits, [[0]] * 4, steps=6, rng=rng, eos=0)  # type: ignore[arg-type]
    assert all(1 <= len(one.ids) <= 6 for one in drawn)
    first, second = greedy(model.next_logits, [[0]] * 2, steps=6, eos=0)  # type: ignore[arg-type]
    assert first.ids == second.ids
