"""Cases of any elasticity, and tables as they lie on disk."""

import pandas as pd

from research import paths
from research.data import load_table
from research.tariffs.elasticities import Thetas
from research.tariffs.law import check_days
from research.tariffs.scenario import scenario_of
from research.tariffs.worlds import world_of_2011


def thetas(value):
    """Give every sector and all goods the same elasticity."""
    us, world = (
        load_table("tariffs/us_mfn_2025_by_sector").index,
        world_of_2011().input_shares.columns,
    )
    return Thetas(pd.Series(value, us), pd.Series(value, world), value)


def flat(rate_share):
    rate = {"importer": "USA", "exporters": ["JPN"], "rate_share": rate_share}
    return scenario_of({"title": "own", "reason": "a test", "rates": [rate]}, "own")


def raw(name, folder="tariffs"):
    """Read a bundled table without its loader; its first column is the index."""
    return pd.read_csv(paths.data() / folder / f"{name}.csv", index_col=0)


def sold_by_japan_musd():
    """US imports of 2024 by sector."""
    return raw("us_imports_2024_musd").loc["JPN"].drop("TOTAL").astype(float)


def in_force(schedule, goods, on, *, known_on=None):
    """Law on goods for a day of entry and a day of the reader, both checked."""
    return schedule.law(goods, *check_days(on, known_on))
