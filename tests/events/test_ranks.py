"""Rank tests against the formulas as published, for complete data and one date, and their traps."""

import numpy as np
import pytest
from scipy import stats

pytestmark = pytest.mark.usefixtures("few_firms")

# Sums of a few hundred ranks in another order.
SAME = 1e-9

WINDOW, ESTIMATION = (-2, 3), (-100, -11)
TESTED = [(0, 0), (1, 1), (-2, -2), (0, 2), WINDOW]


@pytest.fixture(scope="module")
def drawn(panel):
    return panel(n_firms=8, seed=3)


@pytest.fixture(scope="module")
def study(drawn):
    return drawn.study(window=WINDOW)


@pytest.fixture(scope="module")
def history(drawn, reference):
    """Days x firms: estimation and event window, the latter also as variances over sigma2."""
    units = [
        reference.unit(drawn, asset, model="market", window=WINDOW, estimation=ESTIMATION)
        for asset in drawn.returns
    ]
    before = np.column_stack([u.residuals for u in units])
    event = np.column_stack([u.event_abnormal for u in units])
    spread = np.column_stack([u.event_spread for u in units])
    return before, event, spread, np.array([u.sigma2 for u in units])


def statistic(study, name, window=None):
    return study.tests(window).set_index("test").at[name, "statistic"]


def columns(window, before):
    """Rows of the tested days among all days of the history."""
    first = len(before) + window[0] - WINDOW[0]
    return slice(first, first + window[1] - window[0] + 1)


def published_window_z(ranks, tested):
    """Mean rank of the tested days over the deviation of the mean rank of all days."""
    mean_rank = (ranks - ranks.mean(axis=0)).mean(axis=1)
    days = tested.stop - tested.start
    return np.sqrt(days) * mean_rank[tested].mean() / np.sqrt((mean_rank**2).mean())


def apart(before):
    """What of the variance of a firm is its own: one less the mean correlation of two firms."""
    correlation = np.corrcoef(before.T)
    return 1 - correlation[~np.eye(len(correlation), dtype=bool)].mean()


@pytest.mark.parametrize("window", TESTED)
def test_corrado_zivney_as_published_with_the_spread_of_correlated_firms(study, history, window):
    before, event, spread, sigma2 = history
    scaled = event / np.sqrt(sigma2 * spread)
    scaled = scaled / scaled.std(axis=1, ddof=1, keepdims=True) * np.sqrt(apart(before))
    ranks = stats.rankdata(np.vstack([before / np.sqrt(sigma2), scaled]), axis=0)
    expected = published_window_z(ranks, columns(window, before))
    assert statistic(study, "corrado_zivney_rank_z", window) == pytest.approx(expected, rel=SAME)
    assert expected != pytest.approx(statistic(study, "corrado_rank_z", window), rel=1e-3)


def test_two_exchanges_are_matched_by_date(two_exchanges, reference):
    drawn = two_exchanges()
    study = drawn.study(model="mean", estimation=(-120, -11), window=(-1, 1))
    by_row = drawn.events.set_index("asset")
    units = [
        reference.unit(
            drawn,
            asset,
            model="mean",
            window=(-1, 1),
            estimation=(-120, -11),
            date=by_row.at[asset, "date"],
            own_sessions=drawn.returns[asset].dropna().index,
        )
        for asset in drawn.returns
    ]
    found = study.tests().set_index("test")["statistic"].to_dict()
    assert found == pytest.approx(reference.tests(units), rel=SAME)


@pytest.mark.parametrize("window", [(0, 0), (0, 1)])
def test_a_window_inside_the_study(panel, reference, window):
    """Ranks go over the whole event window, whichever days are tested; holes stay holes."""
    drawn = panel(missing=0.05, seed=6, n_firms=6)
    study = drawn.study(window=WINDOW)
    units = [
        reference.unit(
            drawn, asset, model="market", window=WINDOW, estimation=ESTIMATION, tested=window
        )
        for asset in drawn.returns
    ]
    found = study.tests(window).set_index("test")["statistic"].to_dict()
    assert found == pytest.approx(reference.tests(units), rel=SAME)


def one_firm(drawn):
    return type(drawn)(drawn.returns, drawn.benchmark, drawn.events.head(1))


def test_one_firm_has_no_spread_and_no_pair(drawn):
    tests = one_firm(drawn).study().tests().set_index("test")
    undefined = tests.index[tests["statistic"].isna()]
    assert set(undefined) == {
        *("csect_t", "hall_skew_t", "bmp_t", "kp_t"),
        *("corrado_zivney_rank_z", "grank_t", "grank_z"),
    }
    assert set(tests.loc[undefined, "reason"]) == {"one firm: no spread over firms"}
    assert (tests.loc[tests.index.difference(undefined), "reason"] == "").all()
    assert tests.at["adj_patell_z", "statistic"] == tests.at["patell_z", "statistic"]


def test_firms_without_an_estimation_day_in_common(drawn):
    """One firm trades on odd days and one on even days: nothing says how they move together."""
    returns = drawn.returns.iloc[:, :2].copy()
    returns.iloc[0:130:2, 0] = np.nan
    returns.iloc[1:130:2, 1] = np.nan
    pair = type(drawn)(returns, drawn.benchmark, drawn.events.head(2))
    tests = pair.study(min_estimation=20).tests().set_index("test")
    need = ["time_series_t", "adj_patell_z", "kp_t", "portfolio_t", "grank_t"]
    need += ["corrado_rank_z", "corrado_zivney_rank_z", "cowan_rank_z", "cz_sign_z", "grank_z"]
    assert tests.loc[need, "statistic"].isna().all()
    words = {"no two firms share a day of the estimation window"}
    assert set(tests.loc[need, "reason"]) == words
    assert tests.drop(index=need)["statistic"].notna().all()


def test_events_years_apart_need_no_day_in_common(drawn):
    """Windows that never touch are independent, whatever the residuals would say."""
    pair = drawn.events.iloc[:2].assign(date=drawn.returns.index[[70, 145]])
    apart = type(drawn)(drawn.returns, drawn.benchmark, pair)
    tests = apart.study(estimation=(-65, -5), min_estimation=20).tests().set_index("test")
    assert tests["correlation"].isna().all()
    assert tests["statistic"].notna().all()
    assert tests.at["kp_t", "statistic"] == tests.at["bmp_t", "statistic"]
    assert tests.at["adj_patell_z", "statistic"] == tests.at["patell_z", "statistic"]


def test_a_mean_correlation_below_what_n_firms_can_have_is_named(panel):
    """Two firms that mirror each other: 1 + (n - 1) r is zero, and so is every mean over them."""
    drawn = panel(n_firms=2)
    market = drawn.benchmark["factor0"]
    drawn.returns["firm1"] = 2 * market - drawn.returns["firm0"]
    tests = drawn.study(window=(0, 1)).tests((0, 0)).set_index("test")
    for name in ("kp_t", "adj_patell_z"):
        assert tests.at[name, "reason"] == "mean correlation at or below -1/(n-1)"
    assert tests.at["portfolio_t", "reason"] == "variance of the portfolio at or below zero"
    for name in ("corrado_rank_z", "cz_sign_z", "grank_t"):
        assert tests.at[name, "reason"] == "variance of the mean over firms at or below zero"
