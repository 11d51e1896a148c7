# ruff: noqa: F811, F821, RUF005  these lines are what learners wrote, as they wrote it

# %% right
def rows_of(names, k):
    X, Y = [], []
    for numbers in names:
        context = k * [0]
        for target in numbers:
            X.append(context)
            Y.append(target)
            context = context[1:] + [target]
    return np.array(X), np.array(Y)


# %% right
def rows_of(names, k):
    X, Y = [], []
    for numbers in names:
        padded = [0] * k + numbers
        for i, target in enumerate(numbers):
            X.append(padded[i : i + k])
            Y.append(target)
    return np.array(X), np.array(Y)


# %% wrong: the end of emma is the context of olivia
def rows_of(names, k):
    X, Y = [], []
    context = [0] * k
    for numbers in names:
        for target in [*numbers]:
            X.append(context)
            Y.append(target)
            context = [*context, target][1:]
    return np.array(X), np.array(Y)


# %% wrong: the window never moves
def rows_of(names, k):
    X, Y = [], []
    for numbers in names:
        for target in numbers:
            X.append([0] * k)
            Y.append(target)
    return np.array(X), np.array(Y)


# %% wrong: ab gives the contexts
def rows_of(names, k):
    X, Y = [], []
    for numbers in names:
        context = [0] * k
        for target in numbers:
            X.append(context)
            Y.append(target)
            context = [target, *context[:-1]]
    return np.array(X), np.array(Y)


# %% wrong: ab gives the contexts
def rows_of(names, k):
    X, Y = [], []
    for numbers in names:
        context = [0] * k
        for target in numbers:
            context = [*context[1:], target]
            X.append(context)
            Y.append(target)
    return np.array(X), np.array(Y)


# %% wrong: before the o stands
def rows_of(names, k):
    X, Y = [], []
    context = [0] * k
    for numbers in names:
        for target in numbers:
            X.append(context)
            Y.append(target)
            context = [*context[1:], target]
        context = [0] + context[1:]
    return np.array(X), np.array(Y)


# %% wrong: wanted
def rows_of(names, k):
    X, Y = [], []
    for numbers in names:
        context = [0]
        for target in numbers:
            X.append(context)
            Y.append(target)
            context = [*context[1:], target]
    return np.array(X), np.array(Y)


# %% wrong: the contexts differ in length
def rows_of(names, k):
    X, Y = [], []
    context = [0] * k
    for numbers in names:
        for target in numbers:
            X.append(context)
            Y.append(target)
            context = [*context[1:], target]
            if target == 0:
                context = [0]
    return np.array(X), np.array(Y)
