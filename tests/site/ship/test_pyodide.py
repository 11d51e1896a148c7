"""The lock, the files it names, and what happens when one is wrong or cannot be had."""

import errno
import hashlib
import http.server
import os
import re
import shutil
import threading
import zipfile

import pytest

from coursekit.site.kernel import packages_and_weights
from coursekit.site.ship import pyodide

WHEELS = {"one-1.0-py3-none-any.whl": b"one" * 20_000, "two-2.0-py3-none-any.whl": b"two" * 9}
DIGESTS = {name: hashlib.sha256(data).hexdigest() for name, data in WHEELS.items()}


class FakeCdn(http.server.ThreadingHTTPServer):
    """Serves WHEELS; `spoil` changes what a request is answered with."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), FakeCdnHandler)
        self.asked: list[tuple[str, str | None]] = []  # (name, Range header)
        self.spoil = lambda number, data: data

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class FakeCdnHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.asked.append((self.path[1:], asked))
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        data = WHEELS[self.path[1:]]
        if start >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(self.server.spoil(len(self.server.asked), data[start:]))

    def log_message(self, format, *args):
        pass


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache; no source but those that a test opens."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSEKIT_PYODIDE_DIST", raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    (tmp_path / "index").mkdir()
    monkeypatch.setattr(pyodide, "CDN", "http://127.0.0.1:9/")
    return tmp_path / "cache" / "coursekit" / f"pyodide-{pyodide.PYODIDE_VERSION}"


@pytest.fixture
def cdn(monkeypatch):
    with FakeCdn() as server:
        monkeypatch.setattr(pyodide, "CDN", server.url)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def open_webui(tmp_path):
    """Puts a package with these files where pip finds it."""

    def put(files):
        name = "open_webui-0.9.6"
        with zipfile.ZipFile(tmp_path / "index" / f"{name}-py3-none-any.whl", "w") as archive:
            about = "Metadata-Version: 2.1\nName: open-webui\nVersion: 0.9.6\n"
            archive.writestr(f"{name}.dist-info/METADATA", about)
            archive.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\n")
            archive.writestr(f"{name}.dist-info/RECORD", "")
            for file, data in files.items():
                archive.writestr(pyodide.OPEN_WEBUI[1] + file, data)

    return put


def held(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- fetching -------------------------------------------------------------------------------------


def test_wheels_come_from_the_cdn_once(cdn, cache):
    said = []
    assert pyodide.fetch(said.append, DIGESTS) == cache
    assert held(cache) == WHEELS
    assert [name for name, _ in cdn.asked] == list(WHEELS)
    assert "one-1.0" in said[0]
    assert "(1 of 2)" in said[0]
    pyodide.fetch(said.append, DIGESTS)
    assert len(cdn.asked) == len(said) == 2


def test_a_file_that_went_bad_is_fetched_anew(cdn, cache):
    pyodide.fetch(str, DIGESTS)
    (cache / "two-2.0-py3-none-any.whl").write_bytes(b"bad")
    pyodide.fetch(str, DIGESTS)
    assert held(cache) == WHEELS
    assert len(cdn.asked) == 3


def test_a_download_that_breaks_off_goes_on_where_it_was(cdn, cache):
    cdn.spoil = lambda number, data: data[:1000] if number < 3 else data
    pyodide.fetch(str, DIGESTS)
    assert [asked for _, asked in cdn.asked] == [None, "bytes=1000-", "bytes=2000-", None]
    assert held(cache) == WHEELS


def test_a_part_of_an_interrupted_run_is_used(cdn, cache):
    cache.mkdir(parents=True)
    (cache / "one-1.0-py3-none-any.whl.part").write_bytes(WHEELS["one-1.0-py3-none-any.whl"][:500])
    pyodide.fetch(str, DIGESTS)
    assert cdn.asked[0] == ("one-1.0-py3-none-any.whl", "bytes=500-")
    assert held(cache) == WHEELS


@pytest.mark.parametrize("left", [b"bad start", b"far too long" * 30_000])
def test_a_part_that_is_wrong_is_thrown_away(cdn, cache, left):
    cache.mkdir(parents=True)
    (cache / "one-1.0-py3-none-any.whl.part").write_bytes(left)
    pyodide.fetch(str, DIGESTS)
    assert cdn.asked[1] == ("one-1.0-py3-none-any.whl", None)
    assert held(cache) == WHEELS


def test_where_the_cdn_is_wrong_the_same_files_come_out_of_open_webui(cdn, cache, open_webui):
    open_webui(WHEELS)
    cdn.spoil = lambda number, data: b"x" * len(data)
    said = []
    pyodide.fetch(said.append, DIGESTS)
    assert held(cache) == WHEELS
    assert "open-webui==0.9.6" in said[-1]


def test_where_the_cdn_is_out_of_reach_only_what_is_missing_comes_out_of_open_webui(
    cache, open_webui
):
    name, other = WHEELS
    open_webui({other: WHEELS[other]})
    cache.mkdir(parents=True)
    (cache / name).write_bytes(WHEELS[name])
    pyodide.fetch(str, DIGESTS)
    assert held(cache) == WHEELS


def test_a_wrong_file_in_open_webui_is_refused(cache, open_webui):
    open_webui(dict.fromkeys(WHEELS, b"wrong"))
    with pytest.raises(pyodide.PyodideError, match=r"one-1\.0.* is not the file the lock names"):
        pyodide.fetch(str, DIGESTS)
    assert held(cache) == {}


def test_without_any_source_one_sentence_says_what_to_do_and_nothing_is_left(cache):
    with pytest.raises(
        pyodide.PyodideError,
        match=r"neither from Pyodide's CDN \(.*refused.*\) nor through pip \(.*open-webui.*\)\. "
        r"Connect to a network and run again, or .* set COURSEKIT_PYODIDE_DIST to it\.$",
    ) as caught:
        pyodide.fetch(str, DIGESTS)
    assert "\n" not in str(caught.value)
    assert held(cache) == {}


def test_a_full_disk_is_named_and_leaves_no_part(cdn, cache, monkeypatch):
    def full(source, target):
        target.write(b"some bytes")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(pyodide.PyodideError, match=r"No space left on device\. Free some space"):
        pyodide.fetch(str, DIGESTS)
    assert held(cache) == {}


def test_a_folder_of_ones_own_is_used_as_it_is(tmp_path, cache, monkeypatch):
    own = tmp_path / "own"
    own.mkdir()
    for name, data in WHEELS.items():
        (own / name).write_bytes(data)
    monkeypatch.setenv("COURSEKIT_PYODIDE_DIST", str(own))
    assert pyodide.fetch(str, DIGESTS) == own
    assert not cache.exists()


@pytest.mark.parametrize(
    ("data", "what"), [(None, "is missing"), (b"bad", "is not the file that the lock names")]
)
def test_a_folder_of_ones_own_is_checked(tmp_path, monkeypatch, data, what):
    (tmp_path / "one-1.0-py3-none-any.whl").write_bytes(WHEELS["one-1.0-py3-none-any.whl"])
    if data is not None:
        (tmp_path / "two-2.0-py3-none-any.whl").write_bytes(data)
    monkeypatch.setenv("COURSEKIT_PYODIDE_DIST", str(tmp_path))
    with pytest.raises(pyodide.PyodideError, match=rf"two-2\.0\S+ {what}\. Put the file"):
        pyodide.fetch(str, DIGESTS)


# --- placing --------------------------------------------------------------------------------------


@pytest.fixture
def few_files(tmp_path):
    """A runtime of two small files."""
    sources = {"a.wasm": tmp_path / "a.wasm", "b.zip": tmp_path / "b.zip"}
    for name, source in sources.items():
        source.write_text(name)
    return sources


def test_the_runtime_is_linked_into_the_site_and_again_after_a_change(tmp_path, few_files):
    folder = tmp_path / "site" / "assets" / f"pyodide-{pyodide.PYODIDE_VERSION}"
    pyodide.place(tmp_path / "site", few_files)
    pyodide.place(tmp_path / "site", few_files)
    assert all((folder / name).samefile(source) for name, source in few_files.items())
    few_files["a.wasm"].unlink()
    few_files["a.wasm"].write_text("new")
    pyodide.place(tmp_path / "site", few_files)
    assert (folder / "a.wasm").read_text() == "new"


def test_the_runtime_is_copied_where_links_cannot_be(tmp_path, few_files, monkeypatch):
    def no_links(source, target):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", no_links)
    pyodide.place(tmp_path / "site", few_files)
    placed = tmp_path / "site" / "assets" / f"pyodide-{pyodide.PYODIDE_VERSION}" / "b.zip"
    assert placed.read_text() == "b.zip"
    assert not placed.samefile(few_files["b.zip"])


def test_without_the_core_the_message_names_npm(tmp_path, monkeypatch):
    monkeypatch.setattr(pyodide, "CORE", tmp_path)
    with pytest.raises(pyodide.PyodideError, match=r"found version: none\); run `npm ci`"):
        pyodide.files()


def test_a_core_of_another_version_is_refused(tmp_path, monkeypatch):
    (tmp_path / "package.json").write_text('{"version": "0.27.0"}')
    (tmp_path / "pyodide.mjs").touch()
    monkeypatch.setattr(pyodide, "CORE", tmp_path)
    with pytest.raises(pyodide.PyodideError, match=r"found version: 0\.27\.0"):
        pyodide.files()


# --- the trimmed lock -----------------------------------------------------------------------------


def test_the_trimmed_lock_agrees_with_the_core():
    core = pyodide.read_lock(pyodide.CORE / "pyodide-lock.json")
    ours = pyodide.read_lock(pyodide.LOCK)
    assert ours["info"] == core["info"]
    for name, package in ours["packages"].items():
        told = core["packages"][name]
        for key in ("version", "file_name", "sha256", "install_dir", "package_type"):
            assert package[key] == told[key], (name, key)
        assert sorted(package["imports"]) == sorted(told["imports"])
        assert set(package["depends"]) <= set(told["depends"])


def test_the_trimmed_lock_holds_what_cells_may_import_and_no_more():
    ours = pyodide.read_lock(pyodide.LOCK)
    named = {package["file_name"] for package in ours["packages"].values()}
    assert set(pyodide.wheels_of(ours)) == named
    assert packages_and_weights.SHIPPED == pyodide.SHIPPED


def test_a_lock_that_cannot_be_made_leaves_the_old_one(tmp_path, monkeypatch, cdn):
    core, old = tmp_path / "core", tmp_path / "pyodide-lock.json"
    core.mkdir()
    (core / "package.json").write_text(f'{{"version": "{pyodide.PYODIDE_VERSION}"}}')
    (core / "pyodide-lock.json").write_text('{"info": {"abi_version": "1"}, "packages": {}}')
    old.write_text("old")
    tool = tmp_path / "pyodide"
    tool.write_text("#!/bin/sh\necho no such wheel >&2\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setattr(pyodide, "CORE", core)
    monkeypatch.setattr(pyodide, "LOCK", old)
    monkeypatch.setattr(pyodide, "SHIPPED", ())
    with pytest.raises(pyodide.PyodideError, match="pyodide-build made no lock: no such wheel"):
        pyodide.lock(str(tool))
    assert old.read_text() == "old"
