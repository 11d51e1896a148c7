"""Real data sets: fetched once from their publishers and kept, or read from a folder of your own.

What is fetched is checked by size and SHA-256, at every use again; a download that broke off goes
on where it was. What lies in a folder that the user names is taken as it is.
"""

import errno
import hashlib
import http.client
import os
import re
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from tqdm import tqdm

PUBLISHER = "https://raw.githubusercontent.com/karpathy"
TIMEOUT = 10  # seconds without a byte before the publisher counts as out of reach
PIECE = 1 << 16  # bytes that are read at once


class DataError(ValueError):
    """A data set cannot be had, or is not what it should be; the message says what to do."""


class Source(NamedTuple):
    """One published file."""

    name: str  # the data set's, and its folder's
    file: str
    url: str  # with the commit, so that it never changes
    size: int  # bytes
    sha256: str


NAMES = Source(
    "names",
    "names.txt",
    f"{PUBLISHER}/makemore/988aa59e4d8fefa526d06f3b453ad116258398d4/names.txt",
    228_145,
    "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
)
TINYSHAKESPEARE = Source(
    "tinyshakespeare",
    "input.txt",
    f"{PUBLISHER}/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt",
    1_115_394,
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
)


# The data sets


def names(folder: Path | None = None) -> list[str]:
    """32,033 first names in the letters a to z, in the order of their file; some occur twice.

    Source: makemore, A. Karpathy 2022, from the US Social Security Administration.
    Raises: DataError if they are not in `folder`; without one, if they cannot be fetched.
    """
    lines = read(NAMES, folder).splitlines()
    return [name for line in lines if (name := line.strip())]


def tinyshakespeare(folder: Path | None = None) -> str:
    """1,115,394 characters, 65 different ones, of Shakespeare's plays.

    Source: char-rnn, A. Karpathy 2015.
    Raises: DataError if it is not in `folder`; without one, if it cannot be fetched.
    """
    return read(TINYSHAKESPEARE, folder)


def read(source: Source, folder: Path | None) -> str:
    """The text of a file in `folder`, or of the checked one in the cache."""
    path = fetch(source) if folder is None else find(source, folder)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{source.name}: {path} is no text in UTF-8: {error}") from error


def find(source: Source, folder: Path) -> Path:
    """The file in a folder that the user names: in the data set's own folder there, or without."""
    for path in (folder / source.name / source.file, folder / source.file):
        if path.is_file():
            return path
    raise DataError(
        f"{source.name}: neither {source.name}/{source.file} nor {source.file} is in {folder}; "
        "name another folder with --data, or none, to have it fetched"
    )


# Fetching


class _Broken(Exception):
    """The network failed, or the server's answer did."""


def cache() -> Path:
    """Where fetched files stay: a folder that --data would take too."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "coursekit" / "data"


def fetch(source: Source) -> Path:
    """The file in the cache, brought there if it is missing or went bad.

    Raises: DataError if it cannot be had, or not be kept.
    """
    path = cache() / source.name / source.file
    by_hand = f"name a folder that has {source.file} with --data"
    try:
        if not _right(path, source):
            path.parent.mkdir(parents=True, exist_ok=True)
            _download(source, path)
    except _Broken as error:
        raise DataError(
            f"{source.name}: {source.url} cannot be had ({error}); connect to a network and run "
            f"again, or {by_hand}"
        ) from error
    except OSError as error:
        raise DataError(
            f"{source.name}: {source.file} cannot be kept in {path.parent} ({error.strerror}); "
            f"free {source.size:,} bytes there, set XDG_CACHE_HOME to another folder, or {by_hand}"
        ) from error
    return path


def _download(source: Source, target: Path) -> None:
    """Fetch the file beside its place, as long as each request brings more, and move it there."""
    part = target.with_name(f"{target.name}.part")
    left_over = part.exists()  # by an earlier run, perhaps from another file
    while not _right(part, source):
        had = _size(part)
        try:
            _append(source, part, had)
        except _Broken:
            if _size(part) > had:
                continue
            raise
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                part.unlink(missing_ok=True)
            raise
        if not _right(part, source):
            came = _describe(part, source)
            part.unlink(missing_ok=True)
            if not left_over:
                raise DataError(
                    f"{source.name}: {source.url} gave {came}; the file has {source.size:,} with "
                    f"{source.sha256}. Nothing of it was kept. A proxy or the login page of a "
                    "network may have answered: try from another network, or name a folder that "
                    f"has {source.file} with --data"
                )
            left_over = False
    os.replace(part, target)


def _append(source: Source, part: Path, had: int) -> None:
    """Ask once for what is missing and add it; a server without ranges begins from nothing."""
    request = urllib.request.Request(source.url, headers={"Range": f"bytes={had}-"} if had else {})
    try:
        answer = urllib.request.build_opener(_SameHost).open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        raise _Broken(error) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Broken(getattr(error, "reason", error)) from error
    with answer:
        start = had if answer.status == HTTPStatus.PARTIAL_CONTENT else 0
        if start and not re.match(rf"bytes {start}-", answer.headers.get("Content-Range", "")):
            return
        with (
            part.open("ab" if start else "wb") as file,
            tqdm(
                desc=source.file,
                initial=start,
                total=source.size,
                unit="B",
                unit_scale=True,
                disable=None,  # where nobody watches
            ) as bar,
        ):
            while start <= source.size:  # one byte too many is enough to know
                try:
                    piece = answer.read1(min(PIECE, source.size + 1 - start))
                except (OSError, http.client.HTTPException) as error:
                    raise _Broken(error) from error
                if not piece:
                    break
                file.write(piece)
                start += len(piece)
                bar.update(len(piece))
            if start < source.size:
                raise _Broken(f"it ended after {start:,} of {source.size:,} bytes")


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect on the publisher's own host, and no other: a login page is elsewhere."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            fp.close()
            raise DataError(
                f"{req.full_url} sends on to another host, {newurl}, which was not asked. If that "
                "is the login page of your network, log in there and run again; or fetch the file "
                "by hand and name its folder with --data"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _right(path: Path, source: Source) -> bool:
    return _size(path) == source.size and _sha256(path) == source.sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _describe(path: Path, source: Source) -> str:
    size = _size(path)
    if size > source.size:
        return f"more than {source.size:,} bytes"
    return f"{size:,} bytes with the SHA-256 {_sha256(path)}" if size else "nothing"
