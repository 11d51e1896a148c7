# ruff: noqa: B006, E402, F811, F821  these lines are what learners wrote, as they wrote it

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


# %% wrong: an id is free again
def new_number():
    return id(object())


# %% wrong: every call gives 1: nothing counts on
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


# %% wrong: nothing counts on
numbers = []


def new_number():
    return len(numbers)


numbers = [new_number() for _ in range(3000)]
print(len(numbers), "tensors have", len(set(numbers)), "numbers")


# %% right
import itertools

count = itertools.count()


def new_number():
    return next(count)


# %% wrong: needs the larger number
count = 0


def new_number():
    global count
    count -= 1
    return count


# %% right
def new_number():
    Tensor.made += 1
    return Tensor.made


# %% right
def new_number(last=[0]):
    last[0] += 1
    return last[0]


# %% wrong: needs the larger number
dice = np.random.default_rng(0)
order = dice.permutation(100_000)
number = 0


def new_number():
    global number
    number += 1
    return int(order[number])
