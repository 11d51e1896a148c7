"""How long from the click to the output, against a bare page with Pyodide and NumPy.

    python3 dev.py bench startup [--rounds 5] [--json results.json]

One server, fresh browser profiles, the two pages in turn; both run the same
cell; times run in the page from the click to the change that shows the output. `cold` is a first
visit, `warm` the second of the same profile; `near` clicks 4 s after the reader came to the cell.
"""

import argparse
import datetime
import html
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.parse

from playwright.sync_api import BrowserType, Page, sync_playwright

from coursekit.site import pyodide, server

ROOT = pathlib.Path(__file__).resolve().parents[2]
LESSON = "course/lessons/01-gradient-descent/"
CODE = "import numpy as np\nprint(np.linalg.solve(np.eye(3) * 2, np.ones(3)))"
WAIT = 180_000

CLICK = """([button, watched]) => new Promise(resolve => {
  const element = document.querySelector(watched);
  const from = performance.now();
  new MutationObserver(() => {
    if (element.dataset.state === "done") resolve(performance.now() - from);
  }).observe(element, {attributes: true});
  document.querySelector(button).click();
})"""


def lay_out(folder: pathlib.Path) -> None:
    """The built course and the bare page, side by side; the lesson's first cell gets our code."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    subprocess.run([*command, "-d", str(folder / "course")], cwd=ROOT, env=environment, check=True)
    page = folder / LESSON / "index.html"
    text = page.read_text(encoding="utf-8")
    start = text.index("<code>", text.index('<section class="cell"')) + len("<code>")
    lines = "".join(f'<span class="ln">{html.escape(line)}\n</span>' for line in CODE.split("\n"))
    page.write_text(text[:start] + lines + text[text.index("</code>", start) :], encoding="utf-8")
    shutil.copy(pathlib.Path(__file__).parent / "startup" / "bare.html", folder / "bare.html")
    (folder / "pyodide").mkdir()
    for name, path in pyodide.files(say=lambda text: None).items():
        shutil.copy(path, folder / "pyodide" / name)


def bare(page: Page, address: str) -> float:
    """Milliseconds on the bare page."""
    page.goto(f"{address}bare.html#{urllib.parse.quote(CODE)}")
    return float(page.evaluate(CLICK, ["#run", "body"]))


def ours(page: Page, address: str, wait: int = 0) -> float:
    """Milliseconds on the lesson, from a click `wait` ms after coming to its first cell."""
    page.goto(address + LESSON)
    page.wait_for_selector("section.cell button.run")
    if wait:
        page.locator("section.cell").first.scroll_into_view_if_needed()
        page.wait_for_timeout(wait)
    cell = f"#cell-{page.get_attribute('section.cell', 'data-cell')}"
    return float(page.evaluate(CLICK, [f"{cell} button.run", cell]))


def near(page: Page, address: str) -> float:
    """The same, 4 s after the reader came near: Python has been started on the way."""
    return ours(page, address, wait=4000)


def measure(chromium: BrowserType, address: str, rounds: int) -> dict[str, list[float]]:
    """Every row in turn, round by round; a row's first visit is made with a new profile."""
    times: dict[str, list[float]] = {}
    found = os.environ.get("COURSEKIT_CHROMIUM") or shutil.which("chromium")
    for turn in range(rounds):
        print(f"round {turn + 1} of {rounds}", flush=True)
        for name, run in (("bare", bare), ("ours", ours), ("near", near)):
            with tempfile.TemporaryDirectory() as profile:
                for visit in ("cold", "warm"):
                    context = chromium.launch_persistent_context(
                        profile, executable_path=found, args=["--no-sandbox"]
                    )
                    context.set_default_timeout(WAIT)
                    row = f"{name} {visit}"
                    times.setdefault(row, []).append(run(context.new_page(), address))
                    print(f"  {row:10} {times[row][-1] / 1000:6.2f} s", flush=True)
                    context.close()
    return times


def main() -> None:
    """Measure, print the table, keep it where --json says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = pathlib.Path(name)
        lay_out(folder)
        with server.serve(folder, 0, isolated=False) as running:
            times = measure(playwright.chromium, running.url, options.rounds)
    medians = {row: statistics.median(values) for row, values in times.items()}
    print(f"\n{'row':12} {'median s':>9} {'of bare':>8}")
    ratios = {}
    for row, value in medians.items():
        against = medians[f"bare {row.split()[1]}"]
        ratios[row] = value / against
        print(f"{row:12} {value / 1000:9.2f} {ratios[row]:8.2f}")
    if options.json:
        record = {
            "date": datetime.date.today().isoformat(),
            "hardware": f"{os.cpu_count()} cores, {platform.machine()}",
            "versions": {
                "pyodide": pyodide.PYODIDE_VERSION,
                "python": platform.python_version(),
            },
            "rounds": options.rounds,
            "milliseconds": times,
            "median_ms": medians,
            "of_bare": ratios,
        }
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
