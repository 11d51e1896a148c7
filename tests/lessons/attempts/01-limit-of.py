# ruff: noqa: F811, F821, F841  these lines are what learners wrote, as they wrote it

# %% right
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 2 / max(lam)


# %% right
def limit_of(A):
    return len(A) / np.linalg.norm(A, 2) ** 2


# %% wrong: the slow direction
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 2 / lam[0]


# %% wrong: half of it
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 1 / lam[-1]


# %% wrong: that is the condition number
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return lam[-1] / lam[0]


# %% wrong: wanted 0.34
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return lam[-1] / 2


# %% wrong: in units of 10 mph got 0.34
def limit_of(A):
    return 0.33967975918150434


# %% wrong: one number is wanted
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 2 / lam


# %% wrong: ... in line 3
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return ...


# %% wrong: that is the largest lambda: how far may a step go with it?
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return lam[-1]


# %% wrong: got 0.678, wanted 0.34
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 2 / lam.mean()


# %% wrong: a steeper bowl needs a smaller step: divide
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 2 * lam[-1]


# %% wrong: got 0.226, wanted 0.34
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 2 / lam.sum()


# %% right
def limit_of(A):
    lam = np.linalg.eigvalsh(2 * A.T @ A / len(A))
    return 2 / lam[-1]


# %% wrong: in units of 10 mph
def limit_of(A):
    return 0.34
