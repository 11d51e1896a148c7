"""How long from the click to the output, against a bare page with Pyodide and NumPy.

    python3 dev.py bench startup [--rounds 5] [--json results.json]

One server without special headers, fresh browser profiles, the pages in turn; all run the same
cell; times run in the page from the click to the change that shows the output. `cold` is a first
visit, `warm` the second of the same profile.

- `ours` clicks at once, `near` 4 s after the reader came to the cell
- `markdown-exec` and `jupyterlite` are peers (_peers.py): a page of that package, whose Python runs
  on the main thread, and JupyterLite's REPL with the code in its address. Both start Python as they
  open, so their time begins with the navigation. JupyterLite's kernel has to do without sqlite3, in
  its favour; all else that it loads by itself is here
- `figure` draws a first figure with matplotlib, as `bare figure` does
- `renav` runs a cell again after instant navigation to another page and back, 4 s after coming
- `restart` is from the click on Stop, which here ends Python, until an earlier cell ran again
- `stall` is the longest that the page's main thread answers nothing, from the click (of the peers:
  from the navigation) to the output, in the visits of `ours`, of `figure` and of the peers
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
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserType, Page, sync_playwright

from coursekit.site.local import server
from coursekit.site.ship import pyodide

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks import _peers  # noqa: E402

LESSON = "course/lessons/01-gradient-descent/"
FIGURE = "course/lessons/figure/"  # copies of it beside it, with other code
ENDLESS = "course/lessons/endless/"
CODE = "import numpy as np\nprint(np.linalg.solve(np.eye(3) * 2, np.ones(3)))"
DRAW = "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])"
BARE_DRAW = f"""import io, matplotlib
matplotlib.use("svg")
{DRAW}
drawn = io.StringIO()
plt.savefig(drawn, format="svg")
print(len(drawn.getvalue()))"""
LOOP = "while True: pass"
WAIT = 180_000
# Whatever a page asks of a foreign host fails at once: only files of this machine are timed.
SWITCHES = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
BARS: dict[str, tuple[float, str]] = {  # row -> its bar, and the row that it is a part of, if any
    "ours cold": (0.60, "bare cold"),
    "ours warm": (0.60, "bare warm"),
    "near cold": (0.05, "bare cold"),
    "near warm": (0.05, "bare warm"),
    "figure cold": (0.60, "bare figure cold"),
    "figure warm": (0.60, "bare figure warm"),
    "renav": (300, ""),
    "restart": (1.2, "ours warm"),
    "stall ours cold": (50, ""),
    "stall ours warm": (50, ""),
    "stall figure cold": (50, ""),
    "stall figure warm": (50, ""),
}

# Presses a button, and waits until an element's state is "done" again after a change. It begins in
# a task of its own: the one that brings this text in compiles Playwright's scripts, 50 ms of them.
CLICK = """([button, watched]) => new Promise(resolve => setTimeout(() => {
  const element = document.querySelector(watched);
  let longest = 0, last = performance.now(), over = false;
  const channel = new MessageChannel();  // its messages come as soon as the main thread is free
  channel.port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!over) setTimeout(() => channel.port2.postMessage(null), 1);
  };
  const tasks = new PerformanceObserver(list => {
    for (const {duration} of list.getEntries()) longest = Math.max(longest, duration);
  });
  tasks.observe({entryTypes: ["longtask"]});
  channel.port2.postMessage(null);
  const from = performance.now();
  new MutationObserver((_, observer) => {
    if (element.dataset.state !== "done") return;
    observer.disconnect();
    const ms = performance.now() - from;
    setTimeout(() => {  // what the output made the page do counts as well
      over = true;
      tasks.disconnect();
      resolve({ms, stall: longest});
    }, 100);
  }).observe(element, {attributes: true});
  document.querySelector(button).click();
}, 0))"""

# Presses the button, if one is named, as soon as it works; times count from the navigation.
FROM_NAVIGATION = """([outputs, button]) => new Promise(resolve => {
  let stall = 0;
  new PerformanceObserver(list => {
    for (const {duration} of list.getEntries()) stall = Math.max(stall, duration);
  }).observe({type: "longtask", buffered: true});
  const shown = () => [...document.querySelectorAll(outputs)]
    .some(output => output.textContent.includes("[0.5 0.5 0.5]"));
  const timer = setInterval(() => {
    const run = button && document.querySelector(button);
    if (run?.onclick && !shown()) run.click();
    if (!shown()) return;
    clearInterval(timer);
    const ms = performance.now();
    setTimeout(() => resolve({ms, stall}), 100);
  }, 5);
})"""

Times = dict[str, list[float]]


def lay_out(folder: pathlib.Path) -> None:
    """The built course and the bare page, side by side; copies of a lesson get our code."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    subprocess.run([*command, "-d", str(folder / "course")], cwd=ROOT, env=environment, check=True)
    text = (folder / LESSON / "index.html").read_text(encoding="utf-8")
    for place, cells in {LESSON: [CODE], FIGURE: [DRAW], ENDLESS: [CODE, LOOP]}.items():
        (folder / place).mkdir(exist_ok=True)
        (folder / place / "index.html").write_text(with_cells(text, cells), encoding="utf-8")
    shutil.copy(pathlib.Path(__file__).parent / "startup" / "bare.html", folder / "bare.html")
    _peers.lay_out(folder, CODE)
    (folder / "pyodide").mkdir()
    for name, path in pyodide.files(say=lambda text: None).items():
        shutil.copy(path, folder / "pyodide" / name)


