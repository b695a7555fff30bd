"""The rate on Japan by sector: an approximation, as measures name goods and not sectors."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from research.data import load_table
from research.errors import Fault, InputError
from research.tariffs.law import Schedule
from research.tariffs.rates import rates_by_law

#: Both margins are met to this share of imports, in so many rounds.
MARGIN_TOLERANCE_SHARE, _MAX_ROUNDS = 1e-9, 20_000


def sector_goods(goods: pd.DataFrame) -> pd.DataFrame:
    """Split the goods of Japan over 18 sectors, as even as both totals allow.

    ``tariffs/goods_sectors`` says which goods can be in which sectors. Among all tables that
    respect it, with the imports of each sector and the share of each good for totals, it is the
    one nearest to a split in proportion (iterative proportional fitting).

    Sectors x goods, shares that add up to 1; goods that do not fit are an `InputError`.
    """
    allowed = _allowed(goods.index)
    imports = load_table("tariffs/us_imports_2024_musd").loc["JPN"].drop("TOTAL")
    sectors = (imports / imports.sum()).reindex(allowed.index)
    columns = goods["import_share"] / goods["import_share"].sum()
    table = _fit(allowed.to_numpy(float), sectors.to_numpy(float), columns.to_numpy(float))
    return pd.DataFrame(table, index=allowed.index, columns=allowed.columns)


def sector_rates(schedule: Schedule, goods: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Give the average rate by sector on a day, with all later corrections of its law.

    MFN rates are the simple averages of the sectors, all but those of cars times one number that
    gives the mean of ``goods``. Sectors x ``import_share``, `rates.PARTS` and ``total_share``.
    """
    weights = sector_goods(goods)
    mfn = _mfn(weights, goods)
    law = {name: schedule.law(name, on, date.max) for name in goods.index}
    shares = weights.sum(axis=1)
    each = weights.div(shares, axis=0).to_numpy()
    rates = [rates_by_law(law, mfn.loc[sector]) for sector in weights.index]
    means = [part @ rate.to_numpy() for part, rate in zip(each, rates, strict=True)]
    table = pd.DataFrame(means, weights.index, rates[0].columns)
    table.insert(0, "import_share", shares)
    return table.rename_axis("sector")


def _mfn(weights: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    """Give MFN rates, sectors x goods: cars their own, others in proportion to their sector's."""
    simple = load_table("tariffs/us_mfn_2025_by_sector")["mfn_simple_average_share"].reindex(
        weights.index
    )
    shape = pd.DataFrame(dict.fromkeys(goods.index, simple))
    others = goods.index != "cars"
    wanted = (goods["import_share"] * goods["mfn_share"])[others].sum()
    scaled = shape * (wanted / (weights * shape).loc[:, others].sum().sum())
    return scaled.assign(cars=goods.at["cars", "mfn_share"])


def _allowed(names: pd.Index) -> pd.DataFrame:
    listed = load_table("tariffs/goods_sectors")
    whole = names.str.partition(".").get_level_values(0)  # a part has the sectors of its goods
    sectors = load_table("tariffs/us_mfn_2025_by_sector").index
    allowed = {x: sectors.isin(listed[y]) for x, y in zip(names, whole, strict=True)}
    return pd.DataFrame(allowed, index=sectors)


def _fit(
    table: npt.NDArray[np.float64], rows: npt.NDArray[np.float64], columns: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Scale rows and columns in turn until both totals are met (Deming and Stephan, 1940)."""
    for _ in range(_MAX_ROUNDS):
        table = table * (rows / table.sum(axis=1))[:, None]
        found = table.sum(axis=0)
        ratio = np.divide(columns, found, out=np.zeros_like(columns), where=found > 0)
        table = table * ratio
        gap = float(np.abs(table.sum(axis=1) - rows).max())
        if gap < MARGIN_TOLERANCE_SHARE:
            return table
    fault = Fault("goods, import_share", "shares that fit into their sectors", f"{gap:g} too much")
    raise InputError("The goods cannot be split over sectors.", [fault])
