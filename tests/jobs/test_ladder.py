"""The rungs: PERT distributions, overrides, and ranges that are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from research.data import load_table
from research.errors import InputError
from research.jobs.ladder import load_ladder

RUNGS = (
    "pledged_bn_usd",
    "selected_share",
    "financed_share",
    "additional_share",
    "delay_years",
    "inflation_pct",
    "import_factor",
    "consumption_share",
    "leak",
    "productivity_growth_pct",
    "nipa_weight",
    "staff_factor",
    "trades_slack_share",
    "crowding_out_share",
    "build_time_position",
    "operation_position",
)


def test_the_rungs_are_those_of_the_model_in_order():
    assert load_ladder().names == RUNGS


def test_the_table_is_given_back():
    table = load_ladder().table()
    assert table.index.name == "rung"
    assert table.astype(object).equals(
        load_table("jobs/ladder_rungs").loc[:, table.columns].astype(object)
    )


def test_the_classical_pert_example():
    # Activity of 4, 7 and 16 days: mean (4 + 28 + 16) / 6 = 8.
    ladder = load_ladder({"delay_years": {"low": 4, "central": 7, "high": 16}})
    assert ladder.mean()["delay_years"] == 8
    draws = ladder.draw(200_000, np.random.default_rng(550))["delay_years"]
    # Standard error of the mean: a sixth of the range (2) over the root of the draws, times 5.
    assert draws.mean() == pytest.approx(8, abs=5 * 2 / np.sqrt(200_000))
    assert (draws.min() >= 4, draws.max() <= 16) == (True, True)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_quantiles_invert_the_density_of_a_stretched_beta(figures):
    low, central, high = figures
    ladder = load_ladder({"leak": {"low": low, "central": central, "high": high}})
    uniforms = np.full((3, len(RUNGS)), 0.5)
    uniforms[:, RUNGS.index("leak")] = [0.1, 0.5, 0.9]
    values = ladder.at(uniforms)["leak"]
    assert (values >= low).all()
    assert (values <= high).all()
    if high - low > 1e-6:
        a = 1 + 4 * (central - low) / (high - low)
        # By hand: integrate the density to the quantile, without the library's own inverse.
        for value, u in zip((values - low) / (high - low), (0.1, 0.5, 0.9), strict=True):
            area = integrate.quad(stats.beta(a, 6 - a).pdf, 0, value)[0]
            assert area == pytest.approx(u, abs=1e-6)


def test_ends_and_fixed_rungs():
    ladder = load_ladder({"leak": 0.3})
    k = len(ladder.names)
    ends = ladder.at(np.array([[0.0] * k, [1.0] * k]))
    for name, rung in ladder.rungs.items():
        assert ends[name] == pytest.approx([rung.low, rung.high])
    assert set(ladder.draw(50, np.random.default_rng(1))["leak"]) == {0.3}
    assert set(ladder.draw(50, np.random.default_rng(1))["pledged_bn_usd"]) == {550.0}


@given(st.integers(0, 2**32 - 1))
def test_values_rise_with_the_uniform_and_follow_the_seed(seed):
    ladder = load_ladder()
    u = np.sort(np.random.default_rng(seed).random((20, len(RUNGS))), axis=0)
    assert all((np.diff(values) >= 0).all() for values in ladder.at(u).values())
    again = [ladder.draw(5, np.random.default_rng(seed)) for _ in range(2)]
    assert all((again[0][name] == again[1][name]).all() for name in RUNGS)


def test_a_sobol_sequence_gives_the_means_more_closely_than_chance():
    ladder = load_ladder()
    values = ladder.at(stats.qmc.Sobol(len(RUNGS), seed=550).random_base2(12))
    for name, mean in ladder.mean().items():
        rung = ladder.rungs[name]
        # A thousandth of the range; 4,096 random draws would be off by up to 0.5 %.
        assert values[name].mean() == pytest.approx(mean, abs=1e-3 * (rung.high - rung.low) + 1e-9)


def test_draws_of_different_rungs_are_independent():
    draws = load_ladder().draw(20_000, np.random.default_rng(550))
    free = [draws[name] for name in RUNGS if np.ptp(draws[name]) > 0]
    off = np.corrcoef(free) - np.eye(len(free))
    # Five standard errors of a correlation of 20,000 pairs.
    assert np.abs(off).max() < 5 / np.sqrt(20_000)


def test_a_changed_rung_is_no_longer_sourced():
    ladder = load_ladder({"pledged_bn_usd": 400, "selected_share": {"high": 0.8}})
    assert ladder.rungs["pledged_bn_usd"].basis == "assumption"
    assert ladder.rungs["pledged_bn_usd"].source == "set by the caller"
    assert ladder.central()["pledged_bn_usd"] == 400
    bundled, changed = load_ladder().rungs["selected_share"], ladder.rungs["selected_share"]
    assert (changed.low, changed.central, changed.high) == (bundled.low, bundled.central, 0.8)


def test_every_fault_of_the_overrides_is_named_at_once():
    with pytest.raises(InputError) as caught:
        load_ladder(
            {
                "selected_shar": 0.5,
                "financed_share": 1.2,
                "additional_share": {"low": 0.9},
                "delay_years": -1,
                "leak": {"middle": 0.3},
                "staff_factor": "much",
                "nipa_weight": float("nan"),
            }
        )
    text = str(caught.value)
    assert "Did you mean selected_share?" in text
    for name in ("financed_share", "additional_share", "delay_years", "leak", "staff_factor"):
        assert f"rung {name}" in text
    assert "rung nipa_weight: asked for finite" in text
    assert "'middle'" in text


@pytest.mark.parametrize(
    "uniforms", [np.zeros(13), np.zeros((4, 12)), np.full((2, 13), 1.5), np.full((2, 13), np.nan)]
)
def test_uniforms_of_another_shape_or_range_are_refused(uniforms):
    with pytest.raises(InputError, match="uniforms"):
        load_ladder().at(uniforms)


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_a_number_of_draws_that_is_none_is_refused(n):
    with pytest.raises(InputError, match="a whole number"):
        load_ladder().draw(n, np.random.default_rng(1))
