"""What Lighthouse says of the home page and of every lesson, as a phone and as a desktop.

    python3 dev.py bench lighthouse [--runs 3] [--only home] [--json results.json]

The built site on dev.py's own server, in the Chromium of the tests. Lighthouse itself slows network
and processor by calculation, as its two presets say; each score is the median of `--runs`. The bar
is 95 for performance, accessibility and best practices.

Lighthouse brings 200 packages (185 MB), which no page and no test needs. So it is none of
package.json's: the first run installs what tests/benchmarks/lighthouse locks in .cache/lighthouse.
It is the newest version that runs on Node 20, as the rest of the course does.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Any

from coursekit.site.local import build_site, server

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCKED = pathlib.Path(__file__).with_suffix("")
TOOLS = ROOT / ".cache" / "lighthouse"
BAR = 95
SCORES = ("performance", "accessibility", "best-practices")
MEASURES = {  # Lighthouse's name -> ours
    "first-contentful-paint": "first_paint_ms",
    "largest-contentful-paint": "largest_paint_ms",
    "total-blocking-time": "blocking_ms",
    "cumulative-layout-shift": "layout_shift",
    "speed-index": "speed_index_ms",
}
PRESETS: dict[str, list[str]] = {"phone": [], "desktop": ["--preset=desktop"]}


def install() -> pathlib.Path:
    """Have the locked Lighthouse in TOOLS; its command."""
    command = TOOLS / "node_modules" / ".bin" / "lighthouse"
    lock = LOCKED / "package-lock.json"
    there = TOOLS / lock.name
    if not command.exists() or there.read_bytes() != lock.read_bytes():
        TOOLS.mkdir(parents=True, exist_ok=True)
        for path in LOCKED.iterdir():
            shutil.copy(path, TOOLS)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=TOOLS, check=True)
    return command


def visit(
    command: pathlib.Path, address: str, options: Sequence[str], *, again: int = 3
) -> dict[str, Any]:
    """Lighthouse's report of one visit."""
    chromium = os.environ.get("COURSEKIT_CHROMIUM") or shutil.which("chromium") or ""
    with tempfile.TemporaryDirectory() as name:
        report = pathlib.Path(name, "report.json")
        done = subprocess.run(
            [
                str(command),
                address,
                "--quiet",
                "--chrome-flags=--headless=new --no-sandbox",
                f"--only-categories={','.join(SCORES)}",
                "--output=json",
                f"--output-path={report}",
                *options,
            ],
            env={**os.environ, "CHROME_PATH": chromium},
            capture_output=True,
            text=True,
        )
        if again and "NO_NAVSTART" in done.stderr:  # it missed the beginning, and says: run again
            return visit(command, address, options, again=again - 1)
        if done.returncode:
            raise RuntimeError(f"Lighthouse at {address}: {done.stderr.strip()}")
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def summary(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The medians of some reports of one page, and what the last one faults in it."""
    row: dict[str, Any] = {
        score: round(100 * statistics.median(r["categories"][score]["score"] for r in reports))
        for score in SCORES
    }
    for audit, name in MEASURES.items():
        values = [report["audits"][audit]["numericValue"] for report in reports]
        row[name] = round(statistics.median(values), 3)
    last = reports[-1]
    weighed = {
        reference["id"]
        for score in SCORES[1:]
        for reference in last["categories"][score]["auditRefs"]
        if reference["weight"]
    }
    row["faults"] = sorted(name for name in weighed if last["audits"][name]["score"] == 0)
    row["holds"] = all(row[score] >= BAR for score in SCORES)
    return row


def main() -> int:
    """The exit code; prints the table and keeps it where --json says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="part of a page's address; home is home's")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    command = install()
    build_site.build()
    found = build_site.BUILT.glob("lessons/[0-9]*-*/index.html")
    lessons = sorted(path.parent.name for path in found)
    pages = {"home": "", **{f"lessons/{name}/": f"lessons/{name}/" for name in lessons}}
    table: dict[str, dict[str, Any]] = {}
    version = ""
    print(
        f"{'page':32} {'as':8} {'perf':>5} {'access':>6} {'best':>5} {'blocking':>9} {'shift':>6}"
    )
    with server.serve(build_site.BUILT, 0, isolated=True) as running:
        for name, place in pages.items():
            if options.only not in name:
                continue
            for preset, flags in PRESETS.items():
                reports = [visit(command, running.url + place, flags) for _ in range(options.runs)]
                version = reports[-1]["lighthouseVersion"]
                row = table[f"{name} {preset}"] = summary(reports)
                scores = "{:5} {:6} {:5}".format(*(row[score] for score in SCORES))
                blocking, shift = row["blocking_ms"], row["layout_shift"]
                faults = "" if row["holds"] else f"  under {BAR} {' '.join(row['faults'])}"
                print(
                    f"{name:32} {preset:8} {scores} {blocking:6.0f} ms {shift:6.3f}{faults}",
                    flush=True,
                )
    if options.json:
        record = {
            "date": datetime.date.today().isoformat(),
            "hardware": f"{os.cpu_count()} cores, {platform.machine()}",
            "versions": {"lighthouse": version, "python": platform.python_version()},
            "runs": options.runs,
            "bar": BAR,
            "table": table,
        }
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return int(not all(row["holds"] for row in table.values()))


if __name__ == "__main__":
    raise SystemExit(main())
