"""What may not matter does not matter: order, names, units, bystanders."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

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
def test_the_other_sign_gives_the_other_sign(panel, seed):
    drawn = draw(panel, seed)
    mirrored = remade(drawn, returns=-drawn.returns)
    t, tests = numbers(mirrored.study())
    assert_same(numbers(drawn.study()), (-t, -tests))
