"""The share elasticities of one set, in the shape that each model takes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from research.tariffs.elasticities import one_good_theta, theta_table


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

    Parameters
    ----------
    name
        A set of `research.tariffs.elasticities.elasticity_sets`, or their ``mixture``.

    Raises
    ------
    InputError
        If there is no such set.
    """
    us_sectors, world_sectors = (
        theta_table(name, level)["theta"] for level in ("us_sectors", "world_sectors")
    )
    return Thetas(us_sectors, world_sectors, one_good_theta(name))
