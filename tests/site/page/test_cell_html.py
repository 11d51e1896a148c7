"""Cells -> HTML: escaped once, and the names that cell.ts reads."""

import html.parser
import json
import re

import pytest

from coursekit.site.markdown.control_comments import find_controls
from coursekit.site.markdown.course_fences import Cell, Check, Exercise, Predict
from coursekit.site.page import cell_html as write

WORDS = write.words("en")


class _Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def parsed(markup):
    parser = _Text()
    parser.feed(markup)
    parser.close()
    return parser


def cell(outputs=(), figure="", code="x = 1", **options):
    return write.cell(Cell(id="fit", code=code, line=1, **options), outputs, 3, figure, WORDS)


CODES = [
    "x = 1",
    "if a < b and 'c' > \"d\":  # <b>&amp;\n\n    pass",
    's = """one\n  two\n"""\nprint(s)',
    "def f(x):\n\treturn f'{x:>3}'\n\n\n# end",
    "x = (\n  1,\n)",
    "π = '中文'",
]


@pytest.mark.parametrize("code", CODES)
def test_the_text_of_the_highlighted_code_is_the_code(code):
    page = parsed(write.code(code))
    assert page.text == code + "\n"
    lines = [attrs for tag, attrs in page.tags if attrs.get("class", "").startswith("ln")]
    assert len(lines) == code.count("\n") + 1


def test_token_classes():
    markup = write.code("for x in range(3):  # why\n    print('a', None)")
    for expected in (
        '<span class="b">for</span>',
        '<span class="n">3</span>',
        '<span class="c"># why</span>',
        '<span class="b">None</span>',
    ):
        assert expected in markup


def test_a_cell_carries_what_its_fence_says():
    [section] = [
        attrs
        for tag, attrs in parsed(
            cell(raises="ValueError", rtol=1e-3, holds="a < 'b'", alt='say "x"', wide=True)
        ).tags
        if tag == "section"
    ]
    assert section == {
        "class": "cell",
        "id": "cell-fit",
        "data-cell": "fit",
        "data-state": "idle",
        "data-raises": "ValueError",
        "data-rtol": "0.001",
        "data-holds": "a < 'b'",
        "data-alt": 'say "x"',
        "data-wide": None,
        "aria-label": "Code cell 3",
    }


def test_text_is_escaped_and_chunks_of_a_stream_are_joined():
    outputs = [
        {"kind": "text", "stream": "stdout", "text": "<b>"},
        {"kind": "text", "stream": "stdout", "text": "&\n"},
        {"kind": "text", "stream": "stderr", "text": "c"},
        {"kind": "value", "text": "array(<3)"},
    ]
    markup = cell(outputs)
    assert '<pre class="text" data-stream="stdout">&lt;b&gt;&amp;\n</pre>' in markup
    assert '<pre class="text" data-stream="stderr">c</pre>' in markup
    assert '<pre class="value">array(&lt;3)</pre>' in markup


def test_an_error_marks_its_line_and_folds_its_traceback():
    error = {
        "kind": "error",
        "type": "ValueError",
        "message": "a < b",
        "line": 2,
        "traceback": 'File "<cell fit>"',
    }
    markup = cell([error], code="x = 1\nf(x)")
    assert '<span class="ln bad">f(x)\n</span>' in markup
    assert '<div class="error" data-type="ValueError" data-line="2">' in markup
    assert '<p class="why"><b>ValueError</b> a &lt; b</p>' in markup
    assert '<pre class="traceback">File &quot;&lt;cell fit&gt;&quot;</pre>' in markup


def test_a_figure_has_a_name_a_caption_and_a_number():
    outputs = [{"kind": "figure", "svg": '<svg viewBox="0 0 1 1"></svg>'}]
    markup = cell(outputs, "1.2", alt="It falls < fast", caption="The `loss` *falls*", wide=True)
    assert (
        '<figure class="figure wide" tabindex="0"><svg role="img" aria-label="It falls &lt; fast"'
        in markup
    )
    assert (
        "<figcaption><b>Figure 1.2</b> The <code>loss</code> <em>falls</em></figcaption>" in markup
    )


def test_a_heavy_figure_has_one_picture_for_each_scheme():
    markup = cell([{"kind": "figure", "png": "AA", "dark": "BB"}], alt="a")
    assert '<img class="light" alt="a" src="data:image/png;base64,AA">' in markup
    assert '<img class="dark" alt="a" src="data:image/png;base64,BB">' in markup


