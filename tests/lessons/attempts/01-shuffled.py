# ruff: noqa: F811, F821, F841  these lines are what learners wrote, as they wrote it

# %% right
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        order = rng.permutation(50)
        A, y = S[order], distance[order]
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% right
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        for rows in rng.permutation(50).reshape(10, 5):
            r = S[rows] @ w - distance[rows]
            w = w - 0.05 * 2 * S[rows].T @ r / 5
    return w


# %% wrong: one permutation for both
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(200):
        A, y = rng.permutation(S), rng.permutation(distance)
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.01 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: one permutation for both
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        A, y = rng.permutation(S), distance
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: the rows are in sorted order again
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        A, y = S, distance
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: two seeds, one answer
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(0)
    for _ in range(100):
        order = rng.permutation(50)
        A, y = S[order], distance[order]
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: the function returns the three weights
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        order = rng.permutation(50)
        A, y = S[order], distance[order]
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
