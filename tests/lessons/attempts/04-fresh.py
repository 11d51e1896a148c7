# ruff: noqa: B905, F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def sweep_and_train(seed):
    exponents = np.linspace(-3, 0.6, 100)
    task = X, Y, lambda step: 10 ** exponents[step], 100
    swept = list(fit(new_net(3, 2, 30, seed=seed), *task))
    told = list(fit(new_net(3, 2, 30, seed=seed), X, Y, lambda step: 0.1, 200))
    return swept, told


# %% right
def sweep_and_train(seed):
    net = new_net(3, 2, 30, seed=seed)
    before = [p.data.copy() for p in net]
    exponents = np.linspace(-3, 0.6, 100)
    swept = [*fit(net, X, Y, lambda step: 10 ** exponents[step], 100)]
    for p, data in zip(net, before):
        p.data = data
    told = [*fit(net, X, Y, lambda step: 0.1, 200)]
    return swept, told


# %% wrong: you train the net that the sweep blew up
def sweep_and_train(seed):
    net = new_net(3, 2, 30, seed=seed)
    exponents = np.linspace(-3, 0.6, 100)
    swept = [*fit(net, X, Y, lambda step: 10 ** exponents[step], 100)]
    told = [*fit(net, X, Y, lambda step: 0.01, 200)]
    return swept, told


# %% wrong: you train the net that the sweep blew up
def sweep_and_train(seed):
    net = new_net(3, 2, 30, seed=seed)
    other = net
    exponents = np.linspace(-3, 0.6, 100)
    swept = [*fit(net, X, Y, lambda step: 10 ** exponents[step], 100)]
    told = [*fit(other, X, Y, lambda step: 0.1, 200)]
    return swept, told


# %% wrong: the sweep never left the valley
def sweep_and_train(seed):
    net = new_net(3, 2, 30, seed=seed)
    exponents = np.linspace(-3, -1, 100)
    swept = [*fit(net, X, Y, lambda step: 10 ** exponents[step], 100)]
    net = new_net(3, 2, 30, seed=seed)
    told = [*fit(net, X, Y, lambda step: 0.1, 200)]
    return swept, told


# %% wrong: training ends at
def sweep_and_train(seed):
    net = new_net(3, 2, 30, seed=seed)
    exponents = np.linspace(-3, 0.6, 100)
    swept = [*fit(net, X, Y, lambda step: 10 ** exponents[step], 100)]
    net = new_net(3, 2, 30, seed=seed)
    told = [*fit(net, X, Y, lambda step: 0.001, 200)]
    return swept, told


# %% wrong: its net is trained already
def sweep_and_train(seed):
    net = new_net(3, 2, 30, seed=seed)
    exponents = np.linspace(-3, 0.6, 100)
    told = [*fit(net, X, Y, lambda step: 0.1, 200)]
    swept = [*fit(net, X, Y, lambda step: 10 ** exponents[step], 100)]
    return swept, told


# %% wrong: you train the net that the sweep blew up
def sweep_and_train(seed):
    net = new_net(3, 2, 30, seed=seed)
    start = list(net)
    exponents = np.linspace(-3, 0.6, 100)
    swept = [*fit(net, X, Y, lambda step: 10 ** exponents[step], 100)]
    told = [*fit(start, X, Y, lambda step: 0.1, 200)]
    return swept, told
