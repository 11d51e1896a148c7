"""Cells, exercises, predictions and listings -> HTML.

The only place that escapes, and the only names of data attributes.

cell.ts reads what is written here; tests/site/fixture.md is asserted from both sides.
"""

import dataclasses
import html
import json
import re
from collections.abc import Iterable, Sequence

import pygments.lexers
import pygments.token

from coursekit.site import paths
from coursekit.site.kernel import Output
from coursekit.site.markdown.control_comments import Control
from coursekit.site.markdown.course_fences import Cell, Exercise, Predict

_CLASSES = (  # token type, class; the first that holds wins
    (pygments.token.Comment, "c"),
    (pygments.token.String, "s"),
    (pygments.token.Number, "n"),
    (pygments.token.Keyword.Constant, "b"),
    (pygments.token.Keyword, "b"),
    (pygments.token.Operator.Word, "b"),
)
_LEXER = pygments.lexers.PythonLexer(ensurenl=False, stripnl=False)
_CELL = '<section class="cell"'
WIDE = 40  # characters of a line that fit on a phone


def words(language: str) -> dict[str, str]:
    """What the site says to a reader, by key; English where a language has no file."""
    known: dict[str, str] = {}
    for name in ("en", "en-more", language, f"{language}-more"):
        path = paths.SITE / "words" / f"{name}.json"
        if path.exists():
            known.update(json.loads(path.read_text(encoding="utf-8")))
    return known


# --- cells ----------------------------------------------------------------------------------------


def cell(
    cell: Cell, outputs: Sequence[Output], number: int, figure: str, say: dict[str, str]
) -> str:
    """A live cell with the outputs of the build; `figure` is the number of its figure, if any."""
    attributes = {
        "class": "cell",
        "id": f"cell-{cell.id}",
        "data-cell": cell.id,
        "data-state": "idle",
        "data-raises": cell.raises,
        "data-rtol": f"{cell.rtol:g}" if cell.rtol else "",
        "data-varies": cell.varies,
        "data-holds": cell.holds,
        "data-alt": cell.alt,
        "data-caption": cell.caption,
        "data-figure": figure,
        "data-controls": _controls(cell.controls),
        "aria-label": say["code_cell"].format(number=number),
    }
    flags = " data-wide" if cell.wide else ""
    bad = next((output["line"] for output in outputs if output["kind"] == "error"), None)
    shown = "".join(_outputs(outputs, cell, figure, say))
    return _live(f"{_attributes(attributes)}{flags}", code(cell.code, bad=bad), shown)


def _live(attributes: str, source: str, shown: str) -> str:
    """The bands of a cell; run_bar.ts fills the run bar, which without a script stays hidden."""
    return (
        f"<section{attributes}>{source}"
        '<div class="rule" hidden></div>'
        f'<div class="out" data-search-exclude>{shown}</div></section>'
    )


def _controls(controls: Sequence[Control]) -> str:
    return json.dumps([dataclasses.asdict(each) for each in controls]) if controls else ""


def listing(text: str, title: str, href: str, say: dict[str, str]) -> str:
    """Some of the project's source, with the link to its file and line.

    Without `href` it is a whole file, whose lines can be linked to as #L12.
    """
    name = html.escape(say["source_of"].format(name=title))
    if not href:
        return f'<section class="listing" aria-label="{name}">{code(text, anchors=True)}</section>'
    link = f'<a href="{html.escape(href)}">{html.escape(title)}</a>'
    return (
        f'<section class="listing" aria-label="{name}">'
        f'{code(text)}<p class="from">{link}</p></section>'
    )


def code(text: str, bad: int | None = None, anchors: bool = False) -> str:
    """Highlighted Python: a span per line, each ending in a newline; `bad` is the failing line.

    Of a <code> that stands right in a <pre> Material's script watches the size, and asks for the
    layout of the page as often as there are cells in it; hence the <span>.
    """
    lines: list[list[str]] = [[]]
    for kind, value in _LEXER.get_tokens(text.rstrip("\n")):
        name = next((name for parent, name in _CLASSES if kind in parent), None)
        for index, part in enumerate(value.split("\n")):
            if index:
                lines.append([])
            if part:
                escaped = html.escape(part, quote=False)
                lines[-1].append(f'<span class="{name}">{escaped}</span>' if name else escaped)
    spans = []
    for number, parts in enumerate(lines, start=1):
        mark = " bad" if number == bad else ""
        anchor = f' id="L{number}"' if anchors else ""
        spans.append(f'<span class="ln{mark}"{anchor}>{"".join(parts)}\n</span>')
    count = f'style="--lines: {len(spans)}"'  # the height of what is not drawn yet
    return f'<pre class="src" tabindex="0" {count}><span><code>{"".join(spans)}</code></span></pre>'


