"""What the group tests read: the firms of each group that have a CAR, and sums over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from research.events.models import ROUNDING, Array, Labels
from research.events.outcomes import Case

#: Why a group has no test at all; whether its firms were dropped or lack a day, the ledger says.
NO_FIRM_LEFT = "no firm is left: result.dropped lists each with its reason"


@dataclass(frozen=True, eq=False, slots=True)
class Members:
    """The ``U`` firms (units) of ``G`` groups that have every day of the tested window.

    Attributes
    ----------
    group
        (U,): number of the group of each unit, 0 to ``n_groups - 1``.
    n_groups
        G; a group that lost all of its firms still counts.
    car, spread
        (U,): cumulative abnormal return, and its variance over sigma2 (days plus estimation
        error).
    sigma2, df
        (U,): residual variance SSR / (T - k), and T - k.
    residuals, days
        (U, T): residuals of the estimation window (NaN = not used) and the calendar day of each
        as a number, so that firms are matched by date and not by their place in the window.
    abnormal, event_days
        (U, W): abnormal returns of the whole event window and their days, numbered likewise.
    day_spread
        (U, W): variance of each abnormal return over sigma2.
    window
        Columns of ``abnormal`` that are tested.
    k
        Coefficients of the model.
    conditional_sd
        (U, T): standard deviation of each residual, given the days before it; (U, 0) where the
        model has one variance for all days.
    """

    group: Labels
    n_groups: int
    car: Array
    spread: Array
    sigma2: Array
    df: Labels
    residuals: Array
    days: Labels
    abnormal: Array
    event_days: Labels
    day_spread: Array
    window: slice
    k: int
    conditional_sd: Array

    @property
    def n(self) -> Labels:
        """Count the firms of each group, (G,)."""
        return np.bincount(self.group, minlength=self.n_groups)

    @property
    def car_se(self) -> Array:
        """Compute the standard error of each CAR, (U,)."""
        return np.asarray(np.sqrt(self.sigma2 * self.spread))

    @property
    def scar(self) -> Array:
        """Compute the standardised CARs, (U,)."""
        return np.asarray(self.car / self.car_se)

    @property
    def variance_changes(self) -> bool:
        """Say whether the model gives each estimation day a variance of its own."""
        return bool(self.conditional_sd.shape[1])

    @property
    def standardised(self) -> Array:
        """Divide the residuals by their standard deviation, with ``garch`` of the day, (U, T)."""
        one_for_all_days = np.sqrt(self.sigma2)[:, None]
        sd = self.conditional_sd if self.variance_changes else one_for_all_days
        return np.asarray(self.residuals / sd)

    @property
    def returns(self) -> Array:
        """Give residuals and abnormal returns side by side, (U, T + W)."""
        return np.hstack([self.residuals, self.abnormal])

    @property
    def dates(self) -> Labels:
        """Give the calendar days of `returns`, (U, T + W)."""
        return np.hstack([self.days, self.event_days])

    @property
    def tested(self) -> slice:
        """Give the columns of `returns` that are tested."""
        before = self.residuals.shape[1]
        return slice(before + self.window.start, before + self.window.stop)

    @property
    def window_days(self) -> Labels:
        """Give the calendar days of the tested window, (U, m)."""
        return self.event_days[:, self.window]

    def total(self, values: NDArray[Any]) -> Array:
        """Add (U,) values group by group, (G,)."""
        return np.bincount(self.group, weights=values, minlength=self.n_groups).astype(float)

    def mean(self, values: Array) -> Array:
        """Average (U,) values group by group, (G,); NaN for a group without firms."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.total(values) / self.n)

    def sd(self, values: Array) -> Array:
        """Compute the standard deviation (n - 1) of the known (U,) values in each group, (G,).

        NaN for one firm, and where firms differ by rounding alone (the same share twice).
        """
        known = np.isfinite(values)
        n = self.total(known.astype(float))
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = self.total(np.where(known, values, 0.0)) / n
            squares = self.total(np.where(known, values - mean[self.group], 0.0) ** 2)
            sd = np.sqrt(squares / (n - 1))
        return np.where(sd > ROUNDING * np.abs(mean), sd, np.nan)


def nobody(members: Members) -> Case:
    """Say that a group has no firm."""
    return members.n == 0, NO_FIRM_LEFT


def without_spread(members: Members, sd: Array) -> list[Case]:
    """Say why a test over the spread of firms cannot be taken: no firm, one firm, all alike."""
    return [
        nobody(members),
        (members.n == 1, "one firm: no spread over firms"),
        (np.isnan(sd), "no spread over firms"),
    ]


def without_shared_days(members: Members, product: Array) -> list[Case]:
    """Say why the mean product of two firms is NaN: no firm, or no day in common."""
    apart = (members.n > 1) & np.isnan(product)
    return [nobody(members), (apart, "no two firms share a day of the estimation window")]
