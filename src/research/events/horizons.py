"""Long horizons: buy-and-hold abnormal returns, and portfolios in calendar time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.design import BENCHMARK, event_faults, frames_of, is_count, pair_faults
from research.events.models import Array, Labels
from research.events.results import ALL
from research.events.returns import returns_faults
from research.events.windows import (
    OUTSIDE,
    place,
    rows_of,
    sessions_of,
    with_every_session,
    with_outside,
)

# Lyon, Barber and Tsai (1999) draw resamples of a quarter of the firms.
_RESAMPLE_SHARE = 0.25

#: Fewest values of a bootstrap, so that a resample has five of them.
FEWEST_FIRMS = 20


@dataclass(frozen=True, eq=False, slots=True)
class LongRun:
    """Buy-and-hold abnormal returns (BHAR).

    Attributes
    ----------
    table
        Index (event_id, asset): date (day 0), held (return of the share over the horizon),
        reference (of its reference), n_reference (members of the reference with every day),
        bhar = held - reference; fractions. NaN where a day is missing.
    dropped
        What is missing: event_id, asset (the share, or the member of the reference), date, part
        (``share`` or ``reference``), reason.
    horizon
        First and last session held, relative to day 0.
    """

    table: pd.DataFrame
    dropped: pd.DataFrame
    horizon: tuple[int, int]

    def tests(
        self, groups: pd.Series | None = None, *, replications: int = 1000, seed: int = 550
    ) -> pd.DataFrame:
        """Test each group's mean BHAR, all events together.

        Firms are taken as independent: where they share dates, use `calendar_time_portfolio`.

        Table: index group; columns as `skewness_adjusted_t`.
        """
        bhar = self.table["bhar"].dropna()
        assets = bhar.index.get_level_values("asset")
        names = pd.Series(ALL, index=assets) if groups is None else groups.reindex(assets)
        rows = {
            name: skewness_adjusted_t(part.to_numpy(), replications=replications, seed=seed)
            for name, part in bhar.groupby(names.to_numpy(), sort=False)
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


@dataclass(frozen=True, eq=False, slots=True)
class CalendarTime:
    """Abnormal return of a calendar-time portfolio.

    Attributes
    ----------
    coefficients
        Index term (``alpha``, then the factors): coefficient, se, t, pvalue, low, high (95 %);
        alpha is a fraction a row of the table of returns (a session, a month).
    portfolio
        Dates on which a firm was held: return (fraction, mean over firms), n (firms).
    dropped
        What is missing: event_id, asset, date, part (``share`` or ``portfolio``), reason.
    df, lags
        Degrees of freedom of the t, lags of the errors.
    """

    coefficients: pd.DataFrame
    portfolio: pd.DataFrame
    dropped: pd.DataFrame
    df: int
    lags: int


@dataclass(frozen=True, eq=False, slots=True)
class _Held:
    """Units, all dates, and by unit (U, m): row of each day held, return (NaN where missing)."""

    units: pd.DataFrame
    dates: pd.DatetimeIndex
    others: pd.DataFrame
    rows: Labels
    earned: Array

    def missing(self) -> pd.DataFrame:
        """List the days without a return."""
        unit, day = np.nonzero(~np.isfinite(self.earned))
        outside = self.rows[unit, day] == OUTSIDE
        out = self.units.iloc[unit][["event_id", "asset"]].reset_index(drop=True)
        out["date"] = pd.Series(self.dates[self.rows[unit, day]]).where(~outside)
        out["part"] = "share"
        out["reason"] = np.where(outside, "outside the sample", "no return of the asset")
        return out


def _hold(
    returns: pd.DataFrame,
    others: pd.Series | pd.DataFrame,
    events: pd.DataFrame,
    horizon: Sequence[int],
    name: str,
) -> _Held:
    """Check the tables and read each event's horizon by the sessions of its own exchange."""
    table = frames_of(others, [BENCHMARK])[BENCHMARK]
    faults = [
        *returns_faults(returns, {name: table}),
        *event_faults(events, returns),
        *pair_faults("horizon", horizon),
    ]
    raise_if(InputError, "These shares cannot be held over a horizon.", faults)
    own_sessions = sessions_of(events, returns, {BENCHMARK: table})
    full = with_every_session(returns, own_sessions)
    units, faults = place(events, own_sessions)
    raise_if(InputError, "These shares cannot be held over a horizon.", faults)
    days = np.arange(horizon[0], horizon[1] + 1)
    rows = np.full((len(units), len(days)), OUTSIDE)
    for calendar, mine in units.groupby("calendar", sort=False):
        rows[mine.index] = rows_of(mine, own_sessions[str(calendar)], full.index, days)
    columns = full.columns.get_indexer(pd.Index(units["asset"]))[:, None]
    dates, others = pd.DatetimeIndex(full.index), with_every_session(table, own_sessions)
    return _Held(units, dates, others, rows, with_outside(full)[rows, columns])


