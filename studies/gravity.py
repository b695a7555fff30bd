"""The trade elasticity from a panel of trade and tariffs: gravity by PPML, and panels that know it.

No panel is bundled, so that no notebook estimates one. The fit is `pyfixest`'s, which is held
against its first-order conditions here.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import optimize, sparse, stats
from scipy.sparse.linalg import lsmr

from research.errors import Fault, InputError, raise_if
from research.tariffs.models.equilibrium import solve_equilibrium
from research.tariffs.models.solver import ConvergenceError

#: What the flows are: at customs, so before the tariff; or what buyers spend, the tariff in it.
Valuation = Literal["customs_value", "tariff_inclusive"]

#: Name of the regressor ln(1 + rate).
LOG_POWER = "log_power"

#: The reason of a zero that a sum of regressors and fixed effects tells apart from all flows.
SEPARATED = "separated: regressors and fixed effects together fit this zero without an error"

# Of the variance of a regressor: less than this within the fixed effects is rounding.
_LEAST_VARIATION_SHARE = 1e-10

# Largest first-order condition, relative to the sum of the flows that stand in it.
_TOLERANCE = 1e-5

# Of the projection on fixed effects, and of the deviance from step to step.
_PROJECTION, _DEVIANCE, _MOST_ITERATIONS = 1e-12, 1e-13, 200

# Relative gap below which a sum of rows is taken for one of other rows; a miss costs time alone.
_IN_SPAN = 1e-9

_SUMMARY = "The elasticity cannot be estimated."


@dataclass(frozen=True, eq=False, slots=True)
class ElasticityEstimate:
    """A gravity estimate, and the share elasticity that it implies.

    ``table`` has a row a regressor, `LOG_POWER` first: coefficient, se, low, high; ``n_pairs`` are
    the clusters; ``dropped`` names rows not used with the reason; ``small_sample_factor`` is in all
    variances; ``residual_share`` is the largest first-order condition over the flows in it.
    """

    table: pd.DataFrame
    valuation: Valuation
    n: int
    n_pairs: int
    dropped: pd.Series
    small_sample_factor: float
    residual_share: float

    @property
    def coefficient(self) -> float:
        """Coefficient of the log power of the tariff."""
        return float(self.table.loc[LOG_POWER, "coefficient"])

    @property
    def se(self) -> float:
        """Standard error of the coefficient and of theta, clustered by pair."""
        return float(self.table.loc[LOG_POWER, "se"])

    @property
    def theta(self) -> float:
        """Share elasticity: that of spending, the tariff in it, to buyers' prices."""
        return -self.coefficient - (self.valuation == "customs_value")

    @property
    def theta_interval(self) -> tuple[float, float]:
        """Interval of the share elasticity."""
        low, high = -self.table.loc[LOG_POWER, ["high", "low"]] - (
            self.valuation == "customs_value"
        )
        return float(low), float(high)


def estimate_elasticity(
    panel: pd.DataFrame,
    *,
    valuation: Valuation,
    controls: Sequence[str] = (),
    level: float = 0.05,
) -> ElasticityEstimate:
    r"""Estimate gravity by Poisson pseudo maximum likelihood with fixed effects.

    .. math::
        X_{int} = \exp\{a_{it} + m_{nt} + f_{in} + \beta \ln(1 + t_{int}) + \gamma' z_{int}\}
            + u_{int}

    for exporter i, importer n and year t. :math:`\beta = -(1 + \theta)` of flows at customs value,
    :math:`-\theta` of spending with the tariff in it. There is no effect of pairs
    :math:`f_{in}` where the panel has one year.

    The panel has a row a flow: exporter, importer, year, perhaps sector; trade_musd (zero or more);
    rate_share; ``controls`` are further columns. With sectors each fixed effect is one of its
    sector. Regressors that do not vary within the fixed effects and too few rows are an
    `InputError`.

    Notes
    -----
    Santos Silva and Tenreyro (2006), Review of Economics and Statistics 88; Correia, Guimaraes and
    Zylkin (2020), Stata Journal 20; fixed effects as in Yotov, Piermartini, Monteiro and Larch
    (2016), An Advanced Guide to Trade Policy Analysis. The covariance is the sandwich times
    G / (G - 1) for G clusters and (n - 1) / (n - p), with p all coefficients less those of fixed
    effects within clusters. Intervals by Student's t with G - 1 degrees of freedom.
    """
    rows = panel.reset_index(drop=True)
    regressors = rows[list(controls)].astype(float)
    regressors.insert(0, LOG_POWER, np.log1p(rows["rate_share"].astype(float)))
    x = regressors / _scale(regressors)
    flows, effects = rows["trade_musd"].astype(float), fixed_effects(rows)
    dropped = uninformative(flows, x, effects)
    used = flows.index.difference(dropped.index)
    pairs = rows.loc[used].groupby(["exporter", "importer"], sort=False).ngroup()
    frame = _frame(flows[used], regressors.loc[used], effects.loc[used], pairs)
    n, needed, clusters = len(used), _n_coefficients(frame), int(pairs.nunique())
    _check(frame, list(regressors), needed)
    fit = _fepois(frame)
    residual_share = _residual_share(frame, np.asarray(fit.resid(), dtype=float))
    if not residual_share <= _TOLERANCE:
        what = f"{residual_share:.1e} within {_MOST_ITERATIONS} iterations"
        fault = Fault("largest first-order condition", f"at most {_TOLERANCE:.0e}", what)
        raise ConvergenceError("The elasticity was not found.", [fault])
    scale = _scale(regressors.loc[used]).to_numpy()
    table = pd.DataFrame(
        {"coefficient": fit.coef().to_numpy() / scale, "se": fit.se().to_numpy() / scale},
        pd.Index(regressors.columns, name="regressor"),
    )
    half = stats.t.ppf(1 - level / 2, clusters - 1) * table["se"]
    keys = [k for k in ("exporter", "importer", "sector", "year") if k in panel]
    labels = pd.MultiIndex.from_frame(rows.loc[dropped.index, keys])
    return ElasticityEstimate(
        table=table.assign(low=table["coefficient"] - half, high=table["coefficient"] + half),
        valuation=valuation,
        n=n,
        n_pairs=clusters,
        dropped=pd.Series(dropped.to_numpy(), labels, dtype=object, name="reason"),
        small_sample_factor=clusters / (clusters - 1) * (n - 1) / (n - needed),
        residual_share=residual_share,
    )


