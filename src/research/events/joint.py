"""CARs together: their covariance, differences of groups, regressions on traits, pooled events.

All firms share the date, so their errors are correlated. Residuals are matched by calendar day; a
difference of groups and a coefficient are portfolios of the firms, and their standard error is that
of the portfolio's abnormal return on other days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from research.errors import Fault, InputError, raise_if
from research.events.groups import kp_factor, t_bound, t_pvalue
from research.events.models import ROUNDING, Array
from research.events.results import ALL, EventStudy
from research.events.tests import adjusted
from research.sessions import sessions

#: Name of the constant among the terms.
CONSTANT = "constant"


@dataclass(frozen=True, eq=False, slots=True)
class JointCars:
    """CARs of one event with their joint covariance; firms without a CAR are left out."""

    car: pd.Series  # assets
    covariance: pd.DataFrame  # assets x assets
    overlap: pd.DataFrame  # assets x assets: share of event days that two firms have in common
    residuals: pd.DataFrame  # days x assets (garch: of one variance), NaN where not used
    k: int  # coefficients of the model, the most of any firm
    n_days: int  # days of the event window

    def df(self, assets: pd.Index) -> int:
        """Count the days with a residual of any of these firms, less k."""
        return int(self.residuals[assets].notna().any(axis=1).sum()) - self.k


def events_of(study: EventStudy) -> list[object]:
    """List the events of a study, each once, in their order."""
    return list(study.units.index.get_level_values("event_id").unique())


def joint_cars(
    study: EventStudy, event_id: object | None, window: Sequence[int] | None = None
) -> JointCars:
    """Put the CARs of one event, or of all (``None``), together, whatever the firms' exchanges."""
    table, units = study.car(window), study.units
    if event_id is not None:
        table, units = table.loc[event_id], units.loc[event_id]
    table = table.dropna(subset="car")
    days = study.event_days(event_id, window).loc[table.index]
    residuals = study.residuals(event_id)[table.index]
    shared = shared_days(days, days)
    correlation = residual_correlation(residuals, residuals) * shared
    correlation += overnight(residuals, days, units.loc[table.index, "calendar"])
    return JointCars(
        car=table["car"],
        covariance=correlation * np.outer(table["se"], table["se"]),
        overlap=shared,
        residuals=residuals,
        k=int((units["n_estimation"] - units["df"]).max()),
        n_days=days.shape[1],
    )


