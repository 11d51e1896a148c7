# ruff: noqa: F811, F821, F841  as learners wrote it

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


# %% wrong: both points lie on one side: the error is 1,000 times larger
def slope_at(f, x):
    h = 1e-5
    return (f(x + h) - f(x)) / h


# %% wrong: h = 1e-12: rounding eats the digits of the difference; try
def slope_at(f, x):
    h = 1e-12
    return (f(x + h) - f(x - h)) / (2 * h)


# %% wrong: h = 1: so far away the curve has another slope; try 1e-5
def slope_at(f, x):
    h = 1
    return (f(x + h) - f(x - h)) / (2 * h)


# %% wrong: h = 0.1: so far away the curve has another slope; try 1e-5
def slope_at(f, x):
    h = 0.1
    return (f(x + h) - f(x - h)) / (2 * h)


# %% wrong: / 2 * h multiplies by h: write / (2 * h)
def slope_at(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / 2 * h


# %% wrong: that is the rise: divide it by the distance, 2 h
def slope_at(f, x):
    h = 1e-5
    return f(x + h) - f(x - h)


# %% wrong: IndexError: only integers, slices (`:`), ellipsis (`...`),
def slope_at(f, x):
    h = 1e-5
    return slope(f, x, h)


# %% right
def slope_at(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)


# %% right
def slope_at(f, x):
    h = 0.001
    return (f(x + h) - f(x - h)) / (2 * h)
