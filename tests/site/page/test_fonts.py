"""The faces that the site serves: what they hold, what they weigh, whose they are."""

import json
import re
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from coursekit.site.page import fonts
from coursekit.site.paths import NODE_MODULES, ROOT, SITE

CSS = SITE / "theme/css/fonts.css"


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return fonts.build(
        ROOT / ".cache/fonts", NODE_MODULES
    )  # where the site's build has them already


def test_each_face_holds_the_characters_it_promises(built):
    for name, face in fonts.FACES.items():
        held = TTFont(BytesIO(built[name])).getBestCmap()
        assert {char for char in face.characters if ord(char) not in held} == set(), name


def test_each_face_keeps_only_the_axes_that_pages_use(built):
    axes = {
        (name, axis.axisTag, axis.minValue, axis.maxValue)
        for name in fonts.FACES
        if "fvar" in (font := TTFont(BytesIO(built[name])))
        for axis in font["fvar"].axes
    }
    assert axes == {(f"{name}.woff2", "wght", 400, 650) for name in ("serif", "sans", "mono")}


def test_the_faces_every_page_loads_stay_within_their_share_of_a_page(built):
    always = ("serif.woff2", "serif-italic.woff2", "display.woff2", "sans.woff2", "mono.woff2")
    assert sum(len(built[name]) for name in always) <= 95_000


def test_a_cut_face_does_not_bear_the_reserved_name_of_the_original(built):
    for name, face in fonts.FACES.items():
        names = TTFont(BytesIO(built[name]))["name"]
        assert names.getDebugName(1) == face.family, name


def test_the_licences_travel_with_the_faces(built):
    text = built["LICENCES.txt"].decode()
    for name in fonts.LICENCES:
        assert f"{name}\n===" in text
    assert text.count("SIL OPEN FONT LICENSE Version 1.1") >= 3


def test_the_same_bytes_come_from_another_build_and_from_the_cache(tmp_path, built, monkeypatch):
    some = {name: fonts.FACES[name] for name in ("sans.woff2", "symbols.woff2")}
    monkeypatch.setattr(fonts, "FACES", some)
    again = fonts.build(tmp_path, NODE_MODULES)
    assert again == {name: built[name] for name in again}
    monkeypatch.setattr(fonts, "_subset", None)  # the next build cuts nothing
    assert fonts.build(tmp_path, NODE_MODULES) == again


def test_the_style_sheet_names_exactly_the_files_that_are_made():
    assert set(re.findall(r"url\(\.\./fonts/([\w.-]+)\)", CSS.read_text())) == set(fonts.FACES)


def test_a_face_with_a_range_is_asked_for_each_character_it_holds():
    for block in re.findall(r"@font-face \{.*?\}", CSS.read_text(), re.DOTALL):
        name = re.search(r"fonts/([\w.-]+)\)", block)[1]
        if "unicode-range" not in block:
            continue
        spans = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", block)
        asked = {n for a, b in spans for n in range(int(a, 16), int(b or a, 16) + 1)}
        assert {char for char in fonts.FACES[name].characters if ord(char) not in asked} == set()


def test_every_character_that_a_page_can_show_is_in_a_face():
    words = ROOT / "src/coursekit/site/words"
    places = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("lessons/*.py"), *words.glob("*.json")]
    places += ROOT.glob("src/coursekit/engine/**/*.py")
    places += ROOT.glob("src/coursekit/site/theme/overrides/**/*.html")
    lacking = {}
    for path in places:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            text = "".join(json.loads(text).values())
        if found := fonts.missing(text):
            lacking[path.relative_to(ROOT).as_posix()] = sorted(found)
    assert lacking == {}, "add them to a face in fonts.py, or write them in another way"


def test_a_character_of_no_face_is_found_and_chinese_is_left_to_the_reader():
    assert fonts.missing("a → b ≈ λ 中文 ─") == set()
    assert fonts.missing("a ☃") == {"☃"}
