"""Which tests run. None is left out without a word.

Tests marked `data` are selected by COURSEKIT_DATA (the folder of the real data sets), tests marked
`gpu` by --gpu. A selected test that finds that it cannot run says why by `pytest.skip`; under
CI=true that is a failure.
"""

import os

import pytest

LEFT_OUT = pytest.StashKey[dict[str, int]]()


def pytest_addoption(parser):
    parser.addoption("--gpu", action="store_true", help="select the tests that need a GPU")


def pytest_collection_modifyitems(config, items):
    selected = {"data": "COURSEKIT_DATA" in os.environ, "gpu": config.getoption("gpu")}
    left_out = {
        marker: [item for item in items if item.get_closest_marker(marker)]
        for marker, wanted in selected.items()
        if not wanted
    }
    gone = {item for found in left_out.values() for item in found}
    items[:] = [item for item in items if item not in gone]
    config.hook.pytest_deselected(items=list(gone))
    config.stash[LEFT_OUT] = {marker: len(found) for marker, found in left_out.items()}


def pytest_terminal_summary(terminalreporter, config):
    left_out = config.stash.get(LEFT_OUT, {})
    how = {"data": "real data (set COURSEKIT_DATA)", "gpu": "a GPU (--gpu)"}
    told = [f"{number} on {how[marker]}" for marker, number in left_out.items() if number]
    if told:
        terminalreporter.write_line(f"not selected: {', '.join(told)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _no_silence((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _no_silence((yield))


def _no_silence(report):
    """Under CI=true a skip is a failure."""
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"A selected test cannot run here: {reason}"
    return report
