"""Prices or returns from a CSV file of the user.

The file has one row a date and one column a series; a small YAML file of the same name beside
it says which of the two the figures are, because a table of numbers cannot say so itself::

    figures: returns      # or: prices
    unit: bp              # bp, percent or fraction; only with returns
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import ValidationError

from research.data.prices import checks
from research.data.prices.cache import sidecar_path
from research.data.tables import cell_faults, read_cells
from research.errors import DataError, Fault, InputError, raise_if
from research.values import Parameters, UnusableValueError, read_yaml

#: Largest file that is read: 80 years of sessions, or 1,000 series.
MOST_BYTES = 20_000_000

_SAID = "figures: prices, or figures: returns with unit: bp, percent or fraction"


class _Meaning(Parameters):
    figures: Literal["prices", "returns"]
    unit: Literal["bp", "percent", "fraction"] | None = None


def read_price_file(file: Path, calendars: Mapping[str, str]) -> tuple[str, pd.DataFrame]:
    """Read a file, check it, and give ``prices`` as written or ``returns`` as fractions.

    The first column is ``date`` (``2025-12-24``), each other is named by a series id; an empty cell
    is a day without a session or without a price. A file that is missing or no CSV is an
    `InputError`; what is wrong inside, or with the YAML beside it, is one `DataError`.
    """
    if file.suffix != ".csv" or not file.is_file():
        found = "no such file" if file.suffix == ".csv" else repr(file.suffix)
        raise InputError("This source cannot be read.", [Fault(str(file), "a .csv file", found)])
    summary = f"{file.name} is not usable as a source of figures."
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise DataError(summary, [Fault(file.name, f"at most {MOST_BYTES:,} bytes", f"{size:,}")])
    meaning, faults = _meaning(file)
    raw, form_faults = read_cells(file, file.name)
    faults += form_faults
    if raw is not None and (raw.columns[0] != "date" or len(raw.columns) < 2):
        found, raw = ", ".join(raw.columns[:4]), None
        faults.append(Fault(f"{file.name}, line 1", "date, then each series id once", found))
    if raw is None:
        raise DataError(summary, faults)
    table, odd_cells = _numbers(file.name, raw)
    faults += [*odd_cells, *checks.id_faults(file.name, table, calendars)]
    faults += checks.date_faults(file.name, table, calendars)
    unit = (meaning.unit if meaning else None) or "fraction"
    if meaning and not odd_cells:
        faults += checks.figure_faults(file.name, table, meaning.figures, unit)
    raise_if(DataError, summary, faults)
    assert meaning is not None
    return meaning.figures, table * checks.UNITS[unit]


def _meaning(file: Path) -> tuple[_Meaning | None, list[Fault]]:
    beside = sidecar_path(file)
    try:
        about = _Meaning.model_validate(read_yaml(beside))
        if (about.unit is None) != (about.figures == "returns"):
            return about, []
        found = f"figures: {about.figures}, unit: {about.unit}"
    except FileNotFoundError:
        found = "no such file"
    except ValidationError as error:
        found = ", ".join(".".join(map(str, one["loc"])) or "no names" for one in error.errors())
    except (UnusableValueError, OSError) as error:
        found = str(error)
    return None, [Fault(beside.name, _SAID, found, "Use these keys and no other.")]


def _numbers(name: str, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Turn the first column into dates and the others into numbers, and name what is neither."""
    cells = raw["date"]
    dates = pd.to_datetime(cells, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    faults = cell_faults(name, cells, dates.isna(), "a date such as 2025-12-24")
    columns = {}
    for column in raw.columns[1:]:
        cells = raw[column]
        columns[column] = pd.to_numeric(cells, errors="coerce").astype(float)
        wrong = (columns[column].isna() & cells.notna()) | columns[column].abs().eq(float("inf"))
        faults += cell_faults(name, cells, wrong, "a number or an empty cell")
    index = pd.DatetimeIndex(dates, name="date").as_unit("us")
    return pd.DataFrame(columns).set_axis(index), faults
