# ruff: noqa: F811, F821, F841  these lines are what learners wrote, as they wrote it

# %% right
def partials(w, x, y):
    r = predict(w, x) - y
    return 2 * np.array([np.mean(r * x**2), np.mean(r * x), r.mean()])


# %% right
def partials(w, x, y):
    r = w[0] * x**2 + w[1] * x + w[2] - y  # one residual per row
    return table(x, 0, 1).T @ r * 2 / len(x)


# %% wrong: a mean, not a sum
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([sum(2 * r * x**2), sum(2 * r * x), sum(2 * r)])


# %% wrong: where is the 2 of the square?
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([np.mean(r * x**2), np.mean(r * x), np.mean(r)])


# %% wrong: loss rises at step 1
def partials(w, x, y):
    r = y - predict(w, x)
    return np.array([np.mean(2 * r * x**2), np.mean(2 * r * x), np.mean(2 * r)])


# %% wrong: w3 multiplies 1
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([np.mean(2 * r * x**2), np.mean(2 * r * x), 1])


# %% wrong: wanted [-10053.7
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([np.mean(2 * r * x), np.mean(2 * r * x), np.mean(2 * r)])


# %% wrong: got the shape (3, 50)
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([2 * r * x**2, 2 * r * x, 2 * r])


# %% wrong: use x and y, not this page's cars
def partials(w, x, y):
    return gradient(w)


# %% wrong: ... in line 3
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([..., ..., ...])


# %% wrong: all 50 times too long: the loss is a mean, not a sum
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([np.sum(2 * r * x**2), np.sum(2 * r * x), np.sum(2 * r)])


# %% wrong: got [-503.2  -152.08  -51.16], wanted [12, 2, 0]: use x and
def partials(w, x, y):
    r = predict(w, speed) - distance
    return np.array([np.mean(2 * r * x**2), np.mean(2 * r * x), np.mean(2 * r)])


# %% wrong: got [15.76  0.48  0.  ], wanted [12, 2, 0]: use x and y,
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([np.mean(2 * r * speed**2), np.mean(2 * r * speed), np.mean(2 * r)])


# %% wrong: first multiply in each row, then the mean
def partials(w, x, y):
    r = np.mean(predict(w, x) - y)
    return np.array([2 * r * np.mean(x**2), 2 * r * np.mean(x), 2 * r])


# %% wrong: w3 multiplies 1: its slope is -28.7,
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([np.mean(2 * r * x**2), np.mean(2 * r * x), np.mean(r)])


# %% wrong: the residual itself stands here, not its square
def partials(w, x, y):
    r = (predict(w, x) - y) ** 2
    return np.array([np.mean(2 * r * x**2), np.mean(2 * r * x), np.mean(2 * r)])


# %% wrong: the right numbers in the wrong order: w1 comes first
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([np.mean(2 * r), np.mean(2 * r * x), np.mean(2 * r * x**2)])


# %% right
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([np.mean(2 * r * x**2), np.mean(2 * r * x), np.mean(2 * r)])


# %% right
def partials(w, x, y):
    A = table(x, 0, 1)
    r = A @ w - y
    return 2 * A.T @ r / len(y)