def with_cells(page: str, codes: list[str]) -> str:
    """A lesson's page whose first cells hold other code."""
    at = 0
    for code in codes:
        at = page.index("<code>", page.index('<section class="cell"', at)) + len("<code>")
        end = page.index("</code>", at)
        lines = (f'<span class="ln">{html.escape(line)}\n</span>' for line in code.split("\n"))
        page = page[:at] + "".join(lines) + page[end:]
    return page


def click(page: Page, button: str, watched: str) -> dict[str, float]:
    """`ms` from a click to the output, and the longest `stall` on the way."""
    said: dict[str, float] = page.evaluate(CLICK, [button, watched])
    return said


def bare(page: Page, address: str, code: str = CODE) -> Times:
    """The bare page."""
    page.goto(f"{address}bare.html#{urllib.parse.quote(code)}")
    return {"": [click(page, "#run", "body")["ms"]]}


def bare_figure(page: Page, address: str) -> Times:
    """The bare page with matplotlib."""
    return bare(page, address, BARE_DRAW)


def ours(page: Page, address: str, *, place: str = LESSON, wait: int = 0) -> Times:
    """A lesson, from a click `wait` ms after coming to its first cell."""
    [cell] = open_cells(page, address + place, 1)
    if wait:
        page.locator(cell).scroll_into_view_if_needed()
        page.wait_for_timeout(wait)
    said = click(page, f"{cell} button.run", cell)
    return {"": [said["ms"]], **({} if wait else {"stall": [said["stall"]]})}


def markdown_exec(page: Page, address: str) -> Times:
    """A peer: a page with a cell; it is run as soon as it can be."""
    place = address + _peers.MARKDOWN_EXEC
    return from_navigation(page, place, ".pyodide-output", "[id$=--run]")


def jupyterlite(page: Page, address: str) -> Times:
    """A peer: its REPL runs by itself what its address says."""
    return from_navigation(page, address + _peers.repl(CODE), ".jp-OutputArea-output")


def from_navigation(page: Page, address: str, outputs: str, button: str = "") -> Times:
    """A page that starts Python as it opens, until one of its outputs is there."""
    page.goto(address, wait_until="commit")
    said = page.evaluate(FROM_NAVIGATION, [outputs, button])
    return {"": [said["ms"]], "stall": [said["stall"]]}


def near(page: Page, address: str) -> Times:
    """The same, 4 s after the reader came near: Python has been started on the way."""
    return ours(page, address, wait=4000)


def figure(page: Page, address: str) -> Times:
    """A lesson whose first cell draws."""
    return ours(page, address, place=FIGURE)


def renav(page: Page, address: str) -> Times:
    """A cell that ran, run again after going to the next page and back without a load."""
    [cell] = open_cells(page, address + LESSON, 1)
    click(page, f"{cell} button.run", cell)
    page.evaluate("window.stayed = true")
    page.locator("a[rel=next]").first.click()
    page.wait_for_url("**/02-*/")
    page.wait_for_selector("section.cell button.run")
    page.go_back()
    page.wait_for_url("**/01-*/")
    page.wait_for_selector(f"{cell} button.run")
    page.wait_for_timeout(4000)  # the pages' own preparations, as in `near`
    if not page.evaluate("window.stayed"):
        raise RuntimeError("the page was loaded anew: this is no instant navigation")
    return {"": [click(page, f"{cell} button.run", cell)["ms"]]}


