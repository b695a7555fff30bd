"""Prices or returns from a file of the user, CSV or Parquet, only ever read as data.

The file has one row a date and one column a series; a small YAML file of the same name beside
it says which of the two the figures are, because a table of numbers cannot say so itself::

    figures: returns      # or: prices
    unit: bp              # bp, percent or fraction; only with returns
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from research.data.price_days import price_days
from research.data.prices import FACTOR_CALENDARS
from research.errors import DataError, Fault, InputError, raise_if

#: Return of one session as a fraction, by unit.
UNITS = {"bp": 1e-4, "percent": 1e-2, "fraction": 1.0}

#: Endings of files that can be read.
ENDINGS = (".csv", ".parquet")

# Typical size of the daily move of a share or index, as a fraction: in the bundled figures the
# median of |return| lies between 0.4 % and 5 % for every series. A unit mistaken for its
# neighbour is a factor of 100 off.
_SMALLEST_TYPICAL, _LARGEST_TYPICAL = 0.0005, 0.10
_SMALLEST_FACTOR_TYPICAL = 0.0001
_ENOUGH_ROWS = 20

#: How many faults of one column are named one by one; the rest is counted.
_NAMED = 5


@dataclass(frozen=True, eq=False, slots=True)
class PriceFile:
    """The figures of a file.

    Attributes
    ----------
    figures
        ``prices`` or ``returns``.
    values
        Dates x series ids: prices as given, or returns as fractions.
    """

    figures: str
    values: pd.DataFrame


def sidecar_of(file: Path) -> Path:
    """Give the path of the YAML file that says what the figures of a file are."""
    return file.with_suffix(".yaml")


def read_price_file(file: Path, calendars: Mapping[str, str]) -> PriceFile:
    """Read a file of prices or returns and check it against the calendars of its series.

    Parameters
    ----------
    file
        ``.csv`` or ``.parquet``. The first column is ``date`` (``2025-12-24``), each other is
        named by a series id; an empty cell is a day without a session or without a price.
    calendars
        Calendar of each known series.

    Raises
    ------
    InputError
        If the file is missing or is neither CSV nor Parquet.
    DataError
        If the YAML beside it does not say what the figures are, ids are unknown, dates are
        doubled, unsorted or on days without a session, cells are not numbers, or the figures
        contradict what the YAML says; all at once.
    """
    if file.suffix not in ENDINGS or not file.is_file():
        found = "no such file" if file.suffix in ENDINGS else repr(file.suffix)
        fault = Fault(str(file), "a CSV or Parquet file (.csv, .parquet)", found)
        raise InputError("This source cannot be read.", [fault])
    about, faults = _read_sidecar(file)
    raw = _read_table(file)
    values, cell_faults = _numbers(file, raw)
    faults += [*_id_faults(file, values, calendars), *cell_faults]
    faults += _date_faults(file, values, calendars)
    known = [name for name in values if name in calendars]
    if about and not cell_faults:
        faults += _meaning_faults(file, values[known], about)
    raise_if(DataError, f"{file.name} is not usable as a source.", faults)
    factor = UNITS[about["unit"]] if about["figures"] == "returns" else 1.0
    return PriceFile(about["figures"], values * factor)


def _read_sidecar(file: Path) -> tuple[dict[str, str], list[Fault]]:
    import yaml

    beside = sidecar_of(file)
    asked = "figures: prices, or figures: returns with unit: bp, percent or fraction"
    try:
        about = yaml.safe_load(beside.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, [Fault(beside.name, asked, "no such file", f"Put it beside {file.name}.")]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return {}, [Fault(beside.name, asked, " ".join(str(error).split())[:100])]
    figures = about.get("figures") if isinstance(about, dict) else None
    unit = about.get("unit") if isinstance(about, dict) else None
    if figures == "prices":
        return {"figures": "prices"}, []
    if figures == "returns" and unit in UNITS:
        return {"figures": "returns", "unit": str(unit)}, []
    return {}, [Fault(beside.name, asked, f"figures: {figures}, unit: {unit}")]


def _read_table(file: Path) -> pd.DataFrame:
    try:
        if file.suffix == ".csv":
            return pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")
        import pyarrow.parquet

        frame: pd.DataFrame = pyarrow.parquet.read_table(file).to_pandas(ignore_metadata=True)
        return frame
    except (ValueError, OSError, UnicodeDecodeError) as error:
        found = " ".join(str(error).split())[:120]
        kind = "CSV in UTF-8" if file.suffix == ".csv" else "Parquet"
        raise DataError(f"{file.name} cannot be read.", [Fault(file.name, kind, found)]) from None


def _numbers(file: Path, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Turn cells into numbers and the first column into dates, and name what is neither."""
    if raw.columns.empty or raw.columns[0] != "date":
        found = repr(str(raw.columns[0])) if len(raw.columns) else "no column"
        raise DataError(
            f"{file.name} is not usable as a source.",
            [Fault(f"{file.name}, first column", "date", found)],
        )
    dates = pd.to_datetime(raw["date"], format="ISO8601", errors="coerce")
    faults = _cell_faults(file, raw["date"], dates.isna(), "a date such as 2025-12-24")
    columns = {}
    for name in raw.columns[1:]:
        text = raw[name].astype(str).str.strip() if raw[name].dtype == object else raw[name]
        columns[name] = pd.to_numeric(raw[name].replace("", None), errors="coerce").astype(float)
        blank = raw[name].isna() | (text == "")
        wrong = (columns[name].isna() & ~blank) | columns[name].abs().eq(float("inf"))
        faults += _cell_faults(file, raw[name], wrong, "a number or an empty cell")
    frame = pd.DataFrame(columns)
    frame.index = pd.DatetimeIndex(dates, name="date").as_unit("us")
    return frame, faults


