"""The engine equals what torch said when recorded.npz was written: runs without torch, so in the
browser's Python too. To write the file anew: python -m tests.engine.test_recorded
"""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.engine.compare import Arrays, assert_equal, everything

RECORD = Path(__file__).with_name("recorded.json")
EVERYTHING = {name: (ours, theirs) for name, ours, theirs in everything()}


def recorded() -> dict[str, Arrays]:
    stored = json.loads(RECORD.read_text(encoding="utf-8"))
    return {name: [np.array(v).reshape(s) for s, v in values] for name, values in stored.items()}


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_engine_equals_the_record(name):
    ours, _ = EVERYTHING[name]
    assert_equal(ours(), recorded()[name], name)


def test_the_record_is_what_torch_says():
    torch = pytest.importorskip("torch")
    stored = recorded()
    assert stored.keys() == EVERYTHING.keys()
    for name, (_, theirs) in EVERYTHING.items():
        assert_equal(theirs(torch), stored[name], name)


if __name__ == "__main__":
    import torch

    values = {
        name: [
            [list(a.shape), [float(f"{v:.12g}") for v in a.ravel().tolist()]] for a in theirs(torch)
        ]
        for name, (_, theirs) in EVERYTHING.items()
    }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(v)}" for name, v in values.items())
    RECORD.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
