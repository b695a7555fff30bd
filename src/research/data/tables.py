"""Reading a bundled table: its file, the schema and checks of its sidecar, its shape."""

from __future__ import annotations

import csv
import functools
import importlib
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.engines import pandas_engine

from research.data import catalog, identities
from research.data.identities import place
from research.data.sidecar import Column, Labels, Sidecar
from research.errors import DataError, Fault, raise_if

P = ParamSpec("P")
T = TypeVar("T", pd.DataFrame, pd.Series)

#: How many faults of a kind are named one by one; the rest is counted.
NAMED = 5

_TYPES = {"text": pd.StringDtype(na_value=float("nan")), "number": float, "count": "int64"}
_FORMS = {"date": "%Y-%m-%d", "month": "%Y-%m"}
_REFERENCE = re.compile(r"(\w+/\w+)\.(\w+)(?: where (\w+) = (\w+))?")
_CHECKS = {
    "deal": "checks_market",
    "market": "checks_market",
    "jobs": "checks_jobs",
    "tariffs": "checks_tariffs",
}

# What pandera calls its own checks, in words.
_WORDS = {
    "not_nullable": "a value",
    "field_uniqueness": "each value once",
    "multiple_fields_uniqueness": "each key once",
    "column_in_dataframe": "this column",
    "column_in_schema": "no such column",
    "column_ordered": "this column in this place",
    "coerce_dtype('int64')": "a whole number",
    "coerce_dtype('float64')": "a number",
}

# Checked and finished tables, as long as their files are the same.
_checked: dict[tuple[object, ...], pd.DataFrame] = {}
_finished: dict[tuple[object, ...], Any] = {}


def load_table(name: str) -> Any:
    """Read a bundled table, checked, once a process: a copy that may be changed without harm.

    Returns
    -------
    DataFrame, or Series where the sidecar names one column of values; shares and returns are
    fractions.

    Raises
    ------
    DataError
        With every fault of file, digest, sidecar, schema and content.
    """
    key = _key(name)
    if key not in _finished:
        _finished[key] = _shaped(name, catalog.sidecar(name))
    catalog.note_read(name)
    found = _finished[key]
    # Under copy-on-write a shallow copy is safe.
    return found.copy(deep=False) if isinstance(found, pd.DataFrame | pd.Series) else found


def once(compute: Callable[P, T]) -> Callable[P, T]:
    """Compute a frame once a process for each input, and give copies that may be changed."""
    kept = functools.cache(compute)

    @functools.wraps(compute)
    def copied(*args: P.args, **kwargs: P.kwargs) -> T:
        return kept(*args, **kwargs).copy(deep=False)  # type: ignore[arg-type]

    return copied


def checked(name: str) -> pd.DataFrame:
    """Read a table as other tables are held against it: checked, under the lines of its file."""
    key = _key(name)
    if key not in _checked:
        frame, faults = examine(name)
        raise_if(DataError, f"The table {name} is not as it should be.", faults)
        assert frame is not None
        _checked[key] = frame
    return _checked[key].copy(deep=False)


