"""Old names of `research.tariffs.who_pays` that the notebook still calls."""

from __future__ import annotations

import pandas as pd

from research.tariffs.who_pays import bundled_prices, car_buyers_share, literature_ranges

__all__ = ["car_buyers_share", "literature_bands", "literature_ranges"]

#: Episodes beside which the notebook puts its own estimates -> words of one line.
SHOWN = {
    "goods of Japan, 1980s": "studies: Japan, 1980s",
    "tariffs of 2018 and 2019": "studies: 2018-19",
    "tariffs of 2025": "studies: 2025",
}


def literature_bands() -> pd.DataFrame:
    """Give what studies found at the border, for `plot_pass_through`."""
    ranges = literature_ranges().query("stage == 'border'").set_index("episode").loc[list(SHOWN)]
    return pd.DataFrame(
        {
            "price": bundled_prices()[0].name,
            "label": [SHOWN[episode] for episode in ranges.index],
            "low_pct": 100 * ranges["low_share"].to_numpy(),
            "high_pct": 100 * ranges["high_share"].to_numpy(),
        }
    )
