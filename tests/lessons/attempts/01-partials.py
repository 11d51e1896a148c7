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


# %% wrong: two rows: got
def partials(w, x, y):
    return gradient(w)


# %% wrong: ... in line 3
def partials(w, x, y):
    r = predict(w, x) - y
    return np.array([..., ..., ...])
