"""Pictures of jobs, on made-up tables, against stored ones."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from research.errors import InputError
from research.plots import jobs as plots

#: RMS difference of pixel values that other builds of FreeType may make.
TOLERANCE = 8

BASELINE = Path(__file__).parent / "baseline"

MONEY, JOBS = "USD bn", "thousand jobs a year"


def ladder() -> pd.DataFrame:
    rows = [
        ("Pledged", MONEY, 550, 550, 550, "level"),
        ("Selected for projects", MONEY, 248, 71, 478, "level"),
        ("Financed", MONEY, 158, 41, 334, "level"),
        ("Additional to plans that existed", MONEY, 67, 14, 179, "level"),
        ("Built by 2036", MONEY, 58, 11, 160, "level"),
        ("Bought in the United States", MONEY, 42, 8.2, 118, "level"),
        ("Building", JOBS, 14.2, 3.1, 39, "step"),
        ("Suppliers", JOBS, 9.6, 1.9, 27, "step"),
        ("Households' spending", JOBS, 11.3, 1.8, 34, "step"),
        ("Gross", JOBS, 35.1, 7.0, 99, "level"),
        ("Drawn from other jobs", JOBS, -24.7, -72, -3.9, "step"),
        ("Net", JOBS, 10.4, 0.7, 36, "level"),
    ]
    return pd.DataFrame(rows, columns=["label", "unit", "central", "low", "high", "kind"])


def phases() -> pd.DataFrame:
    years = np.arange(2026, 2037)
    building = 42 * np.exp(-(((years - 2030.5) / 2.6) ** 2))
    return pd.DataFrame(
        {"year": years, "building": building, "operation": 14 / (1 + np.exp(2031.5 - years))}
    )


def industries() -> pd.DataFrame:
    names = [
        "Construction", "Professional and technical services", "Machinery",
        "Administrative and support services", "Retail trade", "Fabricated metal products",
        "Hospitals", "Food services and drinking places", "Wholesale trade",
        "Electrical equipment, appliances and components", "Computers and electronics",
        "Truck transportation", "Ambulatory health care", "Primary metals", "Utilities",
        "Other services", "Warehousing", "Social assistance",
    ]  # fmt: skip
    mean = 9.5 * 0.82 ** np.arange(len(names))
    return pd.DataFrame({"industry": names, "mean": mean, "p5": 0.2 * mean, "p95": 2.7 * mean})


def literature() -> pd.DataFrame:
    ours, studies = "this model", "studies"
    rows = [
        ("Gross, with households", 6.1, 9.8, 14.9, ours),
        ("Net of jobs drawn from elsewhere", 0.0, 2.6, 6.4, ours),
        ("Chodorow-Reich (2019), cost of a job, survey of ARRA", 18, 20, 26.3, studies),
        ("Dupor and McCrory (2018), local labour markets", np.nan, 18.9, np.nan, studies),
        ("Council of Economic Advisers (2009)", np.nan, 10.9, np.nan, studies),
        ("Wilson (2012)", 6.7, np.nan, 8.0, studies),
        ("ABC (2025), construction jobs", np.nan, 3.55, np.nan, studies),
    ]
    return pd.DataFrame(rows, columns=["label", "low", "central", "high", "group"])


def plants() -> pd.DataFrame:
    rows = [
        ("Foxconn Wisconsin", 0.079, "staff"),
        ("TSMC Arizona", 0.5, "staff"),
        ("Intel Ohio", 0.114, "builders"),
        ("Intel Ohio", 0.0, "staff"),
        ("Vogtle 3 and 4", 1.8, "builders"),
        ("Golden Pass LNG", 1.33, "builders"),
    ]
    return pd.DataFrame(rows, columns=["label", "ratio", "what"])


def draw_ladder(frame: pd.DataFrame | None = None) -> Figure:
    frame = ladder() if frame is None else frame
    title = "Of 550 bn pledged, 42 bn are bought in the country and hold 35,000 jobs a year, 10,000 of them new"
    return plots.plot_ladder(frame, title, "made up")


def draw_phases(frame: pd.DataFrame | None = None) -> Figure:
    frame = phases() if frame is None else frame
    return plots.plot_phases(frame, "Most jobs end with the building", "made up")


def draw_industries(frame: pd.DataFrame | None = None) -> Figure:
    frame = industries() if frame is None else frame
    return plots.plot_industries(frame, "Construction has most of the jobs", "made up")


def draw_literature(frame: pd.DataFrame | None = None) -> Figure:
    frame = literature() if frame is None else frame
    return plots.plot_literature(frame, "The model finds less than studies do", "made up")


def draw_plants(frame: pd.DataFrame | None = None) -> Figure:
    frame = plants() if frame is None else frame
    return plots.plot_plants(frame, "Two of five plants brought what they said", "made up")
