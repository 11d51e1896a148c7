"""Building beside the old site, the next free port, building again at a change."""

import os
import socket
import sys

import pytest

from coursekit.site.local import build_site, server
from coursekit.site.ship import pyodide


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project whose "MkDocs" copies docs/page.md, and fails on the word `bad`."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("first")
    mkdocs = tmp_path / "mkdocs.py"
    mkdocs.write_text(
        "import pathlib, sys\n"
        "text = pathlib.Path('docs/page.md').read_text()\n"
        "site = pathlib.Path(sys.argv[-1])\n"
        "site.mkdir()\n"
        "(site / 'index.html').write_text(text)\n"
        "print('INFO    -  Building', file=sys.stderr)\n"
        "if text == 'bad':\n"
        "    print('ERROR   -  docs/page.md:1: it is bad', file=sys.stderr)\n"
        "    sys.exit(1)\n"
    )
    monkeypatch.setattr(build_site, "ROOT", tmp_path)
    monkeypatch.setattr(build_site, "BUILT", tmp_path / "build" / "site")
    monkeypatch.setattr(build_site, "MKDOCS", [sys.executable, str(mkdocs)])
    monkeypatch.setattr(pyodide, "fetch", lambda: None)
    return tmp_path


@pytest.fixture
def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_a_build_takes_the_place_of_the_one_before(project):
    build_site.build()
    (project / "docs" / "page.md").write_text("second")
    build_site.build()
    assert (build_site.BUILT / "index.html").read_text() == "second"
    assert [path.name for path in build_site.BUILT.parent.iterdir()] == ["site"]


def test_a_build_that_fails_leaves_the_one_before_and_says_only_what_is_wrong(project):
    build_site.build()
    (project / "docs" / "page.md").write_text("bad")
    with pytest.raises(build_site.BuildError, match=r"^ERROR   -  docs/page\.md:1: it is bad$"):
        build_site.build()
    assert (build_site.BUILT / "index.html").read_text() == "first"
    assert [path.name for path in build_site.BUILT.parent.iterdir()] == ["site"]


def test_a_full_disk_is_told_in_one_sentence(project):
    (project / "mkdocs.py").write_text("raise OSError(28, 'No space left on device')")
    with pytest.raises(build_site.BuildError, match=r"^The disk of .* is full: free some space"):
        build_site.build()
    assert not list(build_site.BUILT.parent.iterdir())


def test_a_taken_port_is_told_and_the_next_free_one_used(project, busy_port, capsys):
    with build_site.listen(project, busy_port) as running:
        assert busy_port < running.server_port < busy_port + build_site.PORTS
    assert f"Port {busy_port} is taken; trying the next one." in capsys.readouterr().out


def test_where_every_port_is_taken_one_sentence_says_so(project, busy_port, monkeypatch):
    monkeypatch.setattr(build_site, "PORTS", 1)
    taken = f"Ports {busy_port} to {busy_port} are all taken"
    with pytest.raises(build_site.BuildError, match=taken):
        build_site.listen(project, busy_port)


def test_a_port_that_may_not_be_used_is_told(project, monkeypatch):
    def forbidden(*args, **options):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(server, "serve", forbidden)
    with pytest.raises(build_site.BuildError, match="Port 80 cannot be used: Permission denied"):
        build_site.listen(project, 80)


def test_each_change_is_built_and_told_and_a_bad_one_keeps_the_last_good_build(
    project, monkeypatch, capsys
):
    def write(text):
        (project / "docs" / "page.md").write_text(text)

    def leave():
        raise KeyboardInterrupt

    nothing = (project / "docs" / ".hidden").touch
    steps = iter([nothing, lambda: write("second"), lambda: write("bad"), leave])
    monkeypatch.setattr(build_site.time, "sleep", lambda seconds: next(steps)())
    built = build_site.state()
    build_site.build()
    with server.serve(build_site.BUILT, 0, live=True) as running:
        with pytest.raises(KeyboardInterrupt):
            build_site.watch(running, built)
        assert running.builds == 1
    assert (build_site.BUILT / "index.html").read_text() == "second"
    said = capsys.readouterr().out
    assert said.count("Built in") == 1
    assert "it is bad\nThe last good build stays." in said
