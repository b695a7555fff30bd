"""The tile map, on a small made-up country, against a stored picture."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.testing.compare import compare_images

from research.errors import InputError
from research.plots.tiles import plot_tiles, short_number

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"

TILES = pd.DataFrame(
    {
        "state": ["Alba", "Brann", "Cole", "Dorn", "Esk", "Fell"],
        "abbreviation": ["AL", "BR", "CO", "DO", "ES", "FE"],
        "row": [0, 0, 0, 1, 1, 1],
        "column": [0, 1, 4, 1, 2, 5],
    }
)
VALUES = pd.Series({"Fell": 98_400, "Alba": 850, "Brann": 1_240, "Cole": 32_000, "Esk": 0.0})
VALUES["Dorn"] = np.nan
RANGES = pd.DataFrame({"low": VALUES * 0.9, "high": VALUES * 1.4})


def draw(values=VALUES, **changes) -> Figure:
    settings = {"tiles": TILES, "unit": "jobs", "ranges": RANGES} | changes
    return plot_tiles(values, "Fell takes most", "made up", **settings)


def tile(figure: Figure, number: int) -> Rectangle:
    axes = next(axes for axes in figure.findobj(plt.Axes) if len(axes.patches) == len(TILES))
    return axes.patches[number]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(plt.Text)]


@pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)
def test_tiles() -> Figure:
    return draw()


def test_a_changed_plot_is_caught(tmp_path: Path) -> None:
    figure = draw(VALUES.replace({32_000: 92_000}), ranges=RANGES.replace({44_800: 128_800}))
    figure.savefig(tmp_path / "changed.png", dpi=80)
    (tmp_path / "expected.png").write_bytes((BASELINE / "test_tiles.png").read_bytes())
    message = compare_images(
        str(tmp_path / "expected.png"), str(tmp_path / "changed.png"), TOLERANCE
    )
    assert message is not None


def test_every_state_has_its_figure_by_name() -> None:
    found = texts(draw(VALUES.iloc[::-1], ranges=None))
    for name, number in (
        ("AL", "850"),
        ("BR", "1.2k"),
        ("CO", "32k"),
        ("DO", "n/a"),
        ("FE", "98k"),
    ):
        assert found[found.index(name) + 1] == number


def test_larger_is_darker_in_grey() -> None:
    figure = draw(pd.Series(np.arange(6.0), TILES["state"]), ranges=None)
    grey = [np.dot(tile(figure, n).get_facecolor()[:3], [0.299, 0.587, 0.114]) for n in range(6)]
    assert grey == sorted(grey, reverse=True)
    assert len({round(value, 2) for value in grey}) == len(grey)


def test_losses_differ_from_gains_without_colour() -> None:
    figure = draw(VALUES.replace({32_000: -32_000}), ranges=None)
    assert "\N{MINUS SIGN}32k" in texts(figure)
    assert tile(figure, 2).get_linestyle() == "--"
    assert tile(figure, 1).get_linestyle() == "-"


def test_all_zero_is_drawn() -> None:
    assert texts(draw(VALUES * 0, ranges=None)).count("0") >= 5


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.2, "0"), (999.4, "999"), (999.6, "1k"), (1_240, "1.2k"), (9_940, "9.9k"),
     (9_960, "10k"), (999_499, "999k"), (999_500, "1m"), (2_350_000, "2.4m"), (-850, "−850")],
)  # fmt: skip
def test_short_numbers(value: float, text: str) -> None:
    assert short_number(value) == text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": VALUES.drop("Alba")}, "a figure for Alba"),
        ({"values": pd.concat([VALUES, pd.Series({"Guam": 1.0})])}, "'Guam'"),
        ({"values": VALUES * np.nan}, "at least one"),
        ({"values": VALUES.replace({850: np.inf})}, "infinite"),
        ({"tiles": TILES.assign(row=0, column=0)}, "a tile of its own"),
        ({"tiles": TILES.drop(columns="row")}, "a column row"),
        ({"tiles": pd.concat([TILES, TILES.head(1)])}, "Alba twice"),
        ({"largest": 0}, "one state or more"),
        ({"ranges": RANGES * 2}, "a range around 850"),
        ({"ranges": RANGES.drop("Esk")}, "a figure for Esk"),
        ({"ranges": RANGES[["low"]]}, "columns low and high"),
    ],
)
def test_states_that_do_not_fit_are_refused(changes: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw(**changes)


def test_pyplot_is_left_alone() -> None:
    draw()
    assert plt.get_fignums() == []
