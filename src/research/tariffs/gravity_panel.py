"""A panel of bilateral trade and tariffs for gravity: its fixed effects, and every fault it has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from research.errors import Fault

#: What names a row, with `sector` behind `importer` where the panel has sectors.
KEYS = ["exporter", "importer", "year"]

FIGURES = ["trade_musd", "rate_share"]

# As many rows as a message can hold and still be read.
_SHOWN = 5


def key_columns(panel: pd.DataFrame) -> list[str]:
    """Give the columns that name a row."""
    return ["exporter", "importer", "sector", "year"] if "sector" in panel else KEYS


def fixed_effects(panel: pd.DataFrame) -> pd.DataFrame:
    """Give the number of each row's group for every kind of fixed effect, one column a kind.

    Exporter by year, importer by year and, with more than one year, exporter by importer; with
    sectors each of them by sector.
    """
    sector = ["sector"] if "sector" in panel else []
    kinds = [["exporter", *sector, "year"], ["importer", *sector, "year"]]
    if len(panel["year"].unique()) > 1:
        kinds.append(["exporter", "importer", *sector])
    return pd.DataFrame(
        {"-".join(kind): panel.groupby(kind, sort=False).ngroup() for kind in kinds}
    )


def panel_faults(panel: object, controls: Sequence[str], highest_rate_share: float) -> list[Fault]:
    """List everything that keeps ``panel`` from being estimated."""
    if not isinstance(panel, pd.DataFrame):
        return [Fault("panel", "a DataFrame with a row a flow", type(panel).__name__)]
    faults = _column_faults(panel, controls)
    if faults:
        return faults
    if not len(panel):
        return [Fault("panel", "at least one row", "none")]
    return [
        *_key_faults(panel),
        *_trade_faults(panel),
        *_rate_faults(panel, highest_rate_share),
        *(fault for name in controls for fault in _figure_faults(panel, name)),
    ]


def _column_faults(panel: pd.DataFrame, controls: Sequence[str]) -> list[Fault]:
    """Word which columns are missing, stand twice, or cannot be controls."""
    if isinstance(controls, str):
        return [Fault("controls", "a list of column names", repr(controls))]
    has = ", ".join(map(str, panel.columns))
    missing = [name for name in [*KEYS, *FIGURES, *controls] if name not in panel]
    faults = [Fault("panel", f"a column {name}", f"columns {has}") for name in missing]
    faults += [
        Fault("panel", "each column once", f"{name!r} twice")
        for name in panel.columns[panel.columns.duplicated()].unique()
    ]
    taken = {*KEYS, *FIGURES, "sector"}
    wrong = [name for i, name in enumerate(controls) if name in taken or name in controls[:i]]
    todo = "Tariff, flow and labels are in the regression already."
    return [*faults, *(Fault("controls", "other columns, each once", repr(x), todo) for x in wrong)]


def _key_faults(panel: pd.DataFrame) -> list[Fault]:
    keys = key_columns(panel)
    faults = []
    for name in keys:
        todo = "Label the row or leave it out."
        faults += row_faults(panel, panel[name].isna(), name, "a label in every row", todo)
    twice = panel.duplicated(keys, keep=False) & panel[keys].notna().all(axis=1)
    asked = f"one row for each {', '.join(keys)}"
    # Each flow that stands twice is named once.
    first = twice & ~panel.duplicated(keys)
    return faults + row_faults(panel, first, "trade_musd", asked, "Add up or correct the rows.")


def _trade_faults(panel: pd.DataFrame) -> list[Fault]:
    faults = _figure_faults(panel, "trade_musd", "Write 0 for no trade, or leave out the row.")
    trade = _figures(panel, "trade_musd")
    if trade is None:
        return faults
    asked = "flows of zero or more"
    faults += row_faults(panel, trade < 0, "trade_musd", asked, "Correct them.")
    if not faults and not (trade > 0).any():
        faults.append(Fault("trade_musd", "at least one flow above zero", "zeros alone"))
    return faults


def _rate_faults(panel: pd.DataFrame, highest_rate_share: float) -> list[Fault]:
    faults = _figure_faults(panel, "rate_share", "Find the rate or leave out the row.")
    rates = _figures(panel, "rate_share")
    if rates is None:
        return faults
    rates = rates.where(np.isfinite(rates))
    top = f"rates as shares of at most {highest_rate_share:g}"
    todo = "Write 15 % as 0.15; a rate that is truly so high needs a higher highest_rate_share."
    at_home = panel["exporter"].astype(object) == panel["importer"].astype(object)
    own = at_home & rates.notna() & (rates != 0)
    return [
        *faults,
        *row_faults(panel, rates > highest_rate_share, "rate_share", top, todo),
        *row_faults(panel, rates < 0, "rate_share", "rates of zero or more"),
        *row_faults(panel, own, "rate_share", "no rate on a country's own goods"),
    ]


def _figure_faults(panel: pd.DataFrame, name: str, todo: str = "") -> list[Fault]:
    """Word which values of a column are no finite figures."""
    figures = _figures(panel, name)
    if figures is None:
        return [Fault(name, "figures", "text or objects")]
    return row_faults(panel, ~np.isfinite(figures), name, "finite figures", todo)


def _figures(panel: pd.DataFrame, name: str) -> pd.Series | None:
    """Give a column as floats, NaN where there is no value; ``None`` if it has no figures."""
    if not pd.api.types.is_numeric_dtype(panel[name]):
        return None
    return pd.Series(panel[name].to_numpy(float, na_value=np.nan), panel.index)


def row_faults(
    panel: pd.DataFrame, bad: pd.Series, name: str, asked: str, todo: str = ""
) -> list[Fault]:
    """Word the rows that are marked as bad in one line, with their values of a column."""
    rows = panel.loc[bad.to_numpy(bool)]
    if rows.empty:
        return []
    keys = [place(key) for key in rows[key_columns(panel)].itertuples(index=False, name=None)]
    cells = [f"{key}: {value}" for key, value in zip(keys, rows[name], strict=True)]
    more = f" and {len(cells) - _SHOWN} more" if len(cells) > _SHOWN else ""
    return [Fault(name, asked, "; ".join(cells[:_SHOWN]) + more, todo)]


def place(key: tuple[object, ...]) -> str:
    """Name one row: exporter to importer, then sector and year."""
    exporter, importer, *others = map(str, key)
    return ", ".join([f"{exporter} to {importer}", *others])
