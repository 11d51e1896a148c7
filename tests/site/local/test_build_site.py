"""Building beside the old site, the next free port, building again at a change."""

import os
import socket
import sys

import pytest

from coursekit.site import build, pyodide, server


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
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "SITE", tmp_path / "build" / "site")
    monkeypatch.setattr(build, "MKDOCS", [sys.executable, str(mkdocs)])
    monkeypatch.setattr(pyodide, "fetch", lambda: None)
    return tmp_path


@pytest.fixture
def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_a_build_takes_the_place_of_the_one_before(project):
    build.build()
    (project / "docs" / "page.md").write_text("second")
    build.build()
    assert (build.SITE / "index.html").read_text() == "second"
    assert [path.name for path in build.SITE.parent.iterdir()] == ["site"]


def test_a_build_that_fails_leaves_the_one_before_and_says_only_what_is_wrong(project):
    build.build()
    (project / "docs" / "page.md").write_text("bad")
    with pytest.raises(build.BuildError, match=r"^ERROR   -  docs/page\.md:1: it is bad$"):
        build.build()
    assert (build.SITE / "index.html").read_text() == "first"
    assert [path.name for path in build.SITE.parent.iterdir()] == ["site"]


def test_a_full_disk_is_told_in_one_sentence(project):
    (project / "mkdocs.py").write_text("raise OSError(28, 'No space left on device')")
    with pytest.raises(build.BuildError, match=r"^The disk of .* is full: free some space"):
        build.build()
    assert not list(build.SITE.parent.iterdir())


def test_a_taken_port_is_told_and_the_next_free_one_used(project, busy_port, capsys):
    with build.listen(project, busy_port) as running:
        assert busy_port < running.server_port < busy_port + build.PORTS
    assert f"Port {busy_port} is taken; trying the next one." in capsys.readouterr().out


def test_where_every_port_is_taken_one_sentence_says_so(project, busy_port, monkeypatch):
    monkeypatch.setattr(build, "PORTS", 1)
    with pytest.raises(build.BuildError, match=rf"Ports {busy_port} to {busy_port} are all taken"):
        build.listen(project, busy_port)


def test_a_port_that_may_not_be_used_is_told(project, monkeypatch):
    def forbidden(*args, **options):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(server, "serve", forbidden)
    with pytest.raises(build.BuildError, match="Port 80 cannot be used: Permission denied"):
        build.listen(project, 80)


def test_each_change_is_built_and_told_and_a_bad_one_keeps_the_last_good_build(
    project, monkeypatch, capsys
):
    def write(text):
        (project / "docs" / "page.md").write_text(text)

    def leave():
        raise KeyboardInterrupt

    nothing = (project / "docs" / ".hidden").touch
    steps = iter([nothing, lambda: write("second"), lambda: write("bad"), leave])
    monkeypatch.setattr(build.time, "sleep", lambda seconds: next(steps)())
    built = build.state()
    build.build()
    with server.serve(build.SITE, 0, live=True) as running:
        with pytest.raises(KeyboardInterrupt):
            build.watch(running, built)
        assert running.builds == 1
    assert (build.SITE / "index.html").read_text() == "second"
    said = capsys.readouterr().out
    assert said.count("Built in") == 1
    assert "it is bad\nThe last good build stays." in said