def _outputs(
    outputs: Iterable[Output], cell: Cell, figure: str, say: dict[str, str]
) -> Iterable[str]:
    for output in joined(outputs):
        match output:
            case {"kind": "text", "stream": stream, "text": text}:
                attributes = f'class="text" data-stream="{stream}"{_reachable(text)}'
                yield f"<pre {attributes}>{html.escape(text)}</pre>"
            case {"kind": "value", "text": text}:
                yield f'<pre class="value"{_reachable(text)}>{html.escape(text)}</pre>'
            case {"kind": "html", "html": markup}:  # the kernel has sanitized it
                yield f'<div class="rich">{markup}</div>'
            case {"kind": "figure"}:
                yield _figure(output, cell, figure, say)
            case {"kind": "movie", "frames": [*_, last]}:  # the rest is recorded when it runs
                yield _figure({"svg": last}, cell, figure, say, "movie")
            case {"kind": "strip"}:
                yield _strip(output)
            case {"kind": "error", "type": kind, "message": message, "line": line}:
                place = "" if line is None else str(line)
                trace = html.escape(output["traceback"])
                yield (
                    f'<div class="error" data-type="{html.escape(kind)}" data-line="{place}">'
                    f'<p class="why"><b>{html.escape(kind)}</b> {html.escape(message)}</p>'
                    f"{_help(output.get('help'), say)}"
                    f'<details class="fold"><summary>{say["traceback"]}</summary>'
                    f'<pre class="traceback">{trace}</pre></details></div>'
                )


def _reachable(text: str) -> str:
    """What may be wider than a phone scrolls, and the keyboard must be able to reach it."""
    wide = any(len(line) > WIDE for line in text.split("\n"))
    return ' tabindex="0"' if wide else ""


def _help(help: dict[str, str] | None, say: dict[str, str]) -> str:
    if help is None:
        return ""
    return f'<p class="help">{inline(say[help["key"]].format_map(help))}</p>'


def _strip(output: Output) -> str:
    """Tokens coloured by a number: --v is its share of the largest, its title says it."""
    largest = max((abs(value) for value in output["values"]), default=0.0) or 1.0
    unit = f" {output['unit']}" if output["unit"] else ""
    tokens = "".join(
        f'<span class="token" tabindex="0" role="img" style="--v:{abs(value) / largest:.3f}"'
        f' aria-label="{html.escape(f"{token}: {value:.3g}{unit}")}"'
        f' data-value="{value:.3g}{html.escape(unit)}">{html.escape(token)}</span>'
        for token, value in zip(output["tokens"], output["values"], strict=True)
    )
    label = html.escape(output["name"] + (f" ({output['unit']})" if output["unit"] else ""))
    return f'<div class="strip" role="group" aria-label="{label}">{tokens}</div>'


def joined(outputs: Iterable[Output]) -> list[Output]:
    """Consecutive chunks of one stream as one text."""
    result: list[Output] = []
    for output in outputs:
        last = result[-1] if result else {}
        if output["kind"] == "text" and last.get("stream") == output["stream"]:
            result[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            result.append(output)
    return result


def _figure(output: Output, cell: Cell, number: str, say: dict[str, str], kind: str = "") -> str:
    alt = html.escape(cell.alt or cell.caption or say["figure_of"].format(cell=cell.id))
    if "svg" in output:
        picture = output["svg"].replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)
    else:
        picture = "".join(
            f'<img class="{scheme}" alt="{alt}" src="data:image/png;base64,{output[key]}">'
            for scheme, key in (("light", "png"), ("dark", "dark"))
        )
    caption = ""
    if cell.caption:
        label = html.escape(say["figure"].format(number=number))
        caption = f"<figcaption><b>{label}</b> {inline(cell.caption)}</figcaption>"
    names = " ".join(filter(None, ("figure", kind, "wide" if cell.wide else "")))
    reach = ' tabindex="0"' if cell.wide else ""  # it scrolls on a phone
    return f'<figure class="{names}"{reach}>{picture}{caption}</figure>'


# --- tasks ----------------------------------------------------------------------------------------


