# ruff: noqa: F811, F821  these lines are what learners wrote, as they wrote it

# %% right
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is not None:
        users[node] -= 1
    if users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held, sender=node)


# %% right
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    users[node] -= 1  # the root goes to -1
    if users[node] <= 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held)


# %% right
def receive(node, share, users, held, sender=None):
    held[node] = share
    order = [node]
    for one in order:
        for parent, pull in one.inputs:
            held[parent] = held.get(parent, 0) + pull(held[one])
            users[parent] -= 1
            if users[parent] == 0:
                order.append(parent)


# %% wrong: p still gets 3
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    users[node] -= 1
    if sender is None or users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held)


# %% wrong: p gets 0: b never spoke
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is None:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held, node)


# %% wrong: the second share replaced the first
def receive(node, share, users, held, sender=None):
    held[node] = share
    if sender is not None:
        users[node] -= 1
    if sender is None or users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held, node)


# %% wrong: spoke 256 times
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    for parent, pull in node.inputs:
        receive(parent, pull(share), users, held, node)


# %% wrong: at the one that receives
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is not None:
        users[sender] -= 1
    if sender is None or users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held, node)


# %% right
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is not None:
        users[node] -= 1
    if sender is None or users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held, node)


users, held = {f: 0, d: 1, e: 1, a: 1, b: 2, c: 1, p: 1, q: 1}, {}
receive(f, 1.0, users, held)
print("p gets", held.get(p, 0))


# %% wrong: b never spoke
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is not None:
        users[node] -= 1
    if users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held)


users, held = {f: 0, d: 1, e: 1, a: 1, b: 2, c: 1, p: 1, q: 1}, {}
receive(f, 1.0, users, held)
print("p gets", held.get(p, 0))


# %% wrong: p still gets 3
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is not None:
        users[node] -= 1
    if sender is None or users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held)


users, held = {f: 0, d: 1, e: 1, a: 1, b: 1, c: 1, p: 1, q: 1}, {}
receive(f, 1.0, users, held)
print("p gets", held.get(p, 0))


# %% right
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is not None:
        users[node] -= 1
    if sender is None or users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held, parent)


# %% wrong: p still gets 3
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is not None:
        users[node] -= 1
    if sender is None or users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held, sender)


# %% wrong: f never spoke
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if True:
        users[node] -= 1
    if users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(held[node]), users, held)


users, held = {f: 1, d: 1, e: 1, a: 1, b: 2, c: 1, p: 1, q: 1}, {}
receive(f, 1.0, users, held)
print("p gets", held.get(p, 0))


# %% wrong: spoke 256 times
def receive(node, share, users, held, sender=None):
    held[node] = held.get(node, 0) + share
    if sender is not None:
        users[node] -= 1
    if sender is None or users[node] == 0:
        for parent, pull in node.inputs:
            receive(parent, pull(share), users, held)
