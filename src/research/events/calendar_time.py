"""Calendar-time portfolio: hold every firm for a while after its event, and regress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.holdings import Holdings, read_holdings
from research.events.models import Array
from research.events.windows import OUTSIDE


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

    Parameters
    ----------
    returns
        Dates x assets: simple returns (less a riskless one, if the factors are), fractions. The
        dates may be sessions or months.
    factors
        Same dates: a Series or a DataFrame with one column a factor.
    events
        event_id, asset, date, perhaps calendar, as in `research.events.event_study`.
    horizon
        First and last session held, relative to day 0.
    lags
        Lags of the errors: 0 allows for unequal variances alone. Rows of the regression follow
        each other in time; dates without a firm are no rows.

    Raises
    ------
    InputError
        If a table or a setting is not usable, or fewer dates than coefficients plus two are left.

    References
    ----------
    Jaffe (1974), J. Business 47, 410-428; Lyon, Barber and Tsai (1999), J. Finance 54, 165-201;
    Newey and West (1987), Econometrica 55, 703-708.
    """
    x = factors.to_frame() if isinstance(factors, pd.Series) else factors
    held = read_holdings(returns, x, events, horizon=horizon, name="factors")
    portfolio = _portfolio(held)
    x = x.reindex(portfolio.index)
    usable = x.notna().all(axis=1)
    _check(int(usable.sum()), x.shape[1] + 1, lags)
    lost = portfolio.index[~usable]
    gone = pd.DataFrame({"date": lost, "part": "portfolio", "reason": "no value of a factor"})
    coefficients, df = _regress(portfolio.loc[usable, "return"], x[usable], lags)
    return CalendarTime(
        coefficients=coefficients,
        portfolio=portfolio,
        dropped=pd.concat([held.missing(), gone], ignore_index=True),
        df=df,
        lags=lags,
    )


def _portfolio(held: Holdings) -> pd.DataFrame:
    """Average the firms held on each date."""
    unit, day = np.nonzero(np.isfinite(held.earned) & (held.rows != OUTSIDE))
    cells = pd.DataFrame(
        {
            "date": held.dates[held.rows[unit, day]],
            "asset": held.units["asset"].to_numpy()[unit],
            "return": held.earned[unit, day],
        }
    ).drop_duplicates(["date", "asset"])
    return cells.groupby("date")["return"].agg(["mean", "size"]).set_axis(["return", "n"], axis=1)


def _regress(outcome: pd.Series, factors: pd.DataFrame, lags: int) -> tuple[pd.DataFrame, int]:
    import statsmodels.api as sm

    design = factors.assign(alpha=1.0)[["alpha", *factors.columns]]
    kwds = {"maxlags": lags, "use_correction": True}
    fit = sm.OLS(outcome, design).fit(cov_type="HAC", cov_kwds=kwds, use_t=True)
    interval = np.asarray(fit.conf_int(), dtype=float)
    columns: dict[str, Array] = {
        "coefficient": fit.params, "se": fit.bse, "t": fit.tvalues, "pvalue": fit.pvalues,
        "low": interval[:, 0], "high": interval[:, 1],
    }  # fmt: skip
    table = pd.DataFrame(columns, index=design.columns).rename_axis("term")
    return table, int(fit.df_resid)


def _check(n_dates: int, n_terms: int, lags: int) -> None:
    faults = []
    if n_dates < n_terms + 2:
        asked = f"at least {n_terms + 2} dates with a firm and every factor"
        faults.append(Fault("horizon and events", asked, str(n_dates)))
    if not isinstance(lags, int) or not 0 <= lags < max(n_dates, 1):
        asked = f"a whole number from 0 to below the {n_dates} dates"
        faults.append(Fault("lags", asked, repr(lags)))
    raise_if(InputError, "The calendar-time portfolio cannot be regressed.", faults)
