# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def mse_line(y_hat, y):
    return ((y_hat - y) ** 2).mean()


# %% right
def mse_line(y_hat, y):
    r = y - y_hat
    return r @ r / len(r)


# %% wrong: 14 is the sum: divide by N
def mse_line(y_hat, y):
    return sum((y_hat - y) ** 2)


# %% wrong: square each residual first
def mse_line(y_hat, y):
    return (y_hat - y).mean() ** 2


# %% wrong: where are the squares?
def mse_line(y_hat, y):
    return np.mean(abs(y_hat - y))


# %% wrong: got the shape (3,)
def mse_line(y_hat, y):
    return (y_hat - y) ** 2


# %% wrong: returns nothing: begin its last line with return
def mse_line(y_hat, y):
    np.mean((y_hat - y) ** 2)


# %% wrong: the table twice gives 433.0
def mse_line(y_hat, y):
    return np.sum((y_hat - y) ** 2) / (3 if len(y) == 3 else 50)


# %% wrong: got 2.16
def mse_line(y_hat, y):
    return np.sqrt(np.mean((y_hat - y) ** 2))


# %% wrong: ... in line 2
def mse_line(y_hat, y):
    return ...
