"""How often intervals of pass-through hold a known truth on a path of the tariff.

`python -m studies.pass_through` prints the table of docs/methods/tariffs.md, in about a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from research.tariffs.pass_through import Design, estimate
from research.tariffs.who_pays import METHODS, SAMPLES, bundled_prices, monthly_rates
from studies.pass_through_power import simulated_prices


def simulate_price(
    rate_share: pd.Series,
    responses: Sequence[float],
    *,
    noise_sd: float,
    seed: int,
    noise_ar: float = 0.0,
) -> pd.Series:
    """Make a price whose log change is known lags of the tariff's plus autocorrelated noise.

    ``responses`` are the coefficients of the changes of the log power 0, 1, ... months ago; their
    sum is the response in the long run. The index is 100 before the first month.
    """
    noise = np.random.default_rng(seed).normal(0, noise_sd, len(rate_share))
    for t in range(1, len(noise)):
        noise[t] += noise_ar * noise[t - 1]
    logs = (effect(rate_share, responses) + noise).cumsum()
    return pd.Series(100 * np.exp(logs), rate_share.index, name="price_index")


def effect(rate_share: pd.Series, responses: Sequence[float]) -> pd.Series:
    """Give the change of the log price that a path of the tariff makes."""
    change = np.log1p(rate_share).diff().fillna(0.0)
    return sum((b * change.shift(k, fill_value=0.0) for k, b in enumerate(responses)), 0.0 * change)


def coverage(
    design: Design,
    price_index: pd.Series,
    rate_share: pd.Series,
    responses: Sequence[float],
    *,
    horizon_months: int,
    replications: int = 200,
    seed: int = 550,
    first: str | None = None,
) -> pd.Series:
    """Count how often intervals of 95 % hold a known truth at the horizon.

    Prices have the noise and the gaps of ``price_index`` and answer to the very path of the rate.

    Returns
    -------
    ``coverage_share``, ``median_width``, ``bias`` (mean estimate less truth).
    """
    path = rate_share.dropna()
    moved = np.exp(effect(path, responses).cumsum()).reindex(price_index.index)
    made = simulated_prices(price_index, rate_share, replications=replications, seed=seed)
    truth = sum(responses[: horizon_months + 1])
    options: dict[str, Any] = {"horizon_months": horizon_months, "before_duty": False}
    options["first"] = first
    rows = [
        estimate(design, made[draw] * moved, rate_share, **options).loc[horizon_months]
        for draw in made
    ]
    table = pd.DataFrame(rows)
    return pd.Series(
        {
            "coverage_share": ((table["low"] <= truth) & (truth <= table["high"])).mean(),
            "median_width": (table["high"] - table["low"]).median(),
            "bias": table["response"].mean() - truth,
        }
    )


def main() -> None:
    """Print coverage by months and method, for a price that falls by a fifth of the tariff."""
    price, rate = bundled_prices()[0], monthly_rates()
    for words, first in SAMPLES.items():
        for method, design in METHODS.items():
            found = coverage(
                design, price.index, rate, [-0.1, -0.05, -0.05],
                horizon_months=3, replications=100, seed=15, first=first,
            )  # fmt: skip
            print(words, method, found.round(3).to_dict())


if __name__ == "__main__":
    main()
