"""Long horizons: buy-and-hold abnormal returns, and portfolios in calendar time.

Sources and formulas stand in docs/methods/events.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.design import BENCHMARK, event_faults, frames_of, is_count, pair_faults
from research.events.models import Labels
from research.events.returns import returns_faults
from research.events.windows import (
    OUTSIDE,
    place,
    rows_of,
    sessions_of,
    with_every_session,
    with_outside,
)

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Labels, Labels]


def _hold(returns: Any, others: Any, events: Any, horizon: Sequence[int], name: str) -> Tables:
    """Check the tables; give events, returns, others, and each event's rows and column in them."""
    table = frames_of(others, [BENCHMARK])[BENCHMARK]
    summary = "These shares cannot be held over a horizon."
    faults = [*returns_faults(returns, {name: table}), *event_faults(events, returns)]
    raise_if(InputError, summary, faults + pair_faults("horizon", horizon))
    own_sessions = sessions_of(events, returns, {BENCHMARK: table})
    units, faults = place(events, own_sessions)
    raise_if(InputError, summary, faults)
    full, table = (with_every_session(one, own_sessions) for one in (returns, table))
    days = np.arange(horizon[0], horizon[1] + 1)
    rows = np.full((len(units), len(days)), OUTSIDE)
    for calendar, mine in units.groupby("calendar", sort=False):
        rows[mine.index] = rows_of(mine, own_sessions[str(calendar)], full.index, days)
    return units, full, table, rows, full.columns.get_indexer(pd.Index(units["asset"]))[:, None]


def buy_and_hold(
    returns: pd.DataFrame,
    reference: pd.Series | pd.DataFrame,
    events: pd.DataFrame,
    *,
    horizon: Sequence[int],
) -> pd.DataFrame:
    """Compound what each share earned over a horizon, less what its reference earned.

    ``BHAR_i = prod(1 + R_it) - prod(1 + R_pt)``. A reference of several columns is their
    equal-weighted portfolio, bought on the first day and held: the mean of the members'
    compounded returns. Returns and ``reference`` are simple (fractions) on the same dates.
    Events are those of `research.events.event_study`; ``horizon`` is the first and last session
    held, relative to day 0.

    Table: index (event_id, asset): date (day 0), held (return of the share), reference,
    n_reference (members with every day; the others are left out), bhar; NaN where a day is missing.
    """
    units, full, members, rows, columns = _hold(returns, reference, events, horizon, "reference")
    values = with_outside(members)
    growth = pd.DataFrame([np.prod(1 + values[own], axis=0) - 1 for own in rows])
    table = units[["event_id", "asset", "date"]].assign(
        held=np.prod(1 + with_outside(full)[rows, columns], axis=1) - 1,
        reference=growth.mean(axis=1),
        n_reference=growth.count(axis=1),
    )
    return table.assign(bhar=table["held"] - table["reference"]).set_index(["event_id", "asset"])


def calendar_time_portfolio(
    returns: pd.DataFrame,
    factors: pd.Series | pd.DataFrame,
    events: pd.DataFrame,
    *,
    horizon: Sequence[int],
    lags: int,
) -> pd.DataFrame:
    """Regress the return of all firms within a horizon after their event on factors.

    On each date the portfolio is the equal-weighted mean of the firms that are then inside the
    horizon of an event, so that the correlation of firms on a date is in its variance. A firm
    inside two horizons counts once. ``R_pt = alpha + beta' x_t + e_t``, errors after Newey and
    West with ``lags`` lags, scaled by T / (T - k).

    Returns are simple (less a riskless one, if the factors are), on sessions or months. With
    ``lags`` of 0 the errors allow for unequal variances alone. Rows of the regression follow each
    other in time; dates without a firm, or without a factor, are no rows. ``horizon`` as in
    `buy_and_hold`.

    Table: index term (``alpha``, a fraction a row of ``returns``, then the factors): coefficient,
    se, t, pvalue, low, high (95 %), n_dates.
    """
    import statsmodels.api as sm

    _, full, others, rows, columns = _hold(returns, factors, events, horizon, "factors")
    inside = np.zeros((len(full) + 1, full.shape[1]), dtype=bool)
    inside[rows, columns] = True
    portfolio, design = full.where(inside[:-1]).mean(axis=1), others.copy()
    design.insert(0, "alpha", 1.0)
    n_dates = int((portfolio.notna() & design.notna().all(axis=1)).sum())
    enough = f"at least {design.shape[1] + 2} dates with a firm and every factor"
    within = f"a whole number from 0 to below the {n_dates} dates"
    faults = [Fault("horizon and events", enough, str(n_dates))] * (n_dates < design.shape[1] + 2)
    faults += [Fault("lags", within, repr(lags))] * (not is_count(lags) or lags >= max(n_dates, 1))
    raise_if(InputError, "The calendar-time portfolio cannot be regressed.", faults)
    kwds = {"maxlags": lags, "use_correction": True}
    fit = sm.OLS(portfolio, design, missing="drop").fit(cov_type="HAC", cov_kwds=kwds, use_t=True)
    low, high = np.asarray(fit.conf_int(), dtype=float).T
    figures = {"coefficient": fit.params, "se": fit.bse, "t": fit.tvalues, "pvalue": fit.pvalues}
    table = pd.DataFrame(figures).assign(low=low, high=high, n_dates=n_dates)
    return table.rename_axis("term")
