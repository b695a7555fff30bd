"""Firms that share calendar days: correlation of their residuals, overlap of their windows.

Everything is added up date by date, so the work grows with the number of firms and not with the
number of pairs.
"""

from __future__ import annotations

import numpy as np

from research.events.models import Array, Labels


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
    cells = _cells(np.broadcast_to(group[:, None], window_days.shape), window_days)
    firms = _per_date(cells, n_groups)
    n = np.bincount(group, minlength=n_groups)
    pairs = n * (n - 1.0) * window_days.shape[1]
    shared = (firms * (firms - 1.0)).sum(axis=1)
    return np.asarray(np.divide(shared, pairs, out=np.ones(n_groups), where=pairs > 0))


def correlation_and_covariance(
    group: Labels, n_groups: int, residuals: Array, days: Labels
) -> tuple[Array, Array, Labels]:
    """Compute mean correlation and mean covariance of residuals over pairs of firms, each (G,).

    With u the residuals (standardised for the correlation) and m the firms present on a date, the
    mean over all pairs and dates is ``sum_t[(sum_i u)^2 - sum_i u^2] / sum_t[m (m - 1)]``. The
    third array counts the dates with a residual. NaN where no two firms share a date.
    """
    used = np.isfinite(residuals)
    cells = _cells(np.broadcast_to(group[:, None], residuals.shape)[used], days[used])
    firms = _per_date(cells, n_groups)
    pairs = (firms * (firms - 1.0)).sum(axis=1)
    products = _cross_products(cells, n_groups, _standardise(residuals)[used])
    plain = _cross_products(cells, n_groups, residuals[used])
    nothing = np.full(n_groups, np.nan)
    return (
        np.divide(products, pairs, out=nothing.copy(), where=pairs > 0),
        np.divide(plain, pairs, out=nothing, where=pairs > 0),
        (firms > 0).sum(axis=1),
    )


def _cross_products(cells: tuple[Labels, Labels], n_groups: int, values: Array) -> Array:
    """Add the products of all ordered pairs of firms on the same date, (G,)."""
    squares = _per_date(cells, n_groups, values) ** 2 - _per_date(cells, n_groups, values**2)
    return np.asarray(squares.sum(axis=1))


def _cells(group: Labels, days: Labels) -> tuple[Labels, Labels]:
    return group.ravel(), (days - days.min(initial=0)).ravel()


def _per_date(cells: tuple[Labels, Labels], n_groups: int, values: Array | None = None) -> Array:
    """Add values (or count cells) by group and date, (G, dates)."""
    group, day = cells
    n_days = int(day.max(initial=0)) + 1
    sums = np.bincount(group * n_days + day, weights=values, minlength=n_groups * n_days)
    return sums.reshape(n_groups, n_days).astype(float)


def _standardise(residuals: Array) -> Array:
    if residuals.size == 0:
        return residuals
    centred = residuals - np.nanmean(residuals, axis=1, keepdims=True)
    scale = np.sqrt(np.nanmean(centred**2, axis=1, keepdims=True))
    return np.asarray(np.divide(centred, scale, out=np.zeros_like(centred), where=scale > 0))