def test_a_language_without_a_file_speaks_english():
    assert write.words("xx") == WORDS


def test_a_movie_stands_still_on_its_last_frame():
    markup = cell([{"kind": "movie", "frames": ["<svg a></svg>", "<svg b></svg>"], "labels": []}])
    assert '<figure class="figure movie"><svg role="img"' in markup
    assert " b></svg>" in markup
    assert " a></svg>" not in markup


def test_a_strip_says_its_numbers():
    strip = {"kind": "strip", "tokens": ["<", "b"], "values": [1, -4], "name": "n", "unit": "nats"}
    markup = cell([strip])
    assert '<div class="strip" role="group" aria-label="n (nats)">' in markup
    assert 'style="--v:0.250" aria-label="&lt;: 1 nats" data-value="1 nats">&lt;</span>' in markup
    assert "--v:1.000" in markup


def test_help_stands_under_the_error():
    error = {"kind": "error", "type": "NameError", "message": "m", "line": 1, "traceback": ""}
    error["help"] = {"key": "help_name", "name": "lost"}
    assert '<p class="help">Nothing is called <code>lost</code> yet.' in cell([error])


# --- tasks ----------------------------------------------------------------------------------------

EXERCISE = Exercise(
    id="double",
    code="x = ...",
    line=1,
    hints=("Look *up*.", "Use `2 * x`, or $2x$."),
    checks=(Check("it <doubles>", "assert '</script>'", 2),),
    mistakes=(),
    solution="x = 2",
    why="Because.",
)


def test_an_exercise_wraps_its_heading_and_counts_its_stars():
    start = write.exercise_start(EXERCISE, '<h3 id="a">Double it ★★</h3>', "1.2", WORDS)
    assert (
        '<section class="task" data-kind="exercise" data-task="double" data-status="new">' in start
    )
    assert '<h3 id="a">Exercise 1.2. Double it <span class="stars" role="img"' in start
    assert 'aria-label="2 of 3 stars">★★</span></h3>' in start


def test_an_exercise_ends_with_hints_solution_and_checks_that_cannot_escape():
    end = write.exercise_end(EXERCISE, "1.2", WORDS)
    assert "<summary>Hint 1 of 2</summary><p>Look <em>up</em>.</p>" in end
    assert '<code>2 * x</code>, or <span class="arithmatex">\\(2x\\)</span>.' in end
    assert '<details class="fold solution">' in end
    assert "</script>" not in end
    data = html.unescape(re.search(r'data-checks="([^"]*)"', end)[1])
    assert json.loads(data) == [{"says": "it &lt;doubles&gt;", "code": "assert '</script>'"}]


def test_a_prediction_names_its_cell_and_keeps_its_replies():
    replies = (("7", "Yes & so."), ("right", "r"), ("other", "o"))
    task = Predict("big", "How *big*?", replies, "x < 3", 1, "fit", "number", 0.5)
    markup = write.predict(task, WORDS)
    assert 'data-for="fit" data-type="number" data-right="x &lt; 3" data-tolerance="0.5"' in markup
    assert '<p class="prompt">How <em>big</em>?</p>' in markup
    assert '<dt data-answer="7">7</dt><dd>Yes &amp; so.</dd>' in markup


def test_controls_are_handed_to_the_page():
    [control] = find_controls("lr = 0.1  # slider 0 to 1: rate")
    [section] = [a for t, a in parsed(cell(controls=(control,))).tags if t == "section"]
    [data] = json.loads(section["data-controls"])
    assert (data["kind"], data["names"], data["label"], data["high"]) == (
        "slider",
        ["lr"],
        "rate",
        1,
    )


CELL = '<section class="cell" id="cell-{}" data-cell="{}"></section>'


def test_room_is_kept_above_the_first_of_several_cells():
    one, two = CELL.format("a", "a"), CELL.format("b", "b")
    assert (
        write.arrange(f"<p>text</p>{one}{two}") == f'<p>text</p><div class="room"></div>{one}{two}'
    )
    assert write.arrange(f"<p>text</p>{one}") == f"<p>text</p>{one}"


def test_a_question_above_the_first_section_is_no_part_of_one():
    content = '<h3>Predict</h3><h2 id="a">A</h2><h3>Predict</h3>'
    assert write.arrange(content) == content.replace("<h3>", '<h3 aria-level="2">', 1)


def test_code_says_how_many_lines_it_has():
    assert 'style="--lines: 3"><span><code>' in write.code("a = 1\n\nb = 2\n")