def buy_and_hold(
    returns: pd.DataFrame,
    reference: pd.Series | pd.DataFrame,
    events: pd.DataFrame,
    *,
    horizon: Sequence[int],
) -> LongRun:
    """Compound what each share earned over a horizon, less what its reference earned.

    ``BHAR_i = prod(1 + R_it) - prod(1 + R_pt)``. A reference of several columns is their
    equal-weighted portfolio, bought on the first day and held: the mean of the members'
    compounded returns. Compounding their daily mean instead would sell the day's winners every
    day, which nobody does.

    Returns and ``reference`` are simple (fractions) on the same dates, sessions or months. A member
    of the reference that lacks a day of a horizon is left out of that horizon, and listed. Events
    are those of `research.events.event_study`; ``horizon`` is the first and last session held,
    relative to day 0.

    References
    ----------
    Lyon, Barber and Tsai (1999), J. Finance 54, 165-201.
    """
    named = reference.to_frame("reference") if isinstance(reference, pd.Series) else reference
    held = _hold(returns, named, events, horizon, "reference")
    values = with_outside(held.others)
    spans, which = np.unique(held.rows, axis=0, return_inverse=True)
    growth = np.array([np.prod(1 + values[span], axis=0) - 1 for span in spans])[which.ravel()]
    complete = np.isfinite(growth)
    n = complete.sum(axis=1)
    total, nothing = np.where(complete, growth, 0.0).sum(axis=1), np.full(len(n), np.nan)
    table = held.units.set_index(["event_id", "asset"])[["date"]].assign(
        held=np.prod(1 + held.earned, axis=1) - 1,
        reference=np.divide(total, n, out=nothing, where=n > 0),
        n_reference=n,
    )
    table["bhar"] = table["held"] - table["reference"]
    # The members left out of the reference, once for each event and day 0.
    units = held.units[["event_id", "date"]].drop_duplicates()
    unit, member = np.nonzero(~complete[units.index])
    lacking = units.iloc[unit].assign(asset=held.others.columns[member], part="reference")
    lacking["reason"] = "lacks a day of the horizon"
    dropped = pd.concat([held.missing(), lacking], ignore_index=True)
    return LongRun(table, dropped, (int(horizon[0]), int(horizon[1])))


def skewness_adjusted_t(values: Array, *, replications: int = 1000, seed: int = 550) -> pd.Series:
    """Test a mean of zero with Johnson's skewness-adjusted t and bootstrapped bounds.

    With S = mean / sd and g the skewness, ``johnson_skew_t = sqrt(n) (S + g S^2 / 3 + g / (6 n))``:
    equation 5 of Lyon, Barber and Tsai, without Hall's cubic term (`hall_skew_t`). Its
    distribution under the null is that of resamples of n / 4 values, each measured from the mean
    of the sample; p is twice the smaller tail, the sample itself counted among the resamples.

    ``values`` (n,) are independent, for example BHARs of firms with dates of their own.

    Returns
    -------
    pandas.Series
        n, mean, sd (n - 1), skewness, t (without the correction), johnson_skew_t, low_bound and
        high_bound (2.5 and 97.5 % of the bootstrap), pvalue, reason (why it is missing).

    References
    ----------
    Johnson (1978), J. American Statistical Association 73, 536-544; Lyon, Barber and Tsai (1999),
    J. Finance 54, 165-201.
    """
    n = len(values)
    names = ["sd", "skewness", "t", "johnson_skew_t", "low_bound", "high_bound", "pvalue"]
    row: dict[str, object] = {"n": n, "mean": values.mean() if n else np.nan}
    if n < FEWEST_FIRMS or np.ptp(values) == 0:
        few = f"{n} firms, {FEWEST_FIRMS} needed"
        reason = few if n < FEWEST_FIRMS else "no spread over firms"
        return pd.Series(row | dict.fromkeys(names, np.nan) | {"reason": reason})
    mean, sd = values.mean(), values.std(ddof=1)
    drawn = np.random.default_rng(seed).choice(values, (replications, int(n * _RESAMPLE_SHARE)))
    t, null = adjusted_t(values[None])[0], adjusted_t(drawn - mean)
    smaller_tail = 1 + min((null <= t).sum(), (null >= t).sum())
    skewness = ((values - mean) ** 3).mean() / sd**3
    pvalue = min(1.0, 2 * smaller_tail / (1 + replications))
    figures = (sd, skewness, np.sqrt(n) * mean / sd, t, *np.quantile(null, [0.025, 0.975]), pvalue)
    return pd.Series(row | dict(zip(names, figures, strict=True)) | {"reason": ""})


