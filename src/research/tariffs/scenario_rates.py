"""Rates of a scenario in the shape of each model: by US sector, for one good, by world sector."""

from __future__ import annotations

from datetime import date

import pandas as pd

from research.data import load_table, once
from research.errors import Fault, InputError, raise_if
from research.shared import shared
from research.tariffs.law import Measure, japan_schedule
from research.tariffs.rates import japan_goods
from research.tariffs.scenario import ALL, Scenario
from research.tariffs.sectors import sector_rates
from research.tariffs.worlds import (
    HOME,
    ONE_GOOD,
    PARTNER,
    Source,
    countries_of,
    us_imports,
    world_of_2011,
)


@once
def pair_rates(scenario: Scenario, source: Source, *, retaliation: bool) -> pd.DataFrame:
    """Give the rates of a scenario by pair of countries and US sector.

    US duties on all others stand first. Lines are read in order, a later one replaces an earlier
    one on the same goods; ``all`` stands for every country of the source but the importer.
    (importer, exporter) x 18 sectors, shares of customs value; pairs without a line are not there.
    Countries that the source does not tell apart are an `InputError`, every one named.
    """
    known, lines = countries_of(source), scenario.lines(retaliation=retaliation)
    named = {name for line in lines for name in (line.importer, *line.exporters)}
    hidden = sorted(named - {ALL, HOME, *known})
    todo = "Leave the country out, or use a model that tells it apart."
    faults = [
        Fault(f"rates on {name}", f"a country of {source}", "part of another", todo)
        for name in hidden
    ]
    raise_if(InputError, f"{scenario.title}: not for {source}.", faults)
    sectors = load_table("tariffs/us_mfn_2025_by_sector").index
    flat = pd.Series(scenario.on_others_share or 0.0, sectors, dtype=float)
    others = known.drop([HOME, PARTNER], errors="ignore") if flat.any() else []
    table: dict[tuple[str, str], pd.Series] = {(HOME, name): flat for name in others}
    for line in lines:
        if line.law_of is None:
            on = sectors if ALL in line.sectors else list(line.sectors)
            rates = pd.Series(line.rate_share, on, dtype=float)
        else:
            rates = _law_of(line.law_of, line.measures)
        for exporter in known if ALL in line.exporters else line.exporters:
            if exporter != line.importer:
                old = table.get((line.importer, exporter), pd.Series(0.0, sectors))
                table[line.importer, exporter] = rates.combine_first(old).reindex(sectors)
    pairs = pd.MultiIndex.from_tuples(list(table), names=["importer", "exporter"])
    return pd.DataFrame([list(row) for row in table.values()], pairs, sectors, dtype=float)


@once
def us_rates(scenario: Scenario) -> pd.DataFrame:
    """Give the rates on US imports, partner x 18 sectors, shares; the partners of 2024."""
    table = pair_rates(scenario, "us_imports_2024", retaliation=False)
    on_us = table[table.index.get_level_values("importer") == HOME].droplevel("importer")
    return on_us.reindex(us_imports().index, fill_value=0.0)


@once
def world_sector_rates(scenario: Scenario, *, retaliation: bool) -> pd.DataFrame:
    """Give the rates for the table of 2011, labelled as its flows; services pay none.

    The rate on a world sector is the mean over the US sectors in it. Weights are US imports of 2024
    from the exporter; from the world, where the exporter sells none or another country imports.
    """
    flows = world_of_2011().flows_musd
    table = pair_rates(scenario, "world_io_2011", retaliation=retaliation)
    means = [row @ _weights(*pair) for pair, row in table.iterrows()]
    goods = _weights(HOME, PARTNER).columns.rename("sector")
    by_pair = pd.DataFrame(means, table.index, goods, dtype=float)
    by_flow = by_pair.T.stack("exporter", future_stack=True)  # noqa: PD013 - melt loses labels
    return by_flow.reindex(index=flows.index, columns=flows.columns).fillna(0.0)


@once
def one_good_rates(scenario: Scenario, year: int, *, retaliation: bool) -> pd.DataFrame:
    """Give the rates for a world of one good, exporter x importer.

    For 2011 they are the means over the sectors of the world table, services among them. For 2023
    the mean over goods: with weights of US imports of 2024 where the United States import, and of
    the table of 2011 elsewhere.
    """
    if ONE_GOOD[year] == "world_io_2011":
        flows = world_of_2011().flows_musd
        rates = world_sector_rates(scenario, retaliation=retaliation)
        paid = (flows * rates).groupby(level=1, sort=False).sum()
        return paid / flows.groupby(level=1, sort=False).sum()
    names = countries_of("world_trade_2023")
    rates = pd.DataFrame(0.0, names.rename("exporter"), names.rename("importer"))
    table = pair_rates(scenario, "world_trade_2023", retaliation=retaliation)
    for (importer, exporter), row in table.iterrows():
        rates.loc[exporter, importer] = float((row * _goods_weights(importer, exporter)).sum())
    return rates


@once
@shared
def _law_of(day: date, own: tuple[Measure, ...]) -> pd.Series:
    schedule = japan_schedule().with_measures(*own)
    return sector_rates(schedule, japan_goods(), on=day)["total_share"]


@once
def _weights(importer: str, exporter: str) -> pd.DataFrame:
    """Give shares of the US sectors in their world sector, US x world."""
    imports = us_imports()
    world = imports.sum()
    own = imports.loc[exporter] if importer == HOME and exporter in imports.index else world
    groups = load_table("tariffs/sector_codes").reindex(imports.columns)
    total = own.groupby(groups).transform("sum")
    shares = (own / total).where(total > 0, world / world.groupby(groups).transform("sum"))
    return pd.get_dummies(groups, dtype=float).mul(shares, axis=0)


def _goods_weights(importer: str, exporter: str) -> pd.Series:
    """Give shares of the US sectors in all goods of a pair of countries."""
    imports = us_imports()
    if importer == HOME and exporter in imports.index:
        return imports.loc[exporter] / imports.loc[exporter].sum()
    flows, weights = world_of_2011().flows_musd, _weights(importer, exporter)
    pair = [name if name in flows.columns else "ROW" for name in (importer, exporter)]
    goods = flows[pair[0]].xs(pair[1], level="exporter").reindex(weights.columns)
    return weights @ (goods / goods.sum())
