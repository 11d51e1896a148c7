"""Modules: names, modes, saving, what they refuse, and that they learn."""

import copy
import re

import numpy as np
import pytest

from coursekit.engine import ShapeError, Tensor, nn, optim
from coursekit.engine.losses import binary_cross_entropy_with_logits, cross_entropy


class Net(nn.Module):
    def __init__(self, rng: np.random.Generator) -> None:
        self.embedding = nn.Embedding(5, 3, rng=rng)
        self.blocks = [nn.Linear(3, 3, rng=rng), nn.LayerNorm(3)]
        self.norm = nn.BatchNorm1d(3)
        self.output = nn.Linear(3, 5, rng=rng)

    def forward(self, x: np.ndarray) -> Tensor:
        h = self.embedding(x)
        for block in self.blocks:
            h = block(h)
        return self.output(self.norm(h).tanh())


def net(seed: int = 0) -> Net:
    return Net(np.random.default_rng(seed))


def test_names_are_those_of_the_attributes():
    assert list(net().state_dict()) == [
        "embedding.weight",
        "blocks.0.weight",
        "blocks.0.bias",
        "blocks.1.weight",
        "blocks.1.bias",
        "norm.weight",
        "norm.bias",
        "norm.running_mean",
        "norm.running_var",
        "norm.num_batches_tracked",
        "output.weight",
        "output.bias",
    ]
    assert len(list(net().parameters())) == 9


def test_a_tied_weight_is_trained_once_and_saved_under_both_names():
    model = net()
    model.output.weight = model.embedding.weight
    names = [name for name, _ in model.named_parameters()]
    assert "embedding.weight" in names
    assert "output.weight" not in names
    assert "output.weight" in model.state_dict()


def test_a_tensor_that_no_optimiser_would_find_is_refused():
    class Wrong(nn.Module):
        def __init__(self) -> None:
            self.w = Tensor([1.0], requires_grad=True)

    with pytest.raises(TypeError, match=r"Wrong\.w is a tensor .* Write self\.w = nn\.Parameter"):
        Wrong()


def test_a_hidden_state_may_be_kept_as_an_attribute():
    model = net()
    model.state = model(np.array([0, 1]))
    assert "state" not in model.state_dict()


def test_train_and_eval_reach_every_module():
    model = net()
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert all(module.training for module in model.train().modules())


def test_a_state_dict_is_a_copy():
    model = net()
    before = model.state_dict()
    model.output.bias.data += 1
    model.norm.running_mean += 1
    model.load_state_dict(before)
    assert not np.shares_memory(model.output.bias.data, before["output.bias"])
    np.testing.assert_array_equal(model.norm.running_mean, 0)


def test_save_and_load_give_the_same_answers(tmp_path):
    model, other = net(0), net(1)
    model(np.array([1, 2, 3]))  # moves the running means
    model.save(tmp_path / "net.npz")
    other.load(tmp_path / "net.npz")
    x = np.array([0, 4, 2])
    np.testing.assert_array_equal(model.eval()(x).data, other.eval()(x).data)


def test_a_file_that_is_no_archive_is_named(tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(ValueError, match=r"net\.npz is no \.npz file"):
        net().load(path)


def test_a_function_among_layers_is_refused():
    with pytest.raises(TypeError, match=r"Sequential takes modules, this is .*nn\.Tanh\(\)"):
        nn.Sequential(np.tanh)


def test_batch_norm_takes_a_plain_array():
    x = np.random.default_rng(0).standard_normal((4, 3))
    np.testing.assert_array_equal(nn.BatchNorm1d(3)(x).data.mean(0).round(5), 0)


def test_a_state_dict_that_does_not_fit_names_what_is_wrong():
    model = net()
    state = model.state_dict()
    state["head.weight"] = state.pop("output.weight")
    message = re.escape("missing ['output.weight'], unknown ['head.weight']")
    with pytest.raises(KeyError, match=message):
        model.load_state_dict(state)
    state = model.state_dict() | {"output.bias": np.zeros(7)}
    with pytest.raises(ShapeError, match=r"output\.bias is \(5,\), given \(7,\)"):
        model.load_state_dict(state)


def test_a_deep_copy_is_a_model_of_its_own():
    model = net()
    twin = copy.deepcopy(model)
    twin.output.weight.data += 1
    assert not np.array_equal(model.output.weight.data, twin.output.weight.data)
    numbers = [p.number for p in (*model.parameters(), *twin.parameters())]
    assert len(set(numbers)) == 18


def test_double_makes_every_number_float64():
    model = net().double()
    assert {value.dtype for value in model.state_dict().values()} == {
        np.dtype("float64"),
        np.dtype("int64"),
    }
    assert model(np.array([0, 1])).dtype == np.float64


def test_the_same_seed_gives_the_same_model():
    for name, value in net(3).state_dict().items():
        np.testing.assert_array_equal(value, net(3).state_dict()[name])


def test_a_module_shows_its_parts_and_how_many_numbers_it_holds():
    assert repr(net()).splitlines()[0] == "Net(59 parameters)"
    assert "  blocks.0: Linear(12 parameters)" in repr(net()).splitlines()


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match="Module has no forward"):
        nn.Module()(1)


