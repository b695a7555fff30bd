"""Reading a bundled table: its file, what its sidecar says of it, its shape."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from research import paths
from research.data import catalog
from research.data.catalog import Column, Labels, Sidecar
from research.errors import DataError, Fault, raise_if
from research.labels import few

P = ParamSpec("P")
T = TypeVar("T")

_FORMS = {"date": "%Y-%m-%d", "month": "%Y-%m"}
_REFERENCE = re.compile(r"(\w+/\w+)\.(\w+)(?: where (\w+) = (\w+))?(?: except (.+))?")


def load_table(name: str) -> Any:
    """Read a bundled table, checked, once a process: a copy that may be changed without harm.

    It is a Series where the sidecar names one column of values; shares and returns are fractions.
    Every fault of file, digest, sidecar and content is in one `DataError`.
    """
    found = _finished(*_key(name))
    catalog.note_read(name)
    return found


def read_ahead(names: Iterable[str]) -> None:
    """Read tables for processes forked from this one; none counts as read, and damage waits."""
    for name in names:
        with suppress(DataError):
            _finished(*_key(name))


def once(compute: Callable[P, T]) -> Callable[P, T]:
    """Compute once a process for each input; frames are copies that may be changed without harm.

    The tables that it read count as read each time.
    """

    @functools.cache
    def kept(*args: P.args, **kwargs: P.kwargs) -> tuple[T, set[str]]:
        with catalog.noting() as tables:
            return compute(*args, **kwargs), tables

    @functools.wraps(compute)
    def copied(*args: P.args, **kwargs: P.kwargs) -> T:
        found, tables = kept(*args, **kwargs)  # type: ignore[arg-type]
        catalog.note_read(*tables)
        # Under copy-on-write a shallow copy is safe.
        return found.copy(deep=False) if isinstance(found, pd.DataFrame | pd.Series) else found

    return copied


def checked(name: str) -> pd.DataFrame:
    """Read a table as other tables are held against it: checked, under the lines of its file."""
    return _checked(*_key(name)).copy(deep=False)


@once
def _checked(name: str, *_files: object) -> pd.DataFrame:
    frame, faults = examine(name)
    raise_if(DataError, f"The table {name} is not as it should be.", faults)
    assert frame is not None
    return frame


def examine(name: str) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a table and collect its faults; the frame is ``None`` when a cell or column is wrong."""
    from research.data.content import content_faults

    faults = catalog.digest_faults(name)
    try:
        about, file = catalog.sidecar(name), catalog.path(name)
        raw, of_file = read_cells(file, catalog.show(file)) if file.is_file() else (None, [])
        faults += of_file
        if raw is None:
            return None, faults
        frame, wrong = _validated(name, about, raw)
    except DataError as damage:
        # The sidecar, or a table that this one takes its labels from, is damaged.
        return None, list(dict.fromkeys([*faults, *damage.faults]))
    if wrong:
        return None, faults + wrong
    return frame, faults + content_faults(name, about, frame)


def check_all() -> dict[str, list[Fault]]:
    """Check all bundled tables; give what is wrong with each."""
    folder, wrong = paths.data(), dict[str, list[Fault]]()
    files = {file for end in ("csv", "yaml") for file in folder.glob(f"*/*.{end}")}
    here = {file.relative_to(folder).with_suffix("").as_posix() for file in files}
    sealed = {name.rpartition(".")[0] for name in catalog.checksums()}
    for name in sorted(here | sealed):
        if not name.startswith("cache/"):
            wrong[name] = []
            try:
                checked(name)
            except DataError as error:
                wrong[name] += dict.fromkeys(error.faults)
    return wrong


def labels(listed: Labels, own: tuple[str, pd.DataFrame] | None = None) -> list[str]:
    """Write out labels of a sidecar; those of the table ``own`` come from the given frame."""
    found: list[str] = []
    for item in [listed] if isinstance(listed, str) else listed:
        reference = _REFERENCE.fullmatch(item)
        if reference is None:
            found.append(item)
            continue
        table, column, other, value, less = reference.groups()
        left_out = (less or "").split(", ")
        frame = own[1] if own and own[0] == table else checked(table)
        rows = frame if other is None else frame[frame[other] == value]
        # The table's own column may be missing, which is another fault.
        every = map(str, rows[column].unique() if column in rows else ())
        found += [label for label in every if label not in left_out]
    return found


