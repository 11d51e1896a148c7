# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b.data), (b, lambda g: -g * a.data / b.data**2))


# %% right
def div(a, b):
    def to_a(g):
        return g * b.data**-1

    def to_b(g):
        return -a.data * g / (b.data * b.data)

    return Tensor(a.data / b.data, (a, to_a), (b, to_b))


# %% wrong: a / b moves less, the larger b is
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g * b.data), (b, lambda g: g * a.data))


# %% wrong: mind the sign
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b.data), (b, lambda g: g * a.data / b.data**2))


# %% wrong: forgets a
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b.data), (b, lambda g: -g / b.data**2))


# %% wrong: a should get 0.5, you gave 3
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g * y), (b, lambda g: -g * y))


# %% wrong: for 6 / 2 b should get -1.5, you gave -3
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b.data), (b, lambda g: -g * a.data / b.data))


# %% wrong: the pull-back forgets g
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: 1 / b.data), (b, lambda g: -y / b.data))


# %% wrong: ... in line 3
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b.data), (b, lambda g: ...))


# %% wrong: mind the sign
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b.data), (b, lambda g: g / a.data))


# %% wrong: compute with a.data and b.data
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b), (b, lambda g: -g * a / b**2))


# %% right
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b.data), (b, lambda g: -g * y / b.data))


# %% wrong: b gets 4.15888: a larger b
def div(a, b):
    y = a.data / b.data
    return Tensor(y, (a, lambda g: g / b.data), (b, lambda g: g * a.data * np.log(b.data)))
