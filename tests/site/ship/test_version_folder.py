"""A version of the runtime has a folder of its own, and its pages name it."""

import pytest

from coursekit.site.ship import version_folder

PAGE = (
    '<h1>One</h1><script src="{up}assets/{name}/before_material.js" data-built="x"></script>'
    '<a href="{up}assets/proof/one.json">log</a><code>assets/coursekit/main.js</code>'
)


@pytest.fixture
def site(tmp_path):
    def make(main: str = "main"):
        runtime = tmp_path / main / "assets" / "coursekit"
        runtime.mkdir(parents=True)
        (runtime / "main.js").write_text(main)
        (runtime / "runtime.json").write_text("{}")
        (tmp_path / main / "index.html").write_text(PAGE.format(up="", name="coursekit"))
        (tmp_path / main / "a").mkdir()
        (tmp_path / main / "a/index.html").write_text(PAGE.format(up="../", name="coursekit"))
        return tmp_path / main

    return make


def test_the_folder_and_what_pages_load_have_one_name_and_the_text_stays(site):
    made = site()
    folder = version_folder.place(made)
    assert (made / folder / "main.js").read_text() == "main"
    assert not (made / version_folder.PLAIN).exists()
    name = folder.removeprefix("assets/")
    assert (made / "index.html").read_text() == PAGE.format(up="", name=name)
    assert (made / "a/index.html").read_text() == PAGE.format(up="../", name=name)


def test_the_name_comes_from_all_that_is_in_the_folder(site):
    one, same, other = site("one"), site("same"), site("other")
    (same / "assets/coursekit/main.js").write_text("one")
    names = [version_folder.place(each) for each in (one, same, other)]
    assert names[0] == names[1] != names[2]
