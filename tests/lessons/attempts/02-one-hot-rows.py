# ruff: noqa: B007, B015, F811, F821, RET503  these lines are what learners wrote, as they wrote it

# %% right
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if number < 0 or number >= classes:
            raise ValueError("no such class")
        table[row, number] = 1
    return table


# %% right
def one_hot_rows(target, classes):
    for number in target:
        if number not in range(classes):
            raise ValueError(f"{number} is not in 0..{classes - 1}")
    return np.eye(classes)[target]


# %% wrong: -1 silently became class 2
def one_hot_rows(target, classes):
    return np.eye(classes)[target]


# %% wrong: of three classes the last is 2
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if number < 0:
            raise ValueError("too small")
        table[row, number] = 1
    return table


# %% wrong: assert is for your own slips
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        assert 0 <= number < classes
        table[row, number] = 1
    return table


# %% wrong: [2, 0] gives [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if 0 <= number < classes:
            table[row, number - 1] = 1
        else:
            raise ValueError(number)
    return table


# %% wrong: the table is still all zeros
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if not 0 <= number < classes:
            raise ValueError(number)
        table[row, number] == 1
    return table


# %% right
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if number in range(classes):
            table[row, number] = 1
        else:
            raise ValueError
    return table


# %% wrong: the row comes first
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        table[number, row] = 1
    return table


# %% wrong: wanted [[0, 0, 1], [1, 0, 0]]
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        table[row] = 1
    return table


# %% wrong: return stands inside the loop
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        table[row, number] = 1
        return table


# %% wrong: -1 gives a row of zeros
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if number in range(classes):
            table[row, number] = 1
    return table


# %% wrong: an error that is returned stops nobody
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if number < 0 or number >= classes:
            return ValueError
        table[row][number] = 1
    return table


# %% wrong: they are counted from 0
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if number not in range(1, classes + 1):
            raise ValueError(number)
        table[row, number - 1] = 1
    return table


# %% wrong: -1 silently became class 2
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        if number < 0 and number >= classes:
            raise ValueError(number)
        table[row, number] = 1
    return table


# %% wrong: -1 silently became class 2
def one_hot_rows(target, classes):
    table = np.zeros((len(target), classes))
    for row, number in enumerate(target):
        try:
            table[row, number] = 1
        except IndexError:
            raise ValueError(number) from None
    return table
