"""The share elasticities of one set, in the shape that each model takes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from research.data import load_mfn_rates
from research.tariffs.elasticities import one_good_theta, theta_table
from research.tariffs.worlds import world_of_2011


@dataclass(frozen=True, eq=False, slots=True)
class Thetas:
    """Share elasticities; flows before the tariff answer with one plus these.

    Attributes
    ----------
    us_sectors
        Of the 18 sectors of US imports.
    world_sectors
        Of the 17 sectors of the world table.
    one_good
        Of all goods together.
    """

    us_sectors: pd.Series
    world_sectors: pd.Series
    one_good: float


def load_thetas(name: str) -> Thetas:
    """Load the estimates of a set, standard errors left out.

    Raises
    ------
    InputError
        If there is no such set.
    """
    world = world_of_2011().input_shares.columns
    us_sectors, world_sectors = (
        theta_table(name, list(sectors))["theta"] for sectors in (load_mfn_rates().index, world)
    )
    return Thetas(us_sectors, world_sectors, one_good_theta(name))
