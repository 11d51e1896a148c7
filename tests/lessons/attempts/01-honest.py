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


# %% wrong: got [-0.39  0.84  2.06 54.11], wanted [-1.22  0.    1.22
def honest(x, train):
    return (x - x[train].std()) / x[train].std()


# %% wrong: divide by the standard deviation, not the variance
def honest(x, train):
    return (x - x[train].mean()) / x[train].var()


# %% wrong: ddof=1 divides by N - 1; this page's std divides by N
def honest(x, train):
    return (x - x[train].mean()) / x[train].std(ddof=1)


# %% wrong: use x and train, not speed
def honest(x, train):
    return (x - speed.mean()) / speed.std()


# %% wrong: those are means of row numbers
def honest(x, train):
    return (x - x[train].min()) / (x[train].max() - x[train].min())


# %% wrong: the row outside moved your mean to 24.75: it has helped to
def honest(x, train):
    return (x - x[:30].mean()) / x[:30].std()


# %% right
def honest(x, train):
    return (x - x[train].mean()) / x[train].std()


# %% wrong: all four rows are wanted
def honest(x, train):
    x = x[train]
    return (x - x.mean()) / x.std()
