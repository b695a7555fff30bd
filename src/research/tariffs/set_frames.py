"""Elasticities as the notebook shows them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from research.tariffs.elasticities import elasticity_sets, theta_table
from research.tariffs.names import SET_NAMES

#: Sectors of the table, with the headings: what the United States buy most of from Japan.
SHOWN_SECTORS = {"MVH": "cars_theta", "MCH": "machinery_theta", "ELE": "electronics_theta"}


def sets_frame(used: Sequence[str]) -> pd.DataFrame:
    """Give every set of elasticities beside what is done with it.

    Parameters
    ----------
    used
        Sets that are drawn from.

    Returns
    -------
    ``elasticities`` (words), ``horizon``, ``cars_theta``, ``cars_error``, ``machinery_theta``,
    ``electronics_theta``, ``all_goods_theta`` and ``use``: drawn, estimate alone, or why not.
    """
    rows = []
    for name, about in elasticity_sets().iterrows():
        table = theta_table(str(name), "us_sectors")
        use = "drawn from" if about["has_errors"] else "no standard error published: repeated"
        if name not in used:
            use = "not asked for" if about["drawn"] else "below what models of equilibrium take"
            use = "no estimate" if about["horizon"] == "convention" else use
        rows.append(
            {
                "elasticities": SET_NAMES[str(name)],
                "horizon": about["horizon"],
                **{column: table.at[one, "theta"] for one, column in SHOWN_SECTORS.items()},
                "cars_error": table.at["MVH", "standard_error"],
                "all_goods_theta": about["one_good_theta"],
                "use": use,
            }
        )
    return pd.DataFrame(rows)
