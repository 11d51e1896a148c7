"""The data sets: fetched from a publisher that behaves or does not, kept, or read from a folder."""

# Past 400 lines: one fake publisher serves every test, and each misbehaves in its own way.

import contextlib
import errno
import hashlib
import http.server
import io
import os
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coursekit.torch import data
from coursekit.torch.data import DataError, Source

TEXT = b"".join(b"name %05d\n" % number for number in range(20_000))  # 220,000 bytes
RIGHT = hashlib.sha256(TEXT).hexdigest()


class Publisher(http.server.ThreadingHTTPServer):
    """Answers the first requests with `answers`, one each, and all later ones as it should."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Callable[[Handler], None]] = []
        self.asked: list[str | None] = []  # the Range of each request
        self.released = threading.Event()

    @property
    def source(self) -> Source:
        url = f"http://127.0.0.1:{self.server_port}/names.txt"
        return Source("names", "names.txt", url, len(TEXT), RIGHT)


class Handler(http.server.BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked.append(self.headers.get("Range"))
        number = len(self.server.asked) - 1
        (self.server.answers[number] if number < len(self.server.answers) else good)(self)

    def begin(self) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(asked[1]) if asked else 0

    def send(
        self, body: bytes, *, code: int = 200, length: int | None = None, **headers: str
    ) -> None:
        """`length` is what the header says of the body, if not the truth; -1 says nothing."""
        self.send_response(code)
        if length != -1:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


# What a publisher may do


def good(handler: Handler) -> None:
    part(TEXT[handler.begin() :])(handler)


def part(body: bytes, length: int | None = None) -> Callable[[Handler], None]:
    """A right status for what was asked, whatever the body is."""

    def answer(handler: Handler) -> None:
        start = handler.begin()
        if start >= len(TEXT):
            handler.send(b"", code=416)
        elif start:
            span = f"bytes {start}-{len(TEXT) - 1}/{len(TEXT)}"
            handler.send(body, code=206, length=length, Content_Range=span)
        else:
            handler.send(body, length=length)

    return answer


def cut(size: int) -> Callable[[Handler], None]:
    """Promises all, breaks off after `size` bytes."""

    def answer(handler: Handler) -> None:
        rest = TEXT[handler.begin() :]
        part(rest[:size], len(rest))(handler)

    return answer


def reset(handler: Handler) -> None:
    """Breaks off as a network does that fails."""
    cut(70_000)(handler)
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)  # no goodbye
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def stall(handler: Handler) -> None:
    """Says no more after 1,000 bytes, and does not hang up."""
    cut(1000)(handler)
    handler.wfile.flush()
    data.TIMEOUT = 10  # for what is asked next; the test puts the old value back
    handler.server.released.wait()


def without_ranges(handler: Handler) -> None:
    handler.send(TEXT)


def without_length(handler: Handler) -> None:
    handler.send(TEXT, length=-1)


def elsewhere(where: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(b"moved", code=302, Location=where)


def wrong(handler: Handler) -> None:
    handler.send(b"<html>Log in</html>")


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a fetched file is to lie; nothing is there yet, and no proxy is asked."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "cache" / "coursekit" / "data" / "names" / "names.txt"


@pytest.fixture
def publisher(cached: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with Publisher() as server:
        monkeypatch.setattr(data, "NAMES", server.source)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


def left(cached: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in cached.parent.glob("*")}


# --- fetching -------------------------------------------------------------------------------------


def test_names_are_fetched_once_and_kept(publisher: Publisher, cached: Path) -> None:
    found = data.names()
    assert found == TEXT.decode().splitlines()
    assert data.names() == found
    assert publisher.asked == [None]
    assert left(cached) == {"names.txt": TEXT}


def test_the_cache_is_a_folder_that_can_be_named(publisher: Publisher, cached: Path) -> None:
    found = data.names()
    assert data.names(data.cache()) == found
    assert data.cache() == cached.parents[1]


def test_without_xdg_the_cache_is_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert data.cache() == Path.home() / ".cache" / "coursekit" / "data"


def test_a_file_that_went_bad_in_the_cache_is_fetched_anew(
    publisher: Publisher, cached: Path
) -> None:
    data.names()
    cached.write_bytes(TEXT.replace(b"7", b"8"))
    data.names()
    assert left(cached) == {"names.txt": TEXT}
    assert len(publisher.asked) == 2


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([cut(1000), cut(500)], [None, "bytes=1000-", "bytes=1500-"]),
        ([stall], [None, "bytes=1000-"]),
        ([part(TEXT[:1000], 1000)], [None, "bytes=1000-"]),  # a length that is too short
        ([cut(1000), without_ranges], [None, "bytes=1000-"]),
        ([without_length], [None]),
        ([lambda handler: handler.send(TEXT[:9], length=-1)], [None, "bytes=9-"]),
    ],
    ids=["cut", "stall", "short", "no ranges", "no length", "cut, no length"],
)
def test_a_download_that_breaks_off_goes_on_where_it_was(
    publisher: Publisher,
    cached: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[Callable[[Handler], None]],
    asked: list[str | None],
) -> None:
    if stall in answers:
        monkeypatch.setattr(data, "TIMEOUT", 0.5)
    publisher.answers = answers
    assert len(data.names()) == 20_000
    assert left(cached) == {"names.txt": TEXT}
    assert publisher.asked == asked


def test_a_request_that_brings_nothing_new_is_the_last(publisher: Publisher, cached: Path) -> None:
    publisher.answers = [cut(0)]
    with pytest.raises(DataError, match=r"cannot be had \(it ended after 0 of 220,000 bytes\)"):
        data.names()
    assert publisher.asked == [None]
    publisher.answers = [good, cut(1000), lambda handler: handler.send(TEXT[:900], length=-1)]
    with pytest.raises(DataError, match="it ended after 900 of 220,000 bytes"):
        data.names()
    assert publisher.asked == [None, None, "bytes=1000-"]
    assert left(cached) == {"names.txt.part": TEXT[:900]}


def test_a_connection_that_is_reset_costs_no_more_than_one_more_run(
    publisher: Publisher, cached: Path
) -> None:
    publisher.answers = [reset]  # how much arrives before it is the system's to say
    with contextlib.suppress(DataError):
        data.names()
    data.names()
    assert left(cached) == {"names.txt": TEXT}


def test_the_part_that_an_interrupted_run_left_is_used(publisher: Publisher, cached: Path) -> None:
    cached.parent.mkdir(parents=True)
    cached.with_name("names.txt.part").write_bytes(TEXT[:5000])
    data.names()
    assert publisher.asked == ["bytes=5000-"]
    assert left(cached) == {"names.txt": TEXT}


@pytest.mark.parametrize("old", [b"another file", bytes(len(TEXT)), bytes(2 * len(TEXT))])
def test_a_part_of_something_else_is_thrown_away(
    publisher: Publisher, cached: Path, old: bytes
) -> None:
    cached.parent.mkdir(parents=True)
    cached.with_name("names.txt.part").write_bytes(old)
    data.names()
    assert publisher.asked == [f"bytes={len(old)}-", None]
    assert left(cached) == {"names.txt": TEXT}


def test_another_range_than_was_asked_is_not_added(publisher: Publisher, cached: Path) -> None:
    cached.parent.mkdir(parents=True)
    cached.with_name("names.txt.part").write_bytes(TEXT[:5000])
    publisher.answers = [
        lambda handler: handler.send(TEXT[9:], code=206, Content_Range="bytes 9-219999/220000")
    ]
    data.names()
    assert publisher.asked == ["bytes=5000-", None]
    assert left(cached) == {"names.txt": TEXT}


@pytest.mark.parametrize(
    ("answer", "came"),
    [
        (wrong, "it ended after 19 of 220,000 bytes"),
        (lambda handler: handler.send(TEXT[::-1]), "gave 220,000 bytes with the SHA-256 "),
        (lambda handler: handler.send(TEXT + b"more"), "gave more than 220,000 bytes"),
        (lambda handler: handler.send(TEXT + b"more", length=-1), "gave more than 220,000 bytes"),
    ],
    ids=["page", "bytes", "more", "more, no length"],
)
def test_wrong_bytes_are_refused_and_never_served(
    publisher: Publisher, cached: Path, answer: Callable[[Handler], None], came: str
) -> None:
    publisher.answers = [answer] * 9
    with pytest.raises(DataError, match=came):
        data.names()
    assert not cached.exists()
    publisher.answers = []
    assert len(data.names()) == 20_000


def test_what_is_said_of_wrong_bytes_names_both_and_the_remedy(publisher: Publisher) -> None:
    publisher.answers = [lambda handler: handler.send(TEXT[::-1])]
    with pytest.raises(DataError) as caught:
        data.names()
    assert hashlib.sha256(TEXT[::-1]).hexdigest() in str(caught.value)
    assert f"the file has 220,000 with {RIGHT}. Nothing of it was kept." in str(caught.value)
    assert "name a folder that has names.txt with --data" in str(caught.value)


def test_a_redirect_to_another_host_is_refused(publisher: Publisher, cached: Path) -> None:
    with Publisher() as other:  # not even asked
        publisher.answers = [elsewhere(other.source.url)]
        with pytest.raises(DataError, match=r"sends on to another host, http://127\.0\.0\.1:\d+/"):
            data.names()
        assert other.asked == []
    assert left(cached) == {}


@pytest.mark.parametrize("where", ["https://127.0.0.1/x", "ftp://127.0.0.1/x", "file:///etc/hosts"])
def test_a_redirect_to_another_scheme_is_refused(
    publisher: Publisher, cached: Path, where: str
) -> None:
    publisher.answers = [elsewhere(where)]
    refused = rf"another host, {where}, which was|url '{where}' is not allowed"
    with pytest.raises(DataError, match=refused):
        data.names()
    assert left(cached) == {}


def test_a_redirect_on_the_same_host_is_followed(publisher: Publisher, cached: Path) -> None:
    publisher.answers = [elsewhere("/moved/names.txt")]
    assert len(data.names()) == 20_000
    assert publisher.asked == [None, None]


def test_a_redirect_in_circles_ends(publisher: Publisher) -> None:
    publisher.answers = [elsewhere("/names.txt")] * 99
    with pytest.raises(DataError, match="infinite loop"):
        data.names()


@pytest.mark.parametrize("code", [403, 404, 500, 503])
def test_an_error_of_the_publisher_is_told(publisher: Publisher, code: int) -> None:
    publisher.answers = [lambda handler: handler.send(b"no", code=code)] * 9
    with pytest.raises(DataError, match=rf"cannot be had \(HTTP Error {code}: "):
        data.names()


def test_offline_one_sentence_says_what_to_do(
    cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Publisher() as server:
        source = server.source
    monkeypatch.setattr(data, "NAMES", source)  # nobody listens there any more
    with pytest.raises(DataError) as caught:
        data.names()
    assert re.fullmatch(
        rf"names: {source.url} cannot be had \(.*refused.*\); connect to a network and run again, "
        r"or name a folder that has names\.txt with --data",
        str(caught.value),
    )
    assert left(cached) == {}


def test_offline_the_cache_is_enough(publisher: Publisher) -> None:
    found = data.names()
    publisher.answers = [lambda handler: handler.send(b"no", code=503)] * 9
    assert data.names() == found


def test_a_full_disk_is_named_and_leaves_no_part(
    publisher: Publisher, cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    usual = Path.open

    def opened(path: Path, mode: str = "r") -> object:
        found = usual(path, mode)
        if mode != "wb":
            return found
        found.close()
        return Full()

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(DataError, match=r"\(No space left on device\); free 220,000 bytes there"):
        data.names()
    assert left(cached) == {}


def test_a_cache_that_cannot_be_is_named(publisher: Publisher, cached: Path) -> None:
    cached.parents[3].mkdir(parents=True, exist_ok=True)
    cached.parents[2].write_text("in the way")
    with pytest.raises(DataError, match=r"\(Not a directory\); .* set XDG_CACHE_HOME to another"):
        data.names()


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_shows_on_a_terminal_how_far_it_is_and_elsewhere_nothing(
    publisher: Publisher, cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for screen, shown in ((Screen(), True), (io.StringIO(), False)):
        publisher.answers = [cut(57_000)]
        publisher.asked.clear()
        cached.unlink(missing_ok=True)
        monkeypatch.setattr(sys, "stderr", screen)
        data.names()
        said = screen.getvalue()
        assert bool(said) is shown
        if shown:
            assert "names.txt" in said
            assert "100%" in said
            assert "57.0k/220k" in said


# --- a folder of one's own ------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["names/names.txt", "names.txt"])
def test_a_folder_that_is_named_is_taken_as_it_is(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"ada\r\nmira \n\nzo\xc3\xab")
    assert data.names(tmp_path) == ["ada", "mira", "zoë"]


@pytest.mark.parametrize("place", ["tinyshakespeare/input.txt", "input.txt"])
def test_a_text_that_is_named_is_taken_as_it_is(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("To be,\n\nor not to be\n")
    assert data.tinyshakespeare(tmp_path) == "To be,\n\nor not to be\n"


def test_a_folder_without_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"names: neither names/names\.txt nor names\.txt is in .*with --data"
    ):
        data.names(tmp_path)
    with pytest.raises(DataError, match=r"neither tinyshakespeare/input\.txt nor input\.txt"):
        data.tinyshakespeare(tmp_path)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"names\.txt is no text in UTF-8"):
        data.names(tmp_path)


# --- the real ones --------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [data.NAMES, data.TINYSHAKESPEARE], ids=lambda one: one.name)
def test_what_is_fetched_is_named_by_a_commit(source: Source) -> None:
    assert re.fullmatch(
        rf"https://raw\.githubusercontent\.com/\w+/[\w-]+/[0-9a-f]{{40}}/\S*{source.file}",
        source.url,
    )


@pytest.mark.data
@pytest.mark.parametrize("source", [data.NAMES, data.TINYSHAKESPEARE], ids=lambda one: one.name)
def test_the_real_files_are_those_that_a_download_must_equal(source: Source) -> None:
    content = data.find(source, Path(os.environ["COURSEKIT_DATA"])).read_bytes()
    assert len(content) == source.size
    assert hashlib.sha256(content).hexdigest() == source.sha256


@pytest.mark.data
def test_the_real_names() -> None:
    names = data.names(Path(os.environ["COURSEKIT_DATA"]))
    assert len(names) == 32_033
    assert names[:3] == ["emma", "olivia", "ava"]
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    assert len(set(names)) < len(names)


@pytest.mark.data
def test_the_real_shakespeare() -> None:
    text = data.tinyshakespeare(Path(os.environ["COURSEKIT_DATA"]))
    assert len(text) == 1_115_394
    assert len(set(text)) == 65
    assert text.startswith("First Citizen:\nBefore we proceed any further, hear me speak.\n")
