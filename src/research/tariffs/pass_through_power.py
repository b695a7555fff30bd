"""What the bundled months can tell of pass-through, and what they cannot."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from scipy import stats

from research.errors import Fault, InputError, raise_if
from research.tariffs.pass_through_report import (
    FEWEST_DF,
    HORIZON_MONTHS,
    METHODS,
    SAMPLES,
    Price,
    bundled_prices,
    monthly_rates,
)
from research.tariffs.pass_through_simulation import simulated_intervals

#: Chance with which a pass-through of the smallest size is told from none.
POWER = 0.80

_LEVEL = 0.05


def smallest_share(standard_error_share: float, residual_df: float) -> float:
    r"""Give the smallest pass-through that is told from zero in four samples of five.

    .. math:: (t_{0.975} + t_{0.80}) \, \mathrm{se}

    with Student's t; 2.80 standard errors where there are many degrees of freedom.

    Raises
    ------
    InputError
        If the standard error is negative or there is no degree of freedom.

    Notes
    -----
    Bloom (1995), Evaluation Review 19, 547-556: the minimum detectable effect.
    """
    faults = []
    if not standard_error_share >= 0:
        faults.append(Fault("standard_error_share", "0 or more", f"{standard_error_share}"))
    if not residual_df > 0:
        faults.append(Fault("residual_df", "above 0", f"{residual_df}"))
    raise_if(InputError, "The smallest pass-through cannot be computed.", faults)
    factor = stats.t.ppf(1 - _LEVEL / 2, residual_df) + stats.t.ppf(POWER, residual_df)
    return float(factor * standard_error_share)


def identification_frame(
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
        As in `research.tariffs.pass_through_simulation.simulated_intervals`.
    """
    price = bundled_prices()[0] if price is None else price
    rate = monthly_rates() if rate_share is None else rate_share
    rows = []
    for sample, first in samples.items():
        for method, estimate in METHODS.items():
            at = estimate(
                price.index,
                rate,
                horizon_months=horizon_months,
                before_duty=price.before_duty,
                first=first,
            ).table.loc[horizon_months]
            draws = simulated_intervals(
                estimate,
                price.index,
                rate,
                [0.0],
                horizon_months=horizon_months,
                replications=replications,
                seed=seed,
                first=first,
            ).xs(horizon_months, level="horizon")
            own = {
                "price": price.name,
                "sample": sample,
                "method": method,
                "months_used": int(at["n"]),
                "residual_df": int(at["df"]),
                "standard_error_share": at["se"],
                "smallest_share": smallest_share(at["se"], at["df"]),
            }
            rows.append(own | _chances(draws, price.before_duty))
    frame = pd.DataFrame(rows)
    return frame.assign(quotable=frame["residual_df"] >= FEWEST_DF)


def _chances(draws: pd.DataFrame, before_duty: bool) -> dict[str, float]:
    """Count what intervals of the buyers' share hold."""
    low, high, truth = (draws[name] + before_duty for name in ("low", "high", "truth"))
    spread = float(draws["response"].std())
    factor = stats.norm.ppf(1 - _LEVEL / 2) + stats.norm.ppf(POWER)
    return {
        "spread_share": spread,
        "smallest_spread_share": float(factor * spread),
        "holds_truth_pct": 100 * float(((low <= truth) & (truth <= high)).mean()),
        "covers_0_and_1_pct": 100 * float(((low <= 0) & (high >= 1)).mean()),
        "rules_out_half_pct": 100 * float(((low > 0.5) | (high < 0.5)).mean()),
    }
