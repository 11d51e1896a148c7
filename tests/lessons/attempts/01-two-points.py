# ruff: noqa: F811, F841  these lines are what learners wrote, as they wrote it

# %% right
def slope_at(f, x):
    h = 0.00001
    return (f(x + h) - f(x - h)) / (2 * h)


# %% right
def slope_at(f, x):
    h = 1e-6
    left, right = x - h, x + h
    return (f(right) - f(left)) / (right - left)


# %% wrong: rounding eats the digits
def slope_at(f, x):
    h = 1e-15
    return (f(x + h) - f(x - h)) / (2 * h)


# %% wrong: so far away the curve has another slope
def slope_at(f, x):
    h = 0.01
    return (f(x + h) - f(x - h)) / (2 * h)


# %% wrong: both points lie on one side
def slope_at(f, x):
    h = 1e-6
    return (f(x) - f(x - h)) / h


# %% wrong: the two places are 2 h apart
def slope_at(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / h


# %% wrong: the two places are 2 h apart
def slope_at(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / 1 * h / h**2


# %% wrong: the value ahead minus the value behind
def slope_at(f, x):
    h = 1e-5
    return (f(x - h) - f(x + h)) / (2 * h)


# %% wrong: call f: the slope needs two of its values
def slope_at(f, x):
    h = 1e-5
    return 3 * x**2


# %% wrong: ... in line 3
def slope_at(f, x):
    h = 1e-5
    return ...
