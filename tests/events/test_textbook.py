"""Examples that can be checked on paper."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research.events import event_study

pytestmark = pytest.mark.usefixtures("few_firms")

# Floating point against exact fractions: a few units in the last place.
EXACT = 1e-12

# Two firms, five days of estimation, two event days; per cent. Small enough for a sheet of paper:
# the benchmark has mean 0 and sum of squares 10 over the estimation window.
BENCHMARK = [-2, -1, 0, 1, 2, 3, -3]
FIRMS = {"A": [-1, -1, 0, 0, 2, 5, -2], "B": [0, -1, 1, 0, 0, 1, 1]}


@pytest.fixture(scope="module")
def study():
    days = pd.bdate_range("2020-01-06", periods=7)
    return event_study(
        pd.DataFrame(FIRMS, index=days) / 100,
        pd.Series(BENCHMARK, index=days) / 100,
        pd.DataFrame({"event_id": "e", "asset": list("AB"), "date": days[5]}),
        returns_are="simple",
        model="market",
        window=(0, 1),
        estimation=(-5, -1),
        min_estimation=5,
    )


def by_hand(firm):
    """Market model of one firm in exact fractions, per cent."""
    x, y = BENCHMARK[:5], FIRMS[firm][:5]
    slope = Fraction(sum(a * b for a, b in zip(x, y, strict=True)), sum(a * a for a in x))
    intercept = Fraction(sum(y), 5)
    residuals = [b - intercept - slope * a for a, b in zip(x, y, strict=True)]
    sigma2 = sum(e * e for e in residuals) / (5 - 2)
    abnormal = [FIRMS[firm][t] - intercept - slope * BENCHMARK[t] for t in (5, 6)]
    return slope, sigma2, abnormal, residuals


def test_the_hand_calculation_itself():
    # A: slope 7/10, residuals .4 -.3 0 -.7 .6, SSR 11/10; day 0: 5 - 21/10.
    assert by_hand("A")[:3] == (
        Fraction(7, 10),
        Fraction(11, 30),
        [Fraction(29, 10), Fraction(1, 10)],
    )
    # B: slope 1/10, residuals .2 -.9 1 -.1 -.2, SSR 19/10; day 0: 1 - 3/10.
    assert by_hand("B")[:3] == (
        Fraction(1, 10),
        Fraction(19, 30),
        [Fraction(7, 10), Fraction(13, 10)],
    )


@pytest.mark.parametrize("firm", FIRMS)
def test_one_day(study, firm):
    slope, sigma2, abnormal, _ = by_hand(firm)
    # 1 + 1/T + x0^2 / Sxx = 1 + 1/5 + 9/10
    variance = sigma2 * Fraction(21, 10)
    row = study.car((0, 0)).loc[("e", firm)]
    assert study.units.at[("e", firm), "coefficient_1"] == pytest.approx(float(slope), abs=EXACT)
    assert row["car"] * 100 == pytest.approx(float(abnormal[0]), abs=EXACT)
    assert row["se"] * 100 == pytest.approx(sqrt(variance), abs=EXACT)
    assert row["t"] == pytest.approx(float(abnormal[0]) / sqrt(variance), abs=EXACT)
    assert row["df"] == 3
    assert row["pvalue"] == pytest.approx(2 * stats.t.sf(abs(row["t"]), 3), abs=EXACT)


@pytest.mark.parametrize("firm", FIRMS)
def test_two_days_share_their_estimation_error(study, firm):
    _, sigma2, abnormal, _ = by_hand(firm)
    # The benchmark of the two days sums to zero: 2 + 2^2/T + 0, not twice the variance of a day.
    variance = sigma2 * (2 + Fraction(4, 5))
    row = study.car().loc[("e", firm)]
    assert row["car"] * 100 == pytest.approx(float(sum(abnormal)), abs=EXACT)
    assert row["se"] * 100 == pytest.approx(sqrt(variance), abs=EXACT)
    assert abs(row["se"] * 100 - sqrt(sigma2 * 2 * Fraction(21, 10))) > 0.1


def test_group_tests(study):
    tests = study.tests((0, 0)).set_index("test")
    scar = [2.9 / sqrt(0.77), 0.7 / sqrt(1.33)]
    # Residuals: dot product .3, sums of squares 1.1 and 1.9.
    r = 0.3 / sqrt(1.1 * 1.9)
    # Portfolio residuals .3 -.6 .5 -.4 .2: variance .9 / 3.
    portfolio = 0.9 / 3
    patell = sum(scar) / sqrt(2 * 3 / (3 - 2))
    bmp = sum(scar) / (scar[0] - scar[1])
    expected = {
        "csect_t": 18 / 11,  # mean 1.8, standard deviation 1.1 * sqrt(2), two firms
        "hall_skew_t": 18 / 11,  # two firms have no skewness
        "time_series_t": 1.8 / sqrt(portfolio),
        "patell_z": patell,
        "adj_patell_z": patell / sqrt(1 + r),
        "bmp_t": bmp,
        "kp_t": bmp * sqrt((1 - r) / (1 + r)),
        "portfolio_t": 1.8 / sqrt(portfolio * 2.1),  # 1 + 1/5 + 9/10
        "sign_z": 2 / sqrt(2),
        "wilcoxon": 1 + 2,
    }
    assert tests["statistic"][list(expected)].to_dict() == pytest.approx(expected, abs=EXACT)
    assert tests["correlation"].to_numpy() == pytest.approx(r, abs=EXACT)
    assert tests["df"].dropna().to_dict() == {
        **dict.fromkeys(("csect_t", "hall_skew_t", "bmp_t", "kp_t"), 1),
        **dict.fromkeys(("time_series_t", "portfolio_t"), 3),
        "grank_t": 4,
        **dict.fromkeys(("patell_z", "adj_patell_z", "sign_z", "gen_sign_z"), np.inf),
        **dict.fromkeys(("corrado_rank_z", "corrado_zivney_rank_z", "cowan_rank_z"), np.inf),
        **dict.fromkeys(("cz_sign_z", "grank_z"), np.inf),
    }
    # Both firms rose: of four choices of signs two are as one-sided.
    assert tests.at["wilcoxon", "pvalue"] == pytest.approx(1 / 2, abs=EXACT)


def test_rank_tests(study):
    """Residuals and abnormal returns .4 -.3 0 -.7 .6 | 2.9 .1 of A, .2 -.9 1 -.1 -.2 | .7 1.3 of B.

    Their ranks are 5 2 3 1 6 | 7 4 and 4 1 6 3 2 | 5 7, less the middle 4 and averaged over the
    firms: .5 -2.5 .5 -2 0 | 2 1.5, squares 17 in all.
    """
    day, window = (study.tests(days).set_index("test")["statistic"] for days in ((0, 0), (0, 1)))
    deviation = sqrt(17 / 7)
    for name in ("corrado_rank_z", "cowan_rank_z"):
        assert day[name] == pytest.approx(2 / deviation, abs=EXACT)
        assert window[name] == pytest.approx(3.5 / sqrt(2) / deviation, abs=EXACT)
    # Their signs: 1 -1 -1 -1 1 | 1 0 and 0 -1 1 -1 -1 | 1 1.
    # Averaged: .5 -1 0 -1 0 | 1 .5, squares 3.5 in all.
    assert day["cz_sign_z"] == pytest.approx(1 / sqrt(3.5 / 7), abs=EXACT)
    assert window["cz_sign_z"] == pytest.approx(1.5 / sqrt(2) / sqrt(3.5 / 7), abs=EXACT)


def test_generalised_rank_test(study):
    """The standardised CARs of day 0, over their spread, are 1.73 of A and .32 of B.

    The standardised residuals are .66 -.50 0 -1.16 .99 of A and .25 -1.13 1.26 -.13 -.25 of B, so
    that the event ranks sixth of six and fifth of six. Ranks 4 2 3 1 5 | 6 and 4 1 6 3 2 | 5, less
    the middle 3.5 and averaged over the firms: .5 -2 1 -1.5 0 | 2, squares 11.5 in all.
    """
    day = study.tests((0, 0)).set_index("test")["statistic"]
    z = 2 / sqrt(11.5 / 6)
    assert day["grank_t"] == pytest.approx(z * sqrt((6 - 2) / (6 - 1 - z**2)), abs=EXACT)
    assert day["grank_z"] == pytest.approx((2.5 + 1.5) / 7 / sqrt(2 * 5 / (12 * 7)), abs=EXACT)
