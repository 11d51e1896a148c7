# ruff: noqa: B007, F811, F821, F841, RET504  as learners wrote it

# %% right
def roll(gradient_at, w, lr, beta, steps):
    v = np.zeros(len(w))
    for _ in range(steps):
        v = beta * v + gradient_at(w)
        w = w - lr * v
    return w


# %% right
def roll(gradient_at, w, lr, beta, steps):
    past = {"v": 0}
    for step in range(steps):
        w = w - lr * momentum(gradient_at(w), past, beta)
    return w


# %% wrong: v is new each step
def roll(gradient_at, w, lr, beta, steps):
    for _ in range(steps):
        v = 0
        v = beta * v + gradient_at(w)
        w = w - lr * v
    return w


# %% wrong: v is new each step
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        g = gradient_at(w)
        w = w - lr * (beta * v + g)
    return w


# %% wrong: g counts in full
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        v = beta * v + (1 - beta) * gradient_at(w)
        w = w - lr * v
    return w


# %% wrong: you changed the caller's w in place
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        v = beta * v + gradient_at(w)
        w -= lr * v
    return w


# %% wrong: is there a loop?
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    return w


# %% wrong: w moves by the old v
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        w = w - lr * v
        v = beta * v + gradient_at(w)
    return w


# %% wrong: uphill: take lr
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        v = beta * v + gradient_at(w)
        w = w + lr * v
    return w


# %% wrong: UnboundLocalError
def roll(gradient_at, w, lr, beta, steps):
    for _ in range(steps):
        v = beta * v + gradient_at(w)
        w = w - lr * v
    return w


# %% wrong: v is new each step: plain descent
def roll(gradient_at, w, lr, beta, steps):
    for _ in range(steps):
        w = w - lr * gradient_at(w)
    return w


# %% right
def roll(gradient_at, w, lr, beta, steps):
    v = np.zeros(len(w))
    for _ in range(steps):
        v *= beta
        v += gradient_at(w)
        w = w - lr * v
    return w


# %% wrong: ask gradient_at(w) anew in each step: w has moved
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    g = gradient_at(w)
    for _ in range(steps):
        v = beta * v + g
        w = w - lr * v
    return w


# %% wrong: three steps
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        v = beta * v + gradient_at(w)
        w = w - v
    return w


# %% wrong: only one step: repeat both lines
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    v = beta * v + gradient_at(w)
    w = w - lr * v
    return w


# %% right
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        v = beta * v - lr * gradient_at(w)
        w = w + v
    return w


# %% wrong: beta multiplies the old v alone: g counts in full
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        v = beta * (v + gradient_at(w))
        w = w - lr * v
    return w


# %% wrong: IndexError: index 2 is out of bounds for axis 0 with size 2
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        v = beta * v + gradient(w)
        w = w - lr * v
    return w


# %% right
def roll(gradient_at, w, lr, beta, steps):
    past = {"v": 0}
    for _ in range(steps):
        w = w - lr * momentum(gradient_at(w), past, beta)
    return w


# %% right
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        v = beta * v + gradient_at(w)
        w = w - lr * v
    return w
