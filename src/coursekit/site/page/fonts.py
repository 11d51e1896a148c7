"""Cut the course's type to the characters and axes its pages use.

The npm packages hold whole families (277 kB for the five faces below, latin alone). Cut, they are a
third of that. Every result is cached by what it was made from, so a build pays once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from coursekit.site.atomic_write import write

LATIN = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0§©°·×áàâäåçéèêëíîïñóòôöøúùûüßÅÉÖÜ–—‘’“”•…−↑↓"
"""What a page may use in every face: English, and the names of people in western Europe."""

NUMERIC = "±µ²³¹½¼¾′″"
"""Signs beside numbers. Instrument Sans has none of them."""

GREEK = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
SYMBOLS = "→←↔⇒≈≤≥∞∂∇√∈∥⊤"
MARKS = "✓★"
"""What the latin files lack. These faces have a unicode-range: a page that shows none of their
characters does not load them."""

SYSTEM = ((0x2500, 0x259F), (0x2E80, 0x9FFF), (0xFF00, 0xFFEF))
"""Boxes and bars, and Chinese: the stacks in tokens.css name faces of the reader's own."""

_TEXT = ("kern", "liga", "mark", "mkmk", "locl", "ccmp", "pnum", "tnum")
_CODE = ("kern", "mark", "locl", "ccmp")

_SERIF = "@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz"
_SANS = "@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght"
_MONO = "@fontsource-variable/source-code-pro/files/source-code-pro-latin-wght"

LICENCES = {
    "Source Serif 4": "@fontsource-variable/source-serif-4/LICENSE",
    "Instrument Sans": "@fontsource-variable/instrument-sans/LICENSE",
    "Source Code Pro": "@fontsource-variable/source-code-pro/LICENSE",
    "KaTeX": "katex/LICENSE",
}


@dataclass(frozen=True)
class Face:
    """One font file of the site."""

    family: str  # the name in the file: ours, since the licence reserves the original's
    source: str  # below node_modules
    axes: dict[str, float | tuple[float, float]] = field(default_factory=dict)  # pinned or narrowed
    features: tuple[str, ...] = ()
    characters: str = LATIN


FACES = {
    "serif.woff2": Face(
        "Text Serif",
        f"{_SERIF}-normal.woff2",
        {"opsz": 16, "wght": (400, 650)},
        _TEXT,
        LATIN + NUMERIC,
    ),
    "serif-italic.woff2": Face(
        "Text Serif", f"{_SERIF}-italic.woff2", {"opsz": 16, "wght": 400}, _TEXT, LATIN + NUMERIC
    ),
    "display.woff2": Face(
        "Display Serif", f"{_SERIF}-normal.woff2", {"opsz": 60, "wght": 560}, _TEXT
    ),
    "sans.woff2": Face("UI Sans", f"{_SANS}-normal.woff2", {"wght": (400, 650)}, _TEXT),
    "mono.woff2": Face(
        "Code Mono", f"{_MONO}-normal.woff2", {"wght": (400, 650)}, _CODE, LATIN + NUMERIC
    ),
    "symbols.woff2": Face(
        "Symbols", "katex/dist/fonts/KaTeX_Main-Regular.woff2", characters=SYMBOLS
    ),
    "marks.woff2": Face("Symbols", "katex/dist/fonts/KaTeX_AMS-Regular.woff2", characters=MARKS),
    "serif-greek.woff2": Face(
        "Text Serif",
        f"{_SERIF.replace('latin', 'greek')}-normal.woff2",
        {"opsz": 16, "wght": 400},
        characters=GREEK,
    ),
    "mono-greek.woff2": Face(
        "Code Mono",
        f"{_MONO.replace('latin', 'greek')}-normal.woff2",
        {"wght": 400},
        characters=GREEK,
    ),
}


def missing(text: str) -> set[str]:
    """The characters of a text that no face of the site holds and no system face is named for."""
    held = {char for face in FACES.values() for char in face.characters}
    return {
        char
        for char in set(text) - held - {"\n", "\t"}
        if not any(first <= ord(char) <= last for first, last in SYSTEM)
    }


def build(cache_dir: Path, node_modules: Path) -> dict[str, bytes]:
    """Make every face, and the licences that must travel with them: file name -> bytes."""
    files = {name: _cut(face, cache_dir, node_modules) for name, face in FACES.items()}
    texts = (
        f"{name}\n{'=' * len(name)}\n\n{(node_modules / path).read_text('utf-8').strip()}\n"
        for name, path in LICENCES.items()
    )
    return files | {"LICENCES.txt": "\n\n".join(texts).encode()}


def cut(source: bytes, characters: str, *, features: tuple[str, ...] = ()) -> bytes:
    """Return the font reduced to some characters, as woff2 without hinting."""
    return _subset(TTFont(BytesIO(source), recalcTimestamp=False), characters, features)


def _cut(face: Face, cache_dir: Path, node_modules: Path) -> bytes:
    source = (node_modules / face.source).read_bytes()
    recipe = f"{face} fonttools {version('fonttools')}".encode() + Path(__file__).read_bytes()
    cached = cache_dir / f"{hashlib.sha256(source + recipe).hexdigest()[:20]}.woff2"
    if cached.is_file():
        return cached.read_bytes()
    font = TTFont(BytesIO(source), recalcTimestamp=False)
    if face.axes:
        pinned = BytesIO()
        instance = instantiateVariableFont(font, face.axes)
        instance.recalcTimestamp = False
        instance.save(pinned)
        # Read afresh: the subsetter cannot take an instance half in memory.
        font = TTFont(pinned, recalcTimestamp=False)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = face.family if record.nameID != 6 else face.family.replace(" ", "")
    data = _subset(font, face.characters, face.features)
    write(cached, data)
    return data


def _subset(font: TTFont, characters: str, features: tuple[str, ...]) -> bytes:
    options = Options(
        layout_features=list(features), name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], hinting=False
    )
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()
