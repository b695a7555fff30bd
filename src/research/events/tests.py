"""Group tests of a mean abnormal return of zero: which there are, and the table of all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from research.events.groups import Members
from research.events.tests_mean import group_sums, mean_tests
from research.events.tests_rank import rank_tests, sign_tests


@dataclass(frozen=True, slots=True)
class GroupTest:
    """What a group test is: its variant, the null it tests, where its formula stands."""

    variant: str
    null: str
    source: str


_MEAN = "the mean abnormal return of the group is zero"
_RANK = "the window's abnormal returns rank as those of other days"
_ALONE, _TOGETHER = "firms independent", "firms correlated"
_QUIET, _LOUD = "the event does not raise the variance", "the event may raise the variance"

#: Name of each test, in the order of results.
TESTS = {
    "csect_t": GroupTest(
        "cross-sectional t of the CARs, n - 1 degrees of freedom",
        f"{_MEAN}; {_ALONE}; {_LOUD}",
        "Brown and Warner (1985), J. Financial Economics 14, 3-31",
    ),
    "skew_adj_t": GroupTest(
        "csect_t with Hall's cubic correction for skewness (moments over n, sd over n - 1), "
        "n - 1 degrees of freedom",
        f"{_MEAN}; {_ALONE}; {_LOUD}",
        "Hall (1992), J. Royal Statistical Society B 54, 221-228",
    ),
    "time_series_t": GroupTest(
        "crude dependence adjustment: mean CAR over the residual deviation of the portfolio "
        "(SSR over T - k) times the root of the days, without estimation error",
        f"{_MEAN}; {_TOGETHER}; {_QUIET}",
        "Brown and Warner (1980), J. Financial Economics 8, 205-258; (1985) 14, 3-31",
    ),
    "patell_z": GroupTest(
        "standardised CARs, variance of each known from the estimation window; normal",
        f"{_MEAN}; {_ALONE}; {_QUIET}",
        "Patell (1976), J. Accounting Research 14, 246-276",
    ),
    "adj_patell_z": GroupTest(
        "patell_z corrected for the mean residual correlation; normal",
        f"{_MEAN}; {_TOGETHER}; {_QUIET}",
        "Kolari and Pynnonen (2010), Rev. Financial Studies 23, 3996-4025",
    ),
    "bmp_t": GroupTest(
        "cross-sectional t of the standardised CARs, n - 1 degrees of freedom",
        f"{_MEAN}; {_ALONE}; {_LOUD}",
        "Boehmer, Musumeci and Poulsen (1991), J. Financial Economics 30, 253-272",
    ),
    "kp_t": GroupTest(
        "bmp_t corrected for the mean residual correlation, n - 1 degrees of freedom",
        f"{_MEAN}; {_TOGETHER}; {_LOUD}",
        "Kolari and Pynnonen (2010), Rev. Financial Studies 23, 3996-4025; partly overlapping "
        "windows after Kolari, Pape and Pynnonen (2018)",
    ),
    "portfolio_t": GroupTest(
        "t of the equal-weighted portfolio with its own residual variance and estimation error",
        f"{_MEAN}; {_TOGETHER}; {_QUIET}",
        "Brown and Warner (1980), J. Financial Economics 8, 205-258: crude dependence "
        "adjustment; variance of a forecast, Campbell, Lo and MacKinlay (1997), section 4.4",
    ),
    "corrado_rank_z": GroupTest(
        "ranks of abnormal returns among the firm's own days, variance of the mean rank over "
        "time; windows: sum of the daily statistics over the root of the days; normal",
        f"{_RANK}; {_TOGETHER}; {_QUIET}",
        "Corrado (1989), J. Financial Economics 23, 385-395; windows after Cowan (1992)",
    ),
    "corrado_zivney_rank_z": GroupTest(
        "ranks over M + 1 of standardised abnormal returns, event days divided by their spread "
        "over firms; windows as cowan_rank_z; normal",
        f"{_RANK}; {_TOGETHER}; {_LOUD}",
        "Corrado and Zivney (1992), J. Financial and Quantitative Analysis 27, 465-478",
    ),
    "cowan_rank_z": GroupTest(
        "mean rank over M + 1 of all firms and days of the window, variance of the mean rank "
        "over time; normal",
        f"{_RANK}; {_TOGETHER}; {_QUIET}",
        "Cowan (1992), Rev. Quantitative Finance and Accounting 2, 343-358",
    ),
    "sign_z": GroupTest(
        "share of positive CARs against one half; normal",
        f"CARs have median zero; {_ALONE}; {_LOUD}",
        "MacKinlay (1997), J. Economic Literature 35, 13-39",
    ),
    "cz_sign_z": GroupTest(
        "signs about the firm's own median, variance of the mean sign over time; windows: sum "
        "of the daily statistics over the root of the days; normal",
        f"abnormal returns have their usual median; {_TOGETHER}; {_LOUD}",
        "Corrado and Zivney (1992), J. Financial and Quantitative Analysis 27, 465-478",
    ),
    "gen_sign_z": GroupTest(
        "share of positive CARs against that of positive residuals before; normal",
        f"CARs are positive as often as residuals before; {_ALONE}; {_LOUD}",
        "Cowan (1992), Rev. Quantitative Finance and Accounting 2, 343-358",
    ),
    "wilcoxon": GroupTest(
        "sum of signed ranks of the CARs; p exact below 50 firms without ties, else normal",
        f"CARs are symmetric about zero; {_ALONE}; {_LOUD}",
        "Wilcoxon (1945), Biometrics Bulletin 1, 80-83",
    ),
    "grank_t": GroupTest(
        "rank of the standardised CAR, divided by its spread over firms, among the firm's "
        "standardised residuals; variance of the mean rank over time; T - 1 degrees of freedom",
        f"{_RANK}; {_TOGETHER}; {_LOUD}",
        "Kolari and Pynnonen (2011), J. Empirical Finance 18, 953-971",
    ),
    "grank_z": GroupTest(
        "as grank_t with the variance of independent uniform ranks; normal",
        f"{_RANK}; {_ALONE}; {_LOUD}",
        "Kolari and Pynnonen (2011), J. Empirical Finance 18, 953-971",
    ),
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
    outcomes = mean_tests(members, sums) | rank_tests(members) | sign_tests(members)
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
    frame["variant"] = words([about.variant for about in TESTS.values()], test)
    codes, known = pd.factorize(np.concatenate([outcome.reason for outcome in every]))
    frame["reason"] = words(list(known), codes)
    return frame


def adjusted(pvalues: pd.Series) -> pd.DataFrame:
    """Adjust a family of p-values for their number.

    Holm controls the chance of one false finding, Benjamini-Hochberg the share of them. A missing
    p-value is no member of the family and stays missing.

    Returns
    -------
    pandas.DataFrame
        Index of ``pvalues``; holm_pvalue, bh_pvalue.

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
