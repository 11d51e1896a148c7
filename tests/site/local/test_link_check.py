"""The link checker, on a site small enough to see every link."""

import pytest

from coursekit.site.local import link_check

HOME = """<h1 id="top">Home</h1><a name="old"></a>
<a href="lesson/#fit">good</a> <a href="lesson/index.html?a=b">good</a> <a href="#top">good</a>
<a href="#old">good</a> <a href="https://elsewhere.example/x">not asked</a>
<a href="mailto:a@b.example">not asked</a> <img src="a%20b.png"> <a href="">good</a>"""


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "lesson").mkdir(parents=True)
    (folder / "index.html").write_text(HOME)
    (folder / "404.html").write_text('<a href="/course/">begins at the host, as it must</a>')
    (folder / "a b.png").touch()
    (folder / "lesson" / "index.html").write_text('<p id="fit"></p><a href="../">good</a>')
    return folder


def test_a_whole_site_has_no_broken_links(site):
    assert list(link_check.broken(site)) == []
    assert link_check.main(site) == 0


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ('<a href="gone/">', "no such file"),
        ('<script src="gone.js">', "no such file"),
        ('<a href="lesson/#gone">', "no id 'gone' there"),
        ('<a href="#gone">', "no id 'gone' there"),
        ('<a href="/lesson/">', "begins at the host"),
        ('<a href="../secret.txt">', "leads out of the site"),
    ],
)
def test_a_broken_link_is_told_with_its_page(site, capsys, link, wrong):
    (site / "index.html").write_text(HOME + link)
    assert link_check.main(site) == 1
    told = capsys.readouterr().out
    assert told.startswith("index.html: ")
    assert wrong in told
    assert told.endswith("1 broken links\n")
