"""What the months can tell of pass-through, and what they cannot."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import signal, stats

from research.errors import Fault, InputError, raise_if
from research.tariffs.pass_through import least_squares, log_months
from research.tariffs.who_pays import (
    DESIGNS,
    FEWEST_DF,
    HORIZON_MONTHS,
    METHODS,
    SAMPLES,
    Price,
    bundled_prices,
    monthly_rates,
)

#: Chance with which a pass-through of the smallest size is told from none.
POWER = 0.80

_LEVEL = 0.05


def smallest_share(standard_error_share: float, residual_df: float) -> float:
    r"""Give the smallest pass-through that is told from zero in four samples of five.

    .. math:: (t_{0.975} + t_{0.80}) \, \mathrm{se}

    with Student's t; 2.80 standard errors where there are many degrees of freedom. Bloom (1995),
    Evaluation Review 19, 547-556: the minimum detectable effect.

    Raises
    ------
    InputError
        If the standard error is negative or there is no degree of freedom.
    """
    faults = []
    if not standard_error_share >= 0:
        faults.append(Fault("standard_error_share", "0 or more", f"{standard_error_share}"))
    if not residual_df > 0:
        faults.append(Fault("residual_df", "above 0", f"{residual_df}"))
    raise_if(InputError, "The smallest pass-through cannot be computed.", faults)
    factor = stats.t.ppf(1 - _LEVEL / 2, residual_df) + stats.t.ppf(POWER, residual_df)
    return float(factor * standard_error_share)


def identification(
    price: Price | None = None,
    rate_share: pd.Series | None = None,
    *,
    horizon_months: int = HORIZON_MONTHS,
    replications: int = 100,
    seed: int = 550,
    samples: Mapping[str, str | None] = SAMPLES,
) -> pd.DataFrame:
    """Say how little each sample can tell, by its standard error and by simulation.

    Simulated prices do not answer to the tariff at all, have the noise of ``price`` and go through
    the very path of the rate; so a price before duty has a true pass-through of 1, any other of 0.

    Parameters
    ----------
    price, rate_share
        Own price and (months,) tariff rate as a share; by default the bundled import price and
        the collected rate.
    horizon_months, replications, seed
        Months after the change; number of simulated prices and seed of the first.
    samples
        Words -> first month, ``None`` for all.

    Returns
    -------
    One row per ``sample`` and ``method``: ``months_used``, ``residual_df``,
    ``standard_error_share``, ``smallest_share`` (by `smallest_share`), ``spread_share`` (standard
    deviation of simulated estimates), ``smallest_spread_share`` (the same factor for many degrees
    of freedom times the spread), ``holds_truth_pct`` (of intervals that should be 95),
    ``covers_0_and_1_pct``, ``rules_out_half_pct`` (intervals without 0.5), ``quotable``.

    Raises
    ------
    InputError
        As in `research.tariffs.pass_through.estimate`.
    """
    price = bundled_prices()[0] if price is None else price
    rate = monthly_rates() if rate_share is None else rate_share
    options = {"horizon_months": horizon_months, "before_duty": price.before_duty}
    made = simulated_prices(price.index, rate, replications=replications, seed=seed)
    prices, power = log_months(made, rate)
    rows = []
    for sample, first in samples.items():
        for method, estimate in METHODS.items():
            at = estimate(price.index, rate, first=first, **options).table.loc[horizon_months]
            *_, (y, x, names, overlap) = DESIGNS[method](prices, power, horizon_months)
            fit = least_squares(y.loc[first:], x.assign(constant=1.0), names, overlap, None)
            own = {
                "price": price.name,
                "sample": sample,
                "method": method,
                "months_used": int(at["n"]),
                "residual_df": int(at["df"]),
                "standard_error_share": at["se"],
                "smallest_share": smallest_share(at["se"], at["df"]),
            }
            half = stats.t.ppf(1 - _LEVEL / 2, fit.df) * fit.se
            share = fit.response + price.before_duty
            truth = float(price.before_duty)
            rows.append(own | _chances(share, share - half, share + half, truth))
    frame = pd.DataFrame(rows)
    return frame.assign(quotable=frame["residual_df"] >= FEWEST_DF)


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
    noise = [
        np.random.default_rng(seed + draw).normal(
            0, changes.std() * math.sqrt(1 - ar**2), len(path)
        )
        for draw in range(replications)
    ]
    logs = signal.lfilter([1.0], [1.0, -ar], np.array(noise), axis=1).cumsum(axis=1)
    made = pd.DataFrame(100 * np.exp(logs.T), path.index).reindex(price_index.index)
    return made.where(price_index.notna())


def _chances(
    share: npt.NDArray[np.float64],
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
    truth: float,
) -> dict[str, float]:
    """Count what intervals of the buyers' share hold."""
    spread = float(share.std(ddof=1))
    factor = stats.norm.ppf(1 - _LEVEL / 2) + stats.norm.ppf(POWER)
    return {
        "spread_share": spread,
        "smallest_spread_share": float(factor * spread),
        "holds_truth_pct": 100 * float(((low <= truth) & (truth <= high)).mean()),
        "covers_0_and_1_pct": 100 * float(((low <= 0) & (high >= 1)).mean()),
        "rules_out_half_pct": 100 * float(((low > 0.5) | (high < 0.5)).mean()),
    }