def fixed_effects(panel: pd.DataFrame) -> pd.DataFrame:
    """Give the number of each row's group, one column a kind of fixed effect."""
    sector = ["sector"] if "sector" in panel else []
    kinds = [["exporter", *sector, "year"], ["importer", *sector, "year"]]
    if len(panel["year"].unique()) > 1:
        kinds.append(["exporter", "importer", *sector])
    return pd.DataFrame({"-".join(k): panel.groupby(k, sort=False).ngroup() for k in kinds})


def uninformative(flows: pd.Series, regressors: pd.DataFrame, effects: pd.DataFrame) -> pd.Series:
    """Name rows alone in a fixed effect, in one with zeros alone, or separated, in turn."""
    reasons: dict[object, str] = {}
    while True:
        before, rows = len(reasons), flows.index[~flows.index.isin(list(reasons))]
        for kind in effects:
            groups = effects.loc[rows, kind]
            zeros = flows[rows].groupby(groups).transform("max") == 0
            alone = (groups.groupby(groups).transform("size") == 1) & ~zeros
            reasons |= dict.fromkeys(rows[zeros], f"all flows of its {kind} are zero")
            reasons |= dict.fromkeys(rows[alone], f"the only flow of its {kind}")
            rows = rows[~(zeros | alone)]
        if len(reasons) == before:
            apart = separated(flows[rows], regressors.loc[rows], effects.loc[rows])
            reasons |= dict.fromkeys(apart, SEPARATED)
            if apart.empty:
                return pd.Series(reasons, dtype=object)


def separated(flows: pd.Series, regressors: pd.DataFrame, effects: pd.DataFrame) -> pd.Index:
    r"""Find zeros that let the likelihood rise without end.

    These are the zeros with :math:`x_i'\gamma > 0` for a :math:`\gamma` that has
    :math:`x_j'\gamma = 0` at all flows above zero and :math:`x_j'\gamma \ge 0` at all others: one
    linear programme finds the most there can be. It is not needed if the sum of the :math:`x_i`
    of all zeros is a sum of those of flows, for :math:`\sum_i x_i'\gamma` is zero then.

    Notes
    -----
    Correia, Guimaraes and Zylkin (2021), arXiv:1903.01633.
    """
    zero = (flows == 0).to_numpy()
    if not zero.any() or zero.all():
        return flows.index[zero]
    columns = [sparse.csr_array(regressors.to_numpy(float))]
    for kind in effects:
        group, place = pd.factorize(effects[kind])[0], np.arange(len(effects))
        columns.append(sparse.csr_array((np.ones(len(place)), (place, group))))
    design = sparse.hstack(columns).tocsr()
    zeros, others = design[zero], design[~zero]
    total = np.asarray(zeros.sum(axis=0)).ravel()
    found = lsmr(others.T.tocsr(), total, atol=1e-13, btol=1e-13, maxiter=5_000)
    if found[3] <= _IN_SPAN * np.linalg.norm(total):
        return flows.index[:0]
    (n, k), m = zeros.shape, others.shape[0]
    best = optimize.linprog(
        np.r_[np.zeros(k), -np.ones(n)],
        A_ub=sparse.hstack([-zeros, sparse.eye_array(n)]).tocsr(),
        b_ub=np.zeros(n),
        A_eq=sparse.hstack([others, sparse.csr_array((m, n))]).tocsr(),
        b_eq=np.zeros(m),
        bounds=[(None, None)] * k + [(0, 1)] * n,
    )
    if best.status != 0:
        fault = Fault("separation", "a search for separated zeros that ends", best.message)
        raise ConvergenceError("The elasticity was not found.", [fault])
    return flows.index[zero][best.x[k:] > 0.5]


