# ruff: noqa: F811  these lines are what learners wrote, as they wrote it

# %% right
def early_stop(history, patience):
    best, waited = 0, 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best, waited = step, 0
        elif step > 0:
            waited += 1
        if waited == patience:
            return best
    return best


# %% right
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        if step - best >= patience:
            break
    return best


# %% wrong: the training loss always falls
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["train"]):
        if loss < history["train"][best]:
            best = step
        elif step - best >= patience:
            break
    return best


# %% wrong: now the test set is spent
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["test"]):
        if loss < history["test"][best]:
            best = step
        elif step - best >= patience:
            break
    return best


# %% wrong: with patience 2 you had stopped
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        elif step - best > patience:
            break
    return best


# %% wrong: you gave up after step 1
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss <= history["validation"][best]:
            best = step
        else:
            break
    return best


# %% wrong: got 0.6, wanted 4
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        elif step - best >= patience:
            break
    return history["validation"][best]


# %% wrong: wanted 1, the best step before it ended
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        elif step - best >= patience:
            return step
    return best


# %% right
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        elif step - best >= patience:
            break
    return best


# %% right
def early_stop(history, patience):
    best, low, wait = 0, float("inf"), 0
    for step, loss in enumerate(history["validation"]):
        if loss < low:
            best, low, wait = step, loss, 0
        else:
            wait += 1
            if wait == patience:
                break
    return best


# %% wrong: since the last new best
def early_stop(history, patience):
    best, low, wait = 0, float("inf"), 0
    for step, loss in enumerate(history["validation"]):
        if loss < low:
            best, low = step, loss
        else:
            wait += 1
            if wait == patience:
                break
    return best


# %% wrong: since the last new best
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        if step == patience:
            break
    return best


# %% wrong: with patience 2 you had stopped
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        elif step - best > patience:
            break
    return best


# %% wrong: the best step before it ended
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        elif step - best >= patience:
            return step
    return best


# %% wrong: no new best was found
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        else:
            break
    return best


# %% wrong: no new best was found
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < best:
            best = step
        elif step - best >= patience:
            break
    return best


# %% wrong: you gave up after step 1
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if step > 0 and loss > history["validation"][step - 1]:
            return step - 1
    return best


# %% wrong: the step with the lowest validation loss
def early_stop(history, patience):
    best = 0
    for step, loss in enumerate(history["validation"]):
        if loss < history["validation"][best]:
            best = step
        elif step - best >= patience:
            break
    return history["validation"][best]
