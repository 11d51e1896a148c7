"""The local server, asked as a browser asks."""

import gzip
import http.client
import re
import socket

import pytest

from coursekit.site.local import server

PAGE = "<html><body>" + "a page of the course. " * 100 + "</body></html>"


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "lessons" / "one two").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "lessons" / "one two" / "index.html").write_text("lesson")
    (folder / "404.html").write_text("no such page")
    (tmp_path / "secret.txt").write_text("not of the site")
    return folder


@pytest.fixture
def serving(site):
    """`serving(**options)` starts a server; it ends with the test."""
    running = []

    def start(**options):
        running.append(server.serve(site, 0, **options))
        return running[-1]

    yield start
    for one in running:
        one.close()


def ask(running, path, *, method="GET", **headers):
    """(status, headers, body) of one request, sent exactly so."""
    connection = http.client.HTTPConnection("127.0.0.1", running.server_port, timeout=60)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def test_the_address_is_that_of_the_home_page(serving):
    running = serving(prefix="/course/")
    assert running.url == f"http://127.0.0.1:{running.server_port}/course/"
    status, _, body = ask(running, "/course/")
    assert (status, body.decode()) == (200, PAGE)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.css", "text/css; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.py", "text/x-python; charset=utf-8"),
        ("a.svg", "image/svg+xml"),
        ("a.unknown", "application/octet-stream"),
        ("a.wasm", "application/wasm"),
        ("a.whl", "application/zip"),
        ("a.woff2", "font/woff2"),
        ("a.zip", "application/zip"),
        ("index.html", "text/html; charset=utf-8"),
    ],
)
def test_files_have_their_type(serving, site, name, kind):
    (site / name).write_text("content")
    _, headers, _ = ask(serving(), f"/{name}")
    assert headers["Content-Type"] == kind
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_text_is_compressed_for_those_who_ask(serving, site):
    (site / "a.wasm").write_bytes(b"\0" * 5000)
    running = serving()
    _, headers, packed = ask(running, "/", Accept_Encoding="gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed).decode() == PAGE
    _, headers, plain = ask(running, "/", Accept_Encoding="identity")
    assert headers["Content-Encoding"] is None
    assert plain.decode() == PAGE
    _, headers, _ = ask(running, "/a.wasm", Accept_Encoding="gzip")
    assert headers["Content-Encoding"] is None


def test_what_a_browser_has_is_not_sent_again_until_it_changes(serving, site):
    running = serving()
    for coding in ("gzip", "identity"):
        _, headers, _ = ask(running, "/", Accept_Encoding=coding)
        tag = headers["ETag"]
        status, headers, body = ask(running, "/", Accept_Encoding=coding, If_None_Match=tag)
        assert (status, headers["ETag"], body) == (304, tag, b"")
    (site / "index.html").write_text("another page")
    status, _, body = ask(running, "/", Accept_Encoding="gzip", If_None_Match=tag)
    assert (status, gzip.decompress(body)) == (200, b"another page")


@pytest.mark.parametrize(
    ("path", "for_good"),
    [
        ("/assets/coursekit/coursekit-0.1.0-0a1b2c3d4e5f6-py3-none-any.whl", True),
        ("/assets/coursekit/editor-ABCD2345.js", True),
        ("/assets/javascripts/bundle.d7400a28.min.js", True),
        ("/assets/pyodide-0.28.3/pyodide.asm.wasm", True),
        ("/assets/pyodide-0.28.3/pyodide-lock.json", False),
        ("/assets/coursekit-0a1b2c3d4e5f/main.js", True),
        ("/assets/coursekit-0a1b2c3d4e5f/runtime.json", True),
        ("/assets/proof/index.json", False),
        ("/sw.js", False),
        ("/index.html", False),
    ],
)
def test_only_what_changes_its_name_may_be_kept_for_good(serving, site, path, for_good):
    file = site / path[1:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("content")
    _, headers, _ = ask(serving(), path)
    assert ("immutable" in headers["Cache-Control"]) == for_good
    assert (headers["Cache-Control"] == "no-cache") != for_good


@pytest.mark.parametrize("path", ["/course/", "/course/gone", "/course/lessons"])
def test_isolation_is_sent_with_every_answer_or_with_none(serving, path):
    _, headers, _ = ask(serving(prefix="/course/"), path)
    assert {name: headers[name] for name in server.GUARDS} == server.GUARDS
    _, headers, _ = ask(serving(prefix="/course/", isolated=False), path)
    assert not set(server.GUARDS) & set(headers)


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/", 302, "/course/"),
        ("/course", 302, "/course/"),
        ("/course/lessons/one%20two", 302, "/course/lessons/one%20two/"),
        ("/course/lessons/one%20two?a=b", 302, "/course/lessons/one%20two/?a=b"),
        ("/course/lessons/one%20two/", 200, None),
        ("/course/lessons/", 404, None),
        ("/elsewhere/", 404, None),
    ],
)
def test_a_folder_is_its_index_page(serving, path, status, location):
    told, headers, _ = ask(serving(prefix="/course/"), path)
    assert (told, headers["Location"]) == (status, location)


