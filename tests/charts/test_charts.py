"""The four kinds of charts, on small made-up tables, against stored pictures."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.testing.compare import compare_images

from research.errors import InputError
from research.report.charts import charts

cells, levels, lines, rows = (
    getattr(charts, kind).__wrapped__ for kind in ("cells", "levels", "lines", "rows")
)

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"

compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


def draw_rows(**changes):
    frame = pd.DataFrame(
        {
            "label": ["A", "B", "mean", "C", "mean"],
            "group": ["chips"] * 3 + ["energy"] * 2,
            "kind": ["firm", "firm", "group", "firm", "group"],
            "value": [1.0, 2.0, 1.5, -1.0, -0.8],
            "low": [-1.0, 0.5, 1.0, -3.0, -1.5],
            "high": [3.0, 3.5, 2.0, 1.0, -0.5],
            "said": [np.nan, np.nan, 0.4, np.nan, np.nan],
        }
    )
    asked = {"label": "label", "value": "value", "low": "low", "high": "high", "panel": "group"}
    words = {"title": "Chips rose, energy fell", "source": "made up", "xlabel": "per cent"}
    more = {"series": "kind", "points": {"said": "as reported"}, "marks": {"here": 1.0}}
    return rows(frame, **asked | words | more | changes)


def draw_bars(**changes):
    return draw_rows(bars=True, panel=None, marks=None, **changes)


def draw_logs(**changes):
    frame = pd.DataFrame(
        {"label": ["ours", "a study"], "value": [5.0, 2.0], "low": [3, -1], "high": [9, 4]}
    )
    asked = {"label": "label", "value": "value", "low": "low", "high": "high", "log": True}
    return rows(frame, title="In logs", source="made up", bold=["ours"], **asked | changes)


def draw_lines(**changes):
    x = np.arange(-2, 3)
    parts = [
        pd.DataFrame({"series": name, "x": x, "y": k * x, "low": k * x - 1, "high": k * x + 1})
        for name, k in (("chips", 0.5), ("energy", -0.25), ("cars", 1.0))
    ]
    frame = pd.concat(parts)
    asked = {"x": "x", "y": "y", "panel": "series", "bands": [("low", "high")], "dots": True}
    words = {"title": "Chips rose, energy fell", "source": "made up", "xlabel": "sessions"}
    return lines(frame, **asked | words | {"marks": {"day 0": 0.0}} | changes)


def draw_curves(**changes):
    points = pd.DataFrame({"series": ["chips", "energy"], "x": [1.0, np.nan], "y": [0.5, 0.2]})
    asked = {"panel": None, "series": "series", "bands": [], "points": points, "dots": False}
    return draw_lines(**asked | {"across": {"a level": 1.2}} | changes)


def draw_levels(**changes):
    frame = pd.DataFrame(
        {
            "label": ["pledge", "not selected", "gross"],
            "level": [100.0, 0, 60],
            "loss": [0.0, 40, 0],
            "start": [0.0, 60, 0],
            "low": [np.nan, np.nan, 40],
            "high": [np.nan, np.nan, 80],
            "words": ["100", "less 40", "60 (40 to 80)"],
        }
    )
    asked = {"label": "label", "parts": {"level": "a level", "loss": "lost"}, "start": "start"}
    more = {"low": "low", "high": "high", "figures": "words", "unit": "thousand jobs"}
    words = {"title": "A pledge shrinks", "source": "made up", "head": "jobs", "marks": {"50": 50}}
    return levels(frame, **asked | more | words | changes)


def draw_cells(**changes):
    frame = pd.DataFrame(
        {
            "row": ["first"] * 2 + ["second"] * 2,
            "column": ["chips", "energy"] * 2,
            "value": [1.0, -2.0, np.nan, 3.0],
            "hit": [False, True, False, True],
        }
    )
    asked = {"row": "row", "column": "column", "value": "value", "dots": {"hit": 7.0}}
    words = {"title": "Two cells stand out", "source": "made up", "unit": "per cent"}
    return cells(frame, **asked | words | changes)


@compared
def test_rows():
    return draw_rows()


@compared
def test_rows_in_logs():
    return draw_logs()


@compared
def test_lines():
    return draw_lines()


@compared
def test_levels():
    return draw_levels()


@compared
def test_cells():
    return draw_cells()


def panels(figure):
    return [axes for part in figure.subfigs for axes in part.axes]


def test_a_changed_plot_is_caught(tmp_path):
    draw_rows(value="said").savefig(tmp_path / "changed.png", dpi=80)
    (tmp_path / "expected.png").write_bytes((BASELINE / "test_rows.png").read_bytes())
    found = compare_images(tmp_path / "expected.png", tmp_path / "changed.png", TOLERANCE)
    assert found is not None


def test_pyplot_is_left_alone():
    draw_lines()
    assert plt.get_fignums() == []


def test_bars_begin_at_zero_and_end_at_their_value():
    bars = [bar for group in panels(draw_bars())[0].containers for bar in group]
    assert sorted(bar.get_width() for bar in bars) == [-1.0, -0.8, 1.0, 1.5, 2.0]
    assert {bar.get_x() for bar in bars} == {0.0}


def test_every_line_is_told_apart_by_colour_and_dash():
    names = [f"series {n}" for n in range(28)]
    frame = pd.DataFrame({"s": np.repeat(names, 2), "x": [0, 1] * 28, "y": range(56)})
    asked = {"x": "x", "y": "y", "series": "s", "title": "t", "source": "s"}
    drawn = [
        line for line in panels(lines(frame, **asked))[0].get_lines() if line.get_label()[:1] == "s"
    ]
    assert len({(line.get_color(), line.get_linestyle()) for line in drawn}) == 28


def test_a_point_without_a_place_is_not_drawn():
    (axes,) = panels(draw_curves())
    marks = [line.get_xdata() for line in axes.get_lines() if line.get_marker() in "os^D"]
    assert [np.isfinite(np.asarray(x, float)).sum() for x in marks] == [1, 0, 0]


def test_parts_are_stacked_from_their_start():
    (axes,) = panels(draw_levels())
    ends = [[(bar.get_x(), bar.get_width()) for bar in group] for group in axes.containers]
    assert ends == [[(0, 100), (60, 0), (0, 60)], [(100, 0), (60, 40), (60, 0)]]
    upright = draw_levels(label="level", start=None, upright=True, low=None, high=None)
    heights = [bar.get_height() for group in panels(upright)[0].containers for bar in group]
    assert heights == [100, 0, 60, 0, 40, 0]


@pytest.mark.parametrize("values", [[], [np.inf, 1], [np.nan]])
def test_no_figure_and_an_infinite_one_are_refused(values):
    frame = pd.DataFrame({"a": ["x"] * len(values), "b": np.array(values, float)})
    with pytest.raises(InputError, match="at least one figure"):
        rows(frame, label="a", value="b", title="t", source="s")