def exercise_start(task: Exercise, heading: str, number: str, say: dict[str, str]) -> str:
    """What begins an exercise: its section and its heading, numbered, with the stars at its end.

    `heading` is the <h3> that Markdown made; the task's text follows, then `exercise_end`.
    """
    attributes = {
        "class": "task",
        "data-kind": "exercise",
        "data-task": task.id,
        "data-status": "new",
    }
    found = re.fullmatch(r"(<h3[^>]*>)(.*?)\s*(★*)</h3>", heading, re.DOTALL)
    assert found is not None, heading
    opening, title, stars = found.groups()
    label = say["exercise"].format(number=number)
    if stars:
        said = say["stars"].format(n=len(stars))
        stars = f' <span class="stars" role="img" aria-label="{html.escape(said)}">{stars}</span>'
    return (
        f'<section{_attributes(attributes)}><span class="node" aria-hidden="true"></span>'
        f"{opening}{html.escape(label)} {title}{stars}</h3>"
        f'<p class="mark" role="status" hidden></p>'
    )


def exercise_end(task: Exercise, number: str, say: dict[str, str]) -> str:
    """The rest of an exercise: the starter as a cell, the hints, the solution, the checks."""
    # An attribute and no <script>: instant navigation makes such a script anew, without its type.
    checks = [{"says": inline(check.says), "code": check.code} for check in task.checks]
    attributes = {
        "class": "cell",
        "id": f"cell-{task.id}",
        "data-cell": task.id,
        "data-state": "idle",
        "data-exercise": task.id,
        "data-checks": json.dumps(checks),
        "aria-label": say["exercise"].format(number=number),
    }
    hints = "".join(
        _fold("hint", say["hint"].format(n=n, of=len(task.hints)), f"<p>{inline(text)}</p>")
        for n, text in enumerate(task.hints, start=1)
    )
    why = f"<p>{inline(task.why)}</p>" if task.why else ""
    solution = _fold("solution", say["solution"], code(task.solution) + why)
    return f"{_live(_attributes(attributes), code(task.code), '')}{hints}{solution}</section>"


def predict(task: Predict, say: dict[str, str]) -> str:
    """A question that stands before the cell which answers it; without a script, all replies."""
    attributes = {
        "class": "task",
        "id": f"predict-{task.id}",
        "data-kind": "predict",
        "data-task": task.id,
        "data-status": "new",
        "data-for": task.cell,
        "data-type": task.type,
        "data-right": task.right,
        "data-tolerance": f"{task.tolerance:g}" if task.type == "number" else "",
    }
    replies = "".join(
        f'<dt data-answer="{html.escape(answer)}">{inline(answer)}</dt><dd>{inline(reply)}</dd>'
        for answer, reply in task.replies
    )
    listed = _fold("replies", say["replies"], f"<dl>{replies}</dl>")
    return (
        f'<section{_attributes(attributes)}><header><span class="node" aria-hidden="true"></span>'
        f'<h3>{say["predict"]}</h3><span class="mark">{say["predict_first"]}</span></header>'
        f'<p class="prompt">{inline(task.prompt)}</p>{listed}</section>'
    )


def _fold(kind: str, title: str, inside: str) -> str:
    return f'<details class="fold {kind}"><summary>{html.escape(title)}</summary>{inside}</details>'


# --- the page -------------------------------------------------------------------------------------


def arrange(content: str) -> str:
    """A page whose cells, exercises and questions are in place -> the page.

    Several cells have tools in common (page.ts), for which room is kept above the first. A question
    before the first section is a heading of the page's own level.
    """
    if content.count(_CELL) > 1:
        content = content.replace(_CELL, f'<div class="room"></div>{_CELL}', 1)
    above, section, rest = content.partition("<h2")
    return above.replace("<h3>", '<h3 aria-level="2">') + section + rest


# --- text -----------------------------------------------------------------------------------------


def inline(text: str) -> str:
    """A sentence of an option or a reply: escaped, with `code`, *emphasis*, **strong**, $formula$.

    Formulas are left as arithmatex spans, which math.py sets with those of the page.
    """
    parts = re.split(r"(`[^`]+`|\$[^$]+\$)", html.escape(text, quote=False))
    for number, part in enumerate(parts):
        if part.startswith("`") and len(part) > 2:
            parts[number] = f"<code>{part[1:-1]}</code>"
        elif part.startswith("$") and len(part) > 2:
            parts[number] = f'<span class="arithmatex">\\({part[1:-1]}\\)</span>'
        else:
            part = re.sub(r"\*\*(\S[^*]*)\*\*", r"<strong>\1</strong>", part)
            parts[number] = re.sub(r"\*(\S[^*]*)\*", r"<em>\1</em>", part)
    return "".join(parts)


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items() if value)
