# ruff: noqa: B905, F811, F821  as learners wrote it

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


# %% wrong: the root of the mean square
def mse_line(y_hat, y):
    return np.sqrt(np.mean((y_hat - y) ** 2))


# %% wrong: ... in line 2
def mse_line(y_hat, y):
    return ...


# %% wrong: 14 is the sum: divide by N, or your lr depends on the table
def mse_line(y_hat, y):
    return np.sum((y_hat - y) ** 2)


# %% wrong: 4 is the square of the mean: square each residual first
def mse_line(y_hat, y):
    return np.mean(y_hat - y) ** 2


# %% wrong: one number is wanted
def mse_line(y_hat, y):
    return (y_hat - y) ** 2


# %% wrong: 2.16 is the root of the mean square: stop before the root
def mse_line(y_hat, y):
    return np.sqrt(np.mean((y_hat - y) ** 2))


# %% wrong: got 97331.420, wanted 4.667
def mse_line(y_hat, y):
    return mse(y_hat)


# %% wrong: 14 / 50: here are 3 rows, so divide by their number, len(y)
def mse_line(y_hat, y):
    return np.sum((y_hat - y) ** 2) / 50


# %% wrong: your function returns nothing: begin its last line with
def mse_line(y_hat, y):
    print(np.mean((y_hat - y) ** 2))


# %% wrong: ValueError: operands could not be broadcast together with
def mse_line(y_hat, y):
    return np.mean((y_hat - distance) ** 2)


# %% wrong: TypeError: ufunc 'bitwise_xor' not supported for the input
def mse_line(y_hat, y):
    return np.mean((y_hat - y) ^ 2)


# %% right
def mse_line(y_hat, y):
    return np.mean((y_hat - y) ** 2)


# %% right
def mse_line(y_hat, y):
    return sum((a - b) ** 2 for a, b in zip(y_hat, y)) / len(y)
