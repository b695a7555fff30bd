"""Joint covariance of CARs against loops over pairs and dates, and between two exchanges."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from studies.event_contrasts import overnight_study

from research.events.joint import joint_cars, quiet_t, rank_pvalue
from research.sessions import sessions

# Sums of a few hundred products in double precision, in another order.
SAME = 1e-10

# Pairs of firms.
REPLICATIONS = 3


def reference_covariance(residuals, se, days):
    """Loop over pairs of firms and the dates that both have."""
    out = {}
    for a in residuals:
        for b in residuals:
            both = residuals[[a, b]].dropna() if a != b else residuals[[a]].dropna()
            x, y = both.iloc[:, 0], both.iloc[:, -1]
            r = sum(x * y) / (sum(x * x) * sum(y * y)) ** 0.5
            shared = len(set(days.loc[a]) & set(days.loc[b])) / days.shape[1]
            out[a, b] = r * shared * se[a] * se[b]
    return pd.Series(out).unstack().loc[residuals.columns, residuals.columns]


@pytest.mark.parametrize("window", [(0, 0), (-2, 3)])
@pytest.mark.parametrize("missing", [0.0, 0.08])
def test_loops_give_the_same(panel, window, missing):
    study = panel(missing=missing).study(window=window)
    joint = joint_cars(study, "news", window)
    table = study.car(window).loc["news"].dropna()
    residuals = study.residuals("news")[table.index]
    expected = reference_covariance(
        residuals, table["se"], study.event_days("news").loc[table.index]
    )
    np.testing.assert_allclose(joint.covariance, expected, rtol=SAME, atol=1e-18)
    assert np.diag(joint.covariance) == pytest.approx(table["se"] ** 2, rel=SAME)


def test_residuals_are_those_of_the_reference(panel, reference):
    drawn = panel(missing=0.05)
    found = drawn.study().residuals("news")
    for asset in drawn.returns:
        unit = reference.unit(drawn, asset, model="market", window=(0, 0), estimation=(-100, -11))
        own = found[asset].dropna()
        assert own.to_numpy() == pytest.approx(unit.residuals.to_numpy(), abs=SAME)
        assert list(own.index) == list(unit.residuals.index)


def test_staggered_windows_share_what_they_overlap(panel):
    drawn = panel(n_firms=3)
    events = drawn.events.assign(date=[drawn.returns.index[p] for p in (130, 129, 120)])
    study = type(drawn)(drawn.returns, drawn.benchmark, events).study(window=(-1, 1))
    shared = joint_cars(study, "news").overlap.to_numpy()
    assert shared == pytest.approx(np.array([[1, 2 / 3, 0], [2 / 3, 1, 0], [0, 0, 1]]))


@pytest.fixture(scope="module")
def overnight():
    names = [f"{number:04d}" for number in range(REPLICATIONS)]
    study = overnight_study(late=True, replications=REPLICATIONS, seed=5)
    return SimpleNamespace(study=study, names=names)


def test_the_night_between_the_closes_is_in_the_covariance(overnight):
    study, names = overnight.study, ["york0000", "tokyo0000"]
    joint = joint_cars(study, "news")
    assert joint.overlap.at["york0000", "tokyo0000"] == 0
    e, f = (study.residuals("news")[name].dropna() for name in names)
    tokyo = sessions("XTKS")
    pairs = [(e[day], f.get(tokyo[tokyo > day][0])) for day in e.index]
    pairs = np.array([pair for pair in pairs if pair[1] is not None])
    r = (pairs[:, 0] @ pairs[:, 1]) / np.sqrt((pairs**2).sum(axis=0).prod())
    se = study.car().loc["news", "se"][names]
    for one, other in (names, names[::-1]):
        assert joint.covariance.at[one, other] == pytest.approx(r * se.prod(), rel=SAME)
    assert r > 0.5


def test_days_are_dates_of_each_exchange(two_exchanges, panel):
    drawn = two_exchanges()
    study = drawn.study(model="mean", window=(0, 1))
    days = study.event_days("news")
    assert list(days.loc["tokyo0"]) == list(pd.to_datetime(["2025-07-23", "2025-07-24"]))
    assert list(days.loc["york0"]) == list(pd.to_datetime(["2025-07-24", "2025-07-25"]))
    drawn = panel()
    assert drawn.study().event_days("news").loc["firm0"].item() == drawn.returns.index[130]


@pytest.mark.parametrize("n_days", [1, 3])
def test_quiet_t_runs_over_the_estimation_window(panel, n_days):
    study = panel(n_firms=3).study(window=(0, n_days - 1))
    joint = joint_cars(study, "news")
    weights = pd.Series([0.5, 0.0, -0.5], joint.car.index)
    series = (joint.residuals["firm0"] - joint.residuals["firm2"]).dropna().to_numpy() / 2
    sigma = np.sqrt((series**2).sum() / (len(series) - 2))
    expected = [
        sum(series[start : start + n_days]) / (n_days**0.5 * sigma)
        for start in range(len(series) - n_days + 1)
    ]
    assert quiet_t(joint, weights) == pytest.approx(expected, abs=SAME)


def test_rank_counts_what_is_as_large():
    quiet = np.array([-3.0, 1.0, 2.0])
    assert [rank_pvalue(t, quiet) for t in (0.5, 2.0, -2.5, 9.0)] == [1.0, 0.75, 0.5, 0.25]
    assert np.isnan(rank_pvalue(1.0, np.empty(0)))
    assert np.isnan(rank_pvalue(np.nan, quiet))
