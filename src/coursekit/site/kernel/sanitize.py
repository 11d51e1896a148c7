"""HTML or SVG that a cell shows, with nothing left that could run, load or leave its place."""

import html
import html.parser
import re

_TAGS = {
    tag.lower(): tag
    for line in (
        "a abbr b br caption code dd div dl dt em figcaption figure h3 h4 h5 h6 hr i kbd li mark",
        "ol p pre s small span strong sub sup table tbody td tfoot th thead tr u ul var",
        "svg g defs title desc path line rect circle ellipse polyline polygon text tspan marker",
        "clipPath use",
    )
    for tag in line.split()
}
_VOID = {"br", "hr"}
_SILENT = {"script", "style", "iframe", "object", "template", "noscript", "textarea", "title"}
_ATTRIBUTES = {
    name.lower(): name
    for line in (
        "class colspan rowspan scope role title lang dir tabindex",
        "x y x1 x2 y1 y2 cx cy r rx ry dx dy d points width height viewBox preserveAspectRatio",
        "transform orient refX refY markerWidth markerHeight marker-end marker-start clip-path",
        "fill stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin",
        "opacity fill-opacity stroke-opacity",
        "font-size font-weight font-style text-anchor dominant-baseline",
    )
    for name in line.split()
}
_STYLE = re.compile(
    r"(?:color|background-color|font-weight|font-style|text-align|white-space|width|min-width|"
    r"max-width|padding|padding-\w+|margin-\w+|border-\w+|fill|stroke|stroke-width|opacity|font-size)"
    r"\s*:\s*(?!.*(?:url|expression|image|\\|<|@))[^;:{}]+"
)


class _Sanitizer(html.parser.HTMLParser):
    """Keeps an allowlist of tags and attributes; drops scripts and styles with their content."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT and not (tag == "title" and "svg" in self._open):
            self._silent += 1
        elif not self._silent and tag in _TAGS:
            kept = "".join(_attribute(tag, name, value or "") for name, value in attrs)
            self.parts.append(f"<{_TAGS[tag]}{kept}>")
            if tag not in _VOID:
                self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:  # <script/> opens a script in HTML, and its end may never come
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and not (tag == "title" and "title" in self._open):
            self._silent = max(0, self._silent - 1)
        elif not self._silent and tag in self._open:
            while True:  # closes what was left open inside
                closed = self._open.pop()
                self.parts.append(f"</{_TAGS[closed]}>")
                if closed == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(html.escape(data, quote=False))


def _attribute(tag: str, name: str, value: str) -> str:
    if name == "style":
        rules = [rule.strip() for rule in value.split(";")]
        value = "; ".join(rule for rule in rules if _STYLE.fullmatch(rule))
        allowed = bool(value)
    elif name == "href":
        allowed = tag == "a" and re.match(r"https?://", value) is not None
    elif name == "xlink:href":
        allowed = tag == "use" and value.startswith("#")
    elif name == "id":
        allowed = tag in {"marker", "clippath", "g", "path"}
    elif name.startswith("aria-"):
        allowed = True
    else:
        local = re.fullmatch(r"url\(#[\w-]+\)", value) is not None
        allowed = name in _ATTRIBUTES and ("url" not in value.lower() or local)
        name = _ATTRIBUTES.get(name, name)
    return f' {name}="{html.escape(value)}"' if allowed else ""


def sanitize(markup: str) -> str:
    """The markup with what is allowed alone, and every tag closed."""
    parser = _Sanitizer()
    parser.feed(markup)
    parser.close()
    closing = [f"</{_TAGS[tag]}>" for tag in reversed(parser._open)]
    return "".join(parser.parts + closing)
