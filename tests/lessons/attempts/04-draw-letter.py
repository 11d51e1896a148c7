# ruff: noqa: F811, F821, F841  these lines are what learners wrote, as they wrote it

# %% right
def draw_letter(p, rng):
    height = rng.random()
    return (p.cumsum() > height).argmax()


# %% right
def draw_letter(p, rng):
    return rng.choice(27, p=p)


# %% right
def draw_letter(p, rng):
    height = rng.random()
    for i, each in enumerate(p):
        height -= each
        if height < 0:
            return i
    return 26


# %% wrong: does not sample
def draw_letter(p, rng):
    height = rng.random()
    return (p > height).argmax()


# %% wrong: the likeliest is greedy
def draw_letter(p, rng):
    height = rng.random()
    return np.argmax(p)


# %% wrong: of the draws
def draw_letter(p, rng):
    return rng.integers(27)


# %% wrong: of the draws
def draw_letter(p, rng):
    height = rng.random()
    return min(np.searchsorted(np.sort(p).cumsum(), height), 26)