def examine(name: str) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a table and collect all its faults; the frame is ``None`` when the schema fails."""
    faults = catalog.digest_faults(name)
    try:
        about, file = catalog.sidecar(name), catalog.path(name)
        raw, of_file = read_cells(file, catalog.show(file)) if file.is_file() else (None, [])
        faults += of_file
        if raw is None:
            return None, faults
        frame = _validated(name, about, raw)
    except pa.errors.SchemaErrors as errors:
        return None, faults + _schema_faults(errors, catalog.show(file))
    except DataError as damage:
        # The sidecar, or a table that this one takes its labels from, is damaged.
        return None, list(dict.fromkeys([*faults, *damage.faults]))
    dates = frame.select_dtypes("datetime").columns
    # The unit of `research.sessions`, so that labels of both compare and join without casts.
    frame = frame.astype(dict.fromkeys(dates, "datetime64[us]"))
    return frame, faults + _content_faults(name, about, frame)


def labels(listed: Labels, own: tuple[str, pd.DataFrame] | None = None) -> list[str]:
    """Write out labels of a sidecar; those of the table ``own`` come from the given frame."""
    found: list[str] = []
    for item in [listed] if isinstance(listed, str) else listed:
        reference = _REFERENCE.fullmatch(item)
        if reference is None:
            found.append(item)
            continue
        table, column, other, value = reference.groups()
        frame = own[1] if own and own[0] == table else checked(table)
        rows = frame if other is None else frame[frame[other] == value]
        # The table's own column may be missing, which is another fault.
        found += map(str, rows[column].unique() if column in rows else ())
    return found


def _key(name: str) -> tuple[object, ...]:
    """Tell what a table is read from: its bytes, and what they should be."""
    files = [file for file in (catalog.path(name), catalog.sidecar_path(name)) if file.is_file()]
    return name, *((catalog.stamp(file), catalog.sealed(file)) for file in files)


def read_cells(file: Path, where: str) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a CSV file as text, blanks as NaN, under the line on which each row ends.

    pandas itself would take a row that is too long for one with an index.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        numbered = [(rows.line_num, cells) for cells in rows]
    except UnicodeDecodeError as error:
        found = f"byte 0x{error.object[error.start]:02x}"
        return None, [Fault(where, "text in UTF-8", found)]
    except csv.Error as error:
        return None, [Fault(f"{where}, line {rows.line_num}", "a line of CSV", str(error))]
    header = numbered[0][1] if numbered else []
    if not header or len(set(header)) < len(header):
        return None, [Fault(f"{where}, line 1", "a heading, each name once", repr(header)[:100])]
    faults = [
        Fault(f"{where}, line {line}", f"{len(header)} cells", f"{len(cells)}")
        for line, cells in numbered
        if len(cells) != len(header)
    ]
    whole = [(line, cells) for line, cells in numbered[1:] if len(cells) == len(header)]
    index = pd.Index([line for line, _ in whole], name="line")
    frame = pd.DataFrame([cells for _, cells in whole], index, header, dtype="str")
    return frame.replace("", float("nan")), faults


def _validated(name: str, about: Sidecar, raw: pd.DataFrame) -> pd.DataFrame:
    """Hold a table against its schema; columns of one meaning are checked at once.

    Only where a cell of theirs is wrong is each looked at alone, which is slow and tells the place.
    """
    own = name, raw
    meant = {
        heading: labels(column.columns, own) if column.columns else [heading]
        for heading, column in about.columns.items()
    }
    blocks = []
    if list(raw) == [label for some in meant.values() for label in some]:
        for heading, column in about.columns.items():
            block = _numbers(raw[meant[heading]], column) if column.columns else None
            if block is not None:
                blocks.append(block)
                del meant[heading]
    columns = {
        label: _column(about.columns[heading], own) for heading in meant for label in meant[heading]
    }
    key = about.key or None
    schema = pa.DataFrameSchema(columns, strict=True, ordered=True, coerce=True, unique=key)
    done = [label for block in blocks for label in block]
    rest = schema.validate(raw.drop(columns=done), lazy=True)
    return pd.concat([rest, *blocks], axis=1)[list(raw)]


def _numbers(cells: pd.DataFrame, column: Column) -> pd.DataFrame | None:
    """Read cells as numbers; ``None`` where one is none, or not as the sidecar asks."""
    if column.type not in ("number", "count") or column.unique or column.one_of:
        return None
    try:
        found = cells.astype(_TYPES[column.type])
    except (ValueError, TypeError):
        return None
    values = found.to_numpy()
    low, high = (-np.inf, np.inf) if column.min is None else (column.min, column.max)
    good = (values >= low) & (values <= high) | (column.blank & np.isnan(values))
    return found if good.all() else None


def _column(about: Column, own: tuple[str, pd.DataFrame]) -> pa.Column:
    form = _FORMS.get(about.type or "")
    # pandera types this as a plain dtype, without its arguments.
    dates: Any = pandas_engine.DateTime
    kind = dates(to_datetime_kwargs={"format": form}) if form else _TYPES[about.type or "text"]
    checks = []
    if about.min is not None:
        low, high = (pd.Timestamp(x) if form else x for x in (about.min, about.max))
        said = {"number": "a number", "count": "a whole number"}.get(about.type or "", "a date")
        error = f"{said} from {about.min} to {about.max}"
        checks.append(pa.Check.in_range(low, high, error=error))
    if about.one_of or about.each_of:
        known = labels(about.one_of or about.each_of, own)
        said = f"one of {', '.join(known)}" if len(known) <= 12 else f"one of {len(known)} codes"
        if about.one_of:
            checks.append(pa.Check.isin(known, error=said))
        else:
            checks.append(pa.Check(_each_of(known), element_wise=True, error=f"words, each {said}"))
    if about.pattern:
        error = f"text of the form {about.pattern}"
        checks.append(pa.Check.str_matches(rf"^(?:{about.pattern})$", error=error))
    return pa.Column(kind, checks, nullable=about.blank, unique=about.unique)


def _each_of(known: Iterable[str]) -> Callable[[str], bool]:
    allowed = set(known)
    return lambda cell: bool(cell.split()) and set(cell.split()) <= allowed


def _schema_faults(errors: pa.errors.SchemaErrors, file: str) -> list[Fault]:
    """Turn what pandera found into faults, grouped so that none hides behind many of a kind."""
    faults: list[Fault] = []
    groups = errors.failure_cases.groupby(["column", "check"], sort=False, dropna=False)
    for (_, _), group in groups:
        faults += [_fault(case, file) for case in group.head(NAMED).to_dict("records")]
        if len(group) > NAMED:
            last, more = faults[-1], len(group) - NAMED
            where = re.sub(r", line \d+", "", last.where)
            faults.append(Fault(where, last.asked, f"{more} more lines"))
    return faults


def _fault(case: Mapping[Any, Any], file: str) -> Fault:
    check, found, line = str(case["check"]), case["failure_case"], case["index"]
    asked = "a date" if "datetime" in check.lower() else _WORDS.get(check, check)
    if check in ("column_in_dataframe", "column_in_schema", "column_ordered"):
        there = "none of that name" if check == "column_in_dataframe" else "it there"
        return Fault(f"{file}, column {found}", asked, there)
    where = file if pd.isna(line) else f"{file}, line {line}"
    column = f", column {case['column']}" if isinstance(case["column"], str) else ""
    blank = check == "not_nullable" or found is None
    return Fault(where + column, asked, "a blank" if blank else repr(found))


def _content_faults(name: str, about: Sidecar, frame: pd.DataFrame) -> list[Fault]:
    faults = [
        fault
        for column, says in about.columns.items()
        for fault in [
            *(_order_faults(name, frame[column], labels(says.exactly)) if says.exactly else []),
            *(_rise_faults(name, frame[column]) if says.rising else []),
        ]
    ]
    if faults:
        # Sums are taken by label, so they wait until the labels are right.
        return faults
    for check in about.checks:
        try:
            faults += _check(name, check)(frame, name)
        except DataError as partner:
            faults += partner.faults
    return faults


def _check(name: str, check: str) -> Callable[[pd.DataFrame, str], list[Fault]]:
    topic = importlib.import_module(f"research.data.{_CHECKS[name.partition('/')[0]]}")
    found: Any = getattr(topic, check, getattr(identities, check, None))
    if found is None:
        where = f"{catalog.show(catalog.sidecar_path(name))}, checks"
        raise DataError("Unknown check.", [Fault(where, "a function that checks", repr(check))])
    return found  # type: ignore[no-any-return]


def _order_faults(name: str, column: pd.Series, wanted: Sequence[str]) -> list[Fault]:
    """Ask for these labels in this order: a row out of place marks a table sorted by hand."""
    where, known = place(name, None, column.name), set(wanted)
    faults = [
        Fault(where, f"a row {label}", "none") for label in wanted if label not in set(column)
    ]
    faults += [
        Fault(place(name, line, column.name), "a known label", repr(label))
        for line, label in column.items()
        if label not in known
    ]
    if not faults and list(column) != list(wanted):
        pairs = zip(column.items(), [*wanted, "no further row"], strict=False)
        line, is_there, asked = next((n, found, one) for (n, found), one in pairs if found != one)
        todo = "Rows must stand in the order of the source, each once."
        faults.append(Fault(place(name, line, column.name), asked, is_there, todo))
    return faults


def _rise_faults(name: str, column: pd.Series) -> list[Fault]:
    late = column.index[1:][column.iloc[1:].array <= column.iloc[:-1].array]
    return [
        Fault(place(name, line, column.name), "a later date than the row above", "not later")
        for line in late
    ]


def _shaped(name: str, about: Sidecar) -> Any:
    finish: Any = _FINISHES[about.finish] if about.finish else None
    frame = checked(name)
    for column, says in about.columns.items():
        if says.split:
            cells = [tuple(cell.split(says.split)) for cell in frame[column]]
            frame[column] = pd.Series(cells, frame.index, dtype=object)
    frame = frame.set_index(about.index) if about.index else frame.reset_index(drop=True)
    frame = frame / about.divide_by if about.divide_by else frame
    frame = frame.rename_axis(index=about.index_name) if about.index_name else frame
    frame = frame.rename_axis(columns=about.columns_name) if about.columns_name else frame
    frame = finish(frame) if finish else frame
    return frame[about.series] if about.series else frame


def moments(events: pd.DataFrame) -> pd.Series:
    """Give the moment of each event in UTC, from its local date, time used and zone."""
    stamps = [
        pd.Timestamp(f"{day:%F} {time}", tz=zone).tz_convert("UTC")
        for day, time, zone in zip(
            events["date_local"], events["time_used"], events["timezone"], strict=True
        )
    ]
    return pd.Series(pd.DatetimeIndex(stamps).as_unit("us"), index=events.index)


def with_moments(events: pd.DataFrame) -> pd.DataFrame:
    """Put ``moment_utc``, what date, time and zone stand for, behind the zone."""
    out = events.copy()
    out.insert(list(out.columns).index("timezone") + 1, "moment_utc", moments(events))
    return out


def years_as_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Label columns by whole years."""
    return frame.set_axis(frame.columns.astype(int), axis=1).rename_axis(columns="year")


def without_blanks(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an empty text where a source does not tell a country apart."""
    return frame.fillna("")


#: The last shapes that a sidecar can ask for by name.
_FINISHES = {finish.__name__: finish for finish in (with_moments, years_as_numbers, without_blanks)}
