"""How long a moved control takes to show, in every cell that has one.

    python3 dev.py bench moves [--changes 20] [--json results.json]

The built site in Chromium, every cell of a page run once; then each slider and each choice is moved
`--changes` times. A change lasts from the control's event until the frame after the last thing that
it altered in the cell's output has been drawn. A cell with one pair of axes is to answer in 150 ms,
one with two or more in 250 (medians).
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from coursekit.site.local import build_site, server
from coursekit.site.markdown.course_fences import Cell, find_fences
from coursekit.site.ship import pyodide

ROOT = pathlib.Path(__file__).resolve().parents[2]
WAIT = 300_000
BARS = {1: 150, 2: 250}  # ms, by pairs of axes; more than two count as two

MOVE = """([cell, row, share]) => new Promise((resolve, reject) => {
  const section = document.querySelector(cell);
  const knob = section.querySelectorAll(".knobs > label")[row].querySelector("input, select");
  let quiet = setTimeout(() => reject(new Error("nothing changed")), 20000);
  let drawn = 0;
  const watcher = new MutationObserver(() => requestAnimationFrame(() => {
    const channel = new MessageChannel();  // its message comes after the frame has been drawn
    channel.port1.onmessage = () => {
      drawn = performance.now();
      clearTimeout(quiet);
      quiet = setTimeout(() => { watcher.disconnect(); resolve(drawn - from); }, 300);
    };
    channel.port2.postMessage(null);
  }));
  const all = {childList: true, subtree: true, attributes: true, characterData: true};
  watcher.observe(section.querySelector(".out"), all);
  const from = performance.now();
  if (knob.matches("select")) {
    knob.selectedIndex = (knob.selectedIndex + 1) % knob.options.length;
    knob.dispatchEvent(new Event("change"));
  } else {
    const [low, high] = [Number(knob.min), Number(knob.max)];
    knob.value = String(Math.round(low + share * (high - low)));
    knob.dispatchEvent(new Event("input"));
  }
})"""


def pages() -> dict[str, list[Cell]]:
    """Address of each page -> its cells with a slider or a choice."""
    found = {}
    for path in sorted((ROOT / "docs").rglob("*.md")):
        _, fences = find_fences(path.read_text(encoding="utf-8"), path.name)
        cells = [each for each in fences if isinstance(each, Cell) and knobs(each)]
        if cells:
            place = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
            found[f"{place}/"] = cells
    return found


def knobs(cell: Cell) -> list[str]:
    """The names of what can be moved with a control above the output."""
    return [control.names[0] for control in cell.controls if control.kind != "pick"]


def measure(page: Page, cell: Cell, changes: int) -> list[dict[str, Any]]:
    """One row for each control of a cell."""
    section = f"#cell-{cell.id}"
    axes = page.locator(f"{section} .out svg clipPath").count()  # each pair clips its lines
    rows = []
    for number, name in enumerate(knobs(cell)):
        shares = [((2 * turn + 1) * 7 % (2 * changes)) / (2 * changes) for turn in range(changes)]
        times = [float(page.evaluate(MOVE, [section, number, share])) for share in shares]
        median = statistics.median(times)
        bar = BARS[max(1, min(axes, 2))]
        rows.append({"control": f"{cell.id}.{name}", "axes": axes, "ms": times, "median": median})
        print(f"  {rows[-1]['control']:28} {axes:4} {median:8.0f} {bar:6}", flush=True)
    return rows


def visit(browser: Browser, address: str, cells: list[Cell], changes: int) -> list[dict[str, Any]]:
    """Run a page, then move each of its controls."""
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(address)
    page.get_by_role("button", name="Run all").click()
    rows = []
    for cell in cells:
        page.wait_for_selector(f'#cell-{cell.id}[data-state="done"]', timeout=WAIT)
    last = page.locator("section.cell:not([data-exercise])").last.get_attribute("id")
    states = ", ".join(f'#{last}[data-state="{state}"]' for state in ("done", "error"))
    page.wait_for_selector(states, timeout=WAIT)
    for cell in cells:
        page.locator(f"#cell-{cell.id}").scroll_into_view_if_needed()
        rows += measure(page, cell, changes)
    page.close()
    return rows


def main() -> None:
    """Measure, print the table, keep it where --json says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--only", default="", help="part of a page's address")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    found = os.environ.get("COURSEKIT_CHROMIUM") or shutil.which("chromium")
    table: dict[str, list[dict[str, Any]]] = {}
    build_site.build()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        with server.serve(build_site.BUILT, 0, isolated=True) as running:
            for place, cells in pages().items():
                if options.only in place:
                    print(f"{place:30} {'axes':>4} {'median':>8} {'bar':>6}  (ms)", flush=True)
                    table[place] = visit(browser, running.url + place, cells, options.changes)
        browser.close()
    if options.json:
        record = {
            "date": datetime.date.today().isoformat(),
            "hardware": f"{os.cpu_count()} cores, {platform.machine()}",
            "versions": {"pyodide": pyodide.PYODIDE_VERSION, "python": platform.python_version()},
            "changes": options.changes,
            "milliseconds": table,
        }
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
