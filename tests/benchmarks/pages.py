"""What a first visit transfers before Python begins to load, by page and by part.

    python3 dev.py bench pages [--json results.json]

Each page of the navigation, and the gallery, is opened in a new Chromium profile, until it has
loaded and the network is quiet. What it asked for is weighed as a good host sends it: text through
brotli -q 11, faces and pictures as they are. Files that only running needs are left out (RUNNING):
they begin to come when a reader is near a cell. A home page may weigh 175 kB, a lesson 240 kB and
its HTML; of these, faces 120 kB and scripts 50 kB.
"""

import argparse
import collections
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import urllib.parse
from collections.abc import Iterable
from typing import Any

import brotli
from playwright.sync_api import Browser, sync_playwright

from coursekit.site.local import build_site, server

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ""
PARTS = {
    ".html": "html",
    ".css": "css",
    ".js": "script",
    ".mjs": "script",
    ".woff2": "fonts",
    ".png": "images",
    ".webp": "images",
    ".svg": "images",
}
PACKED = {".woff2", ".png", ".webp"}  # what brotli would make no smaller
RUNNING = re.compile(
    r"/pyodide-[0-9.]+/|\.whl$|\.safetensors$"
    r"|/coursekit(-\w+)?/(runtime\.json|(worker|outputs-\w+)\.js)$"
)
BARS = {"home": 175_000, "lesson": 240_000, "fonts": 120_000, "script": 50_000}  # bytes


def places(site: pathlib.Path) -> list[str]:
    """The home page, every lesson, and one page of each other kind."""
    lessons = sorted(path.parent.name for path in site.glob("lessons/[0-9]*-*/index.html"))
    others = ["notation/", "progress/", "reference/", "gallery/"]
    return [HOME, *(f"lessons/{name}/" for name in lessons), *others]


def weigh(site: pathlib.Path, files: Iterable[str]) -> dict[str, int]:
    """Bytes of each part, of files by their path in the site."""
    parts: collections.Counter[str] = collections.Counter()
    for name in sorted(set(files)):
        path = site / name
        data = path.read_bytes()
        packed = data if path.suffix in PACKED else brotli.compress(data, quality=11)
        parts[PARTS.get(path.suffix, "other")] += len(packed)
    return dict(parts)


def asked(browser: Browser, root: str, place: str) -> list[str]:
    """The files of the site that a first visit of a page asks for before Python's."""
    # The service worker's own copies are no part of what a page waits for.
    context = browser.new_context(viewport={"width": 1440, "height": 900}, service_workers="block")
    addresses: list[str] = []
    context.on("request", lambda request: addresses.append(request.url))
    context.route(RUNNING, lambda route: route.abort())  # nor is what these would ask for
    page = context.new_page()
    page.goto(root + place, wait_until="load")
    page.wait_for_load_state("networkidle")
    if page.locator("section.cell").count():  # the last scripts have come and done their work
        page.wait_for_selector("section.cell button.run")
    context.close()
    paths = [urllib.parse.urlsplit(each)._replace(query="", fragment="").geturl()
             for each in addresses if each.startswith(root)]  # fmt: skip
    names = [path.removeprefix(root) for path in paths if not RUNNING.search(path)]
    return [f"{name}index.html" if name == "" or name.endswith("/") else name for name in names]


def beyond(place: str, parts: dict[str, int]) -> list[str]:
    """What of a home page or a lesson is heavier than it may be, in words."""
    if place != HOME and not place.startswith("lessons/"):
        return []
    kind = "home" if place == HOME else "lesson"
    total = sum(parts.values()) - (parts["html"] if kind == "lesson" else 0)
    weights = {kind: total, "fonts": parts["fonts"], "script": parts["script"]}
    return [
        f"{place or 'home'}: {what} {weight} bytes; the bar is {BARS[what]}"
        for what, weight in weights.items()
        if weight > BARS[what]
    ]


def measure(site: pathlib.Path) -> dict[str, dict[str, int]]:
    """Place -> part -> bytes."""
    found = os.environ.get("COURSEKIT_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright, server.serve(site, 0, isolated=False) as running:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        table = {place: weigh(site, asked(browser, running.url, place)) for place in places(site)}
        browser.close()
    return table


def main() -> int:
    """The exit code; prints the table and keeps it where --json says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    build_site.build()
    table = measure(build_site.BUILT)
    parts = ("html", "css", "script", "fonts", "images", "other")
    print(f"{'kB':32}" + "".join(f"{part:>8}" for part in (*parts, "sum", "no html")))
    for place, row in table.items():
        total = sum(row.values())
        values = [*(row.get(part, 0) for part in parts), total, total - row["html"]]
        print(f"{place or 'home':32}" + "".join(f"{value / 1000:8.1f}" for value in values))
    heavy = [line for place, row in table.items() for line in beyond(place, row)]
    print("\n".join(heavy) or "every bar holds")
    if options.json:
        record: dict[str, Any] = {
            "date": datetime.date.today().isoformat(),
            "hardware": f"{os.cpu_count()} cores, {platform.machine()}",
            "versions": {"brotli": brotli.__version__, "python": platform.python_version()},
            "bars": BARS,
            "bytes": table,
        }
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return int(bool(heavy))


if __name__ == "__main__":
    raise SystemExit(main())
