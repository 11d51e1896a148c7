# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def hand_out(g, parents):
    for parent in parents:
        parent.grad = np.array(g)


# %% right
def hand_out(g, parents):
    for parent in parents:
        parent.grad = 1.0 * g


# %% right
def hand_out(g, parents):
    for parent in parents:
        parent.grad = parent.grad + g


# %% wrong: they still share one array
def hand_out(g, parents):
    for parent in parents:
        parent.grad = g


p, q = Tensor([1]), Tensor([1])
hand_out(np.ones(1), [p, q])
for param in (p, q):
    param.data -= 0.1 * param.grad
    param.grad = 0 * param.grad


# %% wrong: they still share one array
def hand_out(g, parents):
    g = g.copy()
    for parent in parents:
        parent.grad = g


# %% wrong: they still share one array
def hand_out(g, parents):
    for parent in parents:
        parent.grad = np.asarray(g)


# %% wrong: one of them still has the array that came in
def hand_out(g, parents):
    parents[0].grad = g.copy()
    parents[1].grad = g


# %% wrong: one of them still has the array that came in
def hand_out(g, parents):
    first, second = parents
    first.grad = g
    second.grad = g.copy()


# %% wrong: p did not move
def hand_out(g, parents):
    for parent in parents:
        parent.data = parent.data.copy()


# %% wrong: both should be 0.9, they are [0.95] and [0.95]
def hand_out(g, parents):
    for parent in parents:
        parent.grad = g / len(parents)


# %% wrong: they still share one array
def hand_out(g, parents):
    for parent in parents:
        parent.grad = g


p, q = Tensor([1]), Tensor([1])
hand_out(np.ones(1), [p, q])
for param in (p, q):
    param.data -= 0.1 * param.grad
    param.grad = 0
print("p", p.data, " q", q.data, " both should be 0.9")


# %% right
def hand_out(g, parents):
    for parent in parents:
        parent.grad += g


# %% wrong: both should be 0.9, they are [0.95] and [0.95]
def hand_out(g, parents):
    for parent in parents:
        parent.grad = np.ones(1)
