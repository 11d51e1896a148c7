# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        total += np.log(next_p(so_far))[stoi[letter]]
        so_far += letter
    return total


# %% right
def log_p(word):
    return np.log(np.prod([next_p(word[:i])[n] for i, n in enumerate(ids(word))]))


# %% wrong: you score a beginning, not a name
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word:
        p = next_p(so_far)
        total += np.log(p[stoi[letter]])
        so_far += letter
    return total


# %% wrong: below 0
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        total -= np.log(next_p(so_far)[stoi[letter]])
        so_far += letter
    return total


# %% wrong: that is the mean
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        total += np.log(next_p(so_far)[stoi[letter]])
        so_far += letter
    return total / len(so_far)


# %% wrong: so_far holds the letter already
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        so_far += letter
        total += np.log(next_p(so_far)[stoi[letter]])
    return total


# %% wrong: the likeliest letter each time
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        total += np.log(next_p(so_far).max())
        so_far += letter
    return total


# %% wrong: take the one that belongs to the letter
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        total += np.log(P[stoi[letter]])
        so_far += letter
    return total


# %% wrong: that is the table of pairs
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        total += np.log(P[stoi[so_far[-1:] or "."], stoi[letter]])
        so_far += letter
    return total


# %% wrong: below 0
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        total += -np.log(next_p(so_far)[stoi[letter]])
        so_far += letter
    return total


# %% wrong: a letter is no place in an array
def log_p(word):
    total, so_far = 0.0, ""
    for letter in word + ".":
        total += np.log(next_p(so_far))[letter]
        so_far += letter
    return total
