"""Firms that share calendar days: products of their values on a date, overlap of their windows.

Everything is added up date by date, so the work grows with the number of firms and not with the
number of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from research.events.members import Members
from research.events.models import ROUNDING, Array, Labels


@dataclass(frozen=True, eq=False, slots=True)
class SharedDates:
    """Which values of ``U`` firms fall on the same date of the same of ``G`` groups.

    Attributes
    ----------
    used
        (U, D): where there is a value.
    cell
        (U, D): number of the group's date that a value falls on.
    group
        (U,): number of the group of each firm.
    group_of_cell
        (C,): group that each cell belongs to.
    dates
        (G,): dates on which a group has a value.
    pairs
        (G,): ordered pairs of values of two firms on the same date.
    """

    used: NDArray[np.bool_]
    cell: Labels
    group: Labels
    group_of_cell: Labels
    dates: Labels
    pairs: Array

    def mean_product(self, values: Array) -> Array:
        """Compute the mean product of the values of two firms on the same date, (G,).

        With v the values on a date, ``sum_t[(sum_i v)^2 - sum_i v^2] / sum_t[m (m - 1)]`` for m
        firms present. NaN where no two firms share a date.

        Parameters
        ----------
        values
            (U, D); what is not used counts nowhere.
        """
        known = np.where(self.used, values, 0.0)
        n_groups = len(self.dates)
        sums = _add(self.cell, known, len(self.group_of_cell))
        together = np.bincount(self.group_of_cell, sums**2, n_groups)
        alone = np.bincount(self.group, np.einsum("ud,ud->u", known, known), n_groups)
        nothing = np.full(n_groups, np.nan)
        mean = np.divide(together - alone, self.pairs, out=nothing, where=self.pairs > 0)
        return np.asarray(mean)


@dataclass(frozen=True, eq=False, slots=True)
class Clusters:
    """How the firms of ``G`` groups share the calendar.

    Attributes
    ----------
    estimation, whole
        Dates of the estimation window, and of both windows.
    overlap
        (G,): mean share of the tested days that two firms have in common (`overlap`).
    """

    estimation: SharedDates
    whole: SharedDates
    overlap: Array

    def in_window(self, product: Array) -> Array:
        """Weigh a mean product of two firms on one date by the days that both are tested on, (G,).

        NaN where windows touch and no two firms share an estimation day; zero where no two windows
        touch, whatever the firms share before.
        """
        known = np.where(self.estimation.pairs > 0, product, np.nan)
        return np.where(self.overlap > 0, known * self.overlap, 0.0)


def clusters(members: Members) -> Clusters:
    """Match the firms of each group by date."""
    m = members
    return Clusters(
        estimation=shared_dates(m.group, m.n_groups, m.days, np.isfinite(m.residuals)),
        whole=shared_dates(m.group, m.n_groups, m.dates, np.isfinite(m.returns)),
        overlap=overlap(m.group, m.n_groups, m.window_days),
    )


def shared_dates(
    group: Labels, n_groups: int, days: Labels, used: NDArray[np.bool_]
) -> SharedDates:
    """Give the dates of each group numbers and count the firms on them.

    Parameters
    ----------
    group
        (U,): number of the group of each firm, 0 to ``n_groups - 1``.
    days, used
        (U, D): calendar day of each value as a number, and whether there is a value.
    """
    # Each group gets the cells from its first to its last day, one group after another.
    first, last = np.full(n_groups, np.iinfo(np.int64).max), np.full(n_groups, -1)
    np.minimum.at(first, group, days.min(axis=1, where=used, initial=np.iinfo(np.int64).max))
    np.maximum.at(last, group, days.max(axis=1, where=used, initial=-1))
    length = np.where(last >= 0, last - first + 1, 0)
    start = np.cumsum(length) - length
    cell = days + (start - np.where(last >= 0, first, 0))[group, None]
    cell[~used] = 0
    group_of_cell = np.repeat(np.arange(n_groups), length)
    firms = _add(cell, used.astype(float), len(group_of_cell))
    return SharedDates(
        used=used,
        cell=cell,
        group=group,
        group_of_cell=group_of_cell,
        dates=np.bincount(group_of_cell[firms > 0], minlength=n_groups),
        pairs=np.bincount(group_of_cell, firms * (firms - 1.0), n_groups).astype(float),
    )


def overlap(group: Labels, n_groups: int, window_days: Labels) -> Array:
    """Compute the mean share of event days that two firms of a group have in common.

    With c firms in their event window on a date, windows of m days and n firms, the mean over all
    pairs is ``sum_t[c (c - 1)] / (n (n - 1) m)``: one for a common date, zero where no two windows
    touch. A group of one firm has no pairs and gets one.

    Parameters
    ----------
    group
        (U,): number of the group of each unit, 0 to ``n_groups - 1``.
    window_days
        (U, m): calendar days of the CAR, as numbers.
    """
    every = np.ones(window_days.shape, dtype=bool)
    shared = shared_dates(group, n_groups, window_days, every).pairs
    n = np.bincount(group, minlength=n_groups)
    pairs = n * (n - 1.0) * window_days.shape[1]
    return np.asarray(np.divide(shared, pairs, out=np.ones(n_groups), where=pairs > 0))


def variance_of_mean(n: Labels, own: Array, product: Array) -> Array:
    """Compute the variance of a mean over firms from variances and a mean covariance, (G,).

    ``(own + n (n - 1) product) / n^2`` with ``own`` the sum of the firms' variances and ``product``
    the mean covariance of two firms in the tested window (`Clusters.in_window`). NaN where it is
    not above zero: pairs with different days need not have a covariance matrix in common.
    """
    total = own + np.where(n > 1, n * (n - 1.0) * product, 0.0)
    # What is left of firms that cancel each other is a rounding error.
    return np.where(total > ROUNDING * own, total, np.nan) / np.maximum(n, 1) ** 2.0


def _add(cell: Labels, values: Array, n_cells: int) -> Array:
    return np.bincount(cell.ravel(), values.ravel(), n_cells).astype(float)