def _cell_faults(file: Path, cells: pd.Series, wrong: pd.Series, asked: str) -> list[Fault]:
    # Row 1 is the header.
    faults = [
        Fault(f"{file.name}, row {int(place) + 2}, {cells.name}", asked, repr(cells[place]))
        for place in cells.index[wrong][:_NAMED]
    ]
    return faults + _more(f"{file.name}, {cells.name}", asked, int(wrong.sum()))


def _more(where: str, asked: str, count: int) -> list[Fault]:
    return [Fault(where, asked, f"{count - _NAMED} more that are not")] if count > _NAMED else []


def _id_faults(file: Path, values: pd.DataFrame, calendars: Mapping[str, str]) -> list[Fault]:
    import difflib

    faults = []
    for name in values:
        if name not in calendars:
            near = difflib.get_close_matches(str(name), calendars, n=1, cutoff=0.5)
            todo = f"Did you mean {near[0]}?" if near else "See data/market/series.csv."
            asked = "an id of market/series.csv, USDJPY or WTI"
            faults.append(Fault(f"{file.name}, column {name}", asked, repr(name), todo))
        elif values[name].isna().all():
            faults.append(Fault(f"{file.name}, column {name}", "at least one number", "none"))
    if values.columns.empty:
        faults.append(Fault(file.name, "a column for each series", "only the dates"))
    return faults


def _date_faults(file: Path, values: pd.DataFrame, calendars: Mapping[str, str]) -> list[Fault]:
    dates = pd.DatetimeIndex(values.index)
    timed = dates[dates.notna() & (dates != dates.normalize())]
    faults = [Fault(f"{file.name}, {day}", "a date", "a time of day") for day in timed[:_NAMED]]
    for day in dates[dates.duplicated()][:_NAMED]:
        faults.append(Fault(f"{file.name}, {day:%F}", "each date once", "the date again"))
    falls = dates[1:][dates[1:] < dates[:-1]]
    for day in falls[:_NAMED]:
        faults.append(Fault(f"{file.name}, {day:%F}", "rising dates", "a date below a later one"))
    for name in [name for name in values if name in calendars]:
        used = pd.DatetimeIndex(values[name].dropna().index).dropna()
        if len(used):
            faults += _session_faults(file, str(name), used, calendars[str(name)])
    return faults


def _session_faults(file: Path, name: str, used: pd.DatetimeIndex, calendar: str) -> list[Fault]:
    if name in FACTOR_CALENDARS:
        odd, asked = used[used.day_of_week >= 5], "no figure on a weekend"
    else:
        days = price_days(calendar, used.min().date(), used.max().date())
        odd, asked = used[~used.isin(days)], f"no figure: {calendar} had no session"
    faults = [Fault(f"{file.name}, {name}, {day:%F}", asked, "one") for day in odd[:_NAMED]]
    return faults + _more(f"{file.name}, {name}", asked, len(odd))


def _meaning_faults(file: Path, values: pd.DataFrame, about: dict[str, Any]) -> list[Fault]:
    """Hold the figures against what they are said to be, for prices and returns look unlike."""
    faults: list[Fault] = []
    for name in values:
        column = values[name].dropna()
        where = f"{file.name}, {name}"
        if about["figures"] == "prices":
            faults += _price_faults(where, column)
        elif len(column):
            faults += _return_faults(where, column, str(about["unit"]), name in FACTOR_CALENDARS)
    return faults


def _price_faults(where: str, column: pd.Series) -> list[Fault]:
    low = column[column <= 0]
    if len(low) > len(column) / 10:
        found = f"{len(low)} of {len(column)} are zero or negative: returns?"
        return [Fault(where, "prices", found, "Write figures: returns if they are.")]
    faults = [
        Fault(f"{where}, {day:%F}", "a price above zero", f"{low[day]:g}") for day in low.index
    ]
    moves = (column / column.shift(1) - 1).abs().dropna()
    if len(moves) >= _ENOUGH_ROWS and not low.size and moves.median() > _LARGEST_TYPICAL:
        found = f"a typical change of {moves.median():.0%} from row to row"
        faults.append(
            Fault(where, f"prices, which change by less than {_LARGEST_TYPICAL:.0%}", found)
        )
    return faults


def _return_faults(where: str, column: pd.Series, unit: str, is_factor: bool) -> list[Fault]:
    fractions = column * UNITS[unit]
    lost = column[fractions <= -1]
    if len(column) >= _ENOUGH_ROWS and (column > 0).all():
        found = f"{len(column)} figures, all above zero: prices?"
        return [Fault(where, "returns", found, "Write figures: prices if they are.")]
    typical = float(fractions.abs().median())
    low = _SMALLEST_FACTOR_TYPICAL if is_factor else _SMALLEST_TYPICAL
    if len(column) >= _ENOUGH_ROWS and not low <= typical <= _LARGEST_TYPICAL:
        found = f"a typical size of {typical:.3g} when read as {unit}"
        asked = f"daily returns of a typical size from {low:g} to {_LARGEST_TYPICAL:g}"
        return [Fault(where, asked, found, "Mend the unit in the YAML file.")]
    return [
        Fault(f"{where}, {day:%F}", "a return above -100 %", f"{lost[day]:g} {unit}")
        for day in lost.index[:_NAMED]
    ]
