"""The trade that the models start from: US markets of 2024, the world of 2023, that of 2011."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from research.data import load_table
from research.errors import DataError, Fault, raise_if
from research.tariffs.hat_many_sectors import Accounts, accounts_of_world_io

#: Column of ``tariffs/region_codes`` that holds the codes of each source.
Source = Literal["us_imports_2024", "world_trade_2023", "world_io_2011"]

#: Years that a world of one good is known for, and the source of each.
ONE_GOOD: Mapping[int, Source] = {2023: "world_trade_2023", 2011: "world_io_2011"}

HOME = "USA"


@dataclass(frozen=True, eq=False, slots=True)
class OneGood:
    """A world of one good.

    Attributes
    ----------
    flows_musd
        Exporter x importer with home sales, in the codes of ``tariffs/region_codes``.
    year
        Of the flows.
    """

    flows_musd: pd.DataFrame
    year: int


def countries_of(source: Source) -> pd.Index:
    """Give the codes of the countries that a source tells apart, in the order of the codes."""
    codes = load_table("tariffs/region_codes")[source]
    return codes.index[codes != ""]


def one_good(year: int) -> OneGood:
    """Give the world of one good: all that a country makes.

    For 2023 home sales are gross domestic product less exports of goods to other regions, so that
    services are sold at home and trade inside a region counts as home. For 2011 every sale of the
    world table is added up, services and trade in them with it.

    Raises
    ------
    DataError
        If a table is not as compiled or a region exports more than it makes.
    """
    if ONE_GOOD[year] == "world_io_2011":
        return OneGood(world_of_2011().flows_musd.groupby(level=1, sort=False).sum(), year)
    trade = load_table("tariffs/world_trade_2023_musd").astype(float)
    gdp = (
        load_table("tariffs/world_regions_2023")["gdp_2023_musd"].reindex(trade.index).astype(float)
    )
    away = trade.to_numpy() * (1 - np.eye(len(trade)))
    home = gdp - away.sum(axis=1)
    faults = [
        Fault(f"world of 2023, {region}", "exports below gross domestic product", f"{value:g} left")
        for region, value in home.items()
        if value <= 0
    ]
    raise_if(DataError, "Home sales cannot be computed.", faults)
    flows = away + np.diag(home)
    names = _named(trade.index, "world_trade_2023")
    return OneGood(pd.DataFrame(flows, names, names.rename("importer")), year)


@cache
def world_of_2011() -> Accounts:
    """Give trade and input shares of 2011 by 17 sectors, in the codes of the countries.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    accounts = accounts_of_world_io(load_table("tariffs/world_io_2011_musd"))
    flows, shares = accounts.flows_musd, accounts.input_shares
    importers = _named(flows.columns, "world_io_2011")
    rename = dict(zip(flows.columns, importers, strict=True))
    return Accounts(
        flows.rename(columns=rename).rename(index=rename, level=1),
        shares.rename(index=rename, level=0),
        accounts.set_to_zero,
    )


def us_imports() -> pd.DataFrame:
    """Give US imports of 2024, partner x 18 sectors, in the codes of the countries, USD million."""
    imports = load_table("tariffs/us_imports_2024_musd").drop(index="WORLD", columns="TOTAL")
    return imports.set_axis(_named(imports.index, "us_imports_2024"))


def us_markets() -> pd.DataFrame:
    """Give what the United States buys of each sector: imports of 2024 and home sales.

    Home sales over imports are those of the sector's part of the world table of 2011: no bundled
    table has home sales of the 18 sectors.

    Returns
    -------
    Supplier (``USA`` and partners) x 18 sectors, USD million.

    Raises
    ------
    DataError
        If a table is not as compiled.
    """
    imports = us_imports()
    bought = world_of_2011().flows_musd[HOME].unstack("exporter")
    ratio = bought[HOME] / bought.drop(columns=HOME).sum(axis=1)
    of = load_table("tariffs/sector_codes").reindex(imports.columns)
    home = imports.sum() * ratio.reindex(of).to_numpy()
    return pd.concat([home.to_frame(HOME).T, imports]).rename_axis("supplier")


def gdp_musd() -> pd.Series:
    """Give gross domestic product of 2023 by country, USD million."""
    gdp = load_table("tariffs/world_regions_2023")["gdp_2023_musd"].astype(float)
    return gdp.set_axis(_named(gdp.index, "world_trade_2023"))


def _named(found: pd.Index, source: Source) -> pd.Index:
    """Give the codes of the countries for the codes of a source."""
    codes = load_table("tariffs/region_codes")[source]
    told = codes[codes != ""]
    names = pd.Series(told.index, told)
    return pd.Index(names.reindex(found), name="exporter")
