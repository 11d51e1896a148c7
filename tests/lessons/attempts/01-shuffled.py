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


# %% right
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    order = rng.permutation(50)
    for _ in range(100):
        A, y = S[order], distance[order]
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% right
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        A = np.random.default_rng(seed).permutation(S)
        y = np.random.default_rng(seed).permutation(distance)
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: loss 633: speed 4 now stops in 85 feet; one permutation for
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        A, y = S[rng.permutation(50)], distance[rng.permutation(50)]
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: loss 380: speed 4 now stops in 85 feet; one permutation for
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        A, y = np.sort(rng.permutation(S), axis=0), np.sort(rng.permutation(distance))
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% right
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        rows = rng.permutation(np.column_stack([S, distance]))
        A, y = rows[:, :3], rows[:, 3]
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: ValueError: operands could not be broadcast together with
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        order = np.arange(50)
        A, y = S[rng.shuffle(order)], distance[order]
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: two seeds, one answer: the seed must decide the order
def shuffled_fit(seed):
    return descend(S, distance, 0.05, 1000)[-1]


# %% wrong: loss 697: speed 4 now stops in 85 feet; one permutation for
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        A, y = rng.permutation(S), rng.permutation(distance)
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.001 * 2 * A[k : k + 5].T @ r / 5
    return w


# %% wrong: loss 633: speed 4 now stops in 85 feet; one permutation for
def shuffled_fit(seed):
    w, rng = np.zeros(3), np.random.default_rng(seed)
    for _ in range(100):
        A, y = rng.permutation(S), rng.permutation(distance)
        for k in range(0, 50, 5):
            r = A[k : k + 5] @ w - y[k : k + 5]
            w = w - 0.05 * 2 * A[k : k + 5].T @ r / 5
    return w