def test_dropout_acts_in_training_only():
    layer, x = nn.Dropout(0.5, rng=np.random.default_rng(0)), Tensor(np.ones(100))
    assert (layer(x).data == 0).any()
    assert layer.eval()(x) is x


REFUSED = [
    (
        lambda rng: nn.LayerNorm(4)(Tensor(np.ones((2, 3)))),
        "LayerNorm: made for rows of (4,), x is (2, 3)",
    ),
    (
        lambda rng: nn.BatchNorm1d(4)(Tensor(np.ones((2, 3)))),
        "made for 4 channels on axis 1, x is (2, 3)",
    ),
    (
        lambda rng: nn.BatchNorm2d(3)(Tensor(np.ones((2, 3)))),
        "BatchNorm2d: made for 3 channels on axis 1",
    ),
    (
        lambda rng: nn.BatchNorm1d(3)(Tensor(np.ones((1, 3)))),
        "one number per channel has no variance",
    ),
    (lambda rng: nn.MultiheadAttention(10, 4, rng=rng), "10 channels cannot be split into 4 heads"),
    (
        lambda rng: nn.RNN(3, 4, rng=rng)(np.ones((5, 2, 7))),
        "RNN: x is (5, 2, 7); need (T, B, input) with input = 3",
    ),
    (lambda rng: nn.LSTM(3, 4, batch_first=True, rng=rng)(np.ones((5, 3))), "need (B, T, input)"),
    (lambda rng: nn.PositionalEncoding(4, 5)(Tensor(np.ones((1, 6, 4)))), "6 steps, made for 5"),
    (lambda rng: nn.PositionalEncoding(5), "sinusoids: width 5 is odd"),
    (lambda rng: nn.RNN(3, 4, rng=rng)(np.ones((0, 2, 3))), "RNN: x has no steps, T is 0"),
    (
        lambda rng: nn.RNN(3, 4, rng=rng)(np.ones((5, 2, 3)), Tensor(np.ones((2, 4)))),
        "RNN: the state is [(2, 4)]; need a tensor (1, 2, 4)",
    ),
    (
        lambda rng: nn.LSTM(3, 4, rng=rng)(np.ones((5, 2, 3)), Tensor(np.ones((1, 2, 4)))),
        "LSTM: the state is (1, 2, 4); need a pair (h, c) of tensors (1, 2, 4)",
    ),
    (
        lambda rng: nn.LSTMCell(3, 4, rng=rng)(np.ones((2, 3)), Tensor(np.ones((2, 4)))),
        "LSTMCell: the state is (2, 4); need a pair (h, c) of tensors (2, 4)",
    ),
    (
        lambda rng: nn.GRUCell(3, 4, rng=rng)(np.ones((2, 3)), Tensor(np.ones((3, 4)))),
        "GRUCell: the state is [(3, 4)]; need a tensor (2, 4)",
    ),
    (lambda rng: nn.LSTMCell(3, 4, rng=rng)(np.ones(3)), "LSTMCell: x is (3,); need (B, 3)"),
    (lambda rng: attend(rng, 3, 4), "query is (3, 4), key (3, 4), value (3, 4); need three axes"),
    (
        lambda rng: attend(rng, 2, 3, 4, attn_mask=np.zeros((4, 4), bool)),
        "attn_mask is (4, 4); need (3, 3)",
    ),
    (
        lambda rng: attend(rng, 2, 3, 4, key_padding_mask=np.zeros((3, 2), bool)),
        "key_padding_mask is (3, 2); need (2, 3)",
    ),
]


