"""Serves a built site on this machine: for `dev.py serve` and for the browser tests.

with serve(folder, 8000) as site:
    print(site.url)
"""

import gzip
import http.server
import pathlib
import re
import sys
import threading
import urllib.parse
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from coursekit.site.ship import content_security_policy, service_worker

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".ipynb": "application/x-ipynb+json",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
PACKED = {".css", ".html", ".ipynb", ".js", ".json", ".mjs", ".py", ".svg", ".txt", ".xml"}

# Addresses that change with their content: Material's and our hashes, esbuild's, Pyodide's version.
_FOR_GOOD = re.compile(
    r"[-.][0-9a-f]{8,}\.|-[0-9A-Z]{8}\.|\.whl$|/pyodide-[0-9.]+/.*(?<!\.json)$|/coursekit-[0-9a-f]{12}/"
)

GUARDS = {  # what keeps the reader's code in its place, and gives its page SharedArrayBuffer
    "Content-Security-Policy": content_security_policy.HEADER,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LIVE = b'new EventSource(new URL("_live", import.meta.url)).onmessage = () => location.reload();'


def serve(
    site: pathlib.Path,
    port: int,
    *,
    isolated: bool = True,
    prefix: str = "/",
    live: bool = False,
) -> "SiteServer":
    """Answer on 127.0.0.1 from now on, in threads of its own; port 0 takes any free one.

    `isolated` sends the headers in GUARDS, which most hosts do not;
    `live` makes each page reload after `SiteServer.reload`.
    Raises: OSError when the port is taken.
    """
    return SiteServer(site, port, isolated=isolated, prefix=prefix, live=live)


class SiteServer(http.server.ThreadingHTTPServer):
    """A server that runs; `with` or `close` ends it."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, site: pathlib.Path, port: int, *, isolated: bool, prefix: str, live: bool
    ) -> None:
        if not (prefix.startswith("/") and prefix.endswith("/")):
            raise ValueError(f"serve: prefix is {prefix!r}; it begins and ends with a slash")
        super().__init__(("127.0.0.1", port), _Handler)
        self.site, self.isolated, self.prefix, self.live = site, isolated, prefix, live
        self.packed: dict[pathlib.Path, tuple[str, bytes]] = {}  # file -> its tag, gzip
        self.builds = 0
        self.closing = False
        self.changed = threading.Condition()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the home page is."""
        return f"http://127.0.0.1:{self.server_port}{self.prefix}"

    def reload(self) -> None:
        """Tell every open page that there is something new."""
        with self.changed:
            self.builds += 1
            self.changed.notify_all()

    def close(self) -> None:
        """Answer no more and free the port."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a reader who leaves is no error
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.server.closing:  # on a connection that the browser had kept open
            self.close_connection = True
            return
        address = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(address.path)
        prefix = self.server.prefix
        if path in ("/", prefix.rstrip("/")) and path != prefix:
            self._redirect(prefix)
        elif not path.startswith(prefix):
            self._missing()
        elif self.server.live and path == f"{prefix}_live":
            self._events()
        elif self.server.live and path == f"{prefix}{service_worker.NAME}":
            self._missing()  # whoever writes a page sees it as it is now
        elif self.server.live and path == f"{prefix}_live.js":
            self._answer(HTTPStatus.OK, _LIVE, TYPES[".js"])
        else:
            self._file(path.removeprefix(prefix), address)

    do_HEAD = do_GET

    def _file(self, name: str, address: urllib.parse.SplitResult) -> None:
        root = self.server.site.resolve()
        try:
            path = (root / name).resolve()
            if not path.is_relative_to(root):
                self._missing()
            elif not path.is_dir():
                self._send(HTTPStatus.OK, path)
            elif address.path.endswith("/"):
                self._send(HTTPStatus.OK, path / "index.html")
            else:
                self._redirect(address._replace(path=f"{address.path}/").geturl())
        except (OSError, ValueError):  # no such file, or no such name
            self._missing()

    def _send(self, status: HTTPStatus, path: pathlib.Path) -> None:
        state = path.stat()
        packs = path.suffix in PACKED and "gzip" in self.headers.get("Accept-Encoding", "")
        tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}{"-gz" * packs}"'
        for_good = _FOR_GOOD.search(self.path.partition("?")[0]) and status == HTTPStatus.OK
        headers = {
            "ETag": tag,
            "Cache-Control": "public, max-age=31536000, immutable" if for_good else "no-cache",
        }
        if path.suffix in PACKED:
            headers["Vary"] = "Accept-Encoding"
        if tag in self.headers.get("If-None-Match", "") and status == HTTPStatus.OK:
            self._answer(HTTPStatus.NOT_MODIFIED, b"", "", headers)
            return
        if packs:
            headers["Content-Encoding"] = "gzip"
            data = self._pack(path, tag)
        else:
            data = self._read(path)
        kind = TYPES.get(path.suffix, "application/octet-stream")
        self._answer(status, data, kind, headers)

    def _read(self, path: pathlib.Path) -> bytes:
        data = path.read_bytes()
        if self.server.live and path.suffix == ".html":
            script = f'<script type="module" src="{self.server.prefix}_live.js"></script></body>'
            data = data.replace(b"</body>", script.encode(), 1)
        return data

    def _pack(self, path: pathlib.Path, tag: str) -> bytes:
        if self.server.packed.get(path, ("", b""))[0] != tag:
            self.server.packed[path] = (tag, gzip.compress(self._read(path), 6, mtime=0))
        return self.server.packed[path][1]

    def _missing(self) -> None:
        try:
            self._send(HTTPStatus.NOT_FOUND, self.server.site.resolve() / "404.html")
        except OSError:
            self._answer(HTTPStatus.NOT_FOUND, b"Not found\n", TYPES[".txt"])

    def _redirect(self, target: str) -> None:
        self._answer(HTTPStatus.FOUND, b"", TYPES[".txt"], {"Location": target})

    def _answer(
        self, status: HTTPStatus, data: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        headers = {"Cache-Control": "no-cache", **(headers or {})}
        if status != HTTPStatus.NOT_MODIFIED:
            headers |= {"Content-Type": kind, "Content-Length": str(len(data))}
        self._start(status, headers)
        if self.command != "HEAD":
            self.wfile.write(data)

    def _start(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        headers |= {"X-Content-Type-Options": "nosniff"}
        headers |= GUARDS if self.server.isolated else {}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _events(self) -> None:
        """Stay on the line and say when there is a new build."""
        self.close_connection = True
        seen = self.server.builds
        self._start(
            HTTPStatus.OK, {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        while not self.server.closing:
            with self.server.changed:
                if self.server.builds == seen and not self.server.closing:
                    self.server.changed.wait(timeout=15)
                now = self.server.builds
            word = b": still here\n\n" if now == seen else b"data: reload\n\n"
            seen = now
            self.wfile.write(word)  # fails when the page is gone, which ends this thread

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what goes wrong, the page shows."""
