"""Panels of trade with a known elasticity, made by the exact model, and what gravity finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.tariffs.gravity import ElasticityEstimate, estimate_elasticity
from research.tariffs.hat_one_sector import solve_one_sector


def simulate_panel(
    flows_musd: pd.DataFrame, rate_share: Mapping[int, pd.DataFrame], *, theta: float
) -> pd.DataFrame:
    """Let the equilibrium with one sector answer to the tariffs of each year.

    Parameters
    ----------
    flows_musd
        Exporter x importer in the first year, as in `solve_one_sector`.
    rate_share
        Year -> tariff rates, labelled as the flows; the flows were made under those of the first.
    theta
        Share elasticity.

    Returns
    -------
    pandas.DataFrame
        A row for each flow and year, as `estimate_elasticity` takes them at customs value.

    Raises
    ------
    InputError
        If there are no years, or as `solve_one_sector` does.
    """
    faults = [] if rate_share else [Fault("rate_share", "at least one year", "none")]
    raise_if(InputError, "A panel cannot be simulated.", faults)
    old = next(iter(rate_share.values()))
    parts = []
    for year, rates in rate_share.items():
        result = solve_one_sector(flows_musd, theta=theta, old_rate_share=old, new_rate_share=rates)
        parts.append(_long(result.flows_musd, rates).assign(year=year))
    return pd.concat(parts, ignore_index=True)


def add_noise(
    panel: pd.DataFrame, *, noise_cv: float, zero_share: float, seed: int
) -> pd.DataFrame:
    """Multiply flows by gamma noise, and set some to zero, so that the mean stays what it was.

    Parameters
    ----------
    panel
        As `simulate_panel` gives it; not changed.
    noise_cv
        Coefficient of variation of the gamma factor, above zero.
    zero_share
        Probability that a flow is zero, below one; the others are that much larger.
    seed
        Of the generator.

    Raises
    ------
    InputError
        If a parameter is out of range.
    """
    faults = []
    if not 0 < noise_cv < np.inf:
        faults.append(Fault("noise_cv", "a finite number above 0", repr(noise_cv)))
    if not 0 <= zero_share < 1:
        faults.append(Fault("zero_share", "a share from 0 and below 1", repr(zero_share)))
    raise_if(InputError, "Noise cannot be added.", faults)
    rng = np.random.default_rng(seed)
    factor = rng.gamma(noise_cv**-2, noise_cv**2, len(panel))
    factor *= (rng.random(len(panel)) >= zero_share) / (1 - zero_share)
    return panel.assign(trade_musd=panel["trade_musd"] * factor)


def simulated_coverage(
    panel: pd.DataFrame,
    *,
    theta: float,
    noise_cv: float,
    zero_share: float,
    replications: int,
    seed: int = 550,
    level: float = 0.05,
    controls: Sequence[str] = (),
) -> pd.Series:
    """Count how often intervals hold the known elasticity of a simulated panel.

    Parameters
    ----------
    panel, theta
        As `simulate_panel` gives it, and its share elasticity.
    noise_cv, zero_share
        As in `add_noise`.
    replications, seed
        Number of draws of the noise; the first one's seed, each other has the next.
    level, controls
        As in `estimate_elasticity`.

    Returns
    -------
    pandas.Series
        bias (mean estimate of theta less truth), simulation_se (of the bias), sd (of estimates),
        mean_se (that they report), coverage_share, mean_dropped (rows).

    Raises
    ------
    InputError
        As in `estimate_elasticity` and `add_noise`.
    """
    found = [
        estimate_elasticity(
            add_noise(panel, noise_cv=noise_cv, zero_share=zero_share, seed=seed + draw),
            valuation="customs_value",
            controls=controls,
            level=level,
        )
        for draw in range(replications)
    ]
    estimates = np.array([x.theta for x in found])
    return pd.Series(
        {
            "bias": estimates.mean() - theta,
            "simulation_se": estimates.std(ddof=1) / np.sqrt(replications),
            "sd": estimates.std(ddof=1),
            "mean_se": np.mean([x.se for x in found]),
            "coverage_share": np.mean([_holds(x, theta) for x in found]),
            "mean_dropped": np.mean([len(x.dropped) for x in found]),
        }
    )


def _holds(estimate: ElasticityEstimate, theta: float) -> bool:
    low, high = estimate.theta_interval
    return low <= theta <= high


def _long(flows_musd: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Put flows and rates side by side, a row a pair."""
    trade, rate = (
        frame.rename_axis(index="exporter", columns="importer")
        .melt(ignore_index=False, value_name=name)
        .set_index("importer", append=True)
        for frame, name in ((flows_musd, "trade_musd"), (rates, "rate_share"))
    )
    return trade.join(rate, validate="one_to_one").reset_index()
