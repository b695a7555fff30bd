"""What may not matter does not matter: order, names, units, bystanders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.events import TESTS

# Reordering changes the order of sums, rescaling the last digits of a product.
SAME = 1e-8

quick = settings(max_examples=10, deadline=None, derandomize=True)
seeds = st.integers(0, 10_000)


def draw(panel, seed):
    return panel(n_firms=5, missing=0.03, seed=seed)


def remade(drawn, **changes):
    parts = {"returns": drawn.returns, "benchmark": drawn.benchmark, "events": drawn.events}
    return type(drawn)(**parts | changes)


def numbers(study, groups=None):
    """Everything that should stay: t of each firm by name, statistics of each group by name."""
    tests = study.tests(groups=groups).set_index(["event_id", "group", "test"])
    return study.car()["t"], tests["statistic"]


def assert_same(left, right):
    for one, other in zip(left, right, strict=True):
        pd.testing.assert_series_equal(
            one.sort_index(), other.sort_index(), rtol=SAME, check_exact=False
        )


@quick
@given(seed=seeds, order=st.permutations(range(5)), columns=st.permutations(range(5)))
def test_the_order_of_events_and_assets(panel, seed, order, columns):
    drawn = draw(panel, seed)
    shuffled = remade(
        drawn,
        events=drawn.events.iloc[list(order)],
        returns=drawn.returns.iloc[:, list(columns)],
    )
    assert_same(numbers(drawn.study()), numbers(shuffled.study()))


@quick
@given(seed=seeds, order=st.permutations(range(2)))
def test_the_order_of_factors(panel, seed, order):
    drawn = panel(n_factors=2, seed=seed)
    turned = remade(drawn, benchmark=drawn.benchmark.iloc[:, list(order)])
    assert_same(numbers(drawn.study()), numbers(turned.study()))


@quick
@given(seed=seeds)
def test_the_names_of_firms_and_events(panel, seed):
    drawn = draw(panel, seed)
    names = {name: f"renamed {number * 7 % 5}" for number, name in enumerate(drawn.returns)}
    renamed = remade(
        drawn,
        returns=drawn.returns.rename(columns=names),
        events=drawn.events.assign(event_id=2025, asset=drawn.events["asset"].map(names)),
    )
    back = {new: old for old, new in names.items()}
    t, tests = numbers(renamed.study())
    t = t.rename(index=back, level="asset").rename(index={2025: "news"}, level="event_id")
    tests = tests.rename(index={2025: "news"}, level="event_id")
    assert_same(numbers(drawn.study()), (t, tests))


@quick
@given(seed=seeds, scale=st.floats(0.05, 3.0), model=st.sampled_from(["market", "mean"]))
def test_the_unit_of_returns_and_benchmark(panel, seed, scale, model):
    drawn = draw(panel, seed)
    scaled = remade(drawn, returns=drawn.returns * scale, benchmark=drawn.benchmark * scale)
    settings_ = {"model": model, "returns_are": "log", "window": (-1, 1)}
    plain, other = drawn.study(**settings_), scaled.study(**settings_)
    assert_same(numbers(plain), numbers(other))
    car = other.car()["car"] / scale
    pd.testing.assert_series_equal(car, plain.car()["car"], rtol=SAME, check_exact=False)


@quick
@given(seed=seeds, level=st.floats(-0.02, 0.02), slope=st.floats(0.5, 2.0))
def test_an_affine_change_of_the_benchmark(panel, seed, level, slope):
    """The market model spans it; the market-adjusted model does not, and must show that."""
    drawn = draw(panel, seed)
    moved = remade(drawn, benchmark=level + slope * drawn.benchmark)
    assert_same(numbers(drawn.study()), numbers(moved.study()))
    plain, other = (d.study(model="market_adjusted").car()["car"] for d in (drawn, moved))
    if abs(level) > 0.001:
        assert (plain - other).abs().max() > 1e-6


@quick
@given(seed=seeds)
def test_assets_that_belong_to_no_group(panel, seed):
    drawn = draw(panel, seed)
    groups = pd.Series(list("aab"), index=["firm0", "firm1", "firm3"])
    fewer = remade(drawn, events=drawn.events[drawn.events["asset"].isin(groups.index)])
    everyone = drawn.study().tests(groups=groups)
    members = fewer.study().tests(groups=groups)
    pd.testing.assert_frame_equal(everyone, members, rtol=SAME, check_exact=False)


@quick
@given(seed=seeds, effect=st.floats(-0.2, 0.2))
def test_an_effect_moves_the_mean_by_itself(panel, seed, effect):
    drawn = draw(panel, seed)
    returns = drawn.returns.copy()
    returns.iloc[130] += effect
    before, after = drawn.study().tests(), remade(drawn, returns=returns).study().tests()
    moved = (after["mean"] - before["mean"]).to_numpy()
    assert moved == pytest.approx(np.full(len(TESTS), effect), abs=1e-12)


@quick
@given(seed=seeds)
def test_the_other_sign_gives_the_other_sign(panel, seed):
    drawn = draw(panel, seed)
    mirrored = remade(drawn, returns=-drawn.returns)
    t, tests = numbers(mirrored.study())
    assert_same(numbers(drawn.study()), (-t, -tests))


@quick
@given(seed=seeds)
def test_dates_before_and_after_the_windows(panel, seed):
    drawn = draw(panel, seed)
    rows = slice(130 - 100, 131)
    cut = remade(drawn, returns=drawn.returns.iloc[rows], benchmark=drawn.benchmark.iloc[rows])
    assert_same(numbers(drawn.study()), numbers(cut.study()))
