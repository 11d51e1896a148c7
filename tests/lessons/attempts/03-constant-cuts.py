# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def times(a, b):
    inputs = []
    if a.learns:
        inputs.append((a, lambda g: g * b.data))
    if b.learns:
        inputs.append((b, lambda g: g * a.data))
    y = Tensor(a.data * b.data, *inputs)
    y.learns = bool(inputs)
    return y


# %% right
def times(a, b):
    y = Tensor(a.data * b.data)
    if a.learns:
        y.inputs += ((a, lambda g: g * b.data),)
    if b.learns:
        y.inputs += ((b, lambda g: g * a.data),)
    y.learns = a.learns or b.learns
    return y


# %% wrong: w still gets no gradient
def times(a, b):
    y = Tensor(a.data * b.data)
    if a.learns and b.learns:
        y.inputs = (a, lambda g: g * b.data), (b, lambda g: g * a.data)
    y.learns = a.learns or b.learns
    return y


# %% wrong: keep only pairs that learn
def times(a, b):
    y = Tensor(a.data * b.data)
    if a.learns or b.learns:
        y.inputs = (a, lambda g: g * b.data), (b, lambda g: g * a.data)
    y.learns = a.learns or b.learns
    return y


# %% wrong: three * w: w should get 3, it got 2.0
def times(a, b):
    y = Tensor(a.data * b.data)
    if a.learns:
        y.inputs = ((a, lambda g: g * a.data),)
    if b.learns:
        y.inputs = ((b, lambda g: g * b.data),)
    y.learns = a.learns or b.learns
    return y


# %% wrong: w * three: w should get 3, it got 0.0
def times(a, b):
    y = Tensor(a.data * b.data)
    if b.learns:
        y.inputs = ((b, lambda g: g * a.data),)
    y.learns = a.learns or b.learns
    return y


# %% wrong: or the next product cuts the graph
def times(a, b):
    y = Tensor(a.data * b.data)
    if a.learns:
        y.inputs = ((a, lambda g: g * b.data),)
    elif b.learns:
        y.inputs = ((b, lambda g: g * a.data),)
    y.learns = a.learns and b.learns
    return y


# %% wrong: both inputs learn
def times(a, b):
    y = Tensor(a.data * b.data)
    if a.learns:
        y.inputs = ((a, lambda g: g * b.data),)
    elif b.learns:
        y.inputs = ((b, lambda g: g * a.data),)
    y.learns = a.learns or b.learns
    return y


# %% wrong: two constants make a constant
def times(a, b):
    pairs = (a, lambda g: g * b.data), (b, lambda g: g * a.data)
    y = Tensor(a.data * b.data, *[pair for pair in pairs if pair[0].learns])
    y.learns = True
    return y


# %% wrong: both inputs learn
def times(a, b):
    y = Tensor(a.data * b.data)
    if a.learns:
        y.inputs = ((a, lambda g: g * b.data),)
    if b.learns:
        y.inputs = ((b, lambda g: g * a.data),)
    y.learns = a.learns or b.learns
    return y


# %% wrong: keep only pairs that learn
def times(a, b):
    y = Tensor(a.data * b.data)
    y.inputs = (a, lambda g: g * b.data), (b, lambda g: g * a.data)
    y.learns = True
    return y


# %% wrong: w * three: w should get 3, it got 0.0
def times(a, b):
    y = Tensor(a.data * b.data)
    y.inputs = ((b, lambda g: g * a.data),)
    y.learns = True
    return y


# %% right
def times(a, b):
    y = Tensor(a.data * b.data)
    y.inputs = (a, lambda g: g * b.data * a.learns), (b, lambda g: g * a.data * b.learns)
    y.learns = a.learns or b.learns
    return y