def attend(rng: np.random.Generator, *shape: int, **masks: np.ndarray) -> Tensor:
    x = Tensor(np.ones(shape))
    return nn.MultiheadAttention(4, 2, batch_first=True, rng=rng)(x, x, x, **masks)


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_a_layer_says_what_it_was_made_for(call, message):
    with pytest.raises(ShapeError, match=re.escape(message)):
        call(np.random.default_rng(0))


def test_masks_must_be_true_or_false():
    attention = nn.MultiheadAttention(4, 2, batch_first=True, rng=np.random.default_rng(0))
    x = Tensor(np.ones((1, 3, 4)))
    with pytest.raises(
        TypeError, match="attn_mask is float64; need True where looking is forbidden"
    ):
        attention(x, x, x, attn_mask=np.zeros((3, 3)))


def test_an_activation_is_known_by_name_or_given():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="activation='swish'; known by name: relu, gelu"):
        nn.TransformerEncoderLayer(4, 2, activation="swish", rng=rng)
    layer = nn.TransformerEncoderLayer(4, 2, 8, activation=nn.functional.swish, rng=rng)
    assert layer(Tensor(np.ones((3, 1, 4)))).shape == (3, 1, 4)


def test_a_causal_block_cannot_see_the_future():
    rng = np.random.default_rng(0)
    block = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True, rng=rng)
    x = rng.standard_normal((1, 6, 8))
    before = block(Tensor(x), is_causal=True).data.copy()
    x[0, 3] += 1
    after = block(Tensor(x), is_causal=True).data
    np.testing.assert_array_equal(before[0, :3], after[0, :3])
    assert not np.allclose(before[0, 3:], after[0, 3:])


def test_attention_rows_sum_to_1_and_need_not_be_asked_for():
    rng = np.random.default_rng(0)
    attention = nn.MultiheadAttention(8, 2, batch_first=True, rng=rng)
    x, other = Tensor(rng.standard_normal((2, 3, 8))), Tensor(rng.standard_normal((2, 5, 8)))
    _, weights = attention(x, other, other)
    assert weights.shape == (2, 3, 5)
    np.testing.assert_allclose(weights.data.sum(-1), 1, rtol=1e-5)
    assert attention(x, x, x, need_weights=False)[1] is None


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_the_same_whether_its_weights_are_asked_for(causal, batch_first):
    """Unasked it is one operation, asked several."""
    rng = np.random.default_rng(0)
    attention = nn.MultiheadAttention(8, 2, batch_first=batch_first, rng=rng).double()
    shape = (2, 3, 8) if batch_first else (3, 2, 8)
    numbers, wanted = rng.standard_normal((2, *shape))
    padding = np.array([[False, False, True], [False, False, False]])
    found = []
    for need_weights in (False, True):
        x = Tensor(numbers, requires_grad=True)
        attention.zero_grad()
        y, _ = attention(x, x, x, padding, need_weights, is_causal=causal)
        (y * wanted).sum().backward()
        found.append([y.data, x.grad, *(p.grad for p in attention.parameters())])
    for alone, with_weights in zip(*found, strict=True):
        np.testing.assert_allclose(alone, with_weights, rtol=1e-12, atol=1e-14)


