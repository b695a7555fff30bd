"""What the months can tell of pass-through, and what they cannot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import signal, stats

from research.tariffs.pass_through import least_squares, log_months
from research.tariffs.who_pays import (
    FEWEST_DF,
    HORIZON_MONTHS,
    METHODS,
    SAMPLES,
    Price,
    bundled_prices,
    monthly_rates,
)

#: Chance with which a pass-through of the smallest size is told from none: Bloom (1995), Evaluation
#: Review 19, 547-556, the minimum detectable effect.
POWER = 0.80


def identification(
    price: Price | None = None,
    rate_share: pd.Series | None = None,
    *,
    horizon_months: int = HORIZON_MONTHS,
    replications: int = 100,
    seed: int = 550,
    samples: Mapping[str, str | None] = SAMPLES,
) -> pd.DataFrame:
    """Say by simulation how little each sample can tell.

    Simulated prices do not answer to the tariff at all, have the noise of ``price`` and go through
    the very path of the rate; so a price before duty has a true pass-through of 1, any other of 0.
    Otherwise as `research.tariffs.who_pays.estimates`; ``seed`` is that of the first price.

    One row per ``sample`` and ``method``: ``months_used``, ``residual_df``, ``spread_share``
    (standard deviation of simulated estimates), ``smallest_spread_share``
    (:math:`z_{0.975} + z_{0.80}` spreads), ``holds_truth_pct`` (of intervals that should be 95),
    ``covers_0_and_1_pct``, ``rules_out_half_pct`` (intervals without 0.5), ``quotable``.
    """
    price = bundled_prices()[0] if price is None else price
    rate = monthly_rates() if rate_share is None else rate_share
    made = simulated_prices(price.index, rate, replications=replications, seed=seed)
    prices, power = log_months(made, rate)
    truth, rows = float(price.before_duty), []
    for sample, first in samples.items():
        for method, design in METHODS.items():
            *_, (y, x, names, overlap) = design(prices, power, horizon_months)
            fit = least_squares(y.loc[first:], x.assign(constant=1.0), names, overlap)
            low, high = (end + truth for end in fit.interval())
            spread = float(fit.response.std(ddof=1))
            factor = stats.norm.ppf(0.975) + stats.norm.ppf(POWER)
            chances = {
                "holds_truth_pct": (low <= truth) & (truth <= high),
                "covers_0_and_1_pct": (low <= 0) & (high >= 1),
                "rules_out_half_pct": (low > 0.5) | (high < 0.5),
            }
            own: dict[str, Any] = {"price": price.name, "sample": sample, "method": method}
            own |= {"months_used": fit.n, "residual_df": fit.df, "spread_share": spread}
            own |= {"smallest_spread_share": factor * spread, "quotable": fit.df >= FEWEST_DF}
            rows.append(own | {name: 100 * float(held.mean()) for name, held in chances.items()})
    return pd.DataFrame(rows)


def simulated_prices(
    price_index: pd.Series, rate_share: pd.Series, *, replications: int, seed: int
) -> pd.DataFrame:
    """Make prices that do not answer to the tariff: months x draws, with the gaps of the price.

    Their log changes are noise with the spread and first autocorrelation that those of the price
    have; the first draw has ``seed``, each other the next.
    """
    changes = np.log(price_index).diff()
    ar = float(changes.autocorr())
    path = rate_share.loc[rate_share.first_valid_index() : rate_share.last_valid_index()]
    sd = float(changes.std()) * math.sqrt(1 - ar**2)
    draws = range(seed, seed + replications)
    noise = np.array([np.random.default_rng(draw).normal(0, sd, len(path)) for draw in draws])
    logs = signal.lfilter([1.0], [1.0, -ar], noise, axis=1).cumsum(axis=1)
    made = pd.DataFrame(100 * np.exp(logs.T), path.index).reindex(price_index.index)
    return made.where(price_index.notna())