def adjusted_t(samples: Array) -> Array:
    """Compute Johnson's skewness-adjusted t of each row, (rows,).

    A row of one value over and over has no skewness; its t is infinite with the sign of the value.
    """
    n, mean = samples.shape[1], samples.mean(axis=1)
    sd = samples.std(axis=1, ddof=1)
    third = ((samples - mean[:, None]) ** 3).mean(axis=1)
    spread = np.where(sd > 0, sd, 1.0)
    s, g = mean / spread, third / spread**3
    t = np.sqrt(n) * (s + g * s**2 / 3 + g / (6 * n))
    return np.asarray(np.where(sd > 0, t, np.inf * np.sign(mean)))


def calendar_time_portfolio(
    returns: pd.DataFrame,
    factors: pd.Series | pd.DataFrame,
    events: pd.DataFrame,
    *,
    horizon: Sequence[int],
    lags: int,
) -> CalendarTime:
    """Regress the return of all firms within a horizon after their event on factors.

    On each date the portfolio is the equal-weighted mean of the firms that are then inside the
    horizon of an event, so that the correlation of firms on a date is in its variance. A firm
    inside two horizons counts once. ``R_pt = alpha + beta' x_t + e_t``, errors after Newey and
    West with ``lags`` lags, scaled by T / (T - k).

    Returns are simple (less a riskless one, if the factors are), on sessions or months. With
    ``lags`` of 0 the errors allow for unequal variances alone. Rows of the regression follow each
    other in time; dates without a firm are no rows. ``horizon`` as in `buy_and_hold`.

    References
    ----------
    Jaffe (1974), J. Business 47, 410-428; Lyon, Barber and Tsai (1999), J. Finance 54, 165-201;
    Newey and West (1987), Econometrica 55, 703-708.
    """
    import statsmodels.api as sm

    held = _hold(returns, factors, events, horizon, "factors")
    unit, day = np.nonzero(np.isfinite(held.earned) & (held.rows != OUTSIDE))
    cells = pd.DataFrame(
        {
            "date": held.dates[held.rows[unit, day]],
            "asset": held.units["asset"].to_numpy()[unit],
            "return": held.earned[unit, day],
        }
    ).drop_duplicates(["date", "asset"])
    portfolio = cells.groupby("date")["return"].agg(["mean", "size"])
    portfolio.columns = pd.Index(["return", "n"])
    x = held.others.reindex(portfolio.index)
    usable = x.notna().all(axis=1)
    n_dates, n_terms, faults = int(usable.sum()), x.shape[1] + 1, []
    if n_dates < n_terms + 2:
        asked = f"at least {n_terms + 2} dates with a firm and every factor"
        faults.append(Fault("horizon and events", asked, str(n_dates)))
    if not is_count(lags) or lags >= max(n_dates, 1):
        asked = f"a whole number from 0 to below the {n_dates} dates"
        faults.append(Fault("lags", asked, repr(lags)))
    raise_if(InputError, "The calendar-time portfolio cannot be regressed.", faults)
    design = x[usable].assign(alpha=1.0)[["alpha", *x.columns]]
    kwds = {"maxlags": lags, "use_correction": True}
    fit = sm.OLS(portfolio.loc[usable, "return"], design).fit(
        cov_type="HAC", cov_kwds=kwds, use_t=True
    )
    interval = np.asarray(fit.conf_int(), dtype=float)
    columns = {
        "coefficient": fit.params, "se": fit.bse, "t": fit.tvalues, "pvalue": fit.pvalues,
        "low": interval[:, 0], "high": interval[:, 1],
    }  # fmt: skip
    lost = pd.DataFrame({"date": portfolio.index[~usable], "part": "portfolio"})
    gone = lost.assign(reason="no value of a factor")
    return CalendarTime(
        coefficients=pd.DataFrame(columns, index=design.columns).rename_axis("term"),
        portfolio=portfolio,
        dropped=pd.concat([held.missing(), gone], ignore_index=True),
        df=int(fit.df_resid),
        lags=lags,
    )
