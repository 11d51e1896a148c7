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


# %% wrong: keepdims=True keeps a column
def safe_softmax(z):
    e = np.exp(z - z.max(axis=1))
    return e / e.sum(axis=1)


# %% wrong: the whole table sums to 1
def safe_softmax(z):
    return softmax(z)


# %% wrong: each column sums to 1
def safe_softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=0)


# %% right
def safe_softmax(z):  # (N, K)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# %% right
def safe_softmax(z):  # (N, K)
    return [softmax(row) for row in z]


# %% wrong: take out the maximum
def safe_softmax(z):  # (N, K)
    e = np.exp(z - z.mean(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: not a fixed number
def safe_softmax(z):  # (N, K)
    e = np.exp(z - 1000)
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: exp(1000) overflows
def safe_softmax(z):  # (N, K)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: each column sums to 1
def safe_softmax(z):  # (N, K)
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


# %% wrong: the rows sum to [1.517 1.246]
def safe_softmax(z):  # (N, K)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.max(axis=1, keepdims=True)
