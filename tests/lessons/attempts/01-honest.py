# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def honest(x, train):
    return (x - np.mean(x[train])) / np.std(x[train])


# %% right
def honest(x, train):
    ours = x[train]
    spread = ((ours - ours.mean()) ** 2).mean() ** 0.5
    return (x - ours.mean()) / spread


# %% wrong: it has helped to train
def honest(x, train):
    return (x - x.mean()) / x.std()


# %% wrong: the std saw all rows
def honest(x, train):
    return (x - x[train].mean()) / x.std()


# %% wrong: the std is honest, the mean saw all rows
def honest(x, train):
    return (x - x.mean()) / x[train].std()


# %% wrong: all four rows are wanted, got the shape (3,)
def honest(x, train):
    return (x[train] - x[train].mean()) / x[train].std()


# %% wrong: not those of this page's rows
def honest(x, train):
    return (x - mean) / std


# %% wrong: means of row numbers
def honest(x, train):
    return (x - train.mean()) / train.std()


# %% wrong: ... in line 2
def honest(x, train):
    return (x - ...) / x[train].std()
