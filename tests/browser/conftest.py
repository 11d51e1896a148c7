"""The built site under /course/, and a Chromium in which a foreign request or an error fails."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import Error, sync_playwright

from coursekit.site.local import server

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 90_000  # ms: a first cell takes seconds, on a busy machine many
PREFIX = "/course/"
LAUNCH = {
    "executable_path": os.environ.get("COURSEKIT_CHROMIUM") or shutil.which("chromium"),
    "args": ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
}


def pytest_collection_modifyitems(items):
    for item in items:
        if pathlib.Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> pathlib.Path:
    """The site as `dev.py build` makes it; COURSEKIT_SITE names one that is already there."""
    if built := os.environ.get("COURSEKIT_SITE"):
        return pathlib.Path(built)
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def isolated(site):
    """Address of the site, served with the headers that allow interrupts."""
    with server.serve(site, 0, isolated=True, prefix=PREFIX) as running:
        yield running.url


@pytest.fixture(scope="session")
def plain(site):
    """Address of the site on a server without any special header."""
    with server.serve(site, 0, isolated=False, prefix=PREFIX) as running:
        yield running.url


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as running:
        yield running.chromium


@pytest.fixture(scope="session")
def chromium(playwright):
    browser = playwright.launch(**LAUNCH)
    yield browser
    browser.close()


@contextlib.contextmanager
def visiting(chromium, playwright, profile: pathlib.Path):
    """`open_page(address, **context)` opens a page; at the end it must have been clean.

    With `keeps=True` the browser keeps its cache on disk, in `profile`, as a reader's does. With
    `hostile=True` the worker may complain, and what the policy refuses is no fault.
    """
    contexts, faults = [], []

    def open_page(address: str, *, keeps: bool = False, hostile: bool = False, **options):
        options = {"viewport": {"width": 1440, "height": 900}, **options}
        if keeps:
            context = playwright.launch_persistent_context(profile, **LAUNCH, **options)
        else:
            context = chromium.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        host = address.split("/")[2]

        def hear(message) -> None:
            refused = "Content Security Policy" in message.text
            if message.type == "error" and not (hostile and (message.worker or refused)):
                faults.append(f"console: {message.text}")

        def check(request) -> None:
            if not request.url.startswith(("data:", "blob:", f"http://{host}/")):
                faults.append(f"request to another host: {request.url}")

        page.on("console", hear)
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        context.on("requestfinished" if hostile else "request", check)  # not what was refused
        context.on("response", lambda r: r.status >= 400 and faults.append(f"{r.status} {r.url}"))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        try:
            context.close()
        except Error as error:  # the browser itself went away
            faults.append(str(error))
    assert not faults, "\n".join(faults)


@pytest.fixture
def visit(chromium, playwright, tmp_path):
    """`visit(address, **context)` opens a page, which must have been clean: see `visiting`."""
    with visiting(chromium, playwright, tmp_path / "profile") as open_page:
        yield open_page


def until(page, expression: str) -> None:
    """Wait until JavaScript is true; Playwright's own way needs eval, which our pages forbid."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not true in time: {expression}")


READ = """section => {
  const text = element => element ? element.textContent : "";
  return [...section.querySelector(":scope > .out").children].map(output => {
    if (output.matches("pre")) return {kind: output.className, text: text(output)};
    if (output.matches(".rich")) return {kind: "html", text: text(output)};
    if (output.matches(".error")) return {
      kind: "error", type: output.dataset.type, line: output.dataset.line,
      message: text(output.querySelector(".why")),
      own: text(output.querySelector(".why")).includes("coursekit") };
    if (output.matches("figure")) return {
      kind: "figure",
      labels: [...output.querySelectorAll("svg text")].map(text),
      shapes: [...output.querySelectorAll("svg path, svg use, svg text, svg rect, svg image")].map(
        shape => ["d", "x", "y", "width", "height", "transform"].map(
          name => shape.getAttribute(name) ?? "").join(" ")) };
    return {kind: output.className, text: text(output)};
  });
}"""


@pytest.fixture
def outputs():
    """`outputs(page, "fit")` -> what a cell shows, as compare.py reads it."""

    def read(page, cell: str):
        return page.eval_on_selector(f"#cell-{cell}", READ)

    return read


@pytest.fixture
def settle():
    """`settle(page, "fit", "done")` waits for a state of a cell."""

    def wait(page, cell: str, *states: str):
        selector = ", ".join(f'#cell-{cell}[data-state="{state}"]' for state in states)
        page.wait_for_selector(selector, state="attached", timeout=PATIENCE)

    return wait
