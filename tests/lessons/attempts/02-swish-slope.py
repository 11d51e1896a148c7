# ruff: noqa: F811, F821, F841  these lines are what learners wrote, as they wrote it

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


# %% wrong: is the slope of σ alone
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


# %% right
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return s + beta * x * s * (1 - s)


# %% wrong: begin its last line with return
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    s + beta * x * s * (1 - s)


# %% wrong: 16 slopes came out
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return slopes["swish"]


# %% wrong: β belongs to one part only
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return beta * (s + x * s * (1 - s))


# %% wrong: is your slope of σ s (1 - s)?
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return s + x * beta * s * (1 + s)


# %% wrong: is your slope of σ s (1 - s)?
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return s + x * beta * np.exp(-beta * x)


# %% wrong: one part is missing
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return x * s


# %% wrong: is the slope of σ alone
def swish_slope(x, beta):
    s = 1 / (1 + np.exp(-beta * x))  # σ(βx)
    return x * s + s * (1 - s)