def restart(page: Page, address: str) -> Times:
    """Stop ends Python; the page starts it again and runs the cell again that had run."""
    [cell, endless] = open_cells(page, address + ENDLESS, 2)
    click(page, f"{cell} button.run", cell)
    page.click(f"{endless} button.run")
    page.wait_for_selector(f'{endless}[data-state="running"]')
    page.wait_for_timeout(500)
    said = click(page, f"{endless} button.run", cell)
    return {"": [said["ms"]]}


def open_cells(page: Page, address: str, count: int) -> list[str]:
    """Selectors of the first cells of a page that has come to life."""
    page.goto(address)
    page.wait_for_selector("section.cell button.run")
    names = page.eval_on_selector_all("section.cell", "all => all.map(one => one.dataset.cell)")
    return [f"#cell-{name}" for name in names[:count]]


ROWS: dict[str, Callable[[Page, str], Times]] = {
    "bare": bare,
    "ours": ours,
    "near": near,
    "markdown-exec": markdown_exec,
    "jupyterlite": jupyterlite,
    "bare figure": bare_figure,
    "figure": figure,
    "renav": renav,
    "restart": restart,
}
ONCE = ("renav", "restart")  # rows that say nothing else when they are cold


def measure(chromium: BrowserType, address: str, rounds: int) -> Times:
    """Every row in turn, round by round; a row's first visit is made with a new profile."""
    times: Times = {}
    found = os.environ.get("COURSEKIT_CHROMIUM") or shutil.which("chromium")
    for turn in range(rounds):
        print(f"round {turn + 1} of {rounds}", flush=True)
        for name, run in ROWS.items():
            with tempfile.TemporaryDirectory() as profile:
                for visit in ("",) if name in ONCE else ("cold", "warm"):
                    context = chromium.launch_persistent_context(
                        profile, executable_path=found, args=SWITCHES
                    )
                    context.set_default_timeout(WAIT)
                    for what, values in run(context.new_page(), address).items():
                        row = " ".join(filter(None, (what, name, visit)))
                        times.setdefault(row, []).extend(values)
                        print(f"  {row:18} {values[-1]:8.0f} ms", flush=True)
                    context.close()
    return times


def judge(medians: dict[str, float]) -> list[dict[str, Any]]:
    """For each row its part of the bare page, its bar, and whether that holds."""
    table = []
    for row, value in medians.items():
        beside = "bare figure" if "figure" in row else "bare"
        against = medians.get(f"{beside} {row.split()[-1]}", medians.get(f"{beside} warm"))
        stalls = row.startswith("stall")
        ratio = value / against if against and not stalls else None
        said: dict[str, Any] = {"row": row, "median_ms": value, "of_bare": ratio}
        if row in BARS:
            bar, of = BARS[row]
            share = value / medians[of] if of else value
            said |= {"bar": bar, "of": of or "ms", "is": share, "holds": share <= bar}
        table.append(said)
    return table


def show(table: list[dict[str, Any]]) -> None:
    """Print it."""
    print(f"\n{'row':18} {'median ms':>10} {'of bare':>8}  bar")
    for said in table:
        ratio = "" if said["of_bare"] is None else f"{said['of_bare']:.2f}"
        bar = "-"
        if "bar" in said:
            unit = "ms" if said["of"] == "ms" else f"of {said['of']}"
            bar = (
                f"{said['is']:.2f} <= {said['bar']:g} {unit}: {'holds' if said['holds'] else 'NO'}"
            )
        print(f"{said['row']:18} {said['median_ms']:10.0f} {ratio:>8}  {bar}")


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
    table = judge({row: statistics.median(values) for row, values in times.items()})
    show(table)
    for peer, why in _peers.NOT_MEASURED.items():
        print(f"{peer}: not measured; {why}")
    if options.json:
        record = {
            "date": datetime.date.today().isoformat(),
            "hardware": f"{os.cpu_count()} cores, {platform.machine()}",
            "versions": {
                "pyodide": pyodide.PYODIDE_VERSION,
                "python": platform.python_version(),
            },
            "peers": _peers.versions(),
            "not_measured": _peers.NOT_MEASURED,
            "rounds": options.rounds,
            "milliseconds": times,
            "table": table,
        }
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
