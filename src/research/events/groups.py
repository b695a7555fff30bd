"""What the group tests read: the firms of each group, the dates they share, sums and an outcome.

Products of two firms are added up date by date, so the work grows with the number of firms and not
with the number of pairs. A group of one firm has no pairs and is left out of that work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from research.events.models import ROUNDING, Array, Fit, Labels

#: Condition (G,) and the words for it.
Case = tuple[NDArray[np.bool_], str]

#: Why a group has no test at all; whether its firms were dropped or lack a day, the ledger says.
NO_FIRM_LEFT = "no firm is left: result.dropped lists each with its reason"

_LAST = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Members:
    """The ``U`` firms (units) of ``G`` groups that have every day of the tested window.

    Days are numbers, so that firms are matched by date and not by their place in the window; NaN is
    a day that is not used.
    """

    group: Labels  # (U,): 0 to n_groups - 1
    n_groups: int  # G; a group that lost all of its firms still counts
    car: Array  # (U,)
    spread: Array  # (U,): variance of the CAR over sigma2 (days plus estimation error)
    fit: Fit  # of the U firms
    days: Labels  # (U, T), of the estimation window
    event_days: Labels  # (U, W), of the whole event window
    window: slice  # columns of the event window that are tested

    @cached_property
    def n(self) -> Labels:
        """Count the firms of each group, (G,)."""
        return np.bincount(self.group, minlength=self.n_groups)

    @cached_property
    def car_se(self) -> Array:
        """Compute the standard error of each CAR, (U,)."""
        return np.asarray(np.sqrt(self.fit.sigma2 * self.spread))

    @cached_property
    def scar(self) -> Array:
        """Compute the standardised CARs, (U,)."""
        return np.asarray(self.car / self.car_se)

    @property
    def variance_changes(self) -> bool:
        """Say whether the model gives each estimation day a variance of its own."""
        return bool(self.fit.conditional_sd.shape[1])

    @cached_property
    def standardised(self) -> Array:
        """Divide the residuals by their standard deviation, with ``garch`` of the day, (U, T)."""
        one_for_all_days = np.sqrt(self.fit.sigma2)[:, None]
        sd = self.fit.conditional_sd if self.variance_changes else one_for_all_days
        return np.asarray(self.fit.residuals / sd)

    @cached_property
    def returns(self) -> Array:
        """Give residuals and abnormal returns side by side, (U, T + W)."""
        return np.hstack([self.fit.residuals, self.fit.abnormal])

    @property
    def tested(self) -> slice:
        """Give the columns of `returns` that are tested."""
        before = self.fit.residuals.shape[1]
        return slice(before + self.window.start, before + self.window.stop)

    @property
    def window_days(self) -> Labels:
        """Give the calendar days of the tested window, (U, m)."""
        return self.event_days[:, self.window]

    @cached_property
    def estimation(self) -> SharedDates:
        """Match the firms of each group by date in the estimation window."""
        return shared_dates(self.group, self.n_groups, self.days, np.isfinite(self.fit.residuals))

    @cached_property
    def whole(self) -> SharedDates:
        """Match the firms of each group by date in both windows."""
        days = np.hstack([self.days, self.event_days])
        return shared_dates(self.group, self.n_groups, days, np.isfinite(self.returns))

    @cached_property
    def overlap(self) -> Array:
        """Compute the mean share of tested days that two firms of a group have in common, (G,)."""
        return self.overlap_of(self.window)

    def overlap_of(self, columns: slice) -> Array:
        """Compute the mean share of these event days that two firms have in common, (G,).

        With c firms on a date and k firms that have the j-th day, the mean over all pairs is
        ``sum_t[c (c - 1)] / sum_j[k (k - 1)]``: one for a common date, zero where no two firms'
        days touch. A group without a pair gets one.
        """
        known, days = np.isfinite(self.fit.abnormal[:, columns]), self.event_days[:, columns]
        shared = shared_dates(self.group, self.n_groups, days, known).pairs
        firms = np.stack([self.total(day) for day in known.T])
        pairs = (firms * (firms - 1.0)).sum(axis=0)
        return np.asarray(np.divide(shared, pairs, out=np.ones(self.n_groups), where=pairs > 0))

    def in_window(self, product: Array, overlap: Array | None = None) -> Array:
        """Weigh a mean product of two firms on one date by the days that both are tested on, (G,).

        ``overlap`` is that of other days than the tested ones. NaN where windows touch and no two
        firms share an estimation day; zero where no two windows touch, whatever they share before.
        """
        overlap = self.overlap if overlap is None else overlap
        known = np.where(self.estimation.pairs > 0, product, np.nan)
        return np.where(overlap > 0, known * overlap, 0.0)

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

    def nobody(self) -> Case:
        """Say that a group has no firm."""
        return self.n == 0, NO_FIRM_LEFT

    def without_spread(self, sd: Array) -> list[Case]:
        """Say why a test over the spread of firms cannot be taken."""
        return [
            self.nobody(),
            (self.n == 1, "one firm: no spread over firms"),
            (np.isnan(sd), "no spread over firms"),
        ]

    def without_shared_days(self, product: Array) -> list[Case]:
        """Say why the mean product of two firms is NaN: no firm, or no day in common."""
        apart = (self.n > 1) & np.isnan(product)
        return [self.nobody(), (apart, "no two firms share a day of the estimation window")]

    def always(self, words: str) -> Case:
        """Say what is left as the reason of a NaN."""
        return np.ones(self.n_groups, dtype=bool), words


@dataclass(frozen=True, eq=False)
class SharedDates:
    """Which values of ``U`` firms fall on the same date of the same of ``G`` groups.

    ``V`` firms have others in their group; a date of a group is a cell.
    """

    used: NDArray[np.bool_]  # (U, D): where there is a value
    rows: Labels  # (V,): firms of groups with more than one firm
    group: Labels  # (V,)
    cell: Labels  # (V, D): cell that a value falls on
    group_of_cell: Labels  # (C,)
    dates: Labels  # (G,): dates on which a group has a value
    pairs: Array  # (G,): ordered pairs of values of two firms on the same date

    @cached_property
    def count(self) -> Labels:
        """Count the values of each firm, (U,)."""
        return np.asarray(self.used.sum(axis=1))

    @cached_property
    def complete(self) -> bool:
        """Tell that no value is missing."""
        return bool(self.used.all())

    def known(self, values: Array) -> Array:
        """Put zero in place of what is not used."""
        return values if self.complete else np.where(self.used, values, 0.0)

    def mean_product(self, values: Array) -> Array:
        """Compute the mean product of the values of two firms on the same date, (G,).

        With v the values on a date, ``sum_t[(sum_i v)^2 - sum_i v^2] / sum_t[m (m - 1)]`` for m
        firms present. NaN where no two firms share a date.
        """
        n_groups = len(self.dates)
        if not len(self.rows):
            return np.full(n_groups, np.nan)
        known = self.known(values)
        known = known if len(self.rows) == len(known) else known[self.rows]
        sums = np.bincount(self.cell.ravel(), known.ravel(), len(self.group_of_cell))
        together = np.bincount(self.group_of_cell, sums**2, n_groups)
        alone = np.bincount(self.group, np.einsum("ud,ud->u", known, known), n_groups)
        nothing = np.full(n_groups, np.nan)
        mean = np.divide(together - alone, self.pairs, out=nothing, where=self.pairs > 0)
        return np.asarray(mean)


def shared_dates(
    group: Labels, n_groups: int, days: Labels, used: NDArray[np.bool_]
) -> SharedDates:
    """Give the dates of each group numbers and count the firms on them."""
    alone = (np.bincount(group, minlength=n_groups) == 1)[group]
    dates = np.zeros(n_groups, dtype=np.int64)
    dates[group[alone]] = used[alone].sum(axis=1)
    rows = np.flatnonzero(~alone)
    mine = slice(None) if len(rows) == len(group) else rows
    own, cell, there = group[mine], days[mine], used[mine]
    # Each group gets the cells from its first to its last day, one group after another.
    first, last = np.full(n_groups, _LAST), np.full(n_groups, -1)
    np.minimum.at(first, own, cell.min(axis=1, where=there, initial=_LAST))
    np.maximum.at(last, own, cell.max(axis=1, where=there, initial=-1))
    length = np.where(last >= 0, last - first + 1, 0)
    start = np.cumsum(length) - length
    cell = np.where(there, cell + (start - np.where(last >= 0, first, 0))[own, None], 0)
    group_of_cell = np.repeat(np.arange(n_groups), length)
    firms = np.bincount(cell.ravel(), there.ravel(), len(group_of_cell))
    return SharedDates(
        used=used,
        rows=rows,
        group=own,
        cell=cell,
        group_of_cell=group_of_cell,
        dates=dates + np.bincount(group_of_cell[firms > 0], minlength=n_groups),
        pairs=np.bincount(group_of_cell, firms * (firms - 1.0), n_groups).astype(float),
    )


def variance_of_mean(n: Labels, own: Array, product: Array) -> Array:
    """Compute the variance of a mean over firms from variances and a mean covariance, (G,).

    ``(own + n (n - 1) product) / n^2`` with ``own`` the sum of the firms' variances and ``product``
    the mean covariance of two firms in the tested window (`Members.in_window`). NaN where it is
    not above zero: pairs with different days need not have a covariance matrix in common.
    """
    total = own + np.where(n > 1, n * (n - 1.0) * product, 0.0)
    # What is left of firms that cancel each other is a rounding error.
    return np.where(total > ROUNDING * own, total, np.nan) / np.maximum(n, 1) ** 2.0


@dataclass(frozen=True, eq=False, slots=True)
class GroupSums:
    """What the tests on CARs need of each of ``G`` groups (event x group): (G,) each.

    Correlations are means over pairs of firms, matched by calendar date. With complete data and one
    date ``portfolio_se`` is that of a regression of the equal-weighted portfolio; with ``garch``
    variances are forecasts and correlations those of standardised residuals.
    """

    caar: Array
    scaar: Array  # mean standardised CAR
    sd_car: Array  # over firms (n - 1); NaN without a spread
    sd_scar: Array
    correlation: Array  # of standardised residuals
    car_correlation: Array  # of two CARs: times the mean share of event days in common
    portfolio_se: Array  # of the mean CAR, from variances and covariances of residuals
    time_series_se: Array  # residuals of the mean variance, without estimation error
    portfolio_df: Array  # of both


def group_sums(m: Members) -> GroupSums:
    """Add up each group's firms."""
    shared, length = m.estimation, float(m.window_days.shape[1])
    k = np.zeros(m.n_groups)
    np.maximum.at(k, m.group, m.fit.n_estimation - m.fit.df)
    df = np.where(shared.dates > k, shared.dates - k, np.nan)
    # Without a second firm there is nothing to correlate with.
    unit_variance = _unit_variance(m.standardised) if len(shared.rows) else m.fit.residuals
    correlation = shared.mean_product(unit_variance)
    # Residuals have lost k degrees of freedom, as in each firm's own sigma2.
    covariance = m.in_window(shared.mean_product(m.fit.residuals) * shared.dates / df)
    of_cars = covariance * m.mean(m.spread)
    if m.variance_changes:
        # Variances change with the day, correlations do not: r_ij se_i se_j.
        of_cars = m.in_window(shared.mean_product(unit_variance * m.car_se[:, None]))
    portfolio = variance_of_mean(m.n, m.total(m.car_se**2), of_cars)
    time_series = variance_of_mean(m.n, m.total(m.fit.sigma2 * length), covariance * length)
    return GroupSums(
        caar=m.mean(m.car),
        scaar=m.mean(m.scar),
        sd_car=m.sd(m.car),
        sd_scar=m.sd(m.scar),
        correlation=correlation,
        car_correlation=m.in_window(correlation),
        portfolio_se=np.sqrt(portfolio),
        time_series_se=np.sqrt(time_series),
        portfolio_df=df,
    )


