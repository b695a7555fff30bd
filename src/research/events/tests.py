"""Group tests of a mean abnormal return of zero: which there are, and the table of all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from research.events.groups import Members
from research.events.tests_mean import group_sums, mean_tests
from research.events.tests_rank import average_ranks, rank_tests, sign_tests

#: Name of each test, in the order of results, and its variant. What each tests and where its
#: formula comes from stands in docs/methods/events.md.
TESTS = {
    "csect_t": "cross-sectional t of the CARs, n - 1 degrees of freedom",
    "skew_adj_t": "csect_t with Hall's cubic correction for skewness (moments over n, sd over "
    "n - 1), n - 1 degrees of freedom",
    "time_series_t": "crude dependence adjustment: mean CAR over the residual deviation of the "
    "portfolio (SSR over T - k) times the root of the days, without estimation error",
    "patell_z": "standardised CARs, variance of each known from the estimation window; normal",
    "adj_patell_z": "patell_z corrected for the mean residual correlation; normal",
    "bmp_t": "cross-sectional t of the standardised CARs, n - 1 degrees of freedom",
    "kp_t": "bmp_t corrected for the mean residual correlation, n - 1 degrees of freedom",
    "portfolio_t": "t of the equal-weighted portfolio with its own residual variance and "
    "estimation error",
    "corrado_rank_z": "ranks of abnormal returns among the firm's own days, variance of the mean "
    "rank over time; windows: sum of the daily statistics over the root of the days; normal",
    "corrado_zivney_rank_z": "ranks over M + 1 of standardised abnormal returns, event days "
    "divided by their spread over firms; windows as cowan_rank_z; normal",
    "cowan_rank_z": "mean rank over M + 1 of all firms and days of the window, variance of the "
    "mean rank over time; normal",
    "sign_z": "share of positive CARs against one half; normal",
    "cz_sign_z": "signs about the firm's own median, variance of the mean sign over time; windows: "
    "sum of the daily statistics over the root of the days; normal",
    "gen_sign_z": "share of positive CARs against that of positive residuals before; normal",
    "wilcoxon": "sum of signed ranks of the CARs; p exact below 50 firms without ties, else normal",
    "grank_t": "rank of the standardised CAR, divided by its spread over firms, among the firm's "
    "standardised residuals; variance of the mean rank over time; T - 1 degrees of freedom",
    "grank_z": "as grank_t with the variance of independent uniform ranks; normal",
}

#: Tests of `EventStudy.summary`: the headline, those that stand beside it, and the usual ones that
#: show what ignoring the correlation costs.
SUMMARY = ("csect_t", "patell_z", "bmp_t", "kp_t", "adj_patell_z", "portfolio_t", "grank_t")


def tests_frame(members: Members, labels: pd.MultiIndex) -> pd.DataFrame:
    """Lay every test of every group out as a tidy frame, test by test.

    Columns: the levels of ``labels``, then test, statistic, df, pvalue, n, mean (mean CAR),
    correlation, overlap, variant, reason (why a statistic is NaN).
    """
    sums = group_sums(members)
    ranks = average_ranks(members.returns)
    outcomes = mean_tests(members, sums) | rank_tests(members, ranks) | sign_tests(members, ranks)
    every = [outcomes[name] for name in TESTS]
    row = np.tile(np.arange(len(labels)), len(TESTS))
    test = np.repeat(np.arange(len(TESTS)), len(labels))

    def words(texts: list[str], codes: NDArray[np.integer]) -> object:
        # Codes into few texts are many times faster than as many texts.
        return pd.array(texts, dtype="str").take(codes)

    frame = pd.DataFrame(
        {
            name: labels.levels[level].take(labels.codes[level].take(row))
            for level, name in enumerate(labels.names)
        }
    )
    frame["test"] = words(list(TESTS), test)
    for name in ("statistic", "df", "pvalue"):
        frame[name] = np.concatenate([getattr(outcome, name) for outcome in every])
    shared = {"n": members.n, "mean": sums.caar, "correlation": sums.correlation}
    for name, values in {**shared, "overlap": members.overlap}.items():
        frame[name] = values[row]
    frame["variant"] = words(list(TESTS.values()), test)
    codes, known = pd.factorize(np.concatenate([outcome.reason for outcome in every]))
    frame["reason"] = words(list(known), codes)
    return frame


def adjusted(pvalues: pd.Series) -> pd.DataFrame:
    """Adjust a family of p-values for their number.

    Holm controls the chance of one false finding, Benjamini-Hochberg the share of them. A missing
    p-value is no member of the family and stays missing.

    References
    ----------
    Holm (1979), Scandinavian J. Statistics 6, 65-70; Benjamini and Hochberg (1995), J. Royal
    Statistical Society B 57, 289-300.
    """
    out = pd.DataFrame(np.nan, index=pvalues.index, columns=["holm_pvalue", "bh_pvalue"])
    family = pvalues.notna().to_numpy()
    p = pvalues.to_numpy(dtype=float)[family]
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    holm = np.empty_like(p)
    holm[order] = np.minimum(steps, 1.0)
    if len(p):
        out.loc[family] = np.column_stack([holm, stats.false_discovery_control(p)])
    return out
