# ruff: noqa: F811, F821, F841, RET503  these lines are what learners wrote, as they wrote it

# %% right
def draw_letter(p, rng):
    height = rng.random()
    return (p.cumsum() > height).argmax()


# %% wrong: that draws for you
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


# %% right
def draw_letter(p, rng):
    height = rng.random()
    return np.searchsorted(np.cumsum(p), height)


# %% wrong: the ends below height come first
def draw_letter(p, rng):
    height = rng.random()
    return (np.cumsum(p) < height).argmax()


# %% wrong: of the draws
def draw_letter(p, rng):
    height = rng.random()
    return int(height * 27)


# %% wrong: the number of a letter is wanted
def draw_letter(p, rng):
    height = rng.random()
    total = 0
    for i in range(27):
        total += p[i]
        if total > height:
            return itos[i]
