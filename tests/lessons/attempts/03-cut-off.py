# ruff: noqa: F811, F821, RET504  these lines are what learners wrote, as they wrote it

# %% right
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: np.sum(g, axis=axis)))


# %% right
def repeat(x, axis, copies):
    data = np.stack([x.data] * copies, axis)

    def pull(g):
        return g.sum(axis)

    return Tensor(data, (x, pull))


# %% wrong: the graph ends here
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data)


# %% wrong: it gives an array
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return data


# %% wrong: the gradient of one copy only
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: g.take(0, axis)))


# %% wrong: the gradient of one copy only
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: g.mean(axis)))


# %% wrong: it must have the shape of x
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: g))


# %% wrong: it must have the shape of x
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: g.sum()))


# %% wrong: the axis you added
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: g.sum(axis=0)))


# %% wrong: repeat gives None
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    print(Tensor(data, (x, lambda g: g.sum(axis))))


# %% right
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: g.sum(axis)))


# %% wrong: it must have the shape of x
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: g.sum(axis, keepdims=True)))


# %% wrong: stand together in brackets
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, x, lambda g: g.sum(axis))


# %% wrong: it must have the shape of x
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: g / copies))


# %% wrong: it must have the shape of x
def repeat(x, axis, copies):
    data = np.repeat(np.expand_dims(x.data, axis), copies, axis)
    return Tensor(data, (x, lambda g: copies * g))
