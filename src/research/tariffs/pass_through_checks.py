"""Prices, rates and controls by month: every fault as a line, all at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.labels import figure_faults
from research.tariffs.law import LARGEST_RATE_SHARE

#: Faults of one kind that are named one by one; the rest is counted.
NAMED = 3


def log_months(
    price_index: pd.Series,
    rate_share: pd.Series,
    controls: pd.DataFrame | None,
    *,
    horizon_months: int,
    level: float,
    hac_lags: int | None,
) -> pd.DataFrame:
    """Check what is to be estimated and give log price and log power on all months of both.

    Returns
    -------
    Months x ``price`` (log of the index), ``power`` (log of one plus the rate); NaN where not
    known.

    Raises
    ------
    InputError
        With every fault: months, figures, bounds, months in common, horizon, level, lags.
    """
    prices, rates = month_faults(price_index, "price_index"), month_faults(rate_share, "rate_share")
    faults = [*prices, *rates, *control_faults(controls)]
    if not prices:
        faults += bound_faults(price_index, "price_index", price_index <= 0, "above zero")
    if not rates:
        wrong = (rate_share < 0) | (rate_share > LARGEST_RATE_SHARE)
        asked = f"a share from 0 to {LARGEST_RATE_SHARE:g}, 0.15 for 15 %"
        faults += bound_faults(rate_share, "rate_share", wrong, asked)
    if not prices and not rates:
        faults += shared_faults(rate_share.index, "rate_share", price_index.index)
    if controls is not None and not prices and not control_faults(controls):
        faults += shared_faults(controls.index, "controls", price_index.index)
    faults += count_faults(horizon_months, "horizon_months")
    faults += [] if hac_lags is None else count_faults(hac_lags, "hac_lags")
    if not 0 < level < 1:
        faults.append(Fault("level", "a share between 0 and 1", repr(level)))
    raise_if(InputError, "The pass-through cannot be estimated.", faults)
    logs = {"price": np.log(price_index), "power": np.log1p(rate_share)}
    return pd.DataFrame(logs).sort_index()


def month_faults(values: object, where: str) -> list[Fault]:
    """Word what keeps ``values`` from being figures of months that follow each other."""
    if not isinstance(values, pd.Series) or not isinstance(values.index, pd.DatetimeIndex):
        found = type(values.index if isinstance(values, pd.Series) else values).__name__
        todo = "Give every month its first day, as index.to_timestamp() does for periods."
        return [Fault(where, "a Series by month (DatetimeIndex)", found, todo)]
    if not len(values):
        return [Fault(where, "at least one month", "none")]
    wanted = pd.date_range(values.index.min(), values.index.max(), freq="MS")
    if not values.index.equals(wanted):
        todo = "Give every month its first day, and NaN where there is no figure."
        first, last = values.index[0], values.index[-1]
        found = f"{len(values)} dates from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        wrong = _wrong_months(values.index, wanted)
        return [Fault(where, f"{len(wanted)} months without a gap", f"{found}{wrong}", todo)]
    return figure_faults(values.dropna(), where)


def _wrong_months(found: pd.DatetimeIndex, wanted: pd.DatetimeIndex) -> str:
    """Name what is missing, stands twice, is no first day, or out of order."""
    kinds = {
        "without": wanted.difference(found),
        "twice": found[found.duplicated()].unique(),
        "not the first of a month": found.difference(wanted),
    }
    parts = [f"{kind} {_named(days)}" for kind, days in kinds.items() if len(days)]
    return f", {'; '.join(parts or ['out of order'])}"


def _named(days: pd.DatetimeIndex) -> str:
    names = ", ".join(f"{day:%Y-%m-%d}" for day in days[:NAMED])
    return names if len(days) <= NAMED else f"{names} and {len(days) - NAMED} more"


def control_faults(controls: pd.DataFrame | None) -> list[Fault]:
    """Word what keeps ``controls`` from standing beside the lags and the constant."""
    if controls is None:
        return []
    if not isinstance(controls, pd.DataFrame):
        return [Fault("controls", "a DataFrame by month", type(controls).__name__)]
    faults = [
        Fault("controls", "names of their own", repr(name), "Rename the column.")
        for name in controls
        if name == "constant" or str(name).startswith("lag ")
    ]
    for name in controls:
        faults += month_faults(controls[name], f"controls, {name}")
    return faults


def shared_faults(found: pd.DatetimeIndex, where: str, known: pd.DatetimeIndex) -> list[Fault]:
    """Word that ``found`` has no month in common with ``known``, the months of the price."""
    if len(found.intersection(known)):
        return []
    asked = f"months of the price, {known[0]:%Y-%m} to {known[-1]:%Y-%m}"
    return [Fault(where, asked, f"{found[0]:%Y-%m} to {found[-1]:%Y-%m}")]


def bound_faults(values: pd.Series, where: str, bad: pd.Series, asked: str) -> list[Fault]:
    """Word which months are out of bounds: the first by name, the rest as a count."""
    wrong = values[bad]
    faults = [
        Fault(f"{where}, {month:%Y-%m}", asked, f"{value:g}")
        for month, value in wrong.head(NAMED).items()
    ]
    if len(wrong) > NAMED:
        faults.append(Fault(where, asked, f"others in {len(wrong) - NAMED} more months"))
    return faults


def count_faults(value: object, where: str) -> list[Fault]:
    """Word that ``value`` is no whole number of 0 or more."""
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return [] if good else [Fault(where, "a whole number of 0 or more", repr(value))]
