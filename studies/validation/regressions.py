"""Regressions that the National Institute of Standards and Technology certifies."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd

from research.data import load_table
from research.events import event_study
from research.events.models import fit


def norris(_: Path | None) -> dict[str, float]:
    """Take the data as 36 days of returns; a day 0 at a benchmark of zero shows the intercept."""
    data = load_table("validation/norris")
    days = pd.bdate_range("2020-01-06", periods=37)
    # In units of 100,000, so that no value looks like a price or per cent; the event day is (0, 0).
    unit = 100_000
    table = pd.DataFrame(np.vstack([data.to_numpy(), [0, 0]]) / unit, days, columns=["y", "x"])
    study = event_study(
        table[["y"]],
        table["x"],
        pd.DataFrame({"event_id": ["e"], "asset": ["y"], "date": [days[-1]]}),
        returns_are="simple",
        model="market",
        window=(0, 0),
        estimation=(-36, -1),
        min_estimation=36,
    )
    fitted, day, x = study.units.iloc[0], study.car().iloc[0], data["x"]
    sigma = fitted["sigma"] * unit
    return {
        "intercept": -day["car"] * unit,
        "slope": fitted["coefficient_1"],
        # se^2 = sigma^2 + Var(intercept) when the benchmark is zero.
        "sd_intercept": sqrt((day["se"] * unit) ** 2 - sigma**2),
        "sd_slope": sigma / sqrt(((x - x.mean()) ** 2).sum()),
        "residual_sd": sigma,
    }


def longley(_: Path | None) -> dict[str, float]:
    """Fit six factors that are nearly collinear."""
    from statsmodels.datasets import longley as source

    data = source.load_pandas()
    y, x = data.endog.to_numpy()[None, :], data.exog.to_numpy()[None, :, :]
    fitted = fit("market", y, x, y[:, :1], x[:, :1])
    found = {f"b{number}": value for number, value in enumerate(fitted.coefficients[0])}
    return found | {"residual_sd": sqrt(fitted.sigma2[0])}


def grunfeld(_: Path | None) -> dict[str, float]:
    """Pool ten firms: investment on value and capital, with the error of a forecast at zero."""
    from statsmodels.datasets import grunfeld as source

    data = source.load_pandas().data.query("firm != 'American Steel'")
    y, x = data["invest"].to_numpy()[None, :], data[["value", "capital"]].to_numpy()[None, :, :]
    fitted = fit("market", y, x, np.zeros((1, 1)), np.zeros((1, 1, 2)))
    intercept, value, capital = fitted.coefficients[0]
    return {
        "intercept": intercept,
        "intercept_se": sqrt(fitted.sigma2[0] * (fitted.forecast_terms[0] ** 2).sum()),
        "value": value,
        "capital": capital,
        "squares": (fitted.residuals[0] ** 2).sum(),
    }
