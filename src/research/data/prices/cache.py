"""The file of fetched prices: written whole or not at all, checked on every read.

A table and its description are two files, and no system replaces two files at once. So each
table has a name of its own, made from its digest, and the description, which names the table,
is replaced last: until that moment the old description and the old table stand, after it the
new ones. A process that is killed in between leaves at most a table that nothing names.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from research import paths
from research.errors import DataError, Fault, FetchError

if TYPE_CHECKING:
    import pandas as pd

#: Number of the layout of both files; a file of another layout is not read.
LAYOUT = 1

_TABLE_NAME = re.compile(r"prices-[0-9a-f]{16}\.parquet")
_FETCH = "Run `research data fetch`."
_LOCK_TIMEOUT_S = 30
_FIELDS: dict[str, type] = {
    "title": str,
    "unit": str,
    "authority": str,
    "rights": str,
    "fetched_utc": str,
    "auto_adjust": bool,
    "yfinance": str,
    "file": str,
    "sha256": str,
    "rows": int,
    "series": dict,
    "missing": dict,
    "left_out": list,
}


@dataclass(frozen=True, eq=False, slots=True)
class CachedPrices:
    """Prices as they were fetched.

    Attributes
    ----------
    prices
        Dates x series ids, in the currency of each listing; NaN = no price that day.
    about
        The description beside them: when, from where, under which ticker, what was left out.
    """

    prices: pd.DataFrame
    about: dict[str, Any]


def description_file() -> Path:
    """Give the path of the description, which may be missing."""
    return paths.cache() / "prices.yaml"


def files() -> tuple[Path, ...]:
    """List the description and the table it names, without reading the table.

    Raises
    ------
    DataError
        If there are none or the description is damaged.
    """
    return description_file(), _table_file(read_description())


def write(prices: pd.DataFrame, about: dict[str, Any]) -> Path:
    """Replace the prices on disk; at every moment a whole set can be read.

    Parameters
    ----------
    prices
        Dates x series ids; the index is named ``date``.
    about
        The description without ``file``, ``sha256``, ``rows`` and ``layout``, which are added.

    Returns
    -------
    The file of the description.
    """
    for _ in writing(prices, about):
        pass
    return description_file()


def writing(prices: pd.DataFrame, about: dict[str, Any]) -> Iterator[str]:
    """Do what `write` does, pausing after each step to name it; for tests of a sudden end."""
    content = _parquet(prices)
    digest = hashlib.sha256(content).hexdigest()
    table = paths.cache() / f"prices-{digest[:16]}.parquet"
    full = {"layout": LAYOUT, **about, "file": table.name, "sha256": digest, "rows": len(prices)}
    text = yaml.safe_dump(full, sort_keys=False, allow_unicode=True, width=100)
    paths.cache().mkdir(parents=True, exist_ok=True)
    with _only_writer():
        before = _tables()
        yield from _replacing(table, content)
        yield from _replacing(description_file(), text.encode())
        _clear(before, table)
        yield "cleared old tables"


@contextmanager
def _only_writer() -> Iterator[None]:
    import filelock

    lock = filelock.FileLock(paths.cache() / "prices.lock")
    try:
        lock.acquire(timeout=_LOCK_TIMEOUT_S)
    except filelock.Timeout:
        fault = Fault(lock.lock_file, "a free lock", f"one held for {_LOCK_TIMEOUT_S} s", "Wait.")
        raise FetchError("Another fetch is storing prices.", [fault]) from None
    try:
        yield
    finally:
        lock.release()


def read_description() -> dict[str, Any]:
    """Read and check the description.

    Raises
    ------
    DataError
        If it is missing or damaged, or has another layout.
    """
    file = description_file()
    try:
        about = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _unusable("There are no live prices.", Fault(file.name, "a file", "none")) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())[:100]
        raise _damaged(Fault(file.name, "YAML in UTF-8", why)) from None
    layout = about.get("layout") if isinstance(about, dict) else None
    if layout != LAYOUT:
        raise _unusable(
            "The live prices were stored by another version.",
            Fault(file.name, f"layout {LAYOUT}", repr(layout)),
        )
    faults = [
        Fault(f"{file.name}, {name}", kind.__name__, repr(about.get(name)))
        for name, kind in _FIELDS.items()
        if not isinstance(about.get(name), kind)
    ]
    if not faults and not _TABLE_NAME.fullmatch(about["file"]):
        faults = [Fault(f"{file.name}, file", "prices-<digest>.parquet", repr(about["file"]))]
    if faults:
        raise _damaged(*faults)
    return dict(about)


def read() -> CachedPrices:
    """Read the prices that were fetched last and hold them against their description.

    Raises
    ------
    DataError
        If they are missing, damaged or disagree with the description.
    """
    about = read_description()
    table = _table_file(about)
    try:
        content = table.read_bytes()
    except FileNotFoundError:
        raise _damaged(Fault(table.name, "a file", "none")) from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != about["sha256"]:
        fault = Fault(table.name, f"SHA-256 {about['sha256'][:12]}…", f"{digest[:12]}…")
        raise _damaged(fault)
    prices = _from_parquet(content)
    if list(prices.columns) != list(about["series"]):
        raise _damaged(Fault(table.name, "the series of the description", "others"))
    return CachedPrices(prices, about)


def _table_file(about: dict[str, Any]) -> Path:
    return paths.cache() / str(about["file"])


def _tables() -> list[Path]:
    found = [path for path in paths.cache().iterdir() if _TABLE_NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)


def _clear(before: list[Path], table: Path) -> None:
    """Remove tables that no description names, and what killed processes left half written."""
    # The newest of the old tables stays: a reader may hold its description at this moment.
    old = [path for path in before[:-1] if path != table]
    for path in [*old, *paths.cache().glob(".prices*.draft")]:
        path.unlink(missing_ok=True)


def _replacing(target: Path, content: bytes) -> Iterator[str]:
    """Write beside the target, force it to the disk, then rename: readers see old or new."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        yield f"drafted {target.name}"
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _force_folder(target.parent)
    yield f"replaced {target.name}"


def _force_folder(folder: Path) -> None:
    # A rename is on the disk only when its folder is; Windows has no such call.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _parquet(prices: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    # A copy in one block: pandas warns of tables that were put together column by column.
    prices.copy().reset_index().to_parquet(stream, index=False, compression="zstd")
    return stream.getvalue()


def _from_parquet(content: bytes) -> pd.DataFrame:
    import pandas as pd
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(io.BytesIO(content))
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return frame.set_index(pd.DatetimeIndex(frame.pop("date")).as_unit("us"))


def _damaged(*faults: Fault) -> DataError:
    return _unusable("The live prices on disk are damaged.", *faults)


def _unusable(summary: str, *faults: Fault) -> DataError:
    where = paths.cache().name
    return DataError(
        summary, [Fault(f"{where}/{f.where}", f.asked, f.found, _FETCH) for f in faults]
    )