@pytest.mark.parametrize(
    "path",
    [
        "/course/gone.html",
        "/course/../secret.txt",
        "/course/%2e%2e/secret.txt",
        "/course/..%2fsecret.txt",
        "/course//etc/passwd",
        "/course/%00",
        "/course/" + "a" * 5000,
        "//course/../secret.txt",
    ],
)
def test_what_is_not_of_the_site_is_not_there(serving, path):
    status, _, body = ask(serving(prefix="/course/"), path)
    assert (status, body) == (404, b"no such page")


def test_a_link_that_leads_out_of_the_site_is_not_followed(serving, site):
    (site / "way-out.txt").symlink_to(site.parent / "secret.txt")
    assert ask(serving(), "/way-out.txt")[0] == 404


def test_a_site_without_a_404_page_still_answers(serving, site):
    (site / "404.html").unlink()
    status, _, body = ask(serving(), "/gone")
    assert (status, body) == (404, b"Not found\n")


def test_head_sends_the_headers_alone(serving):
    status, headers, body = ask(serving(), "/", method="HEAD")
    assert (status, int(headers["Content-Length"]), body) == (200, len(PAGE), b"")


def test_one_connection_carries_many_requests(serving):
    connection = http.client.HTTPConnection("127.0.0.1", serving().server_port, timeout=60)
    for _ in range(3):
        connection.request("GET", "/")
        assert connection.getresponse().read().decode() == PAGE
    connection.close()


def test_pages_know_of_reloading_only_where_it_is_on(serving):
    _, _, body = ask(serving(prefix="/course/", live=True), "/course/", Accept_Encoding="gzip")
    page = gzip.decompress(body).decode()
    script = '<script type="module" src="/course/_live.js"></script>'
    assert page == PAGE.replace("</body>", f"{script}</body>")
    assert ask(serving(), "/_live.js")[0] == 404


def test_an_open_page_hears_of_a_new_build(serving):
    running = serving(live=True)
    _, _, script = ask(running, "/_live.js")
    place = re.search(rb'URL\("(\w+)"', script)[1].decode()
    connection = http.client.HTTPConnection("127.0.0.1", running.server_port, timeout=60)
    connection.request("GET", f"/{place}")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "text/event-stream"
    for _ in range(2):
        running.reload()
        assert answer.readline() == b"data: reload\n"
        assert answer.readline() == b"\n"
    connection.close()


def test_closing_ends_open_pages_and_frees_the_port(serving, site):
    running = server.serve(site, 0, live=True)
    connection = http.client.HTTPConnection("127.0.0.1", running.server_port, timeout=60)
    connection.request("GET", "/_live")
    answer = connection.getresponse()
    running.close()
    assert b"reload" not in answer.read()
    connection.close()
    server.serve(site, running.server_port).close()


def test_a_taken_port_is_refused(site):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        server.serve(site, taken.getsockname()[1])


def test_a_prefix_has_its_slashes(site):
    with pytest.raises(ValueError, match=r"prefix is '/course'; it begins and ends with a slash"):
        server.serve(site, 0, prefix="/course")


def test_a_server_that_builds_again_has_no_service_worker(serving, site):
    (site / "sw.js").write_text("script")
    assert ask(serving(), "/sw.js")[0] == 200
    assert ask(serving(live=True), "/sw.js")[0] == 404
