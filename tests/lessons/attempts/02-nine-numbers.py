# ruff: noqa: F821  these lines are what learners wrote, as they wrote it

# %% right
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([-1.0, 0.0])
w2 = np.array([-2.0, 1.0])
b2 = 0.0

# %% right
W1 = np.array([[1.0, 1.0], [-1.0, -1.0]])
b1 = np.array([-1.0, 1.0])
w2 = np.array([-1.0, -1.0])
b2 = 1.0

# %% wrong: they do the work of one
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([1.0, 1.0])
w2 = np.array([1.0, -2.0])
b2 = 0.0

# %% wrong: level after 1
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([0.0, -1.0])
w2 = np.array([1.0, -1.0])
b2 = 0.0

# %% wrong: no roof: 1.0 at s = 1 and 4.0 at s = 2
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([0.0, -1.0])
w2 = np.array([1.0, 2.0])
b2 = 0.0

# %% wrong: rises from s = -b on
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([0.0, 1.0])
w2 = np.array([1.0, -2.0])
b2 = 0.0

# %% wrong: ... in line 2
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([0.0, ...])
w2 = np.array([1.0, -2.0])
b2 = 0.0

# %% right
W1, b1 = np.ones((2, 2)), np.array([0, -1])  # W1: both see x1 + x2
w2, b2 = np.array([1, -2]), 0.0

# %% right
W1, b1 = np.array([[1, -1], [-1, 1]]), np.zeros(2)
w2, b2 = np.ones(2), 0.0

# %% right
W1, b1 = np.ones((2, 2)), np.array([0, -1])
w2, b2 = np.array([[1], [-2]]), 0.0

# %% wrong: no roof: 1.0 at s = 1 and 2.0 at s = 2
W1, b1 = np.ones((2, 2)), np.array([0, -2])
w2, b2 = np.array([1, -1]), 0.0

# %% wrong: two units, a row of two weights each
W1, b1 = np.array([1, 1]), np.array([0, -1])
w2, b2 = np.array([1, -2]), 0.0

# %% wrong: two numbers in b1, and two in w2
W1, b1 = np.ones((2, 2)), np.array([0, -1])
w2, b2 = np.array([1]), 0.0

# %% wrong: wanted [0, 1, 1, 0]
W1, b1 = np.ones((2, 2)), np.array([0, -1])
w2, b2 = np.array([1, -2]), 0.5
