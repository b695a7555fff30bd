"""Prices or returns from a file of the user, CSV or Parquet, only ever read as data.

The file has one row a date and one column a series; a small YAML file of the same name beside
it says which of the two the figures are, because a table of numbers cannot say so itself::

    figures: returns      # or: prices
    unit: bp              # bp, percent or fraction; only with returns
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import yaml

from research.data.prices import checks as price_checks
from research.data.prices.checks import UNITS, Meaning
from research.data.prices.source_files import sidecar_path
from research.errors import DataError, Fault, InputError, raise_if

#: Endings of files that can be read.
ENDINGS = (".csv", ".parquet")

#: Keys of the YAML beside a file.
_KEYS = ("figures", "unit")

#: How a moment ends that has a time zone.
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)$"


@dataclass(frozen=True, eq=False, slots=True)
class PriceFile:
    """The figures of a file.

    Attributes
    ----------
    figures
        ``prices`` or ``returns``.
    table
        Dates x series ids: prices as given, or returns as fractions.
    """

    figures: str
    table: pd.DataFrame


def read_price_file(file: Path, calendars: Mapping[str, str]) -> PriceFile:
    """Read a file of prices or returns and check it against the calendars of its series.

    Parameters
    ----------
    file
        ``.csv`` or ``.parquet``. The first column is ``date`` (``2025-12-24``), each other is
        named by a series id; an empty cell is a day without a session or without a price. In
        Parquet the dates may also be the index of the frame that was stored.
    calendars
        Calendar of each known series and factor.

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
    meaning, faults = _meaning(file)
    raw, form_faults = _from_csv(file) if file.suffix == ".csv" else _from_parquet(file)
    faults += form_faults
    raise_if(
        DataError, _summary(file), [] if _has_columns(raw) else [*faults, _no_dates(file, raw)]
    )
    table, cell_faults = _numbers(file.name, raw)
    faults += [*cell_faults, *price_checks.id_faults(file.name, table, calendars)]
    faults += price_checks.date_faults(file.name, table, calendars)
    if meaning and not cell_faults:
        faults += price_checks.meaning_faults(file.name, table, meaning)
    raise_if(DataError, _summary(file), faults)
    factor = UNITS[meaning.unit] if meaning and meaning.figures == "returns" else 1.0
    return PriceFile(meaning.figures if meaning else "", table * factor)


def _summary(file: Path) -> str:
    return f"{file.name} is not usable as a source of figures."


def _meaning(file: Path) -> tuple[Meaning | None, list[Fault]]:
    beside = sidecar_path(file)
    asked = "figures: prices, or figures: returns with unit: bp, percent or fraction"
    try:
        about = yaml.safe_load(beside.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, [Fault(beside.name, asked, "no such file", f"Put it beside {file.name}.")]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [Fault(beside.name, asked, " ".join(str(error).split())[:100])]
    said = about if isinstance(about, dict) else {}
    faults = _key_faults(beside.name, said)
    figures, unit = said.get("figures"), said.get("unit")
    if figures == "prices" and unit is None:
        return Meaning("prices", "fraction"), faults
    if figures == "returns" and isinstance(unit, str) and unit in UNITS:
        return Meaning("returns", unit), faults
    return None, [*faults, Fault(beside.name, asked, f"figures: {figures}, unit: {unit}")]


def _key_faults(name: str, said: Mapping[object, object]) -> list[Fault]:
    """Name the keys that would otherwise be ignored, each with the nearest that is meant."""
    faults = []
    for key in said:
        if key not in _KEYS:
            near = difflib.get_close_matches(str(key), _KEYS, n=1)
            todo = f"Did you mean {near[0]}?" if near else "Remove it."
            faults.append(Fault(name, f"no key but {' and '.join(_KEYS)}", repr(key), todo))
    return faults


def _from_csv(file: Path) -> tuple[pd.DataFrame, list[Fault]]:
    """Read cells as text; pandas would take a row that is too long for one with an index."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        header, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True)) or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        fault = Fault(file.name, "CSV in UTF-8", str(error))
        raise DataError(_summary(file), [fault]) from None
    faults = [
        Fault(f"{file.name}, row {number}", f"{len(header)} cells", str(len(row)))
        for number, row in enumerate(rows, start=2)
        if len(row) != len(header)
    ]
    whole = {number: row for number, row in enumerate(rows, start=2) if len(row) == len(header)}
    frame = pd.DataFrame.from_dict(whole, orient="index", columns=header, dtype=str)
    return frame, faults


def _from_parquet(file: Path) -> tuple[pd.DataFrame, list[Fault]]:
    try:
        table = _index_first(pyarrow.parquet.ParquetFile(file).read())
    except (ValueError, OSError) as error:
        fault = Fault(file.name, "Parquet", " ".join(str(error).split())[:120])
        raise DataError(_summary(file), [fault]) from None
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return frame.set_axis(range(1, len(frame) + 1)), []


def _index_first(table: pyarrow.Table) -> pyarrow.Table:
    """Put an index of dates, which pandas stores as the last column, where ``date`` stands."""
    index = (table.schema.pandas_metadata or {}).get("index_columns", [])
    match index:
        case [str(name)] if name == "date" or name.startswith("__index_level_"):
            if name in table.column_names and pyarrow.types.is_temporal(table[name].type):
                dates = table[name]
                return table.drop_columns([name]).add_column(0, "date", dates)
    return table


def _has_columns(raw: pd.DataFrame) -> bool:
    return len(raw.columns) > 1 and raw.columns[0] == "date" and raw.columns.is_unique


def _no_dates(file: Path, raw: pd.DataFrame) -> Fault:
    found = ", ".join(map(str, raw.columns[:4])) or "none"
    return Fault(f"{file.name}, columns", "date, then each series id once", found)


def _numbers(name: str, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Turn the first column into dates and the others into numbers, and name what is neither."""
    cells = raw["date"]
    dates = pd.to_datetime(cells, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    faults = price_checks.cell_faults(name, cells, dates.isna(), "a date such as 2025-12-24")
    zoned = cells.astype(str).str.contains(_ZONE)
    faults += price_checks.cell_faults(name, cells, zoned, "a date without a time zone")
    columns = {}
    for column in raw.columns[1:]:
        cells = raw[column]
        blank = cells.isna() | cells.eq("")
        # Text is how CSV writes a number; in Parquet it is a mistake, and so is yes or no.
        numeric = pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells)
        if numeric or (name.endswith(".csv")):
            columns[column] = pd.to_numeric(cells.mask(blank), errors="coerce").astype(float)
        else:
            columns[column] = pd.Series(float("nan"), cells.index)
        wrong = (columns[column].isna() & ~blank) | columns[column].abs().eq(float("inf"))
        faults += price_checks.cell_faults(name, cells, wrong, "a number or an empty cell")
    index = pd.DatetimeIndex(dates, name="date").as_unit("us")
    return pd.DataFrame(columns).set_axis(index), faults
