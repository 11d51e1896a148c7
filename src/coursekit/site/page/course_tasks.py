"""What there is to do on each page, for the runtime, which knows how much of it is done.

Written to assets/coursekit/course.json; read by course_tasks.ts.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coursekit.site.markdown.course_fences import Cell, Exercise, Fence, Predict

FILE = "assets/coursekit/course.json"

_HEADING = re.compile(
    r'data-kind="exercise" data-task="([^"]+)".*?<h3 id="([^"]+)">(.*?)</h3>', re.DOTALL
)
_STARS = re.compile(r'<span class="stars".*?</span>')


def page(
    url: str, title: str, lesson: int | None, fences: Sequence[Fence], content: str
) -> dict[str, Any] | None:
    """One page, from its fences and its HTML; None if there is nothing to do on it."""
    headings = {found[1]: (found[2], found[3]) for found in _HEADING.finditer(content)}
    exercises = [
        {"id": each.id, "title": _plain(headings[each.id][1]), "anchor": headings[each.id][0]}
        for each in fences
        if isinstance(each, Exercise)
    ]
    cells = [each.id for each in fences if isinstance(each, Cell | Exercise)]
    predictions = [each.id for each in fences if isinstance(each, Predict)]
    if not cells and not predictions:
        return None
    about = {"url": url, "title": title, "lesson": lesson, "cells": cells}
    return {**about, "exercises": exercises, "predictions": predictions}


def _plain(heading: str) -> str:
    """A heading's words, without its stars; a formula as it was written."""
    text = re.sub(r"<[^>]+>", "", _STARS.sub("", heading))
    return html.unescape(text.replace(r"\(", "").replace(r"\)", "")).strip()


def dump(pages: Iterable[Mapping[str, Any]]) -> bytes:
    """The file, its pages in the order of the build."""
    return json.dumps({"pages": list(pages)}, ensure_ascii=False, indent=1).encode()
