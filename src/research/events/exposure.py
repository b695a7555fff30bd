"""Regression of CARs on what firms are, to ask whether the more exposed moved more.

All firms share the date, so their errors are correlated and White's errors, which take them as
independent, are wrong. Each coefficient is a portfolio of the firms, and its standard error is
that of the portfolio's abnormal return on other days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real

import numpy as np
import pandas as pd
from scipy import stats

from research.errors import Fault, InputError, raise_if
from research.events.covariance import JointCars, events_of, joint_cars, quiet_t, rank_pvalue
from research.events.models import ROUNDING, Array
from research.events.results import EventStudy

#: Name of the constant among the terms.
CONSTANT = "constant"


def exposure(
    studies: EventStudy | Sequence[EventStudy],
    characteristics: pd.DataFrame,
    *,
    window: Sequence[int] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Regress the CARs of every event on characteristics of the firms, with a constant.

    With Z the characteristics and V the covariance of the CARs from the estimation window
    (`research.events.covariance`), ``b = (Z'Z)^-1 Z' CAR`` has the covariance ``A V A'``,
    ``A = (Z'Z)^-1 Z'``. Each row of A is a portfolio; with complete data on one exchange the t of
    b is that of a regression of the portfolio's returns on the benchmark.

    Parameters
    ----------
    studies
        A study, or the studies of several exchanges.
    characteristics
        Assets x characteristics, finite numbers: a group dummy, an export share. Its index says
        which firms of the studies enter; those without a CAR do not (`EventStudy.dropped`).
    window
        First and last day inside the studies' window (default: all of it).
    level
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        One row an event and term: event_id, term (``constant`` first), coefficient (fraction for
        one unit of the characteristic), se, low, high, t, df, pvalue, white_se (HC1, to show what
        it misses), rank_pvalue (t among the runs of days of the estimation window), n_quiet, n,
        reason (why a row has no figures).

    Raises
    ------
    InputError
        If characteristics are not finite numbers, name a firm twice or one that is in no study,
        or the window does not fit.

    References
    ----------
    Sefcik and Thompson (1986), J. Accounting Research 24, 316-334: portfolios in place of
    independent errors. Karafiath (1994), J. Financial and Quantitative Analysis 29, 279-300:
    least squares lose little against weighted estimators.
    """
    every = [studies] if isinstance(studies, EventStudy) else list(studies)
    _check(every, characteristics, level)
    parts = []
    for event_id in events_of(every):
        joint = joint_cars(every, event_id, window)
        part = _regress(joint, characteristics)
        part.insert(0, "event_id", event_id)
        parts.append(part)
    return _with_inference(pd.concat(parts, ignore_index=True), level)


def mean_over_events(coefficients: pd.DataFrame) -> pd.DataFrame:
    """Average the coefficients of several events, errors clustered by event.

    The spread of a coefficient over events is its error, so that firms of one date may be
    correlated in any way and the event may raise the variance; events must not share days.

    Parameters
    ----------
    coefficients
        Result of `exposure` with at least two events.

    Returns
    -------
    pandas.DataFrame
        Index term; coefficient (mean), se, t, df (events less one), pvalue, n_events. NaN where a
        term has one event.

    References
    ----------
    Fama and MacBeth (1973), J. Political Economy 81, 607-636.
    """
    values = coefficients.dropna(subset="coefficient").groupby("term", sort=False)["coefficient"]
    out = pd.DataFrame({"coefficient": values.mean(), "se": values.std() / np.sqrt(values.size())})
    out["t"] = out["coefficient"] / out["se"]
    out["df"] = (values.size() - 1).where(values.size() > 1)
    out["pvalue"] = 2 * stats.t.sf(out["t"].abs(), out["df"])
    out["n_events"] = values.size()
    return out


def _regress(joint: JointCars, characteristics: pd.DataFrame) -> pd.DataFrame:
    """Compute coefficients, portfolio errors and White's errors of one event."""
    places = characteristics.index.get_indexer(joint.car.index)
    entered = places >= 0
    firms = joint.car.index[entered]
    Z = np.column_stack(
        [np.ones(len(firms)), characteristics.to_numpy(dtype=float)[places[entered]]]
    )
    out: dict[str, object] = {"term": [CONSTANT, *characteristics.columns], "n": len(firms)}
    if len(firms) <= Z.shape[1]:
        return pd.DataFrame(out | {"reason": "too few firms"})
    if not _full_rank(Z):
        return pd.DataFrame(out | {"reason": "characteristics are collinear"})
    A = np.linalg.pinv(Z)
    car = joint.car.to_numpy()[entered]
    variance = np.einsum("ki,ij,kj->k", A, joint.covariance.to_numpy()[entered][:, entered], A)
    b, se = A @ car, np.sqrt(np.where(variance > 0, variance, np.nan))
    quiet = [quiet_t(joint, pd.Series(row, index=firms)) for row in A]
    return pd.DataFrame(
        out
        | {
            "coefficient": b,
            "se": se,
            "df": joint.df(firms),
            "white_se": _white_se(Z, A, car),
            "rank_pvalue": [rank_pvalue(t, each) for t, each in zip(b / se, quiet, strict=True)],
            "n_quiet": [len(each) for each in quiet],
            "reason": np.where(variance > 0, "", "variance of the coefficient at or below zero"),
        }
    )


def _full_rank(values: Array) -> bool:
    scale = np.linalg.svd(values / np.linalg.norm(values, axis=0).clip(1e-300), compute_uv=False)
    return bool(scale.min() > ROUNDING * scale.max() * len(values))


def _white_se(values: Array, A: Array, car: Array) -> Array:
    """Compute White's errors with the factor n / (n - k), which take firms as independent."""
    n, k = values.shape
    errors = car - values @ (A @ car)
    return np.asarray(np.sqrt((A**2) @ (errors**2) * n / (n - k)))


def _with_inference(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    columns = [
        "event_id", "term", "coefficient", "se", "low", "high", "t", "df", "pvalue", "white_se",
        "rank_pvalue", "n_quiet", "n", "reason",
    ]  # fmt: skip
    out = rows.reindex(columns=columns)
    half = stats.t.ppf(0.5 + level / 2, out["df"]) * out["se"]
    out["low"], out["high"] = out["coefficient"] - half, out["coefficient"] + half
    out["t"] = out["coefficient"] / out["se"]
    out["pvalue"] = 2 * stats.t.sf(out["t"].abs(), out["df"])
    return out


def _check(studies: Sequence[EventStudy], characteristics: pd.DataFrame, level: float) -> None:
    faults = []
    if not 0 < level < 1:
        faults.append(Fault("level", "a share between 0 and 1", repr(level)))
    if CONSTANT in characteristics:
        faults.append(Fault("characteristics", "no constant: it is added", "a column of that name"))
    for asset in characteristics.index[characteristics.index.duplicated()].unique():
        faults.append(Fault("characteristics", "each asset once", f"{asset!r} twice"))
    for name, column in characteristics.items():
        for asset, value in column.items():
            if not isinstance(value, Real) or not math.isfinite(value):
                where = f"characteristics.{name}[{asset!r}]"
                faults.append(Fault(where, "a finite number", repr(value)))
    known = {asset for study in studies for asset in study.units.index.get_level_values("asset")}
    known |= {asset for study in studies for asset in study.dropped["asset"]}
    for asset in characteristics.index.difference(list(known)):
        faults.append(Fault("characteristics", "firms of the studies", repr(asset)))
    if characteristics.empty:
        faults.append(Fault("characteristics", "at least one firm and one column", "none"))
    raise_if(InputError, "These characteristics cannot be used.", faults)
