"""Prices or returns from a file of the user, CSV or Parquet, only ever read as data.

The file has one row a date and one column a series; a small YAML file of the same name beside
it says which of the two the figures are, because a table of numbers cannot say so itself::

    figures: returns      # or: prices
    unit: bp              # bp, percent or fraction; only with returns
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as arrow
import pyarrow.compute
import pyarrow.parquet
from pydantic import ValidationError

from research.data.prices import checks
from research.data.prices.cache import sidecar_path
from research.errors import DataError, Fault, InputError, raise_if
from research.values import Parameters, UnusableValueError, read_yaml

#: Largest file, and largest table inside, that is read: 80 years of sessions, or 1,000 series.
MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20_000_000, 20_000, 1_000, 2_000_000

_ENDINGS = (".csv", ".parquet")
_SAID = "figures: prices, or figures: returns with unit: bp, percent or fraction"

#: How a moment ends that has a time zone.
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)$"


class _Meaning(Parameters):
    """What the YAML beside a file says."""

    figures: Literal["prices", "returns"]
    unit: Literal["bp", "percent", "fraction"] | None = None


@dataclass(frozen=True, eq=False, slots=True)
class PriceFile:
    """The figures of a file.

    ``table`` is dates x series ids: prices as given, or returns as fractions.
    """

    figures: str
    table: pd.DataFrame


def read_price_file(file: Path, calendars: Mapping[str, str]) -> PriceFile:
    """Read a file of prices or returns and check it against the calendars of its series.

    The first column is ``date`` (``2025-12-24``), each other is named by a series id; an empty cell
    is a day without a session or without a price. In Parquet the dates may also be the index of
    the frame that was stored.

    Raises
    ------
    InputError
        If the file is missing or is neither CSV nor Parquet.
    DataError
        If it is too large, the YAML beside it does not say what the figures are, ids are unknown,
        dates are doubled, unsorted or on days without a session, cells are not numbers, or the
        figures contradict what the YAML says; all at once.
    """
    if file.suffix not in _ENDINGS or not file.is_file():
        found = "no such file" if file.suffix in _ENDINGS else repr(file.suffix)
        fault = Fault(str(file), "a CSV or Parquet file (.csv, .parquet)", found)
        raise InputError("This source cannot be read.", [fault])
    summary = f"{file.name} is not usable as a source of figures."
    size = file.stat().st_size
    if size > MOST_BYTES:
        fault = Fault(file.name, f"at most {MOST_BYTES:,} bytes", f"{size:,}")
        raise DataError(summary, [fault])
    meaning, faults = _meaning(file)
    raw, form_faults = _from_csv(file) if file.suffix == ".csv" else _from_parquet(file)
    faults += form_faults
    if raw is None:
        raise DataError(summary, faults)
    table, cell_faults = _numbers(file.name, raw)
    faults += [*cell_faults, *checks.id_faults(file.name, table, calendars)]
    faults += checks.date_faults(file.name, table, calendars)
    unit = (meaning.unit if meaning else None) or "fraction"
    if meaning and not cell_faults:
        faults += checks.figure_faults(file.name, table, meaning.figures, unit)
    raise_if(DataError, summary, faults)
    assert meaning is not None
    return PriceFile(meaning.figures, table * checks.UNITS[unit])


def _meaning(file: Path) -> tuple[_Meaning | None, list[Fault]]:
    beside = sidecar_path(file)
    try:
        about = _Meaning.model_validate(read_yaml(beside))
    except FileNotFoundError:
        return None, [Fault(beside.name, _SAID, "no such file", f"Put it beside {file.name}.")]
    except (UnusableValueError, OSError) as error:
        return None, [Fault(beside.name, _SAID, str(error))]
    except ValidationError as error:
        wrong = [".".join(map(str, one["loc"])) or "no names" for one in error.errors()]
        todo = "Use the keys figures and unit, and no other."
        return None, [Fault(f"{beside.name}, {key}", _SAID, "another", todo) for key in wrong]
    if (about.unit is None) == (about.figures == "returns"):
        return None, [Fault(beside.name, _SAID, f"figures: {about.figures}, unit: {about.unit}")]
    return about, []


def _shape_faults(name: str, header: list[str], rows: int) -> list[Fault]:
    """Refuse what is too large to be read in seconds, and what has no dates."""
    sizes = (rows, len(header), rows * len(header))
    limits = (("rows", MOST_ROWS), ("columns", MOST_COLUMNS), ("cells", MOST_CELLS))
    faults = [
        Fault(name, f"at most {most:,} {what}", f"{found:,} or more")
        for (what, most), found in zip(limits, sizes, strict=True)
        if found > most
    ]
    if not faults and (header[:1] != ["date"] or len(header) < 2 or len(set(header)) < len(header)):
        found = ", ".join(header[:4]) or "none"
        faults.append(Fault(f"{name}, columns", "date, then each series id once", found))
    return faults


def _from_csv(file: Path) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read cells as text; pandas would take a row that is too long for one with an index."""
    rows: list[list[str]] = []
    try:
        text = file.read_text(encoding="utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header, cells = next(reader, []), 0
        for row in reader:
            rows.append(row)
            cells += len(row)
            if len(rows) > MOST_ROWS or cells > MOST_CELLS:
                break
    except (ValueError, csv.Error) as error:
        return None, [Fault(file.name, "CSV in UTF-8", str(error))]
    if faults := _shape_faults(file.name, header, max(len(rows), cells // max(1, len(header)))):
        return None, faults
    numbered = dict(enumerate(rows, start=2))
    lengths = pd.Series({number: len(row) for number, row in numbered.items()}, name="length")
    wrong = lengths.ne(len(header))
    faults = checks.cell_faults(file.name, lengths, wrong, f"{len(header)} cells")
    whole = {number: row for number, row in numbered.items() if len(row) == len(header)}
    return pd.DataFrame.from_dict(whole, orient="index", columns=header, dtype=str), faults


def _from_parquet(file: Path) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read numbers and dates; sizes and types are known before anything is unpacked."""
    try:
        source = pyarrow.parquet.ParquetFile(file)
        about, schema = source.metadata, source.schema_arrow
        names = _with_date_first(schema)
        faults = _shape_faults(file.name, names, about.num_rows)
        unpacked = sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
        if unpacked > 2 * MOST_BYTES:
            asked = f"at most {2 * MOST_BYTES:,} bytes inside"
            faults.append(Fault(file.name, asked, f"{unpacked:,}"))
        index = schema.names[-1] if names != schema.names else "date"
        types = arrow.types
        for one in schema:
            is_number = types.is_floating(one.type) or types.is_integer(one.type)
            if not (_is_moment(one.type) if one.name == index else is_number):
                asked = "dates or moments" if one.name == index else "numbers"
                faults.append(Fault(f"{file.name}, column {one.name}", asked, str(one.type)[:100]))
        if faults:
            return None, faults
        table = source.read()
        dates, numbers = _dates(table[index]), table.drop_columns([index])
        frame = numbers.to_pandas(ignore_metadata=True)
    except (arrow.ArrowException, ArithmeticError, LookupError, OSError, TypeError, ValueError,
            AttributeError) as error:  # fmt: skip
        return None, [Fault(file.name, "Parquet", " ".join(str(error).split())[:120])]
    frame.insert(0, "date", dates)
    return frame.set_axis(range(1, len(frame) + 1)), []


def _is_moment(kind: arrow.DataType) -> bool:
    return bool(arrow.types.is_timestamp(kind) or arrow.types.is_date(kind))


def _with_date_first(schema: arrow.Schema) -> list[str]:
    """Name the columns, with an index of dates, which pandas stores last, in the first place."""
    match (schema.pandas_metadata or {}).get("index_columns", []):
        case [str(name)] if name == "date" or name.startswith("__index_level_"):
            if schema.names[-1:] == [name] and _is_moment(schema.field(name).type):
                return ["date", *schema.names[:-1]]
    return list(schema.names)


def _dates(column: arrow.ChunkedArray) -> Any:
    """Give moments to the microsecond; those with a zone as text that shows it."""
    kind = arrow.timestamp("us")
    options = pyarrow.compute.CastOptions(target_type=kind, allow_time_truncate=True)
    moments = pyarrow.compute.cast(column, options=options).to_pandas()
    return moments.astype(str) + "Z" if getattr(column.type, "tz", None) else moments.to_numpy()


def _numbers(name: str, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Turn the first column into dates and the others into numbers, and name what is neither."""
    cells = raw["date"]
    dates = pd.to_datetime(cells, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    faults = checks.cell_faults(name, cells, dates.isna(), "a date such as 2025-12-24")
    zoned = cells.astype(str).str.contains(_ZONE)
    faults += checks.cell_faults(name, cells, zoned, "a date without a time zone")
    columns = {}
    for column in raw.columns[1:]:
        cells = raw[column]
        blank = cells.isna() | cells.eq("")
        columns[column] = pd.to_numeric(cells.mask(blank), errors="coerce").astype(float)
        wrong = (columns[column].isna() & ~blank) | columns[column].abs().eq(float("inf"))
        faults += checks.cell_faults(name, cells, wrong, "a number or an empty cell")
    index = pd.DatetimeIndex(dates, name="date").as_unit("us")
    return pd.DataFrame(columns).set_axis(index), faults
