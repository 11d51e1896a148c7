"""sw.js names every file that a reader may want, with its hash."""

import base64
import hashlib
import json

import pytest

from coursekit.site.ship import service_worker

HELD = {
    "index.html": "home",
    "offline.html": "offline",
    "sitemap.xml": "map",
    "lessons/1/index.html": "lesson",
    "search/search_index.json": "{}",
    "assets/mark.svg": "mark",
    "assets/page.png": "picture",
    "assets/coursekit-0a1b2c3d4e5f/main.js": "main",
    "assets/coursekit-0a1b2c3d4e5f/toy-1.safetensors": "weights",
    "assets/fonts/serif.woff2": "font",
    "assets/fonts/LICENCES.txt": "licence",
    "assets/katex/katex.css": "css",
    "assets/katex/fonts/main.woff2": "face",
    "assets/stylesheets/main.1.min.css": "css",
    "assets/javascripts/bundle.1.js": "js",
    "assets/javascripts/bundle.1.js.map": "map",
    "assets/javascripts/lunr/min/lunr.de.min.js": "de",
    "assets/weights/toy.safetensors": "weights",
    "assets/pyodide-0.28.3/pyodide.asm.wasm": "wasm",
    "404.html": "lost",
    "objects.inv": "",
    "sitemap.xml.gz": "",
    ".nojekyll": "",
    "sw.js": "an older one",
}
OUT = {
    "404.html",
    "objects.inv",
    "sitemap.xml.gz",
    ".nojekyll",
    "sw.js",
    "assets/katex/katex.css",
    "assets/stylesheets/main.1.min.css",
    "assets/weights/toy.safetensors",
    "assets/javascripts/bundle.1.js.map",
    "assets/javascripts/lunr/min/lunr.de.min.js",
}
LATER = {
    "lessons/1/index.html",
    "search/search_index.json",
    "assets/page.png",
    "assets/coursekit-0a1b2c3d4e5f/toy-1.safetensors",
    "assets/fonts/LICENCES.txt",
    "assets/pyodide-0.28.3/pyodide.asm.wasm",
}


@pytest.fixture
def site(tmp_path):
    for name, text in HELD.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def read(site):
    first, _, rest = (site / "sw.js").read_text().partition(";\n")
    return json.loads(first.removeprefix("const COURSE=")), rest


def test_the_script_begins_with_every_file_its_hash_and_its_bytes(site):
    service_worker.write(site, b"begin()")
    course, script = read(site)
    assert script == "begin()"
    assert set(course["files"]) == set(HELD) - OUT
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"lesson").digest()).decode()[:12]
    assert course["files"]["lessons/1/index.html"] == [digest, 6]


def test_what_every_page_needs_comes_first_and_weights_and_python_when_asked_for(site):
    service_worker.write(site, b"")
    assert set(read(site)[0]["shell"]) == set(HELD) - OUT - LATER


def test_the_same_site_is_the_same_version_and_any_change_is_another(site):
    versions = []
    for text in ("lesson", "lesson", "lesson, changed"):
        (site / "lessons/1/index.html").write_text(text)
        service_worker.write(site, b"")
        versions.append(read(site)[0]["version"])
    assert versions[0] == versions[1] != versions[2]
