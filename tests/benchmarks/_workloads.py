"""Seven training steps, each for the engine, by hand in NumPy, for PyTorch and for autograd.

Every builder takes the same start values and returns a function that makes one step (forward,
loss, backward, SGD) and returns the loss, so that a test can hold all peers together.
"""

# Past 400 lines: seven models, each written four times side by side.

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from coursekit.engine import Tensor, nn, ops
from coursekit.engine.losses import binary_cross_entropy_with_logits, cross_entropy, mse
from coursekit.engine.nn import functional as F
from coursekit.engine.optim import SGD

Step = Callable[[], float]
Array = np.ndarray
LR = 0.05


# --- what the peers share -----------------------------------------------------------------------


def engine_step(module_or_parameters: Any, loss_of: Callable[[], Tensor]) -> Step:
    """A step of the engine with its own optimiser."""
    given = module_or_parameters
    optimizer = SGD(given.parameters() if isinstance(given, nn.Module) else given, LR)

    def step() -> float:
        loss = loss_of()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def torch_step(torch: Any, module_or_parameters: Any, loss_of: Callable[[], Any]) -> Step:
    """A step of PyTorch with its own optimiser."""
    given = module_or_parameters
    optimizer = torch.optim.SGD(given.parameters() if hasattr(given, "parameters") else given, LR)

    def step() -> float:
        loss = loss_of()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step


def autograd_step(parameters: list[Array], loss_of: Callable[..., Any]) -> Step:
    """A step of HIPS autograd."""
    from autograd import value_and_grad

    gradient = value_and_grad(lambda parameters: loss_of(*parameters))

    def step() -> float:
        loss, grads = gradient(parameters)
        for p, grad in zip(parameters, grads, strict=True):
            p -= LR * grad
        return float(loss)

    return step


def hand_step(parameters: list[Array], loss_and_gradients: Callable[..., Any]) -> Step:
    """A step of NumPy, its gradients written by hand."""

    def step() -> float:
        loss, grads = loss_and_gradients(*parameters)
        for p, grad in zip(parameters, grads, strict=True):
            p -= LR * grad
        return float(loss)

    return step


def load(module: nn.Module, parameters: list[Array]) -> nn.Module:
    """Give a module of the engine the start values, in the order of its parameters."""
    for parameter, value in zip(module.parameters(), parameters, strict=True):
        parameter.data = value.copy()
    return module


def load_torch(torch: Any, module: Any, parameters: list[Array]) -> Any:
    for parameter, value in zip(module.parameters(), parameters, strict=True):
        assert parameter.shape == value.shape
        parameter.data = torch.tensor(value)
    return module


def random(rng: np.random.Generator, *shapes: tuple[int, ...]) -> list[Array]:
    """Start values that keep the size of what passes through."""
    return [
        (rng.standard_normal(shape) / math.sqrt(shape[-1] if len(shape) > 1 else 100)).astype("f4")
        for shape in shapes
    ]


def surprise(z: Array, y: Array) -> tuple[Any, Array]:
    """Mean cross-entropy and its gradient by hand: z (n, V), y (n,)."""
    rows = np.arange(len(y))
    z = z - z.max(1, keepdims=True)
    e = np.exp(z)
    total = e.sum(1, keepdims=True)
    loss = (np.log(total[:, 0]) - z[rows, y]).mean()
    slope = e / total
    slope[rows, y] -= 1
    slope /= len(y)
    return loss, slope


def autograd_surprise(anp: Any, z: Any, y: Array) -> Any:
    z = z - anp.max(z, axis=1, keepdims=True)
    return anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - z[np.arange(len(y)), y])


# --- W1: the name MLP -----------------------------------------------------------------------------


