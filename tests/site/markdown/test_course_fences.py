"""Markdown in, fences out; what is wrong is named with file and line."""

import pytest

from coursekit.site.markdown.course_fences import Cell, FenceError, Source, find_fences


def cells(text):
    return [each for each in find_fences(text, "docs/a.md")[1] if isinstance(each, Cell)]


def test_a_cell_is_found_and_a_slot_stands_in_its_place():
    text, [cell] = find_fences('before\n```python cell id="fit"\nx = 1\n```\nafter', "docs/a.md")
    assert cell == Cell(id="fit", code="x = 1", line=2)
    assert text == "before\n\ncoursekit-slot-0\n\nafter"


def test_every_option_is_read():
    [cell] = cells(
        '```python cell id="a-1" raises="ValueError" rtol="1e-3" varies="time" holds="0 < t"'
        ' alt="a \'b\' = c" caption="Falls" wide\nt = 1\n```'
    )
    assert cell == Cell(
        "a-1", "t = 1", 1, "ValueError", 1e-3, "time", "0 < t", "a 'b' = c", "Falls", True
    )


def test_cells_without_a_name_are_numbered():
    assert [c.id for c in cells("```python cell\n1\n```\n```python cell\n2\n```")] == [
        "cell-1",
        "cell-2",
    ]


def test_a_listing_names_its_source():
    _, found = find_fences('```python source="lessons/01_a.py:By hand"\n```', "a.md")
    assert found == [Source("lessons/01_a.py:By hand", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = (\n```",
        "```\npython cell\n```",
        "```js cell\nx\n```",
        '````markdown\n```python cell id="a"\nx\n```\n````',
        "~~~text\n```python cell\n~~~",
        '```python title="a" linenums="1" hl_lines="2"\nx\n```',
        "a ```python cell``` b",
        "<!-- covers 1\n```python cell\n1\n```\n-->",
    ],
)
def test_other_fences_are_left_as_they_are(text):
    assert find_fences(text, "a.md") == (text, [])


def test_an_indented_fence_keeps_its_place():
    text, [cell] = find_fences(
        "!!! note\n\n    ```python cell\n    if x:\n        y\n    ```", "a.md"
    )
    assert cell.code == "if x:\n    y"
    assert "\n    coursekit-slot-0\n" in text


def test_blank_lines_inside_an_indented_fence_survive():
    [cell] = cells("- a\n\n    ```python cell\n    x = 1\n\n    y = 2\n    ```")
    assert cell.code == "x = 1\n\ny = 2"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python cell id=fit\n1\n```", r'a.md:1: .*write id="fit"'),
        ("```python cell id='fit'\n1\n```", r'write id="fit"'),
        ('```python cell ide="fit"\n1\n```', r"unknown option 'ide'; known: id, raises"),
        ("```python cel\n1\n```", r"unknown word 'cel'"),
        ('```python cell id="a" id="b"\n1\n```', "id is given twice"),
        (
            '```python cell id="a"\n1\n```\n\n```python cell id="a"\n1\n```',
            r'a.md:5: .*id="a" is used',
        ),
        ('```python cell id="A b"\n1\n```', "small letters, digits and single hyphens"),
        ('```python cell varies="time"\n1\n```', "varies= needs holds="),
        ('```python cell varies="luck" holds="1"\n1\n```', 'varies="luck"; one of: time'),
        ('```python cell rtol="much"\n1\n```', 'rtol="much" is not a number'),
        ('```python cell rtol="2"\n1\n```', "from 0 to below 1"),
        ('```python cell holds="x ="\nx = 1\n```', "a.md:1: SyntaxError"),
        ("```python cell\n\n```", "the cell is empty"),
        ("text\n```python cell\nx = 1\ny = (\n```", r"a.md:4: SyntaxError"),
        ("```python cell\nif x:\ny\n```", r"a.md:3: IndentationError"),
        ("```python cell\nx = 1", "a.md:1: this fence is never closed"),
        ('```python source="a:b" cell\n```', "unknown option 'source'"),
        ('```python source="a:b"\nx\n```', "leave this fence empty"),
        ('```python titel="a"\nx\n```', "unknown option 'titel'"),
    ],
)
def test_a_fence_that_is_wrong_fails_with_file_and_line(text, message):
    with pytest.raises(FenceError, match=message):
        find_fences(text, "a.md")


def test_lines_are_counted_from_the_start_of_the_file():
    with pytest.raises(FenceError, match=r"a.md:11:"):
        find_fences("\n```python cell x\n1\n```", "a.md", first_line=10)


def test_a_cell_may_show_a_syntax_error_on_purpose():
    [cell] = cells('```python cell raises="SyntaxError"\nx = (\n```')
    assert cell.raises == "SyntaxError"
