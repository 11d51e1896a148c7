# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))
    f = x * s
    return beta * f + s * (1 - beta * f)


# %% right
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    first = 1 * s
    second = x * (beta * s * (1 - s))
    return first + second


# %% wrong: got 0.25, wanted 0.5
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return s * (1 - s)


# %% wrong: one part is missing
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return x * s * (1 - s)


# %% wrong: the inner slope of σ(βx) is β
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return s + x * s * (1 - s)


# %% wrong: ... in line 3
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return s + ...


# %% wrong: NameError: name 'sigmoid' is not defined
def swish_slope(x, beta):
    s = sigmoid(beta * x)
    return s + beta * x * s * (1 - s)
