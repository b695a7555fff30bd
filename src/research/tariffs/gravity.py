"""The trade elasticity from a panel of bilateral trade and tariffs: gravity by PPML.

Flows are exponential in the log power of the tariff, with an effect of each exporter and importer
by year and of each pair. The coefficient is turned into the share elasticity that the models take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy import stats

from research.errors import Fault, InputError, raise_if
from research.tariffs.gravity_fit import Fit, check_pyfixest, fit_ppml
from research.tariffs.gravity_panel import fixed_effects, key_columns, panel_faults
from research.tariffs.hat_checks import HIGHEST_RATE_SHARE

#: What the flows are: at customs, so before the tariff; or what buyers spend, the tariff in it.
Valuation: TypeAlias = Literal["customs_value", "tariff_inclusive"]

#: Name of the regressor ln(1 + rate).
LOG_POWER = "log_power"


@dataclass(frozen=True, eq=False, slots=True)
class ElasticityEstimate:
    """A gravity estimate, and the elasticities of the models that it implies.

    Attributes
    ----------
    table
        Index regressor, `LOG_POWER` first: coefficient, se, low, high.
    valuation
        What the flows are: ``customs_value`` (before the tariff) or ``tariff_inclusive``.
    level
        Share of intervals that miss the truth.
    n, n_pairs
        Rows used; pairs of exporter and importer among them, which are the clusters.
    fixed_effects
        Kinds of fixed effects, each with its number of groups among the rows used.
    dropped
        Labels of the rows not used (exporter, importer, sector if there is one, year) -> reason.
    small_sample_factor
        By which the variances were multiplied.
    variation_left_share
        By regressor: the part of its variance that neither fixed effects nor the other regressors
        explain.
    residual_share
        Largest first-order condition, relative to the flows in it: how well the search ended.
    """

    table: pd.DataFrame
    valuation: Valuation
    level: float
    n: int
    n_pairs: int
    fixed_effects: pd.Series
    dropped: pd.Series
    small_sample_factor: float
    variation_left_share: pd.Series
    residual_share: float

    @property
    def coefficient(self) -> float:
        """Coefficient of the log power of the tariff."""
        return float(self.table.loc[LOG_POWER, "coefficient"])

    @property
    def se(self) -> float:
        """Standard error of the coefficient, and of every elasticity here, clustered by pair."""
        return float(self.table.loc[LOG_POWER, "se"])

    @property
    def interval(self) -> tuple[float, float]:
        """Interval of the coefficient."""
        return float(self.table.loc[LOG_POWER, "low"]), float(self.table.loc[LOG_POWER, "high"])

    @property
    def theta(self) -> float:
        """Share elasticity: that of spending, the tariff in it, to buyers' prices."""
        return -self.coefficient - self._added

    @property
    def theta_interval(self) -> tuple[float, float]:
        """Interval of the share elasticity."""
        low, high = self.interval
        return -high - self._added, -low - self._added

    @property
    def flow_elasticity(self) -> float:
        """Elasticity of flows before the tariff to its power, as a positive number: 1 + theta."""
        return 1 + self.theta

    @property
    def substitution_elasticity_sigma(self) -> float:
        """Armington elasticity: 1 + theta."""
        return 1 + self.theta

    @property
    def _added(self) -> float:
        return 1.0 if self.valuation == "customs_value" else 0.0

    def model_theta(self) -> float:
        """Give the share elasticity as a parameter of the models, which must be above zero.

        Raises
        ------
        InputError
            If it is not above zero.
        """
        if self.theta > 0:
            return self.theta
        low, high = self.theta_interval
        found = f"{self.theta:.3g} ({low:.3g} to {high:.3g}; {self.valuation} flows)"
        todo = "See if the flows are valued as stated; no model has an answer to it."
        fault = Fault("theta", "a share elasticity above 0", found, todo)
        raise InputError("The estimate cannot be a parameter of a model.", [fault])

    def dropped_counts(self) -> pd.Series:
        """Count the rows not used by reason."""
        return self.dropped.value_counts().rename("rows")

    def summary(self) -> pd.DataFrame:
        """Give the coefficient and each elasticity with its standard error and interval."""
        low, high = self.theta_interval
        rows = {
            "coefficient": (self.coefficient, *self.interval),
            "theta": (self.theta, low, high),
            "flow_elasticity": (self.flow_elasticity, 1 + low, 1 + high),
            "substitution_elasticity_sigma": (
                self.substitution_elasticity_sigma,
                1 + low,
                1 + high,
            ),
        }
        columns = ["estimate", "low", "high"]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        table.insert(1, "se", self.se)
        return table.rename_axis("elasticity")


