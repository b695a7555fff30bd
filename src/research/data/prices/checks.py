"""What can be wrong with prices or returns, fetched or of a user's file; every fault named."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from research import sessions
from research.data.prices.days import price_days
from research.data.prices.returns import FACTOR_CALENDARS
from research.errors import Fault, near

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

# How many faults of one kind are named one by one; the rest is counted.
_NAMED = 5


def cell_faults(file: str, cells: pd.Series, wrong: pd.Series, asked: str) -> list[Fault]:
    """Name the cells that are wrong, by line of the file."""
    named = [
        Fault(f"{file}, line {line}, {cells.name}", asked, repr(cells[line]))
        for line in cells.index[wrong][:_NAMED]
    ]
    return named + _more(f"{file}, {cells.name}", asked, int(wrong.sum()))


def id_faults(file: str, table: pd.DataFrame, calendars: Mapping[str, str]) -> list[Fault]:
    """Name columns that are no known series, or empty."""
    faults = []
    for name in map(str, table.columns):
        if name not in calendars:
            todo = near(name[:20], calendars, cutoff=0.5) or "See data/market/series.csv."
            asked = "an id of market/series.csv, USDJPY or WTI"
            faults.append(Fault(f"{file}, column {name}", asked, repr(name), todo))
        elif table[name].isna().all():
            faults.append(Fault(f"{file}, column {name}", "at least one number", "none"))
    return faults


def date_faults(file: str, table: pd.DataFrame, calendars: Mapping[str, str]) -> list[Fault]:
    """Name dates out of range, doubled, out of order, with a time, or without a session."""
    dates = pd.DatetimeIndex(table.index).dropna()
    first, last = pd.Timestamp(sessions.FIRST_DAY), pd.Timestamp(sessions.LAST_DAY)
    outside = (dates < first) | (dates >= last)
    if outside.any():
        asked = f"dates from {first:%F} to {last:%F}, whose sessions are known"
        return [
            Fault(f"{file}, date", asked, f"{outside.sum()} others, such as {dates[outside][0]}")
        ]
    timed, again = dates[dates != dates.normalize()], dates[dates.duplicated()]
    falls = dates[1:][dates[1:] < dates[:-1]]
    faults = _day_faults(file, timed, "a date without a time of day", "a time")
    faults += _day_faults(file, again, "each date once", "the date again")
    faults += _day_faults(file, falls, "a date above that of the row before", "one below it")
    for name in table.columns.intersection(pd.Index(list(calendars))):
        used = pd.DatetimeIndex(table.index[table[name].notna()]).dropna()
        faults += _session_faults(f"{file}, {name}", str(name), used, calendars[str(name)])
    return faults


def figure_faults(file: str, table: pd.DataFrame, figures: str, unit: str) -> list[Fault]:
    """Hold figures against what they are said to be: ``prices``, or ``returns`` of a unit."""
    faults: list[Fault] = []
    for name in table:
        column, where = table[name].dropna(), f"{file}, {name}"
        is_price = figures == "prices"
        faults += price_faults(where, column) if is_price else _return_faults(where, column, unit)
    # A wrong description is wrong for every column.
    return faults[:_NAMED] + _more(file, f"{figures} as described", len(faults))


def price_faults(where: str, column: pd.Series) -> list[Fault]:
    """Name prices that cannot be: not above zero, too high, or a step that no share makes."""
    low = pd.DatetimeIndex(column.index[column <= 0])
    if len(low) > len(column) / 10 and len(column) > 1:
        found = f"{len(low)} of {len(column)} figures at or below zero: returns?"
        return [Fault(where, "prices", found, "Write figures: returns if they are.")]
    high = pd.DatetimeIndex(column.index[column > HIGHEST_PRICE])
    faults = _day_faults(where, low, "a price above zero", "one at or below it")
    faults += _day_faults(where, high, f"a price of at most {HIGHEST_PRICE:g}", "one above it")
    if faults:
        return faults
    steps = (column / column.shift(1)).dropna()
    typical = float((steps - 1).abs().median())
    if len(column) >= _ENOUGH_ROWS and typical > _LARGEST_TYPICAL:
        asked = f"prices, with a typical daily change below {_LARGEST_TYPICAL:.0%}"
        return [Fault(where, asked, f"{typical:.0%}: returns?")]
    odd = steps[(steps < LOWEST_STEP) | (steps > HIGHEST_STEP)]
    asked = f"a price of {LOWEST_STEP:g} to {HIGHEST_STEP:g} times the one before"
    todo = "An unadjusted split, or adjustments for a part of the days?"
    named = [Fault(f"{where}, {day:%F}", asked, f"{x:.3g}", todo) for day, x in odd.items()]
    return named[:_NAMED] + _more(where, asked, len(named))


def _session_faults(where: str, name: str, used: pd.DatetimeIndex, calendar: str) -> list[Fault]:
    if used.empty:
        return []
    if name in FACTOR_CALENDARS:
        return _day_faults(where, used[used.day_of_week >= 5], "no figure on a weekend", "one")
    days = price_days(calendar, used.min().date(), used.max().date())
    odd = used[~used.isin(days)]
    return _day_faults(where, odd, f"no figure: {calendar} had no session", "one")


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
    odd = pd.DatetimeIndex(column.index[(fractions <= -1) | (fractions > 10)])
    return _day_faults(where, odd, "a return above -100 and up to 1000 %", "another")


def _day_faults(where: str, days: pd.DatetimeIndex, asked: str, found: str) -> list[Fault]:
    named = [Fault(f"{where}, {day:%F}", asked, found) for day in days[:_NAMED]]
    return named + _more(where, asked, len(days))


def _more(where: str, asked: str, count: int) -> list[Fault]:
    return [Fault(where, asked, f"{count - _NAMED} more that are not")] if count > _NAMED else []
