"""The peers of the benchmark do the same work: their losses agree, step after step."""

import numpy as np
import pytest

from tests.benchmarks import engine
from tests.benchmarks._workloads import WORKLOADS


@pytest.mark.parametrize("name", WORKLOADS)
def test_all_peers_lose_alike(name):
    steps = engine.steps_of(WORKLOADS[name](np.random.default_rng(0)))
    assert {"engine", "NumPy by hand", "PyTorch"} <= steps.keys()
    losses = {peer: [step() for _ in range(4)] for peer, step in steps.items()}
    assert losses["engine"][3] < losses["engine"][0]
    for peer, values in losses.items():
        assert values == pytest.approx(losses["engine"], rel=1e-3), peer


def test_the_table_names_its_machine_and_each_peer(capsys):
    report = engine.main(["--only", "W5", "--rounds", "2"])
    assert set(report["workloads"]["W5 quadratic"]["ratios"]) >= {"NumPy by hand", "PyTorch"}
    assert report["environment"]["versions"]["numpy"] == np.__version__
    assert "W5 quadratic" in capsys.readouterr().out
