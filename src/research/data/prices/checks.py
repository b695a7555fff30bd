"""What can be wrong with prices or returns, fetched or of a user's file; every fault named."""

from collections.abc import Mapping

import pandas as pd

from research import sessions
from research.data.prices.days import FACTOR_CALENDARS, price_days
from research.errors import Fault, near
from research.labels import few

#: Return of one session as a fraction, by unit.
UNITS = {"bp": 1e-4, "percent": 1e-2, "fraction": 1.0}

#: A price from one session to the next: within these. No listed series moved by more than
#: -39 % or +51 % in a session of the bundled figures; an unadjusted split halves it at least.
LOWEST_STEP, HIGHEST_STEP = 0.55, 1.8

#: No listed price comes near this, in yen or dollars.
HIGHEST_PRICE = 1e7

# Typical size (median) of the daily moves of a series, as fractions. In the bundled figures it
# lies between 0.35 % and 3.7 % for shares and indices and near 0.3 % for the yen; a unit
# mistaken for its neighbour is a factor of 100 off.
_SMALLEST_TYPICAL, _LARGEST_TYPICAL = 0.0005, 0.10

# Below this number of rows a typical size says little.
_ENOUGH_ROWS = 20


def id_faults(file: str, table: pd.DataFrame, calendars: Mapping[str, str]) -> list[Fault]:
    """Name columns that are no known series, or empty."""
    faults = []
    for name in map(str, table.columns):
        if name not in calendars:
            faults.append(unknown_series(f"{file}, column {name}", name, calendars))
        elif table[name].isna().all():
            faults.append(Fault(f"{file}, column {name}", "at least one number", "none"))
    return faults


def unknown_series(where: str, name: str, known: Mapping[str, str]) -> Fault:
    """Word that no series has this id."""
    todo = near(name[:20], known, cutoff=0.5) or "See data/market/series.csv."
    return Fault(where, "an id of market/series.csv, USDJPY or WTI", repr(name), todo)


def date_faults(file: str, table: pd.DataFrame, calendars: Mapping[str, str]) -> list[Fault]:
    """Name dates out of range, doubled, out of order, with a time, or without a session."""
    dates = pd.DatetimeIndex(table.index).dropna()
    first, last = pd.Timestamp(sessions.FIRST_DAY), pd.Timestamp(sessions.LAST_DAY)
    outside = (dates < first) | (dates >= last)
    if outside.any():
        asked = f"dates from {first:%F} to {last:%F}, whose sessions are known"
        return _day_faults(f"{file}, date", dates[outside], asked)
    falls = dates[1:][dates[1:] < dates[:-1]]
    faults = [
        *_day_faults(file, dates[dates != dates.normalize()], "dates without a time of day"),
        *_day_faults(file, dates[dates.duplicated()], "each date once"),
        *_day_faults(file, falls, "each date above that of the row before"),
    ]
    for name in table.columns.intersection(pd.Index(list(calendars))):
        used = pd.DatetimeIndex(table.index[table[name].notna()]).dropna()
        if used.empty:
            continue
        if name in FACTOR_CALENDARS:
            odd, asked = used[used.day_of_week >= 5], "no figure on a weekend"
        else:
            days = price_days(calendars[name], used.min().date(), used.max().date())
            odd, asked = used.difference(days), f"no figure: {calendars[name]} had no session"
        faults += _day_faults(f"{file}, {name}", odd, asked)
    return faults


def figure_faults(file: str, table: pd.DataFrame, figures: str, unit: str) -> list[Fault]:
    """Hold figures against what they are said to be: ``prices``, or ``returns`` of a unit."""
    faults: list[Fault] = []
    for name in table:
        column, where = table[name].dropna(), f"{file}, {name}"
        is_price = figures == "prices"
        faults += price_faults(where, column) if is_price else _return_faults(where, column, unit)
    return faults


def price_faults(where: str, column: pd.Series) -> list[Fault]:
    """Name prices that cannot be: not above zero, too high, or a step that no share makes."""
    low, high = column.index[column <= 0], column.index[column > HIGHEST_PRICE]
    faults = _day_faults(where, low, "prices above zero", "Are these returns?")
    faults += _day_faults(where, high, f"prices of at most {HIGHEST_PRICE:g}")
    if faults:
        return faults
    steps = (column / column.shift(1)).dropna()
    odd = steps[(steps < LOWEST_STEP) | (steps > HIGHEST_STEP)]
    asked = f"prices of {LOWEST_STEP:g} to {HIGHEST_STEP:g} times the one before"
    todo = "An unadjusted split, or adjustments for a part of the days?"
    found = few(f"{step:.3g} on {day:%F}" for day, step in odd.items())
    return [Fault(where, asked, found, todo)] if found else []


def _return_faults(where: str, column: pd.Series, unit: str) -> list[Fault]:
    fractions = column * UNITS[unit]
    enough = len(column) >= _ENOUGH_ROWS
    if enough and (column > 0).all():
        found = f"{len(column)} figures, all above zero: prices?"
        return [Fault(where, "returns", found, "Write figures: prices if they are.")]
    typical = float(fractions.abs().median())
    if enough and not _SMALLEST_TYPICAL <= typical <= _LARGEST_TYPICAL:
        low, high = 100 * _SMALLEST_TYPICAL, 100 * _LARGEST_TYPICAL
        asked = f"a typical daily return of {low:g} to {high:g} %"
        found = f"{100 * typical:.3g} % when read as {unit}"
        return [Fault(where, asked, found, "Mend the unit in the YAML file.")]
    odd = column.index[(fractions <= -1) | (fractions > 10)]
    return _day_faults(where, odd, "returns above -100 and up to 1000 %")


def _day_faults(where: str, days: pd.Index, asked: str, todo: str = "") -> list[Fault]:
    return [Fault(where, asked, few(days), todo)] if len(days) else []
