# ruff: noqa: B007, F811, F821, F841  these lines are what learners wrote, as they wrote it

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


# %% wrong: three steps: got
def roll(gradient_at, w, lr, beta, steps):
    v = 0
    for _ in range(steps):
        w = w - lr * v
        v = beta * v + gradient_at(w)
    return w


# %% wrong: three steps: got [ 1.85
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