def test_attention_drops_weights_in_training_alone():
    rng = np.random.default_rng(0)
    attention = nn.MultiheadAttention(8, 2, 0.5, batch_first=True, rng=rng)
    x = Tensor(rng.standard_normal((2, 3, 8)))
    first, second = (attention(x, x, x, need_weights=False)[0].data for _ in range(2))
    assert not np.allclose(first, second)
    attention.eval()
    first, second = (attention(x, x, x, need_weights=False)[0].data for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_sinusoids_are_those_of_the_paper():
    table = nn.sinusoids(50, 6)
    for place, k in [(0, 0), (7, 1), (49, 2)]:
        angle = place / 10000 ** (2 * k / 6)
        assert table[place, 2 * k] == pytest.approx(np.sin(angle), abs=1e-6)
        assert table[place, 2 * k + 1] == pytest.approx(np.cos(angle), abs=1e-6)
    x = Tensor(np.zeros((2, 4, 6)))
    np.testing.assert_array_equal(nn.PositionalEncoding(6)(x).data[1], table[:4])


def test_cells_start_from_zero_when_no_state_is_given():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 3)).astype(np.float32)
    zeros = Tensor(np.zeros((2, 4), np.float32))
    for cell in (nn.RNNCell(3, 4, rng=rng), nn.GRUCell(3, 4, rng=rng)):
        np.testing.assert_array_equal(cell(x).data, cell(x, zeros).data)
    lstm = nn.LSTMCell(3, 4, rng=rng)
    np.testing.assert_array_equal(lstm(x)[1].data, lstm(x, (zeros, zeros))[1].data)


def test_a_layer_of_cells_equals_its_cell_in_a_loop():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((6, 2, 3)).astype(np.float32)
    for layer, cell in (
        (nn.RNN(3, 4, rng=rng), nn.RNNCell(3, 4, rng=rng)),
        (nn.GRU(3, 4, rng=rng), nn.GRUCell(3, 4, rng=rng)),
    ):
        cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.state_dict().items()})
        h = None
        for t in range(6):
            h = cell(x[t], h)
        outputs, last = layer(x)
        np.testing.assert_allclose(outputs.data[-1], h.data, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(last.data[0], h.data, rtol=1e-5, atol=1e-6)


def train(model: nn.Module, loss_of, steps: int, lr: float = 0.1) -> list[float]:
    steps_of = optim.Adam(model.named_parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = loss_of()
        steps_of.zero_grad()
        loss.backward()
        steps_of.step()
        losses.append(loss.item())
    return losses


def test_one_hidden_layer_learns_xor_and_a_line_does_not():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([[0], [1], [1], [0]])
    rng = np.random.default_rng(0)
    bent = nn.Sequential(nn.Linear(2, 8, rng=rng), nn.Tanh(), nn.Linear(8, 1, rng=rng))
    line = nn.Sequential(nn.Linear(2, 8, rng=rng), nn.Linear(8, 1, rng=rng))
    for model, low, high in ((bent, 0, 0.05), (line, np.log(2) - 1e-3, np.log(2) + 1e-2)):
        losses = train(model, lambda m=model: binary_cross_entropy_with_logits(m(x), y), 200, 0.05)
        assert low <= losses[-1] <= high


def test_an_rnn_with_one_loss_per_step_learns_to_repeat():
    """The engine of the source crashed from two steps on."""
    rng = np.random.default_rng(0)
    symbols = rng.integers(0, 3, (5, 40))  # (T, B): say what came one step before

    class Memory(nn.Module):
        def __init__(self) -> None:
            self.embedding = nn.Embedding(3, 8, rng=rng)
            self.cell = nn.GRUCell(8, 16, rng=rng)
            self.output = nn.Linear(16, 3, rng=rng)

    model = Memory()

    def loss_of() -> Tensor:
        h, total = None, Tensor(0.0)
        for t in range(5):
            h = model.cell(model.embedding(symbols[t]), h)
            if t > 0:
                total = total + cross_entropy(model.output(h), symbols[t - 1])
        return total / 4

    losses = train(model, loss_of, 60, 0.03)
    assert losses[0] > 1
    assert losses[-1] < 0.1


def test_a_small_convolution_learns_which_way_lines_run():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 40)
    x = 0.3 * rng.standard_normal((40, 1, 6, 6))
    for picture, upright, at in zip(x, y, rng.integers(0, 6, 40), strict=True):
        picture[0, :, at] += upright
        picture[0, at, :] += 1 - upright
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, rng=rng), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(36, 2, rng=rng),
    )  # fmt: skip
    x = x.astype(np.float32)
    losses = train(model, lambda: cross_entropy(model(x), y), 30, 0.02)
    assert losses[-1] < 0.1
