"""Figures: in the page's colours, the same bytes each time, none left over."""

import base64
import re
from importlib.resources import files

from coursekit.site.kernel import Kernel, figures
from tests.site.kernel.cells import KEPT, PLOT, run


def figure(code, **options):
    status, outputs = run(code, **options)
    assert status == "done", outputs
    return [o for o in outputs if o["kind"] == "figure"]


def test_a_figure_follows_the_page_not_a_fixed_scheme():
    [shown] = figure(PLOT + "ax.set_xlabel('lr 0.00123 #1a4fb8')")
    svg = shown["svg"]
    assert "var(--fig-1)" in svg
    assert "var(--sans)" in svg
    assert "DejaVu" not in svg
    assert "lr 0.00123 #1a4fb8</text>" in svg  # text is never rewritten
    assert not re.search(r"<svg[^>]* (width|height)=", svg)
    assert 'viewBox="0 0 453.6 252" style="aspect-ratio: 453.6/252"' in svg  # not drawn, but placed
    assert "<g>" not in svg
    assert svg.count("<g ") == svg.count("</g>")


def test_figures_are_the_same_bytes_each_time_and_differ_by_cell():
    assert figure(PLOT)[0] == figure(PLOT)[0]
    ids = [set(re.findall(r'id="([^"]+)"', figure(PLOT, cell=cell)[0]["svg"])) for cell in "ab"]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_show_puts_a_figure_where_it_is_called_and_no_figure_is_kept():
    page = Kernel()
    _, outputs = run(PLOT + "plt.show()\nprint('after')", page=page)
    assert [o["kind"] for o in outputs] == ["figure", "text"]
    assert run("plt.get_fignums()", page=page)[1] == [{"kind": "value", "text": "[]"}]


def test_what_was_drawn_before_an_error_is_shown():
    _, outputs = run(PLOT + "1 / 0")
    assert [o["kind"] for o in outputs] == ["figure", "error"]


def test_a_figure_that_cannot_be_drawn_is_an_error_and_gone_with_the_cell():
    page = Kernel()
    status, outputs = run(PLOT + "ax.set_title('$x', fontweight='no such weight')", page=page)
    assert (status, outputs[-1]["kind"]) == ("error", "error")
    assert run("plt.get_fignums()", page=page)[1] == [{"kind": "value", "text": "[]"}]


def test_a_plotting_call_as_last_line_shows_the_figure_alone():
    _, outputs = run(PLOT + "ax.set_title('t')")
    assert [o["kind"] for o in outputs] == ["figure"]


def test_a_heavy_figure_becomes_two_pictures(monkeypatch):
    monkeypatch.setattr(figures, "HEAVY_SVG", 1000)
    [shown] = figure(PLOT)
    light, dark = (base64.b64decode(shown[key]) for key in ("png", "dark"))
    assert light.startswith(b"\x89PNG")
    assert dark.startswith(b"\x89PNG")
    assert light != dark


def test_a_figure_says_where_its_axes_are():
    [shown] = figure(PLOT + "ax.set_xlim(0, 10); ax.set_yscale('log')")
    [axes] = shown["axes"]
    assert (axes["x"], axes["xlog"], axes["ylog"]) == ([0.0, 10.0], False, True)
    x0, y0, x1, y1 = axes["box"]
    assert 0 < x0 < x1
    assert 0 < y0 < y1


def test_a_kept_figure_is_drawn_by_every_run_with_its_artists_moved():
    page = Kernel()
    first, second = (
        run(KEPT + f"line.set_ydata([0, {height}])", page=page)[1] for height in (0.9, 0.5)
    )
    assert [o["kind"] for o in first] == [o["kind"] for o in second] == ["figure"]
    assert first[0]["svg"] != second[0]["svg"]


def test_colours_are_those_of_the_style_sheet():
    css = (files("coursekit.site") / "theme" / "css" / "tokens.css").read_text()
    light, dark = css.split('[data-md-color-scheme="slate"]')
    for colour, (name, in_dark) in figures.PALETTE.items():
        assert f"{name}: {colour};" in light
        assert f"{name}: {in_dark};" in dark
