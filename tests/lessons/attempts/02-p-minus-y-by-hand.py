# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it


# %% right
def logits_gradient(shares, target):
    return (shares - np.eye(shares.shape[1])[target]) / len(target)


# %% right
def logits_gradient(shares, target):
    gradient = shares.copy()
    for row, number in enumerate(target):
        gradient[row, number] -= 1
    return gradient / len(shares)


# %% wrong: only its true class loses 1
def logits_gradient(shares, target):
    gradient = shares.copy()
    gradient -= 1
    return gradient / len(target)


# %% wrong: ValueError: operands could not be broadcast together
def logits_gradient(shares, target):
    return (shares - target) / len(target)


# %% wrong: the gradient of the sum
def logits_gradient(shares, target):
    return shares - np.eye(3)[target]


# %% wrong: y - p points downhill
def logits_gradient(shares, target):
    gradient = -shares.copy()
    gradient[np.arange(len(target)), target] += 1
    return gradient / len(target)


# %% wrong: got [[-0.1, 0.067, 0.033], [0.1, 0.1, -0.2]]
def logits_gradient(shares, target):
    gradient = shares.copy()
    gradient[np.arange(len(target)), target] -= 1
    return gradient / shares.shape[1]
