# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def my_net(seed):
    net = new_net(7, 12, 100, seed=seed)
    plan = schedules.one_cycle(0.3, total=2500)
    for _ in fit(net, *examples(train, 7), plan, 2500, batch=64, seed=seed):
        pass
    return net


# %% wrong: it learns by heart, so shrink more
def my_net(seed):
    net = new_net(8, 10, 200, seed=seed)
    plan = schedules.steps(0.1, every=2250)
    for _ in fit(net, *examples(train, 8), plan, 3000, shrink=0, seed=seed):
        pass
    return net


# %% wrong: both are high, so see further or train better
def my_net(seed):
    net = new_net(5, 10, 100, seed=seed)
    plan = schedules.steps(0.1, every=2250)
    for _ in fit(net, *examples(train, 5), plan, 3000, seed=seed):
        pass
    return net


# %% wrong: two seeds gave one net
def my_net(seed):
    net = new_net(5, 10, 100)
    for _ in fit(net, *examples(train, 5), lambda step: 0.1, 100):
        pass
    return net


# %% wrong: did validation names train?
def my_net(seed):
    net = new_net(5, 10, 100, seed=seed)
    plan = schedules.steps(0.1, every=1000)
    for _ in fit(net, *examples(train + val, 5), plan, 1500, seed=seed):
        pass
    return net


# %% wrong: return the net
def my_net(seed):
    net = new_net(5, 10, 100, seed=seed)
    list(fit(net, *examples(train, 5), lambda step: 0.1, 10, seed=seed))
