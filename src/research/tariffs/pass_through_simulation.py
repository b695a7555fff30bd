"""A simulator of prices with known pass-through, and what the estimators make of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.tariffs.pass_through import PassThrough
from research.tariffs.pass_through_checks import month_faults


def simulate_price(
    rate_share: pd.Series,
    responses: Sequence[float],
    *,
    noise_sd: float,
    seed: int,
    noise_ar: float = 0.0,
) -> pd.Series:
    """Make a price whose log change is known lags of the tariff's plus autocorrelated noise.

    Parameters
    ----------
    rate_share
        (months,): tariff rate as a share, without gaps.
    responses
        Coefficients of the changes of the log power 0, 1, ... months ago; their sum is the
        response in the long run.
    noise_sd
        Standard deviation of the innovations (log points).
    seed, noise_ar
        Of the noise: its generator, its first autocorrelation.

    Returns
    -------
    (months,): index, 100 before the first month.

    Raises
    ------
    InputError
        If the rate has a gap, or is no series by month.
    """
    faults = month_faults(rate_share, "rate_share")
    if not faults:
        missing = rate_share[rate_share.isna()].index
        faults = [Fault(f"rate_share, {month:%Y-%m}", "a rate", "none") for month in missing]
    raise_if(InputError, "A price cannot be simulated.", faults)
    change = np.log1p(rate_share).diff().fillna(0.0)
    effect = sum(b * change.shift(k, fill_value=0.0) for k, b in enumerate(responses))
    noise = np.random.default_rng(seed).normal(0, noise_sd, len(rate_share))
    for t in range(1, len(noise)):
        noise[t] += noise_ar * noise[t - 1]
    return pd.Series(100 * np.exp((effect + noise).cumsum()), rate_share.index, name="price_index")


def simulated_intervals(
    estimate: Callable[..., PassThrough],
    price_index: pd.Series,
    rate_share: pd.Series,
    responses: Sequence[float],
    *,
    horizon_months: int,
    replications: int = 200,
    seed: int = 550,
    first: str | pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Estimate responses from prices made with a known truth, on this very path of the tariff.

    Prices are made by `simulate_price`, with the spread and first autocorrelation that the changes
    of ``price_index`` have, and with its gaps.

    Parameters
    ----------
    estimate
        `distributed_lags` or `local_projections`.
    price_index, rate_share, horizon_months, first
        As in `distributed_lags`; the rate may lack only months at either end.
    responses
        As in `simulate_price`.
    replications, seed
        Number of simulated prices; the first one's seed, each other has the next.

    Returns
    -------
    pandas.DataFrame
        Index draw, horizon; response, se, low, high (of intervals of 95 %), truth.

    Raises
    ------
    InputError
        As in `distributed_lags`.
    """
    changes = np.log(price_index).diff()
    ar = float(changes.autocorr())
    noise = {"noise_sd": float(changes.std()) * math.sqrt(1 - ar**2), "noise_ar": ar}
    path = rate_share.loc[rate_share.first_valid_index() : rate_share.last_valid_index()]
    tables = {}
    for draw in range(replications):
        made = simulate_price(path, responses, seed=seed + draw, **noise)
        made = made.reindex(price_index.index).where(price_index.notna())
        result = estimate(
            made, rate_share, horizon_months=horizon_months, before_duty=False, first=first
        )
        tables[draw] = result.table[["response", "se", "low", "high"]]
    truth = pd.Series(np.cumsum(_padded(responses, horizon_months + 1)), name="truth")
    draws = pd.concat(tables, names=["draw", "horizon"])
    return draws.join(truth.rename_axis("horizon"), on="horizon")


def simulated_coverage(
    estimate: Callable[..., PassThrough],
    price_index: pd.Series,
    rate_share: pd.Series,
    responses: Sequence[float],
    *,
    horizon_months: int,
    replications: int = 200,
    seed: int = 550,
    first: str | pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Count how often intervals of 95 % hold a known truth on this very path of the tariff.

    Parameters
    ----------
    estimate, price_index, rate_share, responses, horizon_months, replications, seed, first
        As in `simulated_intervals`.

    Returns
    -------
    pandas.DataFrame
        Index horizon; coverage_share, median_width, bias (mean estimate less truth).

    Raises
    ------
    InputError
        As in `distributed_lags`.
    """
    draws = simulated_intervals(
        estimate,
        price_index,
        rate_share,
        responses,
        horizon_months=horizon_months,
        replications=replications,
        seed=seed,
        first=first,
    )
    made = {
        "coverage_share": draws["truth"].between(draws["low"], draws["high"]),
        "median_width": draws["high"] - draws["low"],
        "bias": draws["response"] - draws["truth"],
    }
    by = pd.DataFrame(made).groupby("horizon")
    return pd.DataFrame({name: by[name].mean() for name in made}).assign(
        median_width=by["median_width"].median()
    )


def _padded(responses: Sequence[float], length: int) -> list[float]:
    """Cut the responses or fill them with zeros."""
    steps = [*responses[:length]]
    return steps + [0.0] * (length - len(steps))
