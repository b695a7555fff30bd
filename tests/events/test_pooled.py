"""Pooled events: against regressions and pairs by hand, and against draws that know the truth."""

import itertools

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from research.errors import InputError
from research.events import event_study, pooled

#: Exact arithmetic on both sides: only rounding may differ.
TOLERANCE = 1e-9

FIRST, LAST, BEFORE, GAP = 0, 2, 100, 11


def drawn_returns(rng, n_days=330, n_firms=4, correlation=0.3):
    """Draw returns with a market and a common factor; the market is the column MKT."""
    days = pd.bdate_range("2021-01-04", periods=n_days)
    market, shared = rng.normal(0.0, 0.01, (2, n_days, 1))
    own = rng.normal(0.0, 0.02, (n_days, n_firms))
    noise = np.sqrt(correlation) * 2 * shared + np.sqrt(1 - correlation) * own
    betas = rng.uniform(0.5, 1.5, n_firms)
    table = pd.DataFrame(betas * market + noise, days, [f"f{i}" for i in range(n_firms)])
    return table.assign(MKT=market)


def study_of(returns, events, **more):
    usual = {
        "returns_are": "simple",
        "window": (FIRST, LAST),
        "estimation": (-BEFORE - GAP + 1, -GAP),
    }
    return event_study(returns, "MKT", events, **usual | {"pool": True} | more)


def by_hand(returns, firm, position):
    """Regress over both windows with a dummy for each event day: CAR, its error, residuals."""
    rows = [*range(position - BEFORE - GAP + 1, position - GAP + 1)]
    window = [*range(position + FIRST, position + LAST + 1)]
    part = returns.iloc[rows + window]
    dummies = pd.DataFrame(np.eye(len(part))[:, len(rows) :], part.index)
    fitted = sm.OLS(part[firm], sm.add_constant(part[["MKT"]]).join(dummies)).fit()
    total = fitted.t_test(np.r_[0, 0, np.ones(len(window))])
    residuals = fitted.resid.iloc[: len(rows)]
    return total.effect.item(), total.sd.item(), residuals, set(part.index[len(rows) :])


EVENTS = {"f0": [150, 152, 240], "f1": [150, 241], "f2": [190], "f3": [290, 152]}


@pytest.fixture(scope="module")
def returns():
    return drawn_returns(np.random.default_rng(3))


@pytest.fixture(scope="module")
def study(returns):
    days = {firm: [f"{returns.index[p]:%Y-%m-%d}" for p in at] for firm, at in EVENTS.items()}
    return study_of(returns, days)


def test_pooled_is_what_regressions_and_pairs_give_by_hand(returns, study):
    units = [(f, *by_hand(returns, f, p)) for f, at in EVENTS.items() for p in at]
    n, car = len(units), np.array([unit[1] for unit in units])
    V, correlation = np.zeros((2, n, n))
    for i, j in itertools.product(range(n), repeat=2):
        e, f = units[i][3].align(units[j][3], join="inner")
        r = (e @ f) / np.sqrt((e @ e) * (f @ f)) if len(e) else 0.0
        correlation[i, j] = r * len(units[i][4] & units[j][4]) / (LAST - FIRST + 1)
        V[i, j] = correlation[i, j] * units[i][2] * units[j][2]
    row = pooled(study).loc["all"]
    assert row[["n", "n_firms"]].tolist() == [n, 4]
    assert row["mean"] == pytest.approx(car.mean(), rel=TOLERANCE)
    assert row["se"] == pytest.approx(np.sqrt(V.sum()) / n, rel=TOLERANCE)
    days = set().union(*(unit[3].index for unit in units))
    assert row["df"] == len(days) - 2
    S = car / [unit[2] for unit in units]
    r = (correlation.sum() - n) / (n * (n - 1))
    bmp = sm.OLS(S, np.ones(n)).fit().tvalues[0]
    kp = bmp * np.sqrt((1 - r) / (1 + (n - 1) * r))
    assert row["kp_t"] == pytest.approx(kp, rel=TOLERANCE)
    # Days 150 to 154 and 240 to 243 are each one cluster; 190 and 290 stand alone.
    place = {150: 0, 152: 0, 240: 1, 241: 1, 190: 2, 290: 3}
    clusters = [place[p] for at in EVENTS.values() for p in at]
    hand = sm.OLS(car, np.ones(n)).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(clusters)}, use_t=True
    )
    assert row["n_clusters"] == 4
    assert row["cluster_t"] == pytest.approx(hand.tvalues[0], rel=TOLERANCE)
    assert row["cluster_pvalue"] == pytest.approx(hand.pvalues[0], rel=1e-6)


def test_one_date_for_all_is_the_group_test_itself(returns):
    study = study_of(returns, f"{returns.index[200]:%Y-%m-%d}")
    row, usual = pooled(study).loc["all"], study.summary().iloc[0]
    assert row["t"] == pytest.approx(usual["portfolio_t"], rel=TOLERANCE)
    assert row["kp_t"] == pytest.approx(usual["kp_t"], rel=1e-2)  # mean of r_ij, centred or not
    assert np.isnan(row["cluster_t"])


def test_draws_without_an_effect_are_rejected_as_often_as_promised():
    rng, n, rejected = np.random.default_rng(7), 100, np.zeros(3)
    for _ in range(n):
        returns = drawn_returns(rng, n_firms=5, correlation=0.5)
        # Windows that touch, on dates that firms share: what moves one moves the others.
        study = study_of(returns, list(returns.index[[150, 151, 200, 202, 250, 300]]))
        row, cars = pooled(study).loc["all"], study.car()
        alone = cars["car"].mean() / np.sqrt((cars["se"] ** 2).mean() / len(cars))
        rejected += [row["pvalue"] < 0.05, row["kp_pvalue"] < 0.05, abs(alone) > 2]
    t, kp, independent = rejected / n
    # Twice the standard error of a share of 100 draws is 4 points.
    assert 0.01 <= t <= 0.09
    assert kp <= 0.10
    assert independent > 0.25


def test_an_effect_is_found_in_full(returns):
    days, shifted = list(returns.index[[150, 300]]), returns.copy()
    shifted.loc[days, ["f0", "f1", "f2", "f3"]] += 0.01
    gain = [pooled(study_of(table, days)).loc["all", "mean"] for table in (shifted, returns)]
    assert gain[0] - gain[1] == pytest.approx(0.01, rel=TOLERANCE)


def test_a_firm_at_two_dates_needs_pool_or_events_of_their_own(returns):
    rows = pd.DataFrame({"event_id": "call", "asset": "f0", "date": returns.index[[150, 240]]})
    with pytest.raises(InputError, match="call / f0"):
        study_of(returns, rows, pool=False)
    table = pooled(study_of(returns, rows))
    assert table[["n", "n_firms", "n_clusters"]].to_numpy().tolist() == [[2, 1, 2]]


def test_groups_are_pooled_apart_and_told(returns, study):
    own = study_of(
        returns, [f"{returns.index[p]:%Y-%m-%d}" for p in (150, 240)],
        groups={"a": ["f0", "f1"], "b": ["f3"]},
    )  # fmt: skip
    assert pooled(own)["n"].to_dict() == {"a": 4, "b": 2}
    assert "2 events pooled, a (4): " in str(own)
    assert [one.value for one in own.findings()] == pytest.approx(100 * pooled(own)["mean"])
