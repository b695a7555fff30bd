"""Panels of trade and tariffs whose elasticity is known, and how often intervals hold it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from research.tariffs.models.equilibrium import solve_equilibrium
from studies.gravity import estimate_elasticity


def simulate_panel(
    flows_musd: pd.DataFrame, rate_share: Mapping[int, pd.DataFrame], *, theta: float
) -> pd.DataFrame:
    """Let the exact model of one sector answer to the tariffs of each year, the first as observed.

    Returns
    -------
    A row for each flow and year, as `estimate_elasticity` takes them at customs value.
    """
    old, parts = next(iter(rate_share.values())), []
    for year, rates in rate_share.items():
        given = {"theta": theta, "old_rate_share": old, "new_rate_share": rates}
        trade = solve_equilibrium(flows_musd, **given).flows_musd
        long = trade.rename_axis(index="exporter").melt(
            var_name="importer", value_name="trade_musd", ignore_index=False
        )
        rate = rates.reindex_like(trade).to_numpy().T.ravel()
        parts.append(long.reset_index().assign(rate_share=rate, year=year))
    return pd.concat(parts, ignore_index=True)


def add_noise(
    panel: pd.DataFrame, *, noise_cv: float, zero_share: float, seed: int
) -> pd.DataFrame:
    """Multiply flows by gamma noise, and set some to zero, so that the mean stays what it was."""
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
) -> pd.Series:
    """Count how often intervals hold the known elasticity of a simulated panel.

    Returns
    -------
    bias (mean estimate of theta less truth), sd (of estimates), mean_se (that they report),
    coverage_share.
    """
    found = []
    for draw in range(replications):
        noisy = add_noise(panel, noise_cv=noise_cv, zero_share=zero_share, seed=seed + draw)
        found.append(estimate_elasticity(noisy, valuation="customs_value"))
    estimates = np.array([one.theta for one in found])
    held = [low <= theta <= high for low, high in (one.theta_interval for one in found)]
    return pd.Series(
        {
            "bias": estimates.mean() - theta,
            "sd": estimates.std(ddof=1),
            "mean_se": np.mean([one.se for one in found]),
            "coverage_share": np.mean(held),
        }
    )
