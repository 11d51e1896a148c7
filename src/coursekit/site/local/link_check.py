"""Finds links of the built site that lead nowhere.

python -m coursekit.site.local.link_check build/site

Looks at every href and src of every page, whoever wrote it; other hosts are not asked.
"""

import html.parser
import pathlib
import sys
import urllib.parse
from collections.abc import Iterable


class _Page(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors = {""}
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value or "")
            elif name in ("href", "src", "xlink:href") and value is not None:
                self.links.append(value)


def broken(site: pathlib.Path) -> Iterable[tuple[str, str, str]]:
    """(page, link, what is wrong with it) for each link that leads nowhere."""
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for page, held in pages.items():
        if page.name == "404.html":  # shown at any address, so its links begin at the host
            continue
        for link in dict.fromkeys(held.links):
            wrong = _wrong(link, page, pages, site)
            if wrong:
                yield page.relative_to(site).as_posix(), link, wrong


def _wrong(
    link: str, page: pathlib.Path, pages: dict[pathlib.Path, _Page], site: pathlib.Path
) -> str:
    parts = urllib.parse.urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    if parts.path.startswith("/"):
        return "begins at the host; the site may stand under a prefix"
    target = (page.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else page
    if not target.is_relative_to(site):
        return "leads out of the site"
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return "no such file"
    anchor = urllib.parse.unquote(parts.fragment)
    if target in pages and anchor not in pages[target].anchors:
        return f"no id {anchor!r} there"
    return ""


def main(site: pathlib.Path) -> int:
    """Print what is broken; the exit code."""
    found = list(broken(site.resolve()))
    for page, link, wrong in found:
        print(f"{page}: {link!r}: {wrong}")
    print(f"{len(found)} broken links")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
