# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] = t = past["t"] + 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    m, v = past["m"] / (1 - beta**t), past["v"] / (1 - beta2**t)
    return m / (np.sqrt(v) + 1e-8)


# %% right
my_adam = adam


# %% wrong: v is still a thousand times too small
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    m = past["m"] / (1 - beta ** past["t"])
    return m / (np.sqrt(past["v"]) + 1e-8)


# %% wrong: m is still ten times too small
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    v = past["v"] / (1 - beta2 ** past["t"])
    return past["m"] / (np.sqrt(v) + 1e-8)


# %% wrong: use t
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    return past["m"] / (np.sqrt(past["v"]) + 1e-8) / 3.1622776


# %% wrong: keep the sums themselves in past
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    past["m"] = past["m"] / (1 - beta ** past["t"])
    past["v"] = past["v"] / (1 - beta2 ** past["t"])
    return past["m"] / (np.sqrt(past["v"]) + 1e-8)


# %% wrong: still 3.16 times too long
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    return past["m"] / np.sqrt(past["v"] + 1e-8)


# %% wrong: after 100 steps [6.044 6.016 5.971], the engine has [4.414
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    return past["m"] / (np.sqrt(past["v"]) + 1e-8) / 3.162


# %% wrong: after 100 steps [6.044 6.015 5.97 ], the engine has [4.414
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    m = past["m"] / (1 - beta)
    v = past["v"] / (1 - beta2)
    return m / (np.sqrt(v) + 1e-8)


# %% wrong: divide m by 1 - beta**t, but v by 1 - beta2**t
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    m = past["m"] / (1 - beta ** past["t"])
    v = past["v"] / (1 - beta ** past["t"])
    return m / (np.sqrt(v) + 1e-8)


# %% wrong: after 100 steps [5. 5. 5.], the engine has [4.414 4.403
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    return np.sign(g)


# %% wrong: divide m by 1 - beta**t, but v by 1 - beta2**t
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    m = past["m"] * (1 - beta ** past["t"])
    v = past["v"] * (1 - beta2 ** past["t"])
    return m / (np.sqrt(v) + 1e-8)


# %% wrong: divide by the root of v, not by v
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    m = past["m"] / (1 - beta ** past["t"])
    v = past["v"] / (1 - beta2 ** past["t"])
    return m / (v + 1e-8)


# %% right
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    m = past["m"] / (1 - beta ** past["t"])
    v = past["v"] / (1 - beta2 ** past["t"])
    return m / (np.sqrt(v) + 1e-8)


# %% right
def my_adam(g, past, beta=0.9, beta2=0.999):
    return adam(g, past, beta, beta2)


# %% wrong: still 3.16 times too long: 0.1 / sqrt(0.001)
def my_adam(g, past, beta=0.9, beta2=0.999):
    past["t"] += 1
    past["m"] = beta * past["m"] + (1 - beta) * g
    past["v"] = beta2 * past["v"] + (1 - beta2) * g**2
    return past["m"] / (np.sqrt(past["v"]) + 1e-8)
