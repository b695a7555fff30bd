"""The trade that the models start from: US markets of 2024, the world of 2023, that of 2011."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from research.data import load_table, once

#: Column of ``tariffs/region_codes`` that holds the codes of each source.
Source = Literal["us_imports_2024", "world_trade_2023", "world_io_2011"]

#: Years that a world of one good is known for, and the source of each.
ONE_GOOD: Mapping[int, Source] = {2023: "world_trade_2023", 2011: "world_io_2011"}

HOME, PARTNER = "USA", "JPN"


@dataclass(frozen=True, eq=False, slots=True)
class Accounts:
    """Trade and input shares of a world input-output table.

    ``flows_musd`` is (sector, exporter) x importer, all uses, USD million; ``input_shares``
    (country, input) x using sector, inputs of any origin over output.
    """

    flows_musd: pd.DataFrame
    input_shares: pd.DataFrame


@once
def countries_of(source: Source) -> pd.Index:
    """Give the codes of the countries that a source tells apart, in the order of the codes."""
    codes = load_table("tariffs/region_codes")[source]
    return codes.index[codes != ""]


@once
def one_good(year: int) -> pd.DataFrame:
    """Give the world of one good: all that a country makes, exporter x importer, USD million.

    For 2023 home sales are gross domestic product less exports of goods to other regions, so that
    services are sold at home and trade inside a region counts as home. For 2011 every sale of the
    world table is added up, services and trade in them with it.
    """
    if ONE_GOOD[year] == "world_io_2011":
        return world_of_2011().flows_musd.groupby(level=1, sort=False).sum()
    trade = load_table("tariffs/world_trade_2023_musd").astype(float)
    gdp = load_table("tariffs/world_regions_2023")["gdp_2023_musd"].reindex(trade.index)
    away = trade.to_numpy() * (1 - np.eye(len(trade)))
    home = gdp.astype(float) - away.sum(axis=1)
    names = _named(trade.index, "world_trade_2023")
    return pd.DataFrame(away + np.diag(home), names, names.rename("importer"))


@once
def world_of_2011() -> Accounts:
    """Give trade and input shares of 2011 by 17 sectors, in the codes of the countries."""
    accounts = accounts_of_world_io(load_table("tariffs/world_io_2011_musd"))
    flows, shares = accounts.flows_musd, accounts.input_shares
    importers = _named(flows.columns, "world_io_2011")
    rename = dict(zip(flows.columns, importers, strict=True))
    flows = flows.rename(columns=rename).rename(index=rename, level=1)
    return Accounts(flows, shares.rename(index=rename, level=0))


def accounts_of_world_io(table: pd.DataFrame) -> Accounts:
    """Read flows and input shares off a table as ``tariffs/world_io_2011_musd`` gives it.

    Output is the sum of a row. Negative cells (stocks that were run down) are set to zero.
    """
    rows = table.index
    final = [name for name in table.columns if str(name).startswith("FD_")]
    kept = table[[*rows, *final]].astype(float).clip(lower=0)
    of = pd.MultiIndex.from_tuples([name.rsplit("_", 1) for name in rows])
    buyers = [*of.get_level_values(0), *(name.removeprefix("FD_") for name in final)]
    sellers = of.swaplevel().set_names(["sector", "exporter"])
    countries = pd.Index(of.get_level_values(0).unique(), name="importer")
    flows = kept.T.groupby(buyers).sum().T.set_axis(sellers)[countries]
    inputs = kept[rows].groupby(sellers.get_level_values(0)).sum() / kept.sum(axis=1)
    inputs = inputs.rename_axis("input").set_axis(of.set_names(["country", "sector"]), axis=1)
    shares = pd.concat({name: inputs[name] for name in countries}, names=["country"])
    return Accounts(flows.rename_axis(columns="importer"), shares)


@once
def us_imports() -> pd.DataFrame:
    """Give US imports of 2024, partner x 18 sectors, in the codes of the countries, USD million."""
    imports = load_table("tariffs/us_imports_2024_musd").drop(index="WORLD", columns="TOTAL")
    return imports.set_axis(_named(imports.index, "us_imports_2024"))


@once
def us_markets() -> pd.DataFrame:
    """Give what the United States buy, supplier x 18 sectors: imports of 2024 and home sales.

    Home sales over imports are those of the sector's part of the world table of 2011: no bundled
    table has home sales of the 18 sectors.
    """
    imports = us_imports()
    bought = world_of_2011().flows_musd[HOME].unstack("exporter")
    ratio = bought[HOME] / bought.drop(columns=HOME).sum(axis=1)
    of = load_table("tariffs/sector_codes").reindex(imports.columns)
    home = imports.sum() * ratio.reindex(of).to_numpy()
    return pd.concat([home.to_frame(HOME).T, imports]).rename_axis("supplier")


@once
def gdp_musd() -> pd.Series:
    """Give gross domestic product of 2023 by country, USD million."""
    gdp = load_table("tariffs/world_regions_2023")["gdp_2023_musd"].astype(float)
    return gdp.set_axis(_named(gdp.index, "world_trade_2023"))


def _named(found: pd.Index, source: Source) -> pd.Index:
    codes = load_table("tariffs/region_codes")[source]
    told = codes[codes != ""]
    return pd.Index(pd.Series(told.index, told).reindex(found), name="exporter")
