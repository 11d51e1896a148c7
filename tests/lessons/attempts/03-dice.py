# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
class Counter:
    last = -1


def new_number():
    Counter.last += 1
    return Counter.last


# %% right
given = []


def new_number():
    given.append(None)
    return len(given)


# %% right
last = 0


def new_number():
    global last
    last = last + 1
    return last


# %% wrong: still twins
dice = np.random.default_rng(0)


def new_number():
    return int(dice.integers(10**6))


# %% wrong: an address is free again
def new_number():
    return id(object())


# %% wrong: all have the same number
def new_number():
    last = 0
    last += 1
    return last


# %% wrong: needs the larger number
used = set()
dice = np.random.default_rng(0)


def new_number():
    number = int(dice.integers(10**9))
    while number in used:
        number = int(dice.integers(10**9))
    used.add(number)
    return number


# %% wrong: needs the larger number
left = list(range(100_000))


def new_number():
    return left.pop()
