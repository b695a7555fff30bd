"""Group tests of a mean abnormal return of zero: which there are, and the table of all of them.

The formulas stand in `research.events.parametric`, `research.events.ranks` and
`research.events.signs`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.events.clustering import clusters
from research.events.members import Members
from research.events.outcomes import Outcome
from research.events.parametric import group_sums, parametric_tests
from research.events.ranks import rank_tests
from research.events.signs import sign_tests


@dataclass(frozen=True, slots=True)
class GroupTest:
    """What a group test is: its variant, the null it tests, where its formula stands."""

    name: str
    variant: str
    null: str
    source: str


_MEAN = "the mean abnormal return of the group is zero"
_MEDIAN = "CARs have median zero"
_RANK = "the window's abnormal returns rank as those of other days"
_ALONE, _TOGETHER = "firms independent", "firms correlated"
_QUIET, _LOUD = "the event does not raise the variance", "the event may raise the variance"

TESTS = {
    test.name: test
    for test in (
        GroupTest(
            "csect_t",
            "cross-sectional t of the CARs, n - 1 degrees of freedom",
            f"{_MEAN}; {_ALONE}; {_LOUD}",
            "Brown and Warner (1985), J. Financial Economics 14, 3-31",
        ),
        GroupTest(
            "skew_adj_t",
            "csect_t with Hall's cubic correction for skewness (moments over n, sd over n - 1), "
            "n - 1 degrees of freedom",
            f"{_MEAN}; {_ALONE}; {_LOUD}",
            "Hall (1992), J. Royal Statistical Society B 54, 221-228",
        ),
        GroupTest(
            "time_series_t",
            "crude dependence adjustment: mean CAR over the residual deviation of the portfolio "
            "(SSR over T - k) times the root of the days, without estimation error",
            f"{_MEAN}; {_TOGETHER}; {_QUIET}",
            "Brown and Warner (1980), J. Financial Economics 8, 205-258; (1985) 14, 3-31",
        ),
        GroupTest(
            "patell_z",
            "standardised CARs, variance of each known from the estimation window; normal",
            f"{_MEAN}; {_ALONE}; {_QUIET}",
            "Patell (1976), J. Accounting Research 14, 246-276",
        ),
        GroupTest(
            "adj_patell_z",
            "patell_z corrected for the mean residual correlation; normal",
            f"{_MEAN}; {_TOGETHER}; {_QUIET}",
            "Kolari and Pynnonen (2010), Rev. Financial Studies 23, 3996-4025",
        ),
        GroupTest(
            "bmp_t",
            "cross-sectional t of the standardised CARs, n - 1 degrees of freedom",
            f"{_MEAN}; {_ALONE}; {_LOUD}",
            "Boehmer, Musumeci and Poulsen (1991), J. Financial Economics 30, 253-272",
        ),
        GroupTest(
            "kp_t",
            "bmp_t corrected for the mean residual correlation, n - 1 degrees of freedom",
            f"{_MEAN}; {_TOGETHER}; {_LOUD}",
            "Kolari and Pynnonen (2010), Rev. Financial Studies 23, 3996-4025; partly overlapping "
            "windows after Kolari, Pape and Pynnonen (2018)",
        ),
        GroupTest(
            "portfolio_t",
            "t of the equal-weighted portfolio with its own residual variance and estimation error",
            f"{_MEAN}; {_TOGETHER}; {_QUIET}",
            "Brown and Warner (1980), J. Financial Economics 8, 205-258: crude dependence "
            "adjustment; variance of a forecast, Campbell, Lo and MacKinlay (1997), section 4.4",
        ),
        GroupTest(
            "corrado_rank_z",
            "ranks of abnormal returns among the firm's own days, variance of the mean rank over "
            "time; windows: sum of the daily statistics over the root of the days; normal",
            f"{_RANK}; {_TOGETHER}; {_QUIET}",
            "Corrado (1989), J. Financial Economics 23, 385-395; windows after Cowan (1992)",
        ),
        GroupTest(
            "corrado_zivney_rank_z",
            "ranks over M + 1 of standardised abnormal returns, event days divided by their spread "
            "over firms; windows as cowan_rank_z; normal",
            f"{_RANK}; {_TOGETHER}; {_LOUD}",
            "Corrado and Zivney (1992), J. Financial and Quantitative Analysis 27, 465-478",
        ),
        GroupTest(
            "cowan_rank_z",
            "mean rank over M + 1 of all firms and days of the window, variance of the mean rank "
            "over time; normal",
            f"{_RANK}; {_TOGETHER}; {_QUIET}",
            "Cowan (1992), Rev. Quantitative Finance and Accounting 2, 343-358",
        ),
        GroupTest(
            "sign_z",
            "share of positive CARs against one half; normal",
            f"{_MEDIAN}; {_ALONE}; {_LOUD}",
            "MacKinlay (1997), J. Economic Literature 35, 13-39",
        ),
        GroupTest(
            "cz_sign_z",
            "signs about the firm's own median, variance of the mean sign over time; windows: sum "
            "of the daily statistics over the root of the days; normal",
            f"abnormal returns have their usual median; {_TOGETHER}; {_LOUD}",
            "Corrado and Zivney (1992), J. Financial and Quantitative Analysis 27, 465-478",
        ),
        GroupTest(
            "gen_sign_z",
            "share of positive CARs against that of positive residuals before; normal",
            f"CARs are positive as often as residuals before; {_ALONE}; {_LOUD}",
            "Cowan (1992), Rev. Quantitative Finance and Accounting 2, 343-358",
        ),
        GroupTest(
            "wilcoxon",
            "sum of signed ranks of the CARs; p exact below 50 firms without ties, else normal",
            f"CARs are symmetric about zero; {_ALONE}; {_LOUD}",
            "Wilcoxon (1945), Biometrics Bulletin 1, 80-83",
        ),
        GroupTest(
            "grank_t",
            "rank of the standardised CAR, divided by its spread over firms, among the firm's "
            "standardised residuals; variance of the mean rank over time; T - 1 degrees of freedom",
            f"{_RANK}; {_TOGETHER}; {_LOUD}",
            "Kolari and Pynnonen (2011), J. Empirical Finance 18, 953-971",
        ),
        GroupTest(
            "grank_z",
            "as grank_t with the variance of independent uniform ranks; normal",
            f"{_RANK}; {_ALONE}; {_LOUD}",
            "Kolari and Pynnonen (2011), J. Empirical Finance 18, 953-971",
        ),
    )
}

#: Tests of `EventStudy.summary`: the headline, those that stand beside it, and the usual ones that
#: show what ignoring the correlation costs.
SUMMARY = ("csect_t", "patell_z", "bmp_t", "kp_t", "adj_patell_z", "portfolio_t", "grank_t")


def tests_frame(members: Members, labels: pd.MultiIndex) -> pd.DataFrame:
    """Lay every test of every group out as a tidy frame.

    Columns: the levels of ``labels``, then test, statistic, df, pvalue, n, mean (mean CAR),
    correlation, overlap, variant, reason (why a statistic is NaN).
    """
    matched = clusters(members)
    sums = group_sums(members, matched)
    outcomes = (
        parametric_tests(members, sums)
        | rank_tests(members, matched)
        | sign_tests(members, matched)
    )
    of_group = pd.DataFrame(
        {"n": sums.n, "mean": sums.caar, "correlation": sums.correlation, "overlap": sums.overlap}
    )
    return _tidy({name: outcomes[name] for name in TESTS}, of_group, labels)


def _tidy(
    outcomes: dict[str, Outcome], of_group: pd.DataFrame, labels: pd.MultiIndex
) -> pd.DataFrame:
    """Stack the outcomes, test by test, with what they share beside each."""

    def stack(name: str) -> object:
        return np.concatenate([getattr(outcome, name) for outcome in outcomes.values()])

    times, groups = len(outcomes), len(labels)
    row = np.tile(np.arange(groups), times)
    frame = labels[row].to_frame(index=False)
    frame["test"] = np.repeat(list(outcomes), groups)
    for name in ("statistic", "df", "pvalue"):
        frame[name] = stack(name)
    for name, values in of_group.items():
        frame[name] = values.to_numpy()[row]
    frame["variant"] = np.repeat([TESTS[name].variant for name in outcomes], groups)
    frame["reason"] = stack("reason")
    return frame