def estimate_elasticity(
    panel: pd.DataFrame,
    *,
    valuation: Valuation,
    controls: Sequence[str] = (),
    level: float = 0.05,
    highest_rate_share: float = HIGHEST_RATE_SHARE,
) -> ElasticityEstimate:
    r"""Estimate gravity by Poisson pseudo maximum likelihood with fixed effects.

    .. math::
        X_{int} = \exp\{a_{it} + m_{nt} + f_{in} + \beta \ln(1 + t_{int}) + \gamma' z_{int}\}
            + u_{int}

    for exporter i, importer n and year t. :math:`\beta = -(1 + \theta)` of flows at customs value,
    :math:`-\theta` of spending with the tariff in it. There is no effect of pairs
    :math:`f_{in}` where the panel has one year.

    Parameters
    ----------
    panel
        A row a flow: exporter, importer, year, perhaps sector; trade_musd (USD million, zero or
        more); rate_share (tariff rate as a share, 0.15 is 15 %; zero on own goods). With sectors
        each fixed effect is one of its sector and :math:`\beta` is the same for all; for one a
        sector give the rows of one sector at a time. Home sales (exporter = importer) may be in.
    valuation
        ``customs_value`` or ``tariff_inclusive``: decides what the coefficient means.
    controls
        Names of further columns, as they enter.
    level
        Share of intervals that miss the truth.
    highest_rate_share
        Rates above this share are refused as probably in per cent.

    Raises
    ------
    InputError
        If the panel has a fault (all are listed), the tariff does not vary within the fixed
        effects, too few rows are left, or the package `pyfixest` is missing.
    ConvergenceError
        If the search does not end.

    Notes
    -----
    Santos Silva and Tenreyro (2006), Review of Economics and Statistics 88; fixed effects as in
    Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis.
    Intervals by Student's t with one degree of freedom less than there are pairs.
    """
    _check(panel, valuation, controls, level, highest_rate_share)
    # Rows are told apart by place from here on: an index may hold a label twice.
    rows = panel.reset_index(drop=True)
    log_power = np.log1p(rows["rate_share"].astype(float)).rename(LOG_POWER)
    regressors = pd.concat([log_power, rows[list(controls)].astype(float)], axis=1)
    effects = fixed_effects(rows)
    pairs = rows.groupby(["exporter", "importer"], sort=False).ngroup()
    fit = fit_ppml(rows["trade_musd"].astype(float), regressors, effects, pairs)
    labels = pd.MultiIndex.from_frame(rows.loc[fit.dropped.index, key_columns(rows)])
    return ElasticityEstimate(
        table=_table(fit, level),
        valuation=valuation,
        level=level,
        n=len(fit.used),
        n_pairs=fit.n_clusters,
        fixed_effects=effects.loc[fit.used].nunique(),
        dropped=pd.Series(fit.dropped.to_numpy(), labels, dtype=object, name="reason"),
        small_sample_factor=fit.small_sample_factor,
        variation_left_share=fit.variation_left_share,
        residual_share=fit.residual_share,
    )


def _table(fit: Fit, level: float) -> pd.DataFrame:
    half = stats.t.ppf(1 - level / 2, fit.n_clusters - 1) * fit.standard_errors
    table = pd.DataFrame({"coefficient": fit.coefficients, "se": fit.standard_errors})
    return table.assign(low=fit.coefficients - half, high=fit.coefficients + half).rename_axis(
        "regressor"
    )


def _check(
    panel: object,
    valuation: object,
    controls: Sequence[str],
    level: float,
    highest_rate_share: float,
) -> None:
    faults = check_pyfixest()
    if valuation not in get_args(Valuation):
        todo = "At customs the tariff is not in the value; in what buyers spend it is."
        asked = " or ".join(get_args(Valuation))
        faults.append(Fault("valuation", asked, repr(valuation), todo))
    if not 0 < level < 1:
        faults.append(Fault("level", "a share between 0 and 1", repr(level)))
    faults += panel_faults(panel, controls, highest_rate_share)
    raise_if(InputError, "The elasticity cannot be estimated.", faults)
