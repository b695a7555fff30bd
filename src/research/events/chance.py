"""What chance does to many tests at once, with the dependence between them left in.

All dates are moved on together, round the end of the sample: events keep their distances, groups
what moves them on the same day, and no date keeps its news. Busy days are among those moved to.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from research.events.many_tests import SIGNS
from research.events.models import Array
from research.events.placebo import Placebo
from research.events.tests import adjusted


def shifted(pairs: pd.DataFrame, placebos: Mapping[str, Placebo], column: str) -> Array:
    """Read a column of `Placebo.every` at the dates of pairs moved on by 0, 1, ..., S - 1, (S, M).

    Dates move along the sessions of all exchanges together, so that a date stays the same one in
    Tokyo and New York; on a day without a session there, a group has its next one. NaN for a pair
    whose windows do not lie inside the sample.

    ``pairs`` have the columns group and date (day 0).
    """
    names = list(dict.fromkeys(pairs["group"]))
    tables = [placebos[name].every[column] for name in names]
    days = pd.DatetimeIndex(np.unique(np.concatenate([table.index for table in tables])))
    rows = [table.index.searchsorted(days).clip(max=len(table) - 1) for table in tables]
    values = [table.to_numpy()[row] for table, row in zip(tables, rows, strict=True)]
    place = days.get_indexer(pd.DatetimeIndex(pairs["date"]))
    moved = (place + np.arange(len(days))[:, None]) % len(days)
    column_of = pd.Index(names).get_indexer(pairs["group"])
    return np.where(place < 0, np.nan, np.column_stack(values)[moved, column_of])


def small_by_chance(
    pairs: pd.DataFrame, placebos: Mapping[str, Placebo], *, test: str
) -> pd.Series:
    """Count the pairs with p below 0.05, and how many have one when all dates are moved.

    Index: n_pairs, seen, expected (mean over shifts), low and high (middle 90 % of them), pvalue
    (share of shifts, the true dates among them, with as many), n_outside (pairs whose windows do
    not lie inside the sample, in no count).
    """
    p = shifted(pairs, placebos, f"{test}_pvalue")
    counts = (p < 0.05).sum(axis=1)
    inside = ~np.isnan(p).all(axis=0)
    tails = np.quantile(counts[1:], [0.05, 0.95])
    as_many = (counts >= counts[0]).mean()
    figures = [inside.sum(), counts[0], counts[1:].mean(), *tails, as_many]
    names = ["n_pairs", "seen", "expected", "low", "high", "pvalue", "n_outside"]
    return pd.Series([*figures, (~inside).sum()], names, dtype=float)


def stand_out(pairs: pd.DataFrame, placebos: Mapping[str, Placebo]) -> pd.DataFrame:
    """Adjust many tests for their number by the largest statistic under each shift of the dates.

    With x the size of portfolio_t, or ``s t`` where ``expected_sign`` states a direction s, the
    pair with the j-th largest x has ``p = #{max of x over pairs j, j + 1, ... >= x_j} / S`` over S
    shifts, the true dates among them, and no less than the pair before it. The chance of one false
    finding is kept whatever the dependence of the tests, and ranks can pass: no p is below 1 / S.

    Table: ``pairs`` with statistic, shift_pvalue (of the pair alone), max_t_pvalue, n_shifts.
    Westfall and Young (1993), Resampling-Based Multiple Testing, Wiley, algorithm 2.8.
    """
    t = shifted(pairs, placebos, "portfolio_t")
    x = np.abs(t)
    if "expected_sign" in pairs:
        x = t * [SIGNS[one] for one in pairs["expected_sign"]]
    order = np.argsort(-x[0])[: np.isfinite(x[0]).sum()]
    ordered = np.where(np.isnan(x[:, order]), -np.inf, x[:, order])
    largest = np.maximum.accumulate(ordered[:, ::-1], axis=1)[:, ::-1]
    alone, adjusted_p = np.full((2, len(pairs)), np.nan)
    alone[order] = (ordered >= x[0, order]).mean(axis=0)
    adjusted_p[order] = np.maximum.accumulate((largest >= x[0, order]).mean(axis=0))
    found = {"statistic": t[0], "shift_pvalue": alone, "max_t_pvalue": adjusted_p}
    return pairs.assign(**found, n_shifts=len(t) - 1)


def by_ranks(summary: pd.DataFrame, placebos: Mapping[str, Placebo]) -> pd.DataFrame:
    """Set p-values of portfolio_t adjusted by its tails beside those by ranks among quiet dates.

    A rank among the N quiet dates of one group has ``p >= 1 / (1 + N)``, so that of M pairs none
    passes Benjamini and Hochberg's correction at ``level`` unless ``M / (level (1 + N))`` do. The
    quiet dates of all groups in one pool have no such floor, if their statistics have one law.

    Table: ``summary`` (`EventStudy.summary`), each (group, day 0) with a p-value once: bh_pvalue
    (tails of t), n_larger, n_quiet, rank_pvalue, rank_bh_pvalue (own group), pool_pvalue,
    pool_bh_pvalue and n_pool (all groups together).
    """
    out = summary.reset_index().dropna(subset="portfolio_pvalue")
    out = out.drop_duplicates(["group", "date"], ignore_index=True)
    ranks = np.empty((3, len(out)))
    for group, rows in out.groupby("group").indices.items():
        found = placebos[group].rank(out["portfolio_t"].to_numpy()[rows], "portfolio_t")
        ranks[:, rows] = np.broadcast_arrays(*found)
    out["rank_pvalue"], (out["n_larger"], out["n_quiet"]) = ranks[0], ranks[1:].astype(int)
    quiet = pd.concat([one.table["portfolio_t"].dropna().abs() for one in placebos.values()])
    smaller = np.sort(quiet).searchsorted(out["portfolio_t"].abs())
    out["pool_pvalue"] = (1 + len(quiet) - smaller) / (1 + len(quiet))
    for name in ("", "rank_", "pool_"):
        out[f"{name}bh_pvalue"] = adjusted(out[f"{name or 'portfolio_'}pvalue"])["bh_pvalue"]
    return out.assign(n_pool=len(quiet))
