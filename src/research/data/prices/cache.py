"""The file of fetched prices, written whole or not at all, and where own files stand.

Prices and what is known of them are one Parquet file, so that one rename replaces both.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from research import paths
from research.data.catalog import show
from research.errors import DataError, Fault
from research.files import replace_file

if TYPE_CHECKING:
    import pandas as pd

# Under this name the description stands in the file; another layout gets another name.
_ABOUT = "research-prices-3"


def source_files(source: str) -> tuple[Path, ...]:
    """List the files whose bytes decide what `load_market` gives for a source; they may be missing.

    The source is ``bundled`` (its tables have names of their own), ``yahoo`` or a path.
    """
    if source == "bundled":
        return ()
    if source == "yahoo":
        return (stored(),)
    file = paths.root() / source
    return file, sidecar_path(file)


def sidecar_path(file: Path) -> Path:
    """Give the YAML file beside a file of figures, which says what they are."""
    return file.with_suffix(".yaml")


def prices_path() -> Path:
    """Give the file of fetched prices, which may be missing."""
    return paths.cache() / "prices.parquet"


def stored() -> Path:
    """Give the file of fetched prices; where there is none it is a `DataError`."""
    if not prices_path().is_file():
        raise _unusable("There are no live prices.", "a file", "none")
    return prices_path()


def write(prices: pd.DataFrame, about: dict[str, Any]) -> None:
    """Replace the prices on disk, and the copy of their description, which is for people alone.

    Prices are dates x series ids, the index named ``date``.
    """
    # A copy in one block: pandas warns of tables that were put together column by column.
    table = prices.copy()
    table.attrs[_ABOUT] = about
    for left in paths.cache().glob(".prices.*.part"):  # by a fetch that was killed
        left.unlink(missing_ok=True)
    replace_file(prices_path(), table.to_parquet(compression="zstd", write_page_checksum=True))
    text = yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=100)
    replace_file(sidecar_path(prices_path()), text)


def read() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Read the prices that were fetched last, and when, from where and how they came.

    Prices are dates x series ids, in the currency of each listing, NaN = no price that day.
    """
    import pandas as pd

    try:
        prices = pd.read_parquet(stored(), page_checksum_verification=True)
        return prices, prices.attrs.pop(_ABOUT)
    except (OSError, KeyError, ValueError) as error:
        summary = "The live prices on disk are damaged, or stored by another version."
        raise _unusable(summary, "a file as `research data fetch` stores it", str(error)) from None


def _unusable(summary: str, asked: str, found: str) -> DataError:
    todo = "Run `research data fetch`."
    return DataError(summary, [Fault(show(prices_path()), asked, found[:200], todo)])
