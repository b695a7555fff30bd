"""Calendar-time portfolio against loops over dates and Newey and West's formula by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research.errors import InputError
from research.events import calendar_time_portfolio

# Sums of a few hundred products in double precision, in another order.
SAME = 1e-9


def draw(*, alpha=0.0, n_days=250, n_firms=12, seed=1):
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2020-01-01", periods=n_days)
    factors = pd.DataFrame(rng.normal(0, 0.01, (n_days, 2)), days, ["market", "size"])
    shared = rng.normal(0, 0.01, (n_days, 1))
    names = [f"firm{n:02d}" for n in range(n_firms)]
    values = factors.to_numpy() @ rng.uniform(0, 1, (2, n_firms)) + shared
    returns = pd.DataFrame(values + rng.normal(0, 0.02, (n_days, n_firms)), days, names)
    start = rng.integers(5, n_days - 5, n_firms)
    events = pd.DataFrame({"event_id": "e", "asset": names, "date": days[start]})
    for name, place in zip(names, start, strict=True):
        returns.loc[days[place : place + 40], name] += alpha
    return returns, factors, events


def reference_portfolio(returns, events, first, last):
    """Walk through the dates and average whoever is inside a horizon then."""
    days, out = returns.index, {}
    for place, day in enumerate(days):
        inside = {
            row.asset
            for row in events.itertuples()
            if first <= place - days.get_loc(row.date) <= last
            and np.isfinite(returns.at[day, row.asset])
        }
        if inside:
            out[day] = np.mean([returns.at[day, asset] for asset in inside])
    return pd.Series(out)


def newey_west(y, X, lags):
    """Coefficients and errors by the formula, with the factor T / (T - k)."""
    inverse = np.linalg.inv(X.T @ X)
    b = inverse @ X.T @ y
    u = X * (y - X @ b)[:, None]
    middle = u.T @ u
    for lag in range(1, lags + 1):
        cross = u[lag:].T @ u[:-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    n, k = X.shape
    return b, np.sqrt(np.diag(inverse @ middle @ inverse) * n / (n - k))


@pytest.mark.parametrize("lags", [0, 5])
@pytest.mark.parametrize("horizon", [(1, 40), (0, 5)])
def test_loops_give_the_same(lags, horizon):
    returns, factors, events = draw()
    returns.iloc[100:103, :3] = np.nan
    found = calendar_time_portfolio(returns, factors, events, horizon=horizon, lags=lags)
    expected = reference_portfolio(returns, events, *horizon)
    X = np.column_stack([np.ones(len(expected)), factors.loc[expected.index]])
    b, se = newey_west(expected.to_numpy(), X, lags)
    assert (found["n_dates"] == len(expected)).all()
    assert list(found.index) == ["alpha", "market", "size"]
    assert found["coefficient"].to_numpy() == pytest.approx(b, rel=SAME)
    assert found["se"].to_numpy() == pytest.approx(se, rel=SAME)
    df = len(expected) - 3
    pvalue = 2 * stats.t.sf(np.abs(b / se), df)
    assert found["pvalue"].to_numpy() == pytest.approx(pvalue, rel=1e-6)
    half = stats.t.ppf(0.975, df) * se
    assert found["high"].to_numpy() == pytest.approx(b + half, rel=SAME)


def test_a_firm_inside_two_horizons_counts_once():
    returns, factors, events = draw()
    again = events.assign(event_id="f")
    once, twice = (
        calendar_time_portfolio(returns, factors, table, horizon=(0, 30), lags=0)
        for table in (events, pd.concat([events, again]))
    )
    pd.testing.assert_frame_equal(once, twice)


def test_the_known_alpha_is_found():
    found = [
        calendar_time_portfolio(*draw(alpha=0.004, seed=seed), horizon=(0, 39), lags=3)
        for seed in range(15)
    ]
    alpha = np.array([one.at["alpha", "coefficient"] for one in found])
    assert alpha.mean() == pytest.approx(0.004, abs=3 * alpha.std() / np.sqrt(15))
    se = np.array([one.at["alpha", "se"] for one in found])
    assert se.mean() == pytest.approx(alpha.std(), rel=0.5)


def test_every_fault_of_the_settings_is_named():
    returns, factors, events = draw()
    with pytest.raises(InputError) as caught:
        calendar_time_portfolio(returns, factors, events.head(1), horizon=(0, 2), lags=9)
    assert [fault.where for fault in caught.value.faults] == ["horizon and events", "lags"]
    with pytest.raises(InputError, match="factors"):
        calendar_time_portfolio(returns, factors * np.inf, events, horizon=(0, 2), lags=0)
