# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def safe_softmax(z):
    e = np.exp(z - z.max(axis=1)[:, None])
    return e / e.sum(axis=1)[:, None]


# %% right
def safe_softmax(z):
    return np.array([softmax(row) for row in z])


# %% wrong: each row needs its own maximum
def safe_softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: each row needs its own maximum
def safe_softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: ValueError: operands could not be broadcast together
def safe_softmax(z):
    e = np.exp(z - z.max(axis=1))
    return e / e.sum(axis=1)


# %% wrong: the whole table sums to 1
def safe_softmax(z):
    return softmax(z)


# %% wrong: the rows sum to
def safe_softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=0)
