"""Names of the project's code -> its current lines."""

import pathlib

import pytest

from coursekit.site.markdown.source_by_name import SourceError, find

MODULE = '''"""Doc."""

RATE: float = 0.1
A, B = 1, 2
SIZE = 3


@decorated
class Net:
    """A net."""

    @property
    def width(self):
        return 1


async def later():
    pass
'''

SCRIPT = """# %% [markdown]
# Text

# %% By hand
x = 1

y = 2

# %% Engine [tags]
z = 3
"""


@pytest.fixture
def root(tmp_path: pathlib.Path):
    (tmp_path / "src/coursekit/engine").mkdir(parents=True)
    (tmp_path / "src/coursekit/engine/net.py").write_text(MODULE)
    (tmp_path / "src/coursekit/engine/__init__.py").write_text('"""Engine."""\n')
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons/01_a.py").write_text(SCRIPT)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "first", "text"),
    [
        ("coursekit.engine.net:RATE", 3, "RATE: float = 0.1"),
        ("coursekit.engine.net:SIZE", 5, "SIZE = 3"),
        ("coursekit.engine.net:Net.width", 12, "@property\ndef width(self):\n    return 1"),
        ("coursekit.engine.net:later", 17, "async def later():\n    pass"),
        ("coursekit.engine", 1, '"""Engine."""'),
        ("lessons/01_a.py:By hand", 5, "x = 1\n\ny = 2"),
        ("lessons/01_a.py:Engine", 10, "z = 3"),
    ],
)
def test_the_lines_of_a_name(root, target, first, text):
    found = find(target, root)
    assert (found.first, found.text) == (first, text)


def test_a_class_comes_with_its_decorators(root):
    assert find("coursekit.engine.net:Net", root).text.startswith("@decorated\nclass Net:")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("coursekit.engine.nett:Net", "there is no file for coursekit.engine.nett"),
        ("coursekit.engine.net:Nat", "no 'Nat' there; there is Net, RATE, SIZE, later"),
        ("coursekit.engine.net:Net.depth", "no 'depth' there; there is width"),
        ("coursekit.engine.net:later.x", "no 'x' there"),
        ("lessons/01_a.py:By foot", "no cell titled 'By foot'; there is By hand, Engine"),
        ("../secret.py", "there is no file"),
    ],
)
def test_a_missing_name_says_what_there_is(root, target, message):
    (root.parent / "secret.py").write_text("x = 1")
    with pytest.raises(SourceError, match=message):
        find(target, root)