def name_mlp(rng: np.random.Generator) -> dict[str, Callable[..., Step]]:
    """27 letters, context 3, embedding 10, hidden 200, batch 32."""
    x, y = rng.integers(0, 27, (32, 3)), rng.integers(0, 27, 32)
    start = random(rng, (27, 10), (200, 30), (200,), (27, 200), (27,))

    def engine() -> Step:
        class Net(nn.Module):
            def __init__(self) -> None:
                self.embedding = nn.Embedding(27, 10, rng=rng)
                self.hidden = nn.Linear(30, 200, rng=rng)
                self.output = nn.Linear(200, 27, rng=rng)

        net: Any = load(Net(), start)

        def loss_of() -> Tensor:
            h = ops.tanh(net.hidden(net.embedding(x).reshape(-1, 30)))
            return cross_entropy(net.output(h), y)

        return engine_step(net, loss_of)

    def numpy(c: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> Any:
        e = c[x].reshape(-1, 30)
        h = np.tanh(e @ w1.T + b1)
        loss, dz = surprise(h @ w2.T + b2, y)
        dh = (dz @ w2) * (1 - h * h)
        dc = np.zeros_like(c)
        np.add.at(dc, x, (dh @ w1).reshape(32, 3, 10))
        return loss, (dc, dh.T @ e, dh.sum(0), dz.T @ h, dz.sum(0))

    def torch_(torch: Any) -> Step:
        nn_ = torch.nn
        net = nn_.ModuleList([nn_.Embedding(27, 10), nn_.Linear(30, 200), nn_.Linear(200, 27)])
        load_torch(torch, net, start)
        tx, ty = torch.tensor(x), torch.tensor(y)

        def loss_of() -> Any:
            h = torch.tanh(net[1](net[0](tx).view(-1, 30)))
            return nn_.functional.cross_entropy(net[2](h), ty)

        return torch_step(torch, net, loss_of)

    def autograd(anp: Any) -> Step:
        def loss_of(c: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
            h = anp.tanh(anp.dot(anp.reshape(c[x], (-1, 30)), w1.T) + b1)
            return autograd_surprise(anp, anp.dot(h, w2.T) + b2, y)

        return autograd_step([p.copy() for p in start], loss_of)

    return {
        "engine": engine,
        "NumPy by hand": lambda: hand_step([p.copy() for p in start], numpy),
        "PyTorch": torch_,
        "autograd": autograd,
    }


# --- W2, W2h: the character RNN -------------------------------------------------------------------

V, C, H, B, T = 65, 64, 128, 32, 32
RNN_SHAPES = [(V, C), (H, C), (H, H), (H,), (H,), (V, H), (V,)]


def rnn_data(rng: np.random.Generator) -> tuple[Array, Array, list[Array]]:
    return rng.integers(0, V, (T, B)), rng.integers(0, V, (T, B)), random(rng, *RNN_SHAPES)


def rnn_unrolled(rng: np.random.Generator) -> dict[str, Callable[..., Step]]:
    """65 characters, embedding 64, hidden 128, batch 32, 32 steps, a loss at every step."""
    x, y, start = rnn_data(rng)

    def engine() -> Step:
        class Net(nn.Module):
            def __init__(self) -> None:
                self.embedding = nn.Embedding(V, C, rng=rng)
                self.cell = nn.RNNCell(C, H, rng=rng)
                self.output = nn.Linear(H, V, rng=rng)

        net: Any = load(Net(), start)

        def loss_of() -> Tensor:
            vectors = net.embedding(x)
            h, total = None, Tensor(0.0)
            for t in range(T):
                h = net.cell(vectors[t], h)
                total = total + cross_entropy(net.output(h), y[t])
            return total / T

        return engine_step(net, loss_of)

    def numpy(c: Array, wx: Array, wh: Array, bx: Array, bh: Array, wo: Array, bo: Array) -> Any:
        h = [np.zeros((B, H), np.float32)]
        inputs, slopes, loss = c[x], [], 0.0
        for t in range(T):
            h.append(np.tanh(inputs[t] @ wx.T + bx + h[t] @ wh.T + bh))
            loss_t, slope = surprise(h[t + 1] @ wo.T + bo, y[t])
            loss += loss_t / T
            slopes.append(slope / T)
        dc, dwx, dwh, db, dwo, dbo = (np.zeros_like(p) for p in (c, wx, wh, bh, wo, bo))
        dinputs = np.empty_like(inputs)
        later = np.zeros((B, H), np.float32)
        for t in reversed(range(T)):
            dwo += slopes[t].T @ h[t + 1]
            dbo += slopes[t].sum(0)
            inside = (slopes[t] @ wo + later) * (1 - h[t + 1] * h[t + 1])
            dwx += inside.T @ inputs[t]
            dwh += inside.T @ h[t]
            db += inside.sum(0)
            dinputs[t] = inside @ wx
            later = inside @ wh
        np.add.at(dc, x, dinputs)
        return loss, (dc, dwx, dwh, db, db, dwo, dbo)

    def torch_(torch: Any) -> Step:
        nn_ = torch.nn
        net = nn_.ModuleList([nn_.Embedding(V, C), nn_.RNNCell(C, H), nn_.Linear(H, V)])
        load_torch(torch, net, start)
        tx, ty = torch.tensor(x), torch.tensor(y)

        def loss_of() -> Any:
            vectors = net[0](tx)
            h, total = None, 0.0
            for t in range(T):
                h = net[1](vectors[t], h)
                total = total + nn_.functional.cross_entropy(net[2](h), ty[t])
            return total / T

        return torch_step(torch, net, loss_of)

    def autograd(anp: Any) -> Step:
        def loss_of(c: Any, wx: Any, wh: Any, bx: Any, bh: Any, wo: Any, bo: Any) -> Any:
            vectors = c[x]
            h, total = np.zeros((B, H), np.float32), 0.0
            for t in range(T):
                h = anp.tanh(anp.dot(vectors[t], wx.T) + bx + anp.dot(h, wh.T) + bh)
                total = total + autograd_surprise(anp, anp.dot(h, wo.T) + bo, y[t])
            return total / T

        return autograd_step([p.copy() for p in start], loss_of)

    return {
        "engine": engine,
        "NumPy by hand": lambda: hand_step([p.copy() for p in start], numpy),
        "PyTorch": torch_,
        "autograd": autograd,
    }


def rnn_hoisted(rng: np.random.Generator) -> dict[str, Callable[..., Step]]:
    """The same sums with the input and output layers in one product each: nn.RNN."""
    x, y, start = rnn_data(rng)

    def engine() -> Step:
        class Net(nn.Module):
            def __init__(self) -> None:
                self.embedding = nn.Embedding(V, C, rng=rng)
                self.rnn = nn.RNN(C, H, rng=rng)
                self.output = nn.Linear(H, V, rng=rng)

        net: Any = load(Net(), start)

        def loss_of() -> Tensor:
            outputs, _ = net.rnn(net.embedding(x))
            return cross_entropy(net.output(outputs), y)

        return engine_step(net, loss_of)

    def numpy(c: Array, wx: Array, wh: Array, bx: Array, bh: Array, wo: Array, bo: Array) -> Any:
        inputs = c[x]
        sums = (inputs.reshape(-1, C) @ wx.T + (bx + bh)).reshape(T, B, H)
        h = np.empty((T + 1, B, H), np.float32)
        h[0] = 0
        for t in range(T):
            h[t + 1] = np.tanh(sums[t] + h[t] @ wh.T)
        flat = h[1:].reshape(-1, H)
        loss, slopes = surprise(flat @ wo.T + bo, y.ravel())
        dh = (slopes @ wo).reshape(T, B, H)
        inside = np.empty_like(dh)
        later = np.zeros((B, H), np.float32)
        for t in reversed(range(T)):
            inside[t] = (dh[t] + later) * (1 - h[t + 1] * h[t + 1])
            later = inside[t] @ wh
        rows = inside.reshape(-1, H)
        db, dc = rows.sum(0), np.zeros_like(c)
        np.add.at(dc, x.ravel(), rows @ wx)
        dwx, dwh = rows.T @ inputs.reshape(-1, C), rows.T @ h[:-1].reshape(-1, H)
        return loss, (dc, dwx, dwh, db, db, slopes.T @ flat, slopes.sum(0))

    def torch_(torch: Any) -> Step:
        nn_ = torch.nn
        net = nn_.ModuleList([nn_.Embedding(V, C), nn_.RNN(C, H), nn_.Linear(H, V)])
        load_torch(torch, net, start)
        tx, ty = torch.tensor(x), torch.tensor(y).ravel()

        def loss_of() -> Any:
            outputs, _ = net[1](net[0](tx))
            return nn_.functional.cross_entropy(net[2](outputs).view(-1, V), ty)

        return torch_step(torch, net, loss_of)

    return {
        "engine": engine,
        "NumPy by hand": lambda: hand_step([p.copy() for p in start], numpy),
        "PyTorch": torch_,
    }


# --- W3: the MLP of pictures ----------------------------------------------------------------------


def picture_mlp(rng: np.random.Generator) -> dict[str, Callable[..., Step]]:
    """784-256-128-10 with ReLU, batch 64."""
    x, y = rng.standard_normal((64, 784)).astype("f4"), rng.integers(0, 10, 64)
    start = random(rng, (256, 784), (256,), (128, 256), (128,), (10, 128), (10,))

    def engine() -> Step:
        sizes = [nn.Linear(784, 256, rng=rng), nn.Linear(256, 128, rng=rng)]
        net = nn.Sequential(sizes[0], nn.ReLU(), sizes[1], nn.ReLU(), nn.Linear(128, 10, rng=rng))
        load(net, start)
        return engine_step(net, lambda: cross_entropy(net(x), y))

    def numpy(w1: Array, b1: Array, w2: Array, b2: Array, w3: Array, b3: Array) -> Any:
        h1 = np.maximum(x @ w1.T + b1, 0)
        h2 = np.maximum(h1 @ w2.T + b2, 0)
        loss, dz = surprise(h2 @ w3.T + b3, y)
        d2 = (dz @ w3) * (h2 > 0)
        d1 = (d2 @ w2) * (h1 > 0)
        return loss, (d1.T @ x, d1.sum(0), d2.T @ h1, d2.sum(0), dz.T @ h2, dz.sum(0))

    def torch_(torch: Any) -> Step:
        nn_ = torch.nn
        net = nn_.Sequential(
            nn_.Linear(784, 256), nn_.ReLU(), nn_.Linear(256, 128), nn_.ReLU(), nn_.Linear(128, 10)
        )
        load_torch(torch, net, start)
        tx, ty = torch.tensor(x), torch.tensor(y)
        return torch_step(torch, net, lambda: nn_.functional.cross_entropy(net(tx), ty))

    def autograd(anp: Any) -> Step:
        def loss_of(w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
            h1 = anp.maximum(anp.dot(x, w1.T) + b1, 0)
            h2 = anp.maximum(anp.dot(h1, w2.T) + b2, 0)
            return autograd_surprise(anp, anp.dot(h2, w3.T) + b3, y)

        return autograd_step([p.copy() for p in start], loss_of)

    return {
        "engine": engine,
        "NumPy by hand": lambda: hand_step([p.copy() for p in start], numpy),
        "PyTorch": torch_,
        "autograd": autograd,
    }


# --- W4: two Transformer blocks -------------------------------------------------------------------

BATCH, STEPS, WIDTH, HEADS = 16, 32, 64, 4
BLOCK_SHAPES = [
    *((3 * WIDTH, WIDTH), (3 * WIDTH,), (WIDTH, WIDTH), (WIDTH,)),
    *((4 * WIDTH, WIDTH), (4 * WIDTH,), (WIDTH, 4 * WIDTH), (WIDTH,)),
    *((WIDTH,), (WIDTH,), (WIDTH,), (WIDTH,)),
]
GPT_SHAPES = [(V, WIDTH), (STEPS, WIDTH), *BLOCK_SHAPES * 2, (WIDTH,), (WIDTH,), (V, WIDTH), (V,)]


def split_heads(x: Array) -> Array:
    """(B * T, 3 C) -> (3, B, heads, T, D)."""
    return x.reshape(BATCH, STEPS, 3, HEADS, -1).transpose(2, 0, 3, 1, 4)


def norm_by_hand(x: Array, w: Array, b: Array) -> tuple[Array, Callable[[Array], Any]]:
    x = x - x.mean(-1, keepdims=True)
    scale = 1 / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)
    y = x * scale

    def back(g: Array) -> Any:
        h = g * w
        dx = scale * (h - h.mean(-1, keepdims=True) - y * (h * y).mean(-1, keepdims=True))
        return dx, (g * y).sum(0), g.sum(0)

    return y * w + b, back


def block_by_hand(x: Array, parameters: list[Array]) -> tuple[Array, Callable[[Array], Any]]:
    """One block on rows x (B * T, C), and its gradients: (dx, those of the parameters)."""
    wi, bi, wo, bo, w1, b1, w2, b2, n1, m1, n2, m2 = parameters
    scale = 1 / math.sqrt(WIDTH // HEADS)
    a, norm1_back = norm_by_hand(x, n1, m1)
    q, k, v = split_heads(a @ wi.T + bi)
    scores = np.where(np.tri(STEPS, dtype=bool), (q * scale) @ k.swapaxes(-2, -1), -np.inf)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    o = (p @ v).swapaxes(1, 2).reshape(-1, WIDTH)
    x2 = x + (o @ wo.T + bo)
    m, norm2_back = norm_by_hand(x2, n2, m2)
    u = m @ w1.T + b1
    square = u * u
    t = np.tanh(u * (F.GELU_SCALE + F.GELU_SCALE * F.GELU_CUBE * square))
    share = 0.5 + 0.5 * t
    f = u * share

    def back(g: Array) -> Any:
        df = g @ w2
        inner = F.GELU_SCALE + 3 * F.GELU_SCALE * F.GELU_CUBE * square
        du = df * (share + u * (0.5 * (1 - t * t) * inner))
        dm, dn2, dm2 = norm2_back(du @ w1)
        g2 = g + dm
        do = (g2 @ wo).reshape(BATCH, STEPS, HEADS, -1).swapaxes(1, 2)
        dv = p.swapaxes(-2, -1) @ do
        ds = do @ v.swapaxes(-2, -1)
        ds = p * (ds - (ds * p).sum(-1, keepdims=True))
        dq, dk = ds @ k * scale, ds.swapaxes(-2, -1) @ (q * scale)
        dqkv = np.stack([dq, dk, dv]).transpose(1, 3, 0, 2, 4).reshape(-1, 3 * WIDTH)
        da, dn1, dm1 = norm1_back(dqkv @ wi)
        grads = [dqkv.T @ a, dqkv.sum(0), g2.T @ o, g2.sum(0), du.T @ m, du.sum(0), g.T @ f]
        return g2 + da, [*grads, g.sum(0), dn1, dm1, dn2, dm2]

    return x2 + (f @ w2.T + b2), back


def transformer(rng: np.random.Generator) -> dict[str, Callable[..., Step]]:
    """Two decoder blocks: batch 16, 32 steps, 64 channels, 4 heads, tanh-GELU, norm first."""
    x, y = rng.integers(0, V, (BATCH, STEPS)), rng.integers(0, V, (BATCH, STEPS))
    start = random(rng, *GPT_SHAPES)
    places = np.arange(STEPS)

    def engine() -> Step:
        def fast_gelu(x: Tensor) -> Tensor:
            return F.gelu(x, "tanh")

        class Net(nn.Module):
            def __init__(self) -> None:
                self.tokens = nn.Embedding(V, WIDTH, rng=rng)
                self.places = nn.Embedding(STEPS, WIDTH, rng=rng)
                self.blocks = [
                    nn.TransformerEncoderLayer(
                        *(WIDTH, HEADS, 4 * WIDTH, 0.0, fast_gelu),
                        batch_first=True, norm_first=True, rng=rng,
                    )
                    for _ in range(2)
                ]  # fmt: skip
                self.norm = nn.LayerNorm(WIDTH)
                self.output = nn.Linear(WIDTH, V, rng=rng)

        net: Any = load(Net(), start)

        def loss_of() -> Tensor:
            h = net.tokens(x) + net.places(places)
            for block in net.blocks:
                h = block(h, is_causal=True)
            return cross_entropy(net.output(net.norm(h)), y)

        return engine_step(net, loss_of)

    def numpy(*p: Array) -> Any:
        h = (p[0][x] + p[1]).reshape(-1, WIDTH)
        h, back1 = block_by_hand(h, list(p[2:14]))
        h, back2 = block_by_hand(h, list(p[14:26]))
        h, norm_back = norm_by_hand(h, p[26], p[27])
        loss, dz = surprise(h @ p[28].T + p[29], y.ravel())
        g, dw, db = norm_back(dz @ p[28])
        g, grads2 = back2(g)
        g, grads1 = back1(g)
        tokens = np.zeros_like(p[0])
        np.add.at(tokens, x.ravel(), g)
        ends = [dw, db, dz.T @ h, dz.sum(0)]
        return loss, [tokens, g.reshape(BATCH, STEPS, -1).sum(0), *grads1, *grads2, *ends]

    def torch_(torch: Any) -> Step:
        f = torch.nn.functional
        parameters = [torch.tensor(p, requires_grad=True) for p in start]
        tx, ty = torch.tensor(x), torch.tensor(y).ravel()

        def block(h: Any, p: list[Any]) -> Any:
            wi, bi, wo, bo, w1, b1, w2, b2, n1, m1, n2, m2 = p
            qkv = f.linear(f.layer_norm(h, (WIDTH,), n1, m1), wi, bi)
            qkv = qkv.view(BATCH, STEPS, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
            o = f.scaled_dot_product_attention(*qkv, is_causal=True)
            h = h + f.linear(o.transpose(1, 2).reshape(BATCH, STEPS, WIDTH), wo, bo)
            u = f.gelu(f.linear(f.layer_norm(h, (WIDTH,), n2, m2), w1, b1), approximate="tanh")
            return h + f.linear(u, w2, b2)

        def loss_of() -> Any:
            h = f.embedding(tx, parameters[0]) + parameters[1]
            h = block(block(h, parameters[2:14]), parameters[14:26])
            h = f.layer_norm(h, (WIDTH,), *parameters[26:28])
            return f.cross_entropy(f.linear(h, *parameters[28:]).view(-1, V), ty)

        return torch_step(torch, parameters, loss_of)

    def autograd(anp: Any) -> Step:
        hidden = np.where(np.tri(STEPS, dtype=bool), 0, -1e9).astype("f4")

        def norm(h: Any, w: Any, b: Any) -> Any:
            h = h - anp.mean(h, axis=-1, keepdims=True)
            return h / anp.sqrt(anp.mean(h * h, axis=-1, keepdims=True) + 1e-5) * w + b

        def block(h: Any, p: Any) -> Any:
            wi, bi, wo, bo, w1, b1, w2, b2, n1, m1, n2, m2 = p
            qkv = anp.dot(norm(h, n1, m1), wi.T) + bi
            qkv = anp.transpose(
                anp.reshape(qkv, (BATCH, STEPS, 3, HEADS, WIDTH // HEADS)), (2, 0, 3, 1, 4)
            )
            q, k, v = qkv[0], qkv[1], qkv[2]
            s = anp.matmul(q, anp.swapaxes(k, -2, -1)) * np.float32(0.25) + hidden
            s = anp.exp(s - anp.max(s, axis=-1, keepdims=True))
            s = s / anp.sum(s, axis=-1, keepdims=True)
            o = anp.reshape(anp.swapaxes(anp.matmul(s, v), 1, 2), (BATCH, STEPS, WIDTH))
            h = h + anp.dot(o, wo.T) + bo
            u = anp.dot(norm(h, n2, m2), w1.T) + b1
            t = anp.tanh(u * (F.GELU_SCALE + F.GELU_SCALE * F.GELU_CUBE * u * u))
            return h + anp.dot(0.5 * u * (1 + t), w2.T) + b2

        def loss_of(*p: Any) -> Any:
            h = block(block(p[0][x] + p[1], p[2:14]), p[14:26])
            z = anp.dot(norm(h, p[26], p[27]), p[28].T) + p[29]
            return autograd_surprise(anp, anp.reshape(z, (-1, V)), y.ravel())

        return autograd_step([p.copy() for p in start], loss_of)

    return {
        "engine": engine,
        "NumPy by hand": lambda: hand_step([p.copy() for p in start], numpy),
        "PyTorch": torch_,
        "autograd": autograd,
    }


# --- W5, W6: very small ---------------------------------------------------------------------------


def quadratic(rng: np.random.Generator) -> dict[str, Callable[..., Step]]:
    """y = w1 x^2 + w2 x + w3 through 50 points: three numbers."""
    x = np.linspace(-1, 1, 50, dtype=np.float32)
    x2 = x * x
    y = (2 * x2 - x + 0.5 + 0.1 * rng.standard_normal(50)).astype("f4")
    start = [np.array(value, np.float32) for value in (0.1, 0.2, 0.3)]

    def engine() -> Step:
        w1, w2, w3 = weights = [Tensor(value, requires_grad=True) for value in start]
        tx, tx2, ty = Tensor(x), Tensor(x2), Tensor(y)
        return engine_step(weights, lambda: mse(w1 * tx2 + w2 * tx + w3, ty))

    def numpy(w1: Array, w2: Array, w3: Array) -> Any:
        difference = w1 * x2 + w2 * x + w3 - y
        slope = difference * (2 / 50)
        return (difference * difference).mean(), (slope @ x2, slope @ x, slope.sum())

    def torch_(torch: Any) -> Step:
        w1, w2, w3 = weights = [torch.tensor(value, requires_grad=True) for value in start]
        tx, tx2, ty = torch.tensor(x), torch.tensor(x2), torch.tensor(y)
        mse_loss = torch.nn.functional.mse_loss
        return torch_step(torch, weights, lambda: mse_loss(w1 * tx2 + w2 * tx + w3, ty))

    def autograd(anp: Any) -> Step:
        def loss_of(w1: Any, w2: Any, w3: Any) -> Any:
            difference = w1 * x2 + w2 * x + w3 - y
            return anp.mean(difference * difference)

        return autograd_step([p.copy() for p in start], loss_of)

    return {
        "engine": engine,
        "NumPy by hand": lambda: hand_step([p.copy() for p in start], numpy),
        "PyTorch": torch_,
        "autograd": autograd,
    }


def small_mlp(rng: np.random.Generator) -> dict[str, Callable[..., Step]]:
    """2-16-16-1 with tanh, on the four dots of XOR: yes or no."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    y = np.array([[0], [1], [1], [0]], np.float32)
    start = random(rng, (16, 2), (16,), (16, 16), (16,), (1, 16), (1,))

    def engine() -> Step:
        sizes = [nn.Linear(2, 16, rng=rng), nn.Linear(16, 16, rng=rng), nn.Linear(16, 1, rng=rng)]
        net = nn.Sequential(sizes[0], nn.Tanh(), sizes[1], nn.Tanh(), sizes[2])
        load(net, start)
        return engine_step(net, lambda: binary_cross_entropy_with_logits(net(x), y))

    def numpy(w1: Array, b1: Array, w2: Array, b2: Array, w3: Array, b3: Array) -> Any:
        h1 = np.tanh(x @ w1.T + b1)
        h2 = np.tanh(h1 @ w2.T + b2)
        z = h2 @ w3.T + b3
        e = np.exp(-np.abs(z))
        loss = (np.maximum(z, 0) - z * y + np.log1p(e)).mean()
        dz = (np.where(z >= 0, 1, e) / (1 + e) - y) / 4
        d2 = dz @ w3 * (1 - h2 * h2)
        d1 = d2 @ w2 * (1 - h1 * h1)
        return loss, (d1.T @ x, d1.sum(0), d2.T @ h1, d2.sum(0), dz.T @ h2, dz.sum(0))

    def torch_(torch: Any) -> Step:
        nn_ = torch.nn
        net = nn_.Sequential(
            nn_.Linear(2, 16), nn_.Tanh(), nn_.Linear(16, 16), nn_.Tanh(), nn_.Linear(16, 1)
        )
        load_torch(torch, net, start)
        tx, ty = torch.tensor(x), torch.tensor(y)
        loss = nn_.functional.binary_cross_entropy_with_logits
        return torch_step(torch, net, lambda: loss(net(tx), ty))

    def autograd(anp: Any) -> Step:
        def loss_of(w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
            h1 = anp.tanh(anp.dot(x, w1.T) + b1)
            z = anp.dot(anp.tanh(anp.dot(h1, w2.T) + b2), w3.T) + b3
            return anp.mean(anp.maximum(z, 0) - z * y + anp.log1p(anp.exp(-anp.abs(z))))

        return autograd_step([p.copy() for p in start], loss_of)

    return {
        "engine": engine,
        "NumPy by hand": lambda: hand_step([p.copy() for p in start], numpy),
        "PyTorch": torch_,
        "autograd": autograd,
    }


WORKLOADS = {
    "W1 name MLP": name_mlp,
    "W2 RNN, unrolled": rnn_unrolled,
    "W2h RNN, hoisted": rnn_hoisted,
    "W3 picture MLP": picture_mlp,
    "W4 Transformer": transformer,
    "W5 quadratic": quadratic,
    "W6 small MLP": small_mlp,
}
