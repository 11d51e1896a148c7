"""Builds the site into build/site; with --serve it answers, and builds again at each change.

python -m coursekit.site.local.build_site
python -m coursekit.site.local.build_site --serve 8000
"""

import argparse
import contextlib
import errno
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from coursekit.site.local import server
from coursekit.site.paths import ROOT
from coursekit.site.ship import pyodide

BUILT = ROOT / "build" / "site"
WATCHED = ("docs", "lessons", "src", "mkdocs.yml")
MKDOCS = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir"]
PORTS = 20  # how many to try, from the one asked for

State = dict[pathlib.Path, int]  # source -> its date


class BuildError(RuntimeError):
    """The site could not be built or served; the message says why."""


def build() -> None:
    """Build beside the old site, then change places; a failed build changes nothing."""
    pyodide.fetch()
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILT.parent) as scratch:
        made, old = pathlib.Path(scratch, "new"), pathlib.Path(scratch, "old")
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        done = subprocess.run(
            [*MKDOCS, str(made)],
            cwd=ROOT,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if os.strerror(errno.ENOSPC) in done.stderr:
            raise BuildError(f"The disk of {ROOT} is full: free some space and run again.")
        if done.returncode:
            told = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
            raise BuildError("\n".join(told))
        if BUILT.exists():
            BUILT.rename(old)
        made.rename(BUILT)


def listen(site: pathlib.Path, port: int) -> server.SiteServer:
    """Serve on this port or the next free one."""
    for candidate in range(port, port + PORTS):
        try:
            return server.serve(site, candidate, live=True)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise BuildError(f"Port {candidate} cannot be used: {error.strerror}.") from None
            print(f"Port {candidate} is taken; trying the next one.", flush=True)
    raise BuildError(
        f"Ports {port} to {port + PORTS - 1} are all taken: end the programs that use them, "
        "or name another one with --port."
    )


def watch(site: server.SiteServer, built: State) -> None:
    """Build when the sources are no longer in this state, have pages reload; until interrupted."""
    while True:
        time.sleep(0.5)
        now = state()
        if now != built:
            built = now
            try:
                _timed_build()
                site.reload()
            except (BuildError, pyodide.PyodideError) as error:
                print(f"{error}\nThe last good build stays.", flush=True)


def state() -> State:
    """The date of every source."""
    dates = {}
    for name in WATCHED:
        for path in (ROOT / name, *(ROOT / name).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if any(part[0] == "." or part == "__pycache__" for part in parts) or path.is_dir():
                continue
            with contextlib.suppress(FileNotFoundError):  # gone while we looked
                dates[path] = path.stat().st_mtime_ns
    return dates


def _timed_build() -> None:
    print("Building the site ...", flush=True)
    start = time.monotonic()
    build()
    print(f"Built in {time.monotonic() - start:.1f} s.", flush=True)


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=int, metavar="PORT")
    port = parser.parse_args().serve
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # an end as clean as Ctrl+C
    built = state()
    try:
        _timed_build()
        if port is not None:
            with listen(BUILT, port) as site:
                print(f"The course is at {site.url} (Ctrl+C ends it).", flush=True)
                watch(site, built)
    except (BuildError, pyodide.PyodideError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
