"""Pictures of power and of contrasts, on small made-up tables, against stored ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from research.plots import events as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"


def curves() -> pd.DataFrame:
    effects = np.linspace(0, 8, 33)
    parts = [
        pd.DataFrame(
            {
                "group": group,
                "effect_pct": effects,
                "power_pct": 5 + most * (1 - np.exp(-((effects / width) ** 2))),
            }
        )
        for group, width, most in (
            ("chip", 2.0, 95), ("energy", 3.5, 95), ("us_auto", 4.0, 30), ("pharma", 3.0, 95),
            ("power", 5.0, 95), ("jp_auto", 2.5, 95),
        )
    ]  # fmt: skip
    return pd.concat(parts)


def smallest() -> pd.DataFrame:
    groups = list(curves()["group"].unique())
    return pd.DataFrame({"group": groups, "mde_pct": [2.5, 4.4, np.nan, 3.7, 6.2, 3.1]})


def differences() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["Japan cars less Japan domestic", "US chips less US energy"],
            "difference_pct": [7.1, -2.1],
            "low_pct": [4.1, -5.7],
            "high_pct": [10.0, 1.5],
            "pvalue": [0.00001, 0.246],
            "holm_pvalue": [0.00002, 0.246],
        }
    )


compared = pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 80}
)


@compared
def test_power() -> Figure:
    return plots.plot_power(curves(), smallest(), 0.8, "Chips show 2.5 % or more", "made up")


@compared
def test_contrasts() -> Figure:
    return plots.plot_contrasts(differences(), "One of two differences stands", "made up")


def test_a_changed_plot_is_caught(tmp_path: Path) -> None:
    changed = differences()
    turned = changed.loc[0, ["difference_pct", "high_pct", "low_pct"]].to_numpy()
    changed.loc[0, ["difference_pct", "low_pct", "high_pct"]] = -turned
    figure = plots.plot_contrasts(changed, "One of two differences stands", "made up")
    figure.savefig(tmp_path / "changed.png", dpi=80)
    (tmp_path / "expected.png").write_bytes((BASELINE / "test_contrasts.png").read_bytes())
    message = compare_images(
        str(tmp_path / "expected.png"), str(tmp_path / "changed.png"), TOLERANCE
    )
    assert message is not None


def test_every_line_is_told_apart_without_colour_or_by_it() -> None:
    figure = plots.plot_power(curves(), smallest(), 0.8, "a title", "made up")
    axes = next(a for a in figure.findobj() if getattr(a, "get_ylabel", None))
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 33]
    looks = {(line.get_color(), line.get_linestyle()) for line in lines}
    assert len(looks) == len(lines) == 6


def test_a_group_that_never_reaches_the_power_has_no_mark() -> None:
    figure = plots.plot_power(curves(), smallest(), 0.8, "a title", "made up")
    axes = next(a for a in figure.findobj() if getattr(a, "get_ylabel", None))
    marks = [line for line in axes.get_lines() if line.get_marker() == "o"]
    drawn = [bool(np.isfinite(np.asarray(line.get_xdata(), dtype=float)).all()) for line in marks]
    assert drawn == [True, True, False, True, True, True]