def residual_correlation(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Correlate residuals over the days that two firms have in common, first x second.

    ``sum_t e_it e_jt / sqrt(sum_t e_it^2 sum_t e_jt^2)`` over the days with both; residuals are
    not centred again, as in a residual variance. Zero where two firms share no day: what was never
    seen together is taken as unrelated.
    """
    used, seen = (table.notna().to_numpy(dtype=float) for table in (first, second))
    e, f = (table.fillna(0.0).to_numpy() for table in (first, second))
    scale = np.sqrt(((e**2).T @ seen) * (used.T @ f**2))
    values = np.divide(e.T @ f, scale, out=np.zeros_like(scale), where=scale > 0)
    return pd.DataFrame(values, index=first.columns, columns=second.columns)


def shared_days(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Compute the share of event days that two firms have in common, first x second."""
    codes = pd.factorize(np.concatenate([first.to_numpy().ravel(), second.to_numpy().ravel()]))[0]
    parts = np.split(codes, [first.size])
    held = [np.zeros((len(table), codes.max(initial=-1) + 1)) for table in (first, second)]
    for table, part, own in zip((first, second), parts, held, strict=True):
        own[np.arange(len(table))[:, None], part.reshape(table.shape)] = 1.0
    shares = held[0] @ held[1].T / first.shape[1]
    return pd.DataFrame(shares, index=first.index, columns=second.index)


def overnight(residuals: pd.DataFrame, days: pd.DataFrame, calendars: pd.Series) -> pd.DataFrame:
    """Correlate CARs through the night between New York's close and Tokyo's next one.

    Tokyo closes before New York does. What a date brings after Tokyo's close reaches Tokyo's
    shares on its next session, so a New York day also goes with the Tokyo session after it. The
    correlation of such residuals counts with the share of event days that follow each other so.
    """
    firms = calendars.index
    tokyo, york = (firms[calendars == code] for code in ("XTKS", "XNYS"))
    if tokyo.empty or york.empty:
        return pd.DataFrame(0.0, index=firms, columns=firms)
    own = sessions("XTKS")
    follows = own[own.searchsorted(residuals.index, side="right")]
    next_day = residuals[tokyo].reindex(follows).set_axis(residuals.index)
    mapped = days.loc[york].map(lambda day: own[own.searchsorted(day, side="right")])
    share = shared_days(mapped, days.loc[tokyo])
    out = residual_correlation(residuals[york], next_day) * share
    out = out.reindex(index=firms, columns=firms, fill_value=0.0)
    return out + out.T


def quiet_t(joint: JointCars, weights: pd.Series) -> Array:
    """Compute the t of a weighted portfolio over every run of days of the estimation window.

    The runs are as long as the event window; days on which a firm has no residual are left out.
    Empty where the firms do not share their event days, as no run of days stands for theirs.
    """
    firms = weights.index[weights != 0]
    if (joint.overlap.loc[firms, firms] < 1).any(axis=None):
        return np.empty(0)
    portfolio = (joint.residuals[firms].dropna() @ weights[firms]).to_numpy()
    df = len(portfolio) - joint.k
    squares = float((portfolio**2).sum())
    if df <= 0 or len(portfolio) < joint.n_days or squares == 0:
        return np.empty(0)
    sums = np.convolve(portfolio, np.ones(joint.n_days), mode="valid")
    return np.asarray(sums / np.sqrt(joint.n_days * squares / df))


def rank_pvalue(t: float, quiet: Array) -> float:
    """Rank a t among quiet ones, ``(1 + #{|quiet| >= |t|}) / (1 + N)``; NaN without any."""
    if not len(quiet) or np.isnan(t):
        return float("nan")
    return float((1 + (np.abs(quiet) >= abs(t)).sum()) / (1 + len(quiet)))


def _with_t(rows: pd.DataFrame, columns: str, estimate: str) -> pd.DataFrame:
    """Add t, p and 95 % interval to estimates with se and df, and put the columns in order."""
    out = rows.reindex(columns=columns.split())
    half = t_bound(0.95, out["df"]) * out["se"]
    out["low"], out["high"] = out[estimate] - half, out[estimate] + half
    out["t"] = out[estimate] / out["se"]
    out["pvalue"] = t_pvalue(out["t"], out["df"])
    return out


def contrasts(
    study: EventStudy,
    pairs: Sequence[tuple[str, str]],
    *,
    groups: pd.Series | None = None,
    window: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Compare the mean CARs of pairs of groups at every event, also across exchanges.

    With weights w of 1/n_a for the firms of the first group and -1/n_b for those of the second,
    and V the covariance of the CARs, the difference ``w'CAR`` has the standard error
    ``sqrt(w'V w)``. With complete data on one exchange its t is that of a regression of the
    long-short portfolio on the benchmark.

    Each pair is (first, second): first minus second. ``groups`` (index: assets) are those of the
    study by default.

    Table: one row an event and pair: event_id, first, second, n_first, n_second, mean_first,
    mean_second, difference, se, low, high (fractions), t, df, pvalue, holm_pvalue, bh_pvalue
    (family: all rows with a p), correlation (of the two means), overlap (mean share of event days
    in common across the groups), rank_pvalue (among the runs of days of the estimation window),
    n_quiet, reason (why a row has no test).
    """
    groups = study.groups if groups is None else groups
    own = pd.Series(dtype=object) if groups is None else groups
    known = list(own.dropna().unique())
    asked = f"one of {', '.join(map(str, known))}"
    wrong = [name for pair in pairs for name in pair if name not in known]
    faults = [Fault("pairs", asked, repr(name)) for name in wrong]
    raise_if(InputError, "These groups cannot be compared.", faults)
    rows = []
    for event_id in events_of(study):
        joint = joint_cars(study, event_id, window)
        rows += [
            {"event_id": event_id, "first": first, "second": second}
            | _compare(joint, own, first, second)
            for first, second in pairs
        ]
    columns = (
        "event_id first second n_first n_second mean_first mean_second difference se low high t df "
        "pvalue holm_pvalue bh_pvalue correlation overlap rank_pvalue n_quiet reason"
    )
    out = _with_t(pd.DataFrame(rows), columns, "difference")
    out[["holm_pvalue", "bh_pvalue"]] = adjusted(out["pvalue"])
    return out


def _compare(joint: JointCars, groups: pd.Series, first: str, second: str) -> dict[str, object]:
    own = groups.reindex(joint.car.index).to_numpy()
    a, b = np.flatnonzero(own == first), np.flatnonzero(own == second)
    row: dict[str, object] = {"n_first": len(a), "n_second": len(b)}
    if not len(a) or not len(b):
        empty = second if len(a) else first
        return row | {"reason": f"no firm of {empty} has every day of the window"}
    car, V = joint.car.to_numpy(), joint.covariance.to_numpy()
    row |= {"mean_first": car[a].mean(), "mean_second": car[b].mean()}
    row["overlap"] = joint.overlap.to_numpy()[np.ix_(a, b)].mean()
    row["difference"] = difference = car[a].mean() - car[b].mean()
    aa, bb, ab = (V[np.ix_(i, j)].mean() for i, j in ((a, a), (b, b), (a, b)))
    variance = aa + bb - 2 * ab
    # Two portfolios that are the same leave rounding errors, which are no variance.
    if variance <= ROUNDING * (aa + bb):
        return row | {"reason": "variance of the difference at or below zero"}
    firms = joint.car.index[np.r_[a, b]]
    weights = np.r_[np.full(len(a), 1 / len(a)), np.full(len(b), -1 / len(b))]
    quiet = quiet_t(joint, pd.Series(weights, firms))
    return row | {
        "se": np.sqrt(variance),
        "df": min(joint.df(firms[: len(a)]), joint.df(firms[len(a) :])),
        "correlation": ab / np.sqrt(aa * bb),
        "rank_pvalue": rank_pvalue(difference / np.sqrt(variance), quiet),
        "n_quiet": len(quiet),
        "reason": "",
    }


def exposure(study: EventStudy, characteristics: pd.DataFrame) -> pd.DataFrame:
    """Regress the CARs of every event on characteristics of the firms, with a constant.

    With Z the characteristics and V the covariance of the CARs from the estimation window,
    ``b = (Z'Z)^-1 Z' CAR`` has the covariance ``A V A'``, ``A = (Z'Z)^-1 Z'``. Each row of A is a
    portfolio; with complete data on one exchange the t of b is that of a regression of the
    portfolio's returns on the benchmark.

    ``characteristics`` are assets x finite numbers (a dummy, an export share). Their index says
    which firms of the study enter; those without a CAR do not (`EventStudy.dropped`).

    Table: one row an event and term: event_id, term (``constant`` first), coefficient (fraction for
    one unit of the characteristic), se, low, high, t, df, pvalue, white_se (HC1, to show what it
    misses), rank_pvalue (t among the runs of days of the estimation window), n_quiet, n, reason
    (why a row has no figures).

    Sefcik and Thompson (1986), J. Accounting Research 24, 316-334: portfolios in place of
    independent errors. Karafiath (1994), J. Financial and Quantitative Analysis 29, 279-300:
    least squares lose little against weighted estimators.
    """
    faults = _trait_faults(study, characteristics)
    raise_if(InputError, "These characteristics cannot be used.", faults)
    parts = {
        event_id: _regress(joint_cars(study, event_id), characteristics)
        for event_id in events_of(study)
    }
    rows = pd.concat(parts, names=["event_id"]).reset_index("event_id").reset_index(drop=True)
    columns = (
        "event_id term coefficient se low high t df pvalue white_se rank_pvalue n_quiet n reason"
    )
    return _with_t(rows, columns, "coefficient")


def _trait_faults(study: EventStudy, traits: pd.DataFrame) -> list[Fault]:
    known = {*study.units.index.get_level_values("asset"), *study.dropped["asset"]}
    faults = [
        Fault("characteristics", "firms of the study", repr(asset))
        for asset in traits.index.difference(list(known))
    ]
    return faults + [
        Fault(f"characteristics.{name}[{asset!r}]", "a finite number", repr(value))
        for name, column in traits.items()
        for asset, value in column.items()
        if not isinstance(value, Real) or not math.isfinite(value)
    ]


def _regress(joint: JointCars, characteristics: pd.DataFrame) -> pd.DataFrame:
    places = characteristics.index.get_indexer(joint.car.index)
    entered = places >= 0
    firms, traits = joint.car.index[entered], characteristics.to_numpy(dtype=float)
    Z = np.column_stack([np.ones(len(firms)), traits[places[entered]]])
    n, k = Z.shape
    out: dict[str, object] = {"term": [CONSTANT, *characteristics.columns], "n": n}
    if n <= k:
        return pd.DataFrame(out | {"reason": "too few firms"})
    scale = np.linalg.svd(Z / np.linalg.norm(Z, axis=0).clip(1e-300), compute_uv=False)
    if scale.min() <= ROUNDING * scale.max() * n:
        return pd.DataFrame(out | {"reason": "characteristics are collinear"})
    A, car = np.linalg.pinv(Z), joint.car.to_numpy()[entered]
    variance = np.einsum("ki,ij,kj->k", A, joint.covariance.to_numpy()[entered][:, entered], A)
    b, se = A @ car, np.sqrt(np.where(variance > 0, variance, np.nan))
    quiet = [quiet_t(joint, pd.Series(row, index=firms)) for row in A]
    return pd.DataFrame(
        out
        | {
            "coefficient": b,
            "se": se,
            "df": joint.df(firms),
            # White's errors take firms as independent.
            "white_se": np.sqrt((A**2) @ ((car - Z @ b) ** 2) * n / (n - k)),
            "rank_pvalue": [rank_pvalue(t, each) for t, each in zip(b / se, quiet, strict=True)],
            "n_quiet": [len(each) for each in quiet],
            "reason": np.where(variance > 0, "", "variance of the coefficient at or below zero"),
        }
    )


def pooled(study: EventStudy) -> pd.DataFrame:
    """Test the mean CAR of all events of a study as one sample, a firm at several dates included.

    Two CARs are correlated as far as they share days: the residual correlation ``r_ij`` (one for
    the same firm) times the share ``tau_ij`` of event days in common. With V that covariance,

    - ``t = mean(CAR) / sqrt(sum_ij V_ij / n^2)``: the mean against the days of estimation;
    - ``kp_t``: that of Kolari and Pynnonen with the mean of ``r_ij tau_ij`` over all pairs;
    - ``cluster_t``: the spread of the CARs themselves, firm-dates whose windows touch one cluster,
      ``se^2 = C / (C - 1) sum_c (sum_{i in c} CAR_i - mean)^2 / n^2``, C - 1 degrees of freedom.

    The first asks that events raise no variance, the last that there are many dates. What two
    estimation windows have in common enters neither: a share of m / T of the variance.

    Table: index group; n (firm-dates), n_firms, n_clusters, mean, se, low, high (fractions), t, df,
    pvalue, kp_t, kp_pvalue, cluster_t, cluster_pvalue, correlation (of two CARs). NaN without a
    second firm-date or cluster.
    """
    joint, groups = joint_cars(study, None), study.groups
    assets = joint.car.index.get_level_values("asset")
    own = np.full(len(assets), ALL) if groups is None else groups.reindex(assets).to_numpy()
    rows = []
    for name in pd.unique(own[pd.notna(own)]):
        i = np.flatnonzero(own == name)
        n, car, V = len(i), joint.car.to_numpy()[i], joint.covariance.to_numpy()[np.ix_(i, i)]
        touch = (joint.overlap.to_numpy()[np.ix_(i, i)] > 0) | (V != 0)
        C, cluster = connected_components(csr_matrix(touch), directed=False)
        sums = np.bincount(cluster, car - car.mean())
        sd = np.sqrt(np.diag(V))
        r = (np.sum(V / np.outer(sd, sd)) - n) / (n * (n - 1)) if n > 1 else np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            cluster_t = car.mean() / (np.sqrt((sums**2).sum() * C / (C - 1)) / n)
            S = car / sd
            bmp = np.sqrt(n) * S.mean() / S.std(ddof=1) if n > 1 else np.nan
            kp = float(bmp * kp_factor(np.array([r]), np.array([n]))[0])
        rows.append({
            "group": name, "n": n, "n_firms": assets[i].nunique(), "n_clusters": C,
            "mean": car.mean(), "se": np.sqrt(V.mean()) if V.mean() > 0 else np.nan,
            "df": joint.df(joint.car.index[i]), "correlation": r, "kp_t": kp,
            "kp_pvalue": t_pvalue(kp, n - 1), "cluster_t": cluster_t if C > 1 else np.nan,
            "cluster_pvalue": t_pvalue(cluster_t, C - 1) if C > 1 else np.nan,
        })  # fmt: skip
    columns = (
        "group n n_firms n_clusters mean se low high t df pvalue kp_t kp_pvalue cluster_t "
        "cluster_pvalue correlation"
    )
    return _with_t(pd.DataFrame(rows), columns, "mean").set_index("group")
