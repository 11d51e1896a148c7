# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def calm_net(rng):
    C, b1, b2 = rng.standard_normal((27, 10)), np.zeros(200), np.zeros(27)
    W1 = rng.standard_normal((30, 200)) * 0.1
    W2 = rng.standard_normal((200, 27)) * 0.001
    return [Tensor(p, requires_grad=True) for p in (C, W1, b1, W2, b2)]


# %% right
def calm_net(rng):
    C, b1, b2 = rng.standard_normal((27, 10)), np.zeros(200), np.zeros(27)
    W1 = rng.standard_normal((30, 200)) * 30**-0.5
    W2 = rng.standard_normal((200, 27)) * 0
    return [Tensor(p, requires_grad=True) for p in (C, W1, b1, W2, b2)]


# %% wrong: all hidden units are equal now
def calm_net(rng):
    C, b1, b2 = rng.standard_normal((27, 10)), np.zeros(200), np.zeros(27)
    W1 = rng.standard_normal((30, 200)) * 0.0
    W2 = rng.standard_normal((200, 27)) * 0.0
    return [Tensor(p, requires_grad=True) for p in (C, W1, b1, W2, b2)]


# %% wrong: the logits are too large
def calm_net(rng):
    C, b1, b2 = rng.standard_normal((27, 10)), np.zeros(200), np.zeros(27)
    W1 = rng.standard_normal((30, 200)) / np.sqrt(30)
    W2 = rng.standard_normal((200, 27)) / np.sqrt(27)
    return [Tensor(p, requires_grad=True) for p in (C, W1, b1, W2, b2)]


# %% wrong: of the hidden units are saturated: W1 is too large
def calm_net(rng):
    C, b1, b2 = rng.standard_normal((27, 10)), np.zeros(200), np.zeros(27)
    W1 = rng.standard_normal((30, 200)) * 0.5
    W2 = rng.standard_normal((200, 27)) * 0.01
    return [Tensor(p, requires_grad=True) for p in (C, W1, b1, W2, b2)]


# %% wrong: the hidden units hardly move
def calm_net(rng):
    C, b1, b2 = rng.standard_normal((27, 10)), np.zeros(200), np.zeros(27)
    W1 = rng.standard_normal((30, 200)) * 0.001
    W2 = rng.standard_normal((200, 27)) * 0.001
    return [Tensor(p, requires_grad=True) for p in (C, W1, b1, W2, b2)]


# %% right
def calm_net(rng):
    C, b1, b2 = rng.standard_normal((27, 10)), np.zeros(200), np.zeros(27)
    W1 = rng.standard_normal((30, 200)) * 1 / 30
    W2 = rng.standard_normal((200, 27)) * 1 / 200
    return [Tensor(p, requires_grad=True) for p in (C, W1, b1, W2, b2)]


# %% wrong: the logits are too large
def calm_net(rng):
    C, b1, b2 = rng.standard_normal((27, 10)), np.zeros(200), np.zeros(27)
    W1 = rng.standard_normal((30, 200)) * 0.1
    W2 = rng.standard_normal((200, 27)) / np.sqrt(200)
    return [Tensor(p, requires_grad=True) for p in (C, W1, b1, W2, b2)]
