"""Gravity by PPML from a panel of trade, and the trade elasticity from one with tariffs.

No panel is bundled, so that no notebook estimates one. The fit is `pyfixest`'s, which is held
against its first-order conditions here.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import optimize, sparse, stats
from scipy.sparse.linalg import lsmr

from research.errors import Fault, InputError, raise_if
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

# Of the projection on fixed effects.
_PROJECTION, _MOST_ITERATIONS = 1e-10, 200

# Of the deviance from step to step: the first is enough unless small flows stand beside huge ones.
_DEVIANCES = 1e-13, 1e-15

# Of alternating projections: they need many where panels hardly hang together.
_MOST_PROJECTIONS = 100_000

# Relative gap below which a sum of rows is taken for one of other rows; a miss costs time alone.
_IN_SPAN = 1e-9

_SUMMARY = "The elasticity cannot be estimated."

_NOT_FOUND = "The elasticity was not found."


@dataclass(frozen=True, eq=False, slots=True)
class PpmlEstimate:
    """Coefficients of gravity by Poisson pseudo maximum likelihood.

    ``table`` has a row a regressor: coefficient, se, low, high; ``n`` rows are used; ``dropped``
    names the others with the reason; ``small_sample_factor`` is in all variances;
    ``residual_share`` is the largest first-order condition over the flows in it.
    """

    table: pd.DataFrame
    n: int
    n_clusters: int
    dropped: pd.Series
    small_sample_factor: float
    residual_share: float


@dataclass(frozen=True, eq=False, slots=True)
class ElasticityEstimate(PpmlEstimate):
    """A gravity estimate with `LOG_POWER` first in its table, and the theta that it implies."""

    valuation: Valuation

    @property
    def coefficient(self) -> float:
        """Coefficient of the log power of the tariff."""
        return float(self.table.loc[LOG_POWER, "coefficient"])

    @property
    def se(self) -> float:
        """Standard error of the coefficient and of theta."""
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
    rate: str = "rate_share",
    controls: Sequence[str] = (),
    effects: Sequence[Sequence[str]] | None = None,
    **more: Any,
) -> ElasticityEstimate:
    r"""Estimate the elasticity of trade to tariffs by `ppml` with :math:`\ln(1 + t)` first.

    Its coefficient is :math:`-(1 + \theta)` of flows at customs value, :math:`-\theta` of spending
    with the tariff in it. ``rate`` is the column of rates (shares), ``controls`` are further
    regressors, ``effects`` those of `usual_effects` unless given; ``more`` goes to `ppml`.
    """
    faults = [Fault(rate, "a column of rates as shares", "no such column")] * (rate not in panel)
    if valuation not in (known := get_args(Valuation)):
        faults.append(Fault("valuation", f"one of {', '.join(known)}", repr(valuation)))
    raise_if(InputError, _SUMMARY, faults)
    given = panel.assign(**{LOG_POWER: np.log1p(panel[rate].astype(float))})
    kinds = usual_effects(panel) if effects is None else effects
    found = ppml(given, regressors=[LOG_POWER, *controls], effects=kinds, **more)
    parts = {field.name: getattr(found, field.name) for field in fields(found)}
    return ElasticityEstimate(**parts, valuation=valuation)


def ppml(
    panel: pd.DataFrame,
    *,
    regressors: Sequence[str],
    effects: Sequence[Sequence[str]],
    clusters: Sequence[str] = ("exporter", "importer"),
    flow: str = "trade_musd",
    level: float = 0.05,
) -> PpmlEstimate:
    r"""Estimate gravity by Poisson pseudo maximum likelihood with fixed effects.

    .. math::
        X = \exp\Big\{\sum_k a_{k} + \beta' z\Big\} + u

    The panel has a row a flow. ``flow`` is its column of trade (zero or more), ``regressors`` are
    columns of figures; each of ``effects`` and ``clusters`` is a list of columns, such as
    ``["exporter", "year"]``, whose values together name a group. Missing columns, blanks, flows
    that are all zero, regressors that do not vary within the fixed effects, also because of what is
    dropped, and too few rows are an `InputError`; no fit is a `ConvergenceError`.

    Notes
    -----
    Santos Silva and Tenreyro (2006), Review of Economics and Statistics 88; Correia, Guimaraes and
    Zylkin (2020), Stata Journal 20; fixed effects as in Yotov, Piermartini, Monteiro and Larch
    (2016), An Advanced Guide to Trade Policy Analysis. The covariance is the sandwich times
    G / (G - 1) for G clusters and (n - 1) / (n - p), with p all coefficients less those of fixed
    effects within clusters. Intervals by Student's t with G - 1 degrees of freedom.
    """
    raise_if(InputError, _SUMMARY, _panel_faults(panel, regressors, effects, clusters, flow))
    rows = panel.reset_index(drop=True)
    z, flows, kinds = (
        rows[list(regressors)].astype(float),
        rows[flow].astype(float),
        fixed_effects(rows, effects),
    )
    dropped = uninformative(flows, z / _scale(z), kinds)
    used = flows.index.difference(dropped.index)
    groups = rows.loc[used].groupby(list(clusters), sort=False).ngroup()
    frame = _frame(flows[used], z.loc[used], kinds.loc[used], groups)
    n, needed, n_clusters = len(used), _n_coefficients(frame), int(groups.nunique())
    _check(frame, list(regressors), needed, int((dropped == SEPARATED).sum()))
    for deviance in _DEVIANCES:
        fit = _fepois(frame, deviance)
        residual_share = _residual_share(frame, np.asarray(fit.resid(), dtype=float))
        if residual_share <= _TOLERANCE:
            break
    else:
        what = f"{residual_share:.1e} within {_MOST_ITERATIONS} iterations"
        fault = Fault("largest first-order condition", f"at most {_TOLERANCE:.0e}", what)
        raise ConvergenceError(_NOT_FOUND, [fault])
    scale = _scale(z.loc[used]).to_numpy()
    table = pd.DataFrame(
        {"coefficient": fit.coef().to_numpy() / scale, "se": fit.se().to_numpy() / scale},
        pd.Index(list(regressors), name="regressor"),
    )
    half = stats.t.ppf(1 - level / 2, n_clusters - 1) * table["se"]
    asked = {name for group in (*effects, clusters) for name in group}
    labels = pd.MultiIndex.from_frame(rows.loc[dropped.index, [k for k in panel if k in asked]])
    return PpmlEstimate(
        table=table.assign(low=table["coefficient"] - half, high=table["coefficient"] + half),
        n=n,
        n_clusters=n_clusters,
        dropped=pd.Series(dropped.to_numpy(), labels, dtype=object, name="reason"),
        small_sample_factor=n_clusters / (n_clusters - 1) * (n - 1) / (n - needed),
        residual_share=residual_share,
    )


def _panel_faults(
    panel: pd.DataFrame,
    regressors: Sequence[str],
    effects: Sequence[Sequence[str]],
    clusters: Sequence[str],
    flow: str,
) -> list[Fault]:
    """List columns that are not there, blanks, what is no figure, flows below or all zero."""
    figures, names = [flow, *regressors], [*(k for kind in effects for k in kind), *clusters]
    asked = list(dict.fromkeys([*figures, *names]))
    known = ", ".join(map(str, panel))
    lists = {"regressors": regressors, "effects": effects, "clusters": clusters}
    faults = [Fault(what, "at least one", "none") for what, given in lists.items() if not given]
    faults += [Fault(name, "a column of the panel", known) for name in asked if name not in panel]
    for name in (name for name in asked if name in panel):
        column, figure = panel[name], name in figures
        if figure and not pd.api.types.is_numeric_dtype(column):
            faults.append(Fault(name, "figures", str(column.dtype)))
            continue
        bad = ~np.isfinite(column.astype(float)) if figure else column.isna()
        if bad.any():
            what = "a finite figure" if figure else "a label"
            found = f"{bad.sum()} of {len(panel)} rows without"
            faults.append(Fault(name, what, found, "Fill or leave out these rows."))
    if flow in panel and pd.api.types.is_numeric_dtype(panel[flow]):
        if (panel[flow] < 0).any():
            below = f"{(panel[flow] < 0).sum()} rows below zero"
            faults.append(Fault(flow, "flows of zero or more", below))
        elif not (panel[flow] > 0).any():
            faults.append(Fault(flow, "a flow above zero", "none"))
    return faults


def usual_effects(panel: pd.DataFrame) -> list[list[str]]:
    """Name exporter-year, importer-year and, with more years than one, pairs; by sector if any."""
    sector = ["sector"] if "sector" in panel else []
    kinds = [["exporter", *sector, "year"], ["importer", *sector, "year"]]
    return kinds + [["exporter", "importer", *sector]] * (len(panel["year"].unique()) > 1)


def fixed_effects(panel: pd.DataFrame, kinds: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Give the number of each row's group, one column a kind of fixed effect."""
    groups = {"-".join(k): panel.groupby(list(k), sort=False).ngroup() for k in kinds}
    return pd.DataFrame(groups, panel.index)


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
        raise ConvergenceError(_NOT_FOUND, [fault])
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


def _check(frame: pd.DataFrame, names: list[str], needed: int, n_separated: int) -> None:
    """Refuse too few rows, and regressors that fixed effects and the others explain."""
    why = f", with {n_separated} separated zeros dropped" if n_separated else ""
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
            faults.append(Fault(name, asked, f"{left:.1e}{why}"))
    raise_if(InputError, _SUMMARY, faults)


def _fit(method: str, formula: str, frame: pd.DataFrame, **more: Any) -> Any:
    import pyfixest

    demeaner = pyfixest.MapDemeaner(fixef_tol=_PROJECTION, fixef_maxiter=_MOST_PROJECTIONS)
    formula = f"{formula} | {' + '.join(_named(frame, 'fe'))}"
    with warnings.catch_warnings():  # rows and regressors are counted here, not there
        warnings.simplefilter("ignore")
        fit = getattr(pyfixest, method)
        try:
            return fit(formula, frame, fixef_rm="none", demeaner=demeaner, **more)
        except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
            fault = Fault("fit", "projections on the fixed effects that end", str(error))
            raise ConvergenceError(_NOT_FOUND, [fault]) from error


def _fepois(frame: pd.DataFrame, deviance: float) -> Any:
    from pyfixest import ssc

    return _fit(
        "fepois",
        f"flow ~ {' + '.join(_named(frame, 'x'))}",
        frame,
        vcov={"CRV1": "pair"},
        ssc=ssc(k_adj=True, k_fixef="nonnested", G_adj=True),
        separation_check=[],
        iwls_tol=deviance,
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