def _scale(regressors: pd.DataFrame) -> pd.Series:
    """Give the spread of each regressor, one where it is nothing but rounding."""
    spread = regressors.std(ddof=0)
    return spread.where(spread > 1e-12 * regressors.abs().max(), 1.0)


def _frame(
    flows: pd.Series, regressors: pd.DataFrame, effects: pd.DataFrame, pairs: pd.Series
) -> pd.DataFrame:
    """Give neutral names and units: the package judges tolerances in absolute terms.

    Clusters have a name that no effect has: version 0.60 finds an effect of that name by its place
    in the formula, and its number of groups by its place among sorted names.
    """
    x = (regressors / _scale(regressors)).set_axis(
        [f"x{k}" for k in range(regressors.shape[1])], axis=1
    )
    groups = effects.set_axis([f"fe{k}" for k in range(effects.shape[1])], axis=1)
    parts = [(flows / flows.mean()).rename("flow"), x, groups, pairs.rename("pair")]
    return pd.concat(parts, axis=1).reset_index(drop=True)


def _named(frame: pd.DataFrame, start: str) -> list[str]:
    return [str(name) for name in frame if str(name).removeprefix(start).isdigit()]


def _n_coefficients(frame: pd.DataFrame) -> int:
    """Count regressors and effects outside clusters, one less for each kind but the first."""
    kinds, levels, within = _named(frame, "fe"), 0, 0
    for kind in kinds:
        pairs = frame.groupby(kind)["pair"]
        nested = bool((pairs.min() == pairs.max()).all())
        within += nested
        levels += 0 if nested else frame[kind].nunique()
    return len(_named(frame, "x")) + levels - (len(kinds) - 1) + within


def _check(frame: pd.DataFrame, names: list[str], needed: int) -> None:
    """Refuse too few rows, and regressors that fixed effects and the others explain."""
    if len(frame) <= needed:
        fault = Fault("rows that can be used", f"more than {needed} coefficients", f"{len(frame)}")
        raise InputError(_SUMMARY, [fault])
    columns = _named(frame, "x")
    within = np.column_stack([_fit("feols", f"{x} ~ 1", frame).resid() for x in columns])
    faults, asked = [], "variation of its own within the fixed effects"
    for k, name in enumerate(names):
        x, others = within[:, k], np.delete(within, k, axis=1)
        rest = x - others @ np.linalg.lstsq(others, x, rcond=1e-10)[0]
        whole = frame[columns[k]] - frame[columns[k]].mean()
        left = float(rest @ rest) / max(float(whole @ whole), 1e-24 * len(frame))
        if left < _LEAST_VARIATION_SHARE or whole.abs().max() < 1e-12:
            faults.append(Fault(name, asked, f"{left:.1e}"))
    raise_if(InputError, _SUMMARY, faults)


def _fit(method: str, formula: str, frame: pd.DataFrame, **more: Any) -> Any:
    import pyfixest

    demeaner = pyfixest.LsmrDemeaner(fixef_atol=_PROJECTION, fixef_btol=_PROJECTION)
    formula = f"{formula} | {' + '.join(_named(frame, 'fe'))}"
    with warnings.catch_warnings():  # rows and regressors are counted here, not there
        warnings.simplefilter("ignore")
        return getattr(pyfixest, method)(formula, frame, fixef_rm="none", demeaner=demeaner, **more)


def _fepois(frame: pd.DataFrame) -> Any:
    from pyfixest import ssc

    return _fit(
        "fepois",
        f"flow ~ {' + '.join(_named(frame, 'x'))}",
        frame,
        vcov={"CRV1": "pair"},
        ssc=ssc(k_adj=True, k_fixef="nonnested", G_adj=True),
        separation_check=[],
        iwls_tol=_DEVIANCE,
        iwls_maxiter=_MOST_ITERATIONS,
    )


def _residual_share(frame: pd.DataFrame, residuals: np.ndarray) -> float:
    """Put the sums of residuals over the sums of flows: by fixed effect and by regressor."""
    flows, gap = frame["flow"], pd.Series(residuals)
    worst = []
    for kind in _named(frame, "fe"):
        sums = gap.groupby(frame[kind]).sum().abs() / flows.groupby(frame[kind]).sum()
        worst.append(float(sums.max()))
    for name in _named(frame, "x"):
        x = frame[name] - frame[name].mean()
        worst.append(abs(float(gap @ x)) / float(flows @ x.abs()))
    return max(worst)


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
