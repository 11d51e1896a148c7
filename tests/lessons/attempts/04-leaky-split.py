# ruff: noqa: B905, F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def split_rows(names, k, rng):
    names = [names[i] for i in rng.permutation(len(names))]
    cut = len(names) * 9 // 10
    return examples(names[:cut], k), examples(names[cut:], k)


# %% right
def split_rows(names, k, rng):
    trains = np.zeros(len(names), bool)
    trains[rng.permutation(len(names))[: len(names) * 9 // 10]] = True
    here = [name for name, yes in zip(names, trains) if yes]
    there = [name for name, yes in zip(names, trains) if not yes]
    return examples(here, k), examples(there, k)


# %% wrong: of the validation rows belong to training names
def split_rows(names, k, rng):
    names = [names[i] for i in rng.permutation(len(names))]
    X, Y = examples(names, k)
    order = rng.permutation(len(X))
    here, there = np.split(order, [len(X) * 9 // 10])
    return (X[here], Y[here]), (X[there], Y[there])


# %% wrong: of the validation rows belong to training names
def split_rows(names, k, rng):
    here = rng.choice(len(names), len(names) * 9 // 10)
    there = rng.choice(len(names), len(names) // 10 + 1)
    return [examples([names[i] for i in part], k) for part in (here, there)]


# %% wrong: two seeds, one split
def split_rows(names, k, rng):
    here, there = names[: len(names) * 9 // 10], names[len(names) * 9 // 10 :]
    return examples(here, k), examples(there, k)


# %% wrong: two seeds, one split
def split_rows(names, k, rng):
    order = np.random.default_rng(0).permutation(len(names))
    here, there = np.split(order, [len(names) * 9 // 10])
    return [examples([names[i] for i in part], k) for part in (here, there)]


# %% wrong: of the rows train, nine of ten names should
def split_rows(names, k, rng):
    order = rng.permutation(len(names))
    there, here = np.split(order, [len(names) * 9 // 10])
    return [examples([names[i] for i in part], k) for part in (here, there)]


# %% right
def split_rows(names, k, rng):
    names = rng.permutation(names)
    cut = len(names) * 9 // 10
    return examples(names[:cut], k), examples(names[cut:], k)


# %% wrong: the leak is in the split
def split_rows(names, k, rng):
    names = sorted(set(names))
    X, Y = examples(names, k)
    order = rng.permutation(len(X))
    here, there = np.split(order, [len(X) * 9 // 10])
    return (X[here], Y[here]), (X[there], Y[there])


# %% wrong: take a permutation
def split_rows(names, k, rng):
    rng.shuffle(names)
    cut = len(names) * 9 // 10
    return examples(names[:cut], k), examples(names[cut:], k)


# %% wrong: of the validation rows belong to training names
def split_rows(names, k, rng):
    X, Y = examples(names, k)
    order = np.arange(len(X))
    here, there = np.split(order, [len(X) * 9 // 10])
    return (X[here], Y[here]), (X[there], Y[there])
