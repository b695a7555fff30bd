"""Buy-and-hold abnormal returns over long horizons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.events.holdings import Holdings, read_holdings
from research.events.models import Array, Labels
from research.events.results import ALL
from research.events.skewness import skewness_adjusted_t


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

        Firms are taken as independent: where they share dates, use
        `research.events.calendar_time` instead.

        Returns
        -------
        pandas.DataFrame
            Index group; columns as `research.events.skewness.skewness_adjusted_t`.
        """
        bhar = self.table["bhar"].dropna()
        assets = bhar.index.get_level_values("asset")
        names = pd.Series(ALL, index=assets) if groups is None else groups.reindex(assets)
        rows = {
            name: skewness_adjusted_t(part.to_numpy(), replications=replications, seed=seed)
            for name, part in bhar.groupby(names.to_numpy(), sort=False)
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


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

    Parameters
    ----------
    returns
        Dates x assets: simple returns, fractions. The dates may be sessions or months.
    reference
        Same dates: a Series (an index), or a DataFrame with the members of a portfolio. A member
        that lacks a day of a horizon is left out of that horizon, and listed.
    events
        event_id, asset, date, perhaps calendar, as in `research.events.event_study`; without a
        calendar, a session is a date with a reference.
    horizon
        First and last session held, relative to day 0.

    Raises
    ------
    InputError
        If a table or the horizon is not usable; lists every fault.

    References
    ----------
    Lyon, Barber and Tsai (1999), J. Finance 54, 165-201.
    """
    members = reference.to_frame("reference") if isinstance(reference, pd.Series) else reference
    held = read_holdings(returns, members, events, horizon=horizon, name="reference")
    growth = _compound_members(members.reindex(held.dates), held.rows)
    complete = np.isfinite(growth)
    n_reference = complete.sum(axis=1)
    total = np.where(complete, growth, 0.0).sum(axis=1)
    table = held.units.set_index(["event_id", "asset"])[["date"]].assign(
        held=np.prod(1 + held.earned, axis=1) - 1,
        reference=np.divide(
            total, n_reference, out=np.full(len(total), np.nan), where=n_reference > 0
        ),
        n_reference=n_reference,
    )
    table["bhar"] = table["held"] - table["reference"]
    dropped = pd.concat([held.missing(), _left_out(held, members.columns, ~complete)])
    return LongRun(table, dropped.reset_index(drop=True), (int(horizon[0]), int(horizon[1])))


def _compound_members(members: pd.DataFrame, rows: Labels) -> Array:
    """Compound each member over each unit's days, (U, members); NaN where a day is missing."""
    values = np.vstack([members.to_numpy(dtype=float), np.full(members.shape[1], np.nan)])
    spans, which = np.unique(rows, axis=0, return_inverse=True)
    growth = np.array([np.prod(1 + values[span], axis=0) - 1 for span in spans])
    return growth[which.ravel()]


def _left_out(held: Holdings, names: pd.Index, absent: NDArray[np.bool_]) -> pd.DataFrame:
    """List the members left out of the reference of each event and day 0."""
    units = held.units[["event_id", "date"]].drop_duplicates()
    unit, member = np.nonzero(absent[units.index])
    out = units.iloc[unit].assign(asset=names[member], part="reference")
    return out.assign(reason="lacks a day of the horizon")
