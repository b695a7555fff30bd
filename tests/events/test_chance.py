"""What chance does to many tests at once, against loops over shifts and simulators of the truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from research.events.chance import by_ranks, shifted, small_by_chance, stand_out
from research.events.placebo import Placebo

DAYS = pd.bdate_range("2024-01-01", periods=120)


def placebo(t, days=DAYS):
    """Statistics of a group on every day; the first half of the days is quiet."""
    table = pd.DataFrame(
        {"portfolio_t": t, "portfolio_t_pvalue": 2 * stats.norm.sf(np.abs(t))}, days
    )
    return Placebo(table.iloc[: len(t) // 2], table)


def pairs_of(groups, n_dates, seed):
    dates = DAYS[np.random.default_rng(seed).choice(len(DAYS), n_dates, replace=False)]
    rows = [(f"{day:%F}", group, day) for day in dates for group in groups]
    return pd.DataFrame(rows, columns=["event_id", "group", "date"])


def draw(seed, n_groups=8, shared=0.0):
    """Groups whose statistics share a factor on each day."""
    rng = np.random.default_rng(seed)
    one, own = rng.normal(size=(len(DAYS), 1)), rng.normal(size=(len(DAYS), n_groups))
    t = np.sqrt(shared) * one + np.sqrt(1 - shared) * own
    return {f"g{number}": placebo(values) for number, values in enumerate(t.T)}


def test_dates_move_together_on_two_calendars():
    """A date without a session takes the next one there; behind the last date is the first."""
    rng, holiday = np.random.default_rng(1), [3, 50, 119]
    other = DAYS.delete(holiday)
    placebos = {"a": placebo(rng.normal(size=120)), "b": placebo(rng.normal(size=117), other)}
    pairs = pd.DataFrame({"group": ["a", "b", "b"], "date": DAYS[[5, 2, 118]]})
    found = shifted(pairs, placebos, "portfolio_t")
    assert found.shape == (120, 3)
    for shift in range(120):
        for column, (group, place) in enumerate((("a", 5), ("b", 2), ("b", 118))):
            table, day = placebos[group].every["portfolio_t"], DAYS[(place + shift) % 120]
            later = table[table.index >= day]
            assert found[shift, column] == (later.iloc[0] if len(later) else table.iloc[-1])


def test_a_pair_outside_the_sample_is_in_no_count():
    placebos, pairs = draw(2), pairs_of(["g0"], 5, seed=3)
    outside = pairs.assign(date=pd.Timestamp("2023-01-02"))
    found = small_by_chance(pd.concat([pairs, outside]), placebos, test="portfolio_t")
    alone = small_by_chance(pairs, placebos, test="portfolio_t")
    assert (found["n_pairs"], found["n_outside"]) == (5, 5)
    assert found.drop("n_outside").equals(alone.drop("n_outside"))
    p = placebos["g0"].every["portfolio_t_pvalue"].to_numpy()
    places = DAYS.get_indexer(pairs["date"])
    counts = [sum(p[(place + shift) % 120] < 0.05 for place in places) for shift in range(120)]
    expected = [counts[0], np.mean(counts[1:]), *np.quantile(counts[1:], [0.05, 0.95])]
    expected += [np.mean([count >= counts[0] for count in counts])]
    columns = ["seen", "expected", "low", "high", "pvalue"]
    assert list(alone[columns]) == pytest.approx(expected)
    # A direction that is none had no p, and the family lost it without a word.
    with pytest.raises(KeyError, match="up"):
        stand_out(pairs.assign(expected_sign="up"), placebos)


def test_groups_that_move_together_widen_what_chance_does():
    """Of 160 tests 8 were expected by chance, as a number without an interval.

    A binomial count has a standard deviation of 2.8; eight groups that move as one, of 8 times
    that of 20 tests: 8 sqrt(20 x .05 x .95) = 7.8.
    """
    wide, narrow = ([], [])
    for seed in range(40):
        pairs = pairs_of([f"g{number}" for number in range(8)], 20, seed)
        for spread, shared in ((narrow, 0.0), (wide, 1.0)):
            found = small_by_chance(pairs, draw(seed, shared=shared), test="portfolio_t")
            assert found["low"] <= found["expected"] <= found["high"]
            spread.append([found["expected"], found["high"] - found["low"], found["pvalue"] <= 0.1])
    assert np.mean(narrow, axis=0)[0] == pytest.approx(8, abs=0.6)
    assert np.mean(narrow, axis=0)[1] == pytest.approx(2 * 1.645 * 2.8, rel=0.2)
    assert np.mean(wide, axis=0)[0] == pytest.approx(8, abs=1.5)
    assert np.mean(wide, axis=0)[1] > 2 * np.mean(narrow, axis=0)[1]
    assert np.mean(narrow, axis=0)[2] < 0.25
    assert np.mean(wide, axis=0)[2] < 0.25


@pytest.mark.parametrize("stated", [False, True])
def test_the_largest_statistic_by_a_loop_over_shifts(stated):
    placebos, pairs = draw(4, shared=0.5), pairs_of(["g0", "g1", "g2"], 6, seed=5)
    if stated:
        pairs["expected_sign"] = ["+", "-"] * 9
    sign = np.where(pairs["expected_sign"] == "+", 1, -1) if stated else None
    t = shifted(pairs, placebos, "portfolio_t")
    x = np.abs(t) if sign is None else sign * t
    found = stand_out(pairs, placebos)
    order, before = sorted(range(18), key=lambda pair: -x[0, pair]), 0.0
    for place, pair in enumerate(order):
        rest = order[place:]
        count = sum(max(row[other] for other in rest) >= x[0, pair] for row in x)
        before = max(before, count / len(x))
        assert found["max_t_pvalue"].iloc[pair] == pytest.approx(before)
        assert found["shift_pvalue"].iloc[pair] == pytest.approx(np.mean(x[:, pair] >= x[0, pair]))


def test_one_false_finding_is_as_rare_as_promised_and_a_large_effect_is_found():
    """Ranks could never pass: no rank among N quiet dates times 17 rows is below 17 / (1 + N)."""
    false, found = 0, 0
    for seed in range(120):
        placebos, pairs = draw(seed, shared=0.5), pairs_of(["g0", "g1", "g2", "g3"], 4, seed)
        false += (stand_out(pairs, placebos)["max_t_pvalue"] < 0.05).any()
        placebos["g1"].every.loc[pairs["date"].iloc[0], "portfolio_t"] = 6.0
        found += stand_out(pairs, placebos)["max_t_pvalue"].iloc[1] < 0.05
    assert false / 120 < 0.1
    assert found / 120 > 0.8


def test_ranks_beside_tails_and_what_they_cannot_show():
    """Benjamini and Hochberg's p by t tails stood alone; fat tails make them too small."""
    rng = np.random.default_rng(6)
    placebos = {name: placebo(rng.standard_t(3, 120)) for name in "abcdefgh"}
    pairs = pairs_of(list("abcdefgh"), 10, seed=7)
    pairs["portfolio_t"] = rng.standard_t(3, 80)
    pairs.loc[0, "portfolio_t"] = 4.5
    pairs["portfolio_pvalue"] = 2 * stats.norm.sf(pairs["portfolio_t"].abs())
    same_day = pairs.iloc[[0]].assign(event_id="the same day")
    out = by_ranks(pd.concat([pairs, same_day]).set_index(["event_id", "group"]), placebos)
    assert len(out) == 80
    expected = multipletests(pairs["portfolio_pvalue"], method="fdr_bh")[1]
    assert list(out["bh_pvalue"]) == pytest.approx(list(expected))
    first, quiet = out.iloc[0], placebos["a"].table["portfolio_t"].abs()
    pool = pd.concat([one.table["portfolio_t"].abs() for one in placebos.values()])
    assert (first["n_quiet"], first["n_pool"]) == (60, 480)
    assert first["n_larger"] == (quiet >= 4.5).sum()
    assert first["rank_pvalue"] == (1 + (quiet >= 4.5).sum()) / 61
    assert first["pool_pvalue"] == pytest.approx((1 + (pool >= 4.5).sum()) / 481)
    assert first["bh_pvalue"] < 0.05 < first["pool_bh_pvalue"]
    # 80 / (0.05 x 61) = 26.2 pairs with no quiet date as large would be needed.
    assert (out["rank_pvalue"] == 1 / 61).sum() < 27
    assert out["rank_bh_pvalue"].min() > 0.05
