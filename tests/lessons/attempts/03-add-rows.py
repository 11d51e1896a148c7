# ruff: noqa: B905, F811, F821, PIE790, RET504  these lines are what learners wrote, as they wrote it

# %% right
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        width = x.data.shape[1]
        for i, share in zip(index.ravel(), g.reshape(-1, width)):
            rows[i] += share
        return rows

    return Tensor(x.data[index], (x, pull))


# %% right
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        for row in range(len(x.data)):
            rows[row] = g[index == row].sum(axis=0)
        return rows

    return Tensor(x.data[index], (x, pull))


# %% wrong: you kept the last share
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        rows[index] = g
        return rows

    return Tensor(x.data[index], (x, pull))


# %% wrong: you kept the last share
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        rows[index] = rows[index] + g
        return rows

    return Tensor(x.data[index], (x, pull))


# %% wrong: flatten the index first
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        for k in range(len(index)):
            rows[index[k]] += g[k]
        return rows

    return Tensor(x.data[index], (x, pull))


# %% wrong: row 2 got 1 and 5: should be 6, is 3.0
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        np.add.at(rows, index, g)
        counts = np.bincount(index.ravel(), minlength=len(rows))
        return rows / np.maximum(counts, 1)[:, None]

    return Tensor(x.data[index], (x, pull))


# %% wrong: the gradient has the shape of the picked rows
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        return g

    return Tensor(x.data[index], (x, pull))


# %% wrong: ... in line 6
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        ...
        return rows

    return Tensor(x.data[index], (x, pull))


# %% right
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        np.add.at(rows, index, g)
        return rows

    return Tensor(x.data[index], (x, pull))


# %% wrong: go to row index[n]
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        for i in range(len(index)):
            rows[i] += g[i]
        return rows

    return Tensor(x.data[index], (x, pull))


# %% wrong: row n of g belongs to row index[n]
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        for i in index:
            rows[i] += g[i]
        return rows

    return Tensor(x.data[index], (x, pull))


# %% wrong: row n of g belongs to row index[n]
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        for i in index.ravel():
            rows[i] += g[i]
        return rows

    return Tensor(x.data[index], (x, pull))


# %% wrong: size 3 is different from 2
def pick_rows(x, index):
    index = np.array(index)

    def pull(g):
        rows = np.zeros_like(x.data)
        rows = np.eye(len(x.data))[index].T @ g
        return rows

    return Tensor(x.data[index], (x, pull))
