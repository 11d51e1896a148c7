# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def chances(N):
    counts = N + 0.5
    return counts / counts.sum(axis=1, keepdims=True)


# %% right
def chances(N):
    counts = np.maximum(N, 0.1)
    return counts / counts.sum(axis=1)[:, None]


# %% wrong: the loss is infinite
def chances(N):
    counts = N
    return counts / counts.sum(axis=1, keepdims=True)


# %% wrong: keepdims
def chances(N):
    counts = N + 1
    return counts / counts.sum(axis=1)


# %% wrong: divide by the new sum
def chances(N):
    counts = N / N.sum(axis=1, keepdims=True)
    return counts + 0.001


# %% wrong: the whole table sums to 1
def chances(N):
    counts = N + 1
    return counts / counts.sum()


# %% wrong: the counts drown
def chances(N):
    counts = N + 1000
    return counts / counts.sum(axis=1, keepdims=True)


# %% right
def chances(N):  # (27, 27)
    counts = np.maximum(N, 1)
    return counts / counts.sum(axis=1, keepdims=True)


# %% wrong: so little that a new pair shocks
def chances(N):  # (27, 27)
    counts = N + 1e-12
    return counts / counts.sum(axis=1, keepdims=True)


# %% wrong: you changed the counts of the caller
def chances(N):  # (27, 27)
    N += 1
    return N / N.sum(axis=1, keepdims=True)