def _key(name: str) -> tuple[Any, ...]:
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
    columns = zip(*(cells for _, cells in whole), strict=True) if whole else ((),) * len(header)
    read = [[cell or float("nan") for cell in column] for column in columns]
    return pd.DataFrame(dict(zip(header, read, strict=True)), index, dtype="str"), faults


def _validated(name: str, about: Sidecar, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the cells of a table and hold them against what its sidecar says of each column."""
    file, own = catalog.show(catalog.path(name)), (name, raw)
    columns = {
        label: column
        for heading, column in about.columns.items()
        for label in (labels(column.columns, own) if column.columns else [heading])
    }
    there = [label for label in raw if label in columns]
    known = [label for label in columns if label in raw]
    places = zip(known, there, strict=True)
    wrong = [
        *((label, "no such column", "it there") for label in raw if label not in columns),
        *((label, "this column", "none of that name") for label in columns if label not in raw),
        *(
            (label, "this column in this place", "it there")
            for one, label in places
            if one != label
        ),
    ]
    faults = [Fault(f"{file}, column {label}", *told) for label, *told in wrong]
    allowed = {id(one): labels(one.one_of or one.each_of, own) for one in about.columns.values()}
    read = {}
    for label in there:
        cells = raw[label]
        read[label], checks = _cells(cells, columns[label], allowed[id(columns[label])])
        for asked, bad in checks:
            faults += cell_faults(file, cells, bad, asked)
    if about.key and set(about.key) <= set(there):
        again = raw.index[raw.duplicated(about.key)]
        faults += [Fault(f"{file}, line {line}", "each key once", "twice") for line in again]
    return pd.DataFrame(read, raw.index), faults


def cell_faults(file: str, cells: pd.Series, wrong: Any, asked: str) -> list[Fault]:
    """Name the cells of a column that are wrong, by line of the file."""
    found = few(f"{written(cells[line])} in line {line}" for line in cells.index[wrong])
    return [Fault(f"{file}, column {cells.name}", asked, found)] if found else []


def _cells(
    cells: pd.Series, about: Column, known: Sequence[str]
) -> tuple[pd.Series, list[tuple[str, np.ndarray]]]:
    """Read the cells of a column; give what is asked for where some are wrong, and which are."""
    noun = {"number": "a number", "count": "a whole number"}.get(about.type or "", "a date")
    blank, form = cells.isna().to_numpy(), _FORMS.get(about.type or "")
    if form:
        values = pd.to_datetime(cells, format=form, errors="coerce").astype("datetime64[us]")
    elif about.type in ("number", "count"):
        values = pd.to_numeric(cells, errors="coerce").astype(float)
    else:
        values = cells
    read = values.to_numpy()
    unread = values.isna().to_numpy() & ~blank if about.type else np.zeros(len(cells), bool)
    if about.type == "count":
        unread |= read % 1 > 0
        values = values if (unread | blank).any() else values.astype("int64")
    checks = [(noun, unread)] if about.blank else [(noun, unread), ("a value", blank)]
    if about.min is not None:
        low, high = (np.datetime64(str(x)) if form else x for x in (about.min, about.max))
        outside = (read < low) | (read > high)
        checks.append((f"{noun} from {about.min} to {about.max}", outside))
    if about.rising:
        checks.append((f"{noun} above that of the row before", np.r_[False, read[1:] <= read[:-1]]))
    if about.unique:
        checks.append(("each value once", cells.duplicated(keep=False).to_numpy() & ~blank))
    if known:
        said = f"one of {', '.join(known)}" if len(known) <= 12 else f"one of {len(known)} codes"
        if about.one_of:
            checks.append((said, ~cells.isin(known).to_numpy() & ~blank))
        else:
            odd = [not {*cell.split()} <= {*known} for cell in cells.fillna("")]
            checks.append((f"words, each {said}", np.array(odd, bool)))
    if about.pattern:
        fits = cells.str.fullmatch(about.pattern).to_numpy(bool)
        checks.append((f"text of the form {about.pattern}", ~blank & ~fits))
    return values, [(asked, bad) for asked, bad in checks if bad.any()]


@once
def _finished(name: str, *_files: object) -> Any:
    about = catalog.sidecar(name)
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


def written(value: object) -> str:
    """Write what was found in a cell."""
    if pd.isna(value):
        return "a blank"
    return f"{value:%F}" if isinstance(value, pd.Timestamp) else repr(value)