def _unit_variance(values: Array) -> Array:
    """Give each firm's values mean zero and variance one over its own days; NaN becomes zero."""
    used = np.isfinite(values)
    count = np.maximum(used.sum(axis=1, keepdims=True), 1)
    mean = values.sum(axis=1, keepdims=True, where=used) / count
    centred = np.where(used, values - mean, 0.0)
    scale = np.sqrt(np.einsum("ut,ut->u", centred, centred)[:, None] / count)
    return np.asarray(np.divide(centred, scale, out=centred, where=scale > 0))


def kp_factor(correlation: Array, n: Labels) -> Array:
    """Compute Kolari and Pynnonen's factor for `bmp_t`, ``sqrt((1 - r) / (1 + (n - 1) r))``.

    NaN where it is undefined: fewer than two firms, or r at or below ``-1 / (n - 1)``.
    """
    defined = (n > 1) & (correlation < 1)
    alike = np.sqrt(np.where(defined, 1.0 - correlation, np.nan))
    return np.asarray(alike * patell_factor(correlation, n))


def patell_factor(correlation: Array, n: Labels) -> Array:
    """Compute Kolari and Pynnonen's factor for `patell_z`, ``1 / sqrt(1 + (n - 1) r)``.

    One for one firm; NaN where r is at or below ``-1 / (n - 1)``.
    """
    inflation = np.where(n > 1, 1.0 + (n - 1) * correlation, 1.0)
    return np.asarray(1.0 / np.sqrt(np.where(inflation > ROUNDING, inflation, np.nan)))


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """One test of ``G`` groups: (G,) each."""

    statistic: Array  # NaN where the test is undefined
    df: Array  # of its t; infinite for the normal, NaN where neither applies
    pvalue: Array  # two-sided
    reason: NDArray[np.object_]  # why the statistic is NaN; empty where it is not


def t_outcome(statistic: Array, df: Array, cases: list[Case]) -> Outcome:
    """Refer a statistic to Student's t; the first case that holds says why it is NaN."""
    return Outcome(statistic, df, t_pvalue(statistic, df), reasons(statistic, cases))


def z_outcome(statistic: Array, cases: list[Case]) -> Outcome:
    """Refer a statistic to the normal, as `t_outcome` does."""
    return t_outcome(statistic, np.full(statistic.shape, np.inf), cases)


def t_pvalue(t: Any, df: Any) -> Any:
    """Compute the two-sided p-value of Student's t, the normal if df is infinite."""
    return 2 * stdtr(df, -np.abs(t))


def t_bound(level: float, df: Any) -> Any:
    """Give the size that Student's t stays below with probability ``level``."""
    return stdtrit(df, 0.5 + level / 2)


def reasons(statistic: Array, cases: list[Case]) -> NDArray[np.object_]:
    """Give the words of the first case that holds where a statistic is NaN."""
    conditions = [~np.isnan(statistic), *(condition for condition, _ in cases)]
    words = ["", *(text for _, text in cases)]
    return np.asarray(np.select(conditions, words, "undefined"), dtype=object)
