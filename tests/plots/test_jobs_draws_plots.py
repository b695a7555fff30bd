"""Pictures of the draws of the jobs model, on made-up tables, against stored ones."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from research.errors import InputError
from research.plots import jobs_draws as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"

LEVELS = pd.Series({"hundreds of thousands": 200.0, "forecast of the CHIPS Act": 185.0})
CHANCES = pd.Series({"50,000": 50.0, "100,000": 100.0, "200,000": 200.0})


def years() -> pd.DataFrame:
    year = np.arange(2026, 2037)
    shape = np.exp(-(((year - 2031) / 3.2) ** 2))
    parts = [
        pd.DataFrame(
            {"year": year, "series": series}
            | {
                name: peak * share * shape
                for name, share in (
                    ("p5", 0.2), ("p25", 0.55), ("median", 1.0), ("p75", 1.6), ("p95", 2.9)
                )
            }
        )
        for series, peak in (("gross", 52.0), ("net", 17.0))
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def exceedance() -> pd.DataFrame:
    probability = np.linspace(0.999, 0.001, 120)
    odds = np.log((1 - probability) / probability)
    parts = [
        pd.DataFrame(
            {
                "series": series,
                "jobs_thousand": median * np.exp(width * odds),
                "probability": probability,
            }
        )
        for series, median, width in (
            ("gross, all states", 38.0, 0.42), ("net, all states", 12.0, 0.5),
            ("gross, the states named", 16.0, 0.45),
        )
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def drivers() -> pd.DataFrame:
    rows = [
        ("share selected", 0.31, 0.38, 0.04),
        ("share additional", 0.24, 0.31, 0.04),
        ("crowding out", 0.12, 0.16, 0.02),
        ("share financed", 0.07, 0.1, 0.02),
        ("import factor", 0.03, 0.04, 0.01),
        ("delay", 0.02, 0.03, 0.01),
        ("growth of productivity", 0.004, 0.005, 0.004),
        ("leak of labour income (taxes, saving, commuting)", -0.002, 0.003, 0.004),
    ]
    return pd.DataFrame(rows, columns=["label", "first", "total", "conf"]).iloc[::-1]


def draw_years(frame: pd.DataFrame | None = None, marks: pd.Series = LEVELS) -> Figure:
    frame = years() if frame is None else frame
    return plots.plot_years(frame, marks, "No year comes near hundreds of thousands", "made up")


def draw_exceedance(frame: pd.DataFrame | None = None, marks: pd.Series = CHANCES) -> Figure:
    frame = exceedance() if frame is None else frame
    return plots.plot_exceedance(frame, marks, "Six in ten draws stay below 50,000", "made up")


def draw_drivers(frame: pd.DataFrame | None = None) -> Figure:
    frame = drivers() if frame is None else frame
    return plots.plot_drivers(frame, "Two shares make most of the spread", "made up")
