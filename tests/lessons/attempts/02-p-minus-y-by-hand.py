# ruff: noqa: F811, F821, RET504  these lines are what learners wrote, as they wrote it


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


# %% wrong: a class number tells the place
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


# %% wrong: 1.3 times too long: divide by N
def logits_gradient(shares, target):
    gradient = shares.copy()
    gradient[np.arange(len(target)), target] -= 1
    return gradient / shares.shape[1]


# %% right
def logits_gradient(shares, target):  # (N, K), (N,)
    gradient = shares.copy()
    gradient[np.arange(len(target)), target] -= 1
    gradient /= len(target)
    return gradient


# %% wrong: only its true class loses 1
def logits_gradient(shares, target):  # (N, K), (N,)
    gradient = shares.copy()
    gradient[target] -= 1
    gradient /= len(target)
    return gradient


# %% wrong: only its true class loses 1
def logits_gradient(shares, target):  # (N, K), (N,)
    gradient = shares.copy()
    gradient = gradient - target[:, None]
    return gradient


# %% wrong: only its true class loses 1
def logits_gradient(shares, target):  # (N, K), (N,)
    gradient = shares.copy()
    for row, k in enumerate(target):
        gradient[row, k] -= 1 / len(target)
    return gradient


# %% wrong: 0.33 times too long: divide by N
def logits_gradient(shares, target):  # (N, K), (N,)
    gradient = shares.copy()
    gradient -= np.eye(gradient.shape[1])[target]
    return gradient / gradient.size


# %% wrong: a slope for each logit
def logits_gradient(shares, target):  # (N, K), (N,)
    gradient = shares.copy()
    gradient = -np.log(gradient[np.arange(len(target)), target])
    return gradient


# %% wrong: begin its last line with return
def logits_gradient(shares, target):  # (N, K), (N,)
    gradient = shares.copy()
    gradient[np.arange(len(target)), target] -= 1
    gradient /= len(target)
