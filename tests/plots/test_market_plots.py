"""Pictures of the market plots, on small made-up tables, against stored ones."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from research.errors import InputError
from research.plots import market as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"


def moves() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["Nikkei 225 index", "chip fund", "Japan cars"],
            "return_pct": [-0.14, 0.28, -1.5],
            "kind": ["index", "fund", "group"],
            "reported_pct": [0.4, np.nan, np.nan],
        }
    )


def paths() -> pd.DataFrame:
    days = np.arange(-2, 3)
    parts = [
        pd.DataFrame(
            {
                "group": group,
                "day": days,
                "caar_pct": slope * days,
                "low_pct": slope * days - 1,
                "high_pct": slope * days + 1,
                "n": 3,
            }
        )
        for group, slope in (("chip", 0.5), ("energy", -0.25), ("jp_auto", 1.0))
    ]
    return pd.concat(parts)


def heat() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": ["first"] * 2 + ["second"] * 2,
            "group": ["chip", "energy"] * 2,
            "caar_pct": [1.0, -2.0, np.nan, 3.0],
            "kp_pvalue": [0.2, 0.01, np.nan, 0.001],
            "bh_pvalue": [0.4, 0.2, np.nan, 0.01],
        }
    )


compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


@compared
def test_day() -> Figure:
    return plots.plot_day(moves(), "The Nikkei fell, the report said it rose", "made up")


@compared
def test_paths() -> Figure:
    return plots.plot_paths(paths(), "Chips rose, energy fell", "made up")


@compared
def test_firms() -> Figure:
    firms = pd.DataFrame(
        {
            "group": ["chip", "chip", "energy"],
            "label": ["A", "B", "C"],
            "car_pct": [1.0, 2.0, -1.0],
            "low_pct": [-1.0, 0.5, -3.0],
            "high_pct": [3.0, 3.5, 1.0],
        }
    )
    groups = pd.DataFrame(
        {
            "group": ["chip", "energy"],
            "caar_pct": [1.5, -1.0],
            "naive_low_pct": [1.0, -1.5],
            "naive_high_pct": [2.0, -0.5],
            "low_pct": [-1.0, -4.0],
            "high_pct": [4.0, 2.0],
        }
    )
    return plots.plot_firms(firms, groups, "Two intervals, two answers", "made up")


@compared
def test_heat_map() -> Figure:
    return plots.plot_heat_map(heat(), "One cell stands out", "made up")


@compared
def test_placebo() -> Figure:
    values = pd.DataFrame({"group": "chip", "statistic": np.linspace(-3, 3, 61)})
    actual = pd.DataFrame({"group": ["chip"], "statistic": [2.0], "pvalue": [0.3]})
    return plots.plot_placebo(values, actual, "t", "Nothing unusual", "made up")


@pytest.mark.parametrize("empty", [paths().assign(n=0), paths().head(0)], ids=["n = 0", "no row"])
def test_paths_without_a_share_are_refused(empty: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no path to draw"):
        plots.plot_paths(empty, "a title", "made up")


def test_a_changed_plot_is_caught(tmp_path: Path) -> None:
    changed = moves()
    changed.loc[0, "return_pct"] = 0.14
    figure = plots.plot_day(changed, "The Nikkei fell, the report said it rose", "made up")
    figure.savefig(tmp_path / "changed.png", dpi=80)
    (tmp_path / "expected.png").write_bytes((BASELINE / "test_day.png").read_bytes())
    message = compare_images(
        str(tmp_path / "expected.png"), str(tmp_path / "changed.png"), TOLERANCE
    )
    assert message is not None


def test_pyplot_is_left_alone() -> None:
    plots.plot_day(moves(), "a title", "made up")
    assert plt.get_fignums() == []


def test_missing_cells_are_drawn_as_missing() -> None:
    figure = plots.plot_heat_map(heat(), "a title", "made up")
    axes = next(a for a in figure.findobj() if getattr(a, "images", None))
    assert (
        np.ma.getmaskarray(axes.images[0].get_array()).sum() == 1
        or np.isnan(axes.images[0].get_array()).sum() == 1
    )
