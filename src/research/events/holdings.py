"""What each share earned on every session of a long horizon after its event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.events.checks import event_faults, is_window
from research.events.models import Array, Labels
from research.events.settings import Settings
from research.events.table_checks import check_same_dates, check_table, check_total_losses
from research.events.windows import OUTSIDE, gather, place, sessions_by_calendar, with_every_session


@dataclass(frozen=True, eq=False, slots=True)
class Holdings:
    """Returns of each unit (event x asset) over its horizon.

    Attributes
    ----------
    units
        event_id, asset, date (day 0), calendar.
    dates
        Every session of the tables.
    rows, earned
        (U, m): position of each day in ``dates`` and the return on it, NaN where missing.
    """

    units: pd.DataFrame
    dates: pd.DatetimeIndex
    rows: Labels
    earned: Array

    def missing(self) -> pd.DataFrame:
        """List the days without a return: event_id, asset, date, part (``share``), reason."""
        unit, day = np.nonzero(~np.isfinite(self.earned))
        rows = self.rows[unit, day]
        out = self.units.iloc[unit][["event_id", "asset"]].reset_index(drop=True)
        out["date"] = pd.Series(self.dates[rows]).where(rows != OUTSIDE)
        out["part"] = "share"
        out["reason"] = np.where(rows == OUTSIDE, "outside the sample", "no return of the asset")
        return out


def read_holdings(
    returns: pd.DataFrame,
    others: pd.DataFrame,
    events: pd.DataFrame,
    *,
    horizon: Sequence[int],
    name: str,
) -> Holdings:
    """Place every event and read its horizon by the sessions of its own calendar.

    Parameters
    ----------
    returns
        Dates x assets: simple returns (fractions).
    others
        Same dates: what the shares are measured against.
    events
        event_id, asset, date, perhaps calendar; without it, a session is a date with a value in
        ``others``.
    horizon
        First and last session held, relative to day 0.
    name
        What ``others`` is called in errors.

    Raises
    ------
    InputError
        If a table, the horizon or an event is not usable; lists every fault.
    """
    _check(returns, others, events, horizon, name)
    own_sessions = sessions_by_calendar(events, returns, others)
    table, factors = with_every_session(returns, others, own_sessions)
    units = place(events, own_sessions, table.index)
    pair = (int(horizon[0]), int(horizon[1]))
    # There is no estimation window here: the first day stands in its place and is not used.
    settings = Settings("simple", "mean", window=pair, estimation=(pair[0], pair[0]))
    sample = gather(units, own_sessions, table, factors.iloc[:, :0], settings)
    return Holdings(units, pd.DatetimeIndex(table.index), sample.rows_window, sample.y_window)


def _check(
    returns: pd.DataFrame,
    others: pd.DataFrame,
    events: pd.DataFrame,
    horizon: Sequence[int],
    name: str,
) -> None:
    faults = [
        *check_table("returns", returns),
        *check_total_losses(returns),
        *check_table(name, others),
        *(replace(fault, where=name) for fault in check_same_dates(returns, others)),
        *event_faults(events, returns),
    ]
    if not is_window(horizon):
        asked = "two whole numbers (first, last), first <= last"
        faults.append(Fault("horizon", asked, repr(horizon)))
    raise_if(InputError, "These shares cannot be held over a horizon.", faults)
