# ruff: noqa: F821  these lines are what learners wrote, as they wrote it

# %% right
net = new_net()
trail = list(fit(net, Z, kind, losses.cross_entropy, lr=0.3, steps=100))


# %% right
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return -(shares.log() * np.eye(3)[target]).sum() / len(target)


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=100))


# %% wrong: it is not the speed
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.cross_entropy(shares, target)


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=100, momentum=0.9))


# %% wrong: it is not the time
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.cross_entropy(shares, target)


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=1000))


# %% wrong: now give it 100 steps
net = new_net()
trail = list(fit(net, Z, kind, losses.cross_entropy, lr=0.3, steps=10))


# %% wrong: the cross-entropy of the net is
net = new_net()


def shares_loss(scores, target):
    return losses.cross_entropy(scores, target) / 10


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=100))


# %% right
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.cross_entropy(shares.log(), target)


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=100))


# %% wrong: can never fall below 0.551
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.cross_entropy(shares, target)


trail = list(fit(net, Z, kind, shares_loss, lr=0.01, steps=100))


# %% wrong: can never fall below 0.551
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.cross_entropy(shares, target)


trail = list(fit(net, Z, kind, shares_loss, lr=3.0, steps=100))


# %% wrong: can never fall below 0.551
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.cross_entropy(nn.functional.softmax(shares), target)


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=100))


# %% wrong: the cross-entropy of the net is
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.mse(shares, losses.one_hot(target, 3))


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=100))


# %% wrong: the cross-entropy of the net is
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.cross_entropy(shares, target) - 0.551


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=100))


# %% wrong: the cross-entropy of the net is
net = new_net()


def shares_loss(scores, target):
    shares = nn.functional.softmax(scores)
    return losses.cross_entropy(shares * 10, target)


trail = list(fit(net, Z, kind, shares_loss, lr=0.3, steps=100))
