"""The file of fetched prices, written whole or not at all, and where own files stand.

A table and its description are two files, and no system replaces two files at once. So each
table has a name of its own, made from its digest, and the description, which names the table,
is replaced last: until that moment the old description and the old table stand, after it the
new ones. A process that is killed in between leaves at most a table that nothing names.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import Field, ValidationError

from research import paths
from research.errors import DataError, Fault, FetchError
from research.files import replace_file
from research.values import Parameters, UnusableValueError, read_yaml
from research.wording import asked_for

if TYPE_CHECKING:
    import pandas as pd

#: Number of the layout of both files; a file of another layout is not read.
LAYOUT = 1

_TABLE_NAME = re.compile(r"prices-[0-9a-f]{16}\.parquet")
_FETCH = "Run `research data fetch`."
_LOCK_TIMEOUT_S = 30

# A day left out of each of 133 series takes 10,000 characters.
_MOST_CHARS = 3_000_000


class _Description(Parameters, extra="allow"):
    """What stands beside the table, for people and for `load_market`."""

    title: str
    unit: str
    authority: str
    rights: str
    fetched_utc: str
    auto_adjust: bool
    yfinance: str
    file: str = Field(pattern=r"^prices-[0-9a-f]{16}\.parquet$")
    sha256: str
    rows: int
    series: dict[str, dict[str, Any]]
    missing: dict[str, str]
    left_out: list[dict[str, str]]


@dataclass(frozen=True, eq=False, slots=True)
class CachedPrices:
    """Prices as they were fetched.

    Dates x series ids, in the currency of each listing, NaN = no price that day; and the
    description beside them: when, from where, under which ticker, what was left out.
    """

    prices: pd.DataFrame
    about: dict[str, Any]


def source_files(source: str) -> tuple[Path, ...]:
    """List the files whose bytes decide what `load_market` gives for a source; they may be missing.

    The source is ``bundled`` (its tables have names of their own), ``yahoo`` or a path.
    """
    if source == "bundled":
        return ()
    if source == "yahoo":
        return files()
    file = paths.root() / source
    return file, sidecar_path(file)


def sidecar_path(file: Path) -> Path:
    """Give the YAML file beside a file of figures, which says what they are."""
    return file.with_suffix(".yaml")


def description_file() -> Path:
    """Give the path of the description, which may be missing."""
    return paths.cache() / "prices.yaml"


def files() -> tuple[Path, ...]:
    """List the description and the table it names, without reading the table."""
    return description_file(), paths.cache() / read_description()["file"]


def write(prices: pd.DataFrame, about: dict[str, Any]) -> Path:
    """Replace the prices on disk; at every moment a whole set can be read.

    Prices are dates x series ids, the index named ``date``; ``about`` is the description without
    ``file``, ``sha256``, ``rows`` and ``layout``. Gives the file of the description.
    """
    import filelock

    stream = io.BytesIO()
    # A copy in one block: pandas warns of tables that were put together column by column.
    prices.copy().reset_index().to_parquet(stream, index=False, compression="zstd")
    digest = hashlib.sha256(stream.getvalue()).hexdigest()
    table = paths.cache() / f"prices-{digest[:16]}.parquet"
    full = {"layout": LAYOUT, **about, "file": table.name, "sha256": digest, "rows": len(prices)}
    paths.cache().mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(paths.cache() / "prices.lock", timeout=_LOCK_TIMEOUT_S)
    try:
        with lock:
            old = [path for path in paths.cache().iterdir() if _TABLE_NAME.fullmatch(path.name)]
            old.sort(key=lambda path: path.stat().st_mtime_ns)
            replace_file(table, stream.getvalue())
            text = yaml.safe_dump(full, sort_keys=False, allow_unicode=True, width=100)
            replace_file(description_file(), text)
            # The newest of the old tables stays: a reader may hold its description now.
            drafts = paths.cache().glob(".prices*.part")
            for path in [*(path for path in old[:-1] if path != table), *drafts]:
                path.unlink(missing_ok=True)
    except filelock.Timeout:
        fault = Fault(lock.lock_file, "a free lock", f"one held for {_LOCK_TIMEOUT_S} s", "Wait.")
        raise FetchError("Another fetch is storing prices.", [fault]) from None
    return description_file()


def read_description() -> dict[str, Any]:
    """Read and check the description."""
    file = description_file()
    try:
        about = read_yaml(file, limit=_MOST_CHARS)
    except FileNotFoundError:
        raise _unusable("There are no live prices.", Fault(file.name, "a file", "none")) from None
    except (UnusableValueError, OSError) as error:
        raise _damaged(Fault(file.name, "plain YAML in UTF-8", str(error)[:100])) from None
    layout = about.get("layout") if isinstance(about, dict) else None
    if layout != LAYOUT:
        fault = Fault(file.name, f"layout {LAYOUT}", repr(layout)[:100])
        raise _unusable("The live prices were stored by another version.", fault)
    try:
        _Description.model_validate(about)
    except ValidationError as error:
        places = [(".".join([file.name, *map(str, one["loc"])]), one) for one in error.errors()]
        faults = [Fault(at, asked_for(one), repr(one["input"])) for at, one in places]
        raise _damaged(*faults) from None
    return dict(about)


def read() -> CachedPrices:
    """Read the prices that were fetched last and hold them against their description."""
    import pandas as pd
    import pyarrow.parquet

    about = read_description()
    table = paths.cache() / about["file"]
    try:
        content = table.read_bytes()
    except FileNotFoundError:
        raise _damaged(Fault(table.name, "a file", "none")) from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != about["sha256"]:
        fault = Fault(table.name, f"SHA-256 {about['sha256'][:12]}…", f"{digest[:12]}…")
        raise _damaged(fault)
    stored = pyarrow.parquet.read_table(io.BytesIO(content)).to_pandas(ignore_metadata=True)
    prices = stored.set_index(pd.DatetimeIndex(stored.pop("date")).as_unit("us"))
    if list(prices.columns) != list(about["series"]):
        raise _damaged(Fault(table.name, "the series of the description", "others"))
    return CachedPrices(prices, about)


def _damaged(*faults: Fault) -> DataError:
    return _unusable("The live prices on disk are damaged.", *faults)


def _unusable(summary: str, *faults: Fault) -> DataError:
    where = paths.cache().name
    return DataError(
        summary, [Fault(f"{where}/{f.where}", f.asked, f.found, _FETCH) for f in faults]
    )
