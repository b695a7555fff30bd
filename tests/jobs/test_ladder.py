"""The rungs: PERT distributions, overrides, and ranges that are refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from research.errors import InputError
from research.jobs.ladder import load_ladder, rehearse

DEFAULTS = {
    "rungs": {},
    "scenario": "pledge",
    "mix": "drawn",
    "vintage": "both",
    "together": {},
}

RUNGS = load_ladder().names


def test_the_classical_pert_example():
    # Activity of 4, 7 and 16 days: mean (4 + 28 + 16) / 6 = 8.
    ladder = load_ladder({"delay_years": [4, 7, 16]})
    draws = ladder.draw(20_000, np.random.default_rng(550))["delay_years"]
    # Standard error of the mean: a sixth of the range (2) over the root of the draws, times 5.
    assert draws.mean() == pytest.approx(8, abs=5 * 2 / np.sqrt(20_000))
    assert (draws.min() >= 4, draws.max() <= 16) == (True, True)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
@settings(max_examples=25, deadline=None)
def test_quantiles_invert_the_density_of_a_stretched_beta(figures):
    low, central, high = figures
    ladder = load_ladder({"leak": figures})
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
    for name, low, high in ladder.table[["low", "high"]].itertuples():
        assert ends[name] == pytest.approx([low, high])
    assert set(ladder.draw(50, np.random.default_rng(1))["leak"]) == {0.3}
    assert set(ladder.draw(50, np.random.default_rng(1))["pledged_bn_usd"]) == {550.0}


def test_rungs_that_go_together_have_the_correlation_of_a_gaussian_copula():
    """They were drawn independently, always: normal scores correlate by the product of loadings."""
    loadings = {"selected_share": 0.9, "financed_share": 0.8, "delay_years": -0.5}
    drawn = load_ladder(together=loadings).draw(20_000, np.random.default_rng(3))
    alone = load_ladder().draw(20_000, np.random.default_rng(4))
    names = [*loadings, "leak"]
    ranks = np.array([stats.rankdata(drawn[name]) for name in names]) / 20_001
    loading = np.array([*loadings.values(), 0.0])
    expected = np.outer(loading, loading)
    np.fill_diagonal(expected, 1)
    # Standard error of a correlation near zero: 0.007.
    np.testing.assert_allclose(np.corrcoef(stats.norm.ppf(ranks)), expected, atol=0.03)
    for name in names:  # each rung keeps its own distribution
        assert stats.ks_2samp(drawn[name], alone[name]).pvalue > 1e-4
    one = load_ladder(together={"selected_share": 1, "financed_share": 1})
    drawn = one.draw(500, np.random.default_rng(3))
    order = np.argsort(drawn["selected_share"])
    assert (np.diff(drawn["financed_share"][order]) >= 0).all()


def test_without_a_weight_of_the_central_value_all_between_is_as_likely():
    ladder = replace(load_ladder({"leak": [0.2, 0.3, 0.6]}), weight=0.0)
    uniforms = np.full((3, len(RUNGS)), 0.5)
    uniforms[:, RUNGS.index("leak")] = [0.25, 0.5, 0.75]
    assert ladder.at(uniforms)["leak"] == pytest.approx([0.3, 0.4, 0.5])


def test_rungs_of_the_notebook_become_a_ladder():
    ladder = load_ladder({"selected_share": 0.5, "delay_years": [0, 1, 2]}, "nipa_2021")
    assert ladder.central()["selected_share"] == 0.5
    assert ladder.table.at["delay_years", "high"] == 2
    assert ladder.table.loc["nipa_weight", ["low", "high"]].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rungs": {"selected_shares": 1}}, "selected_share"),
        ({"rungs": {"selected_share": [0.5, 0.4]}}, "one number, or low, central and high"),
        ({"rungs": {"selected_share": 1.5}}, "share, from 0 to 1"),
        ({"rungs": {"delay_years": [3, 2, 1]}}, "low <= central <= high"),
        ({"rungs": {"productivity_growth_pct": 500}}, "from -50 to 50"),
        ({"rungs": {"nipa_weight": 0.3}, "vintage": "nipa_2021"}, "Leave one of them out"),
        ({"rungs": {"selected_share": 0.3}, "scenario": "named"}, "a scenario that selects"),
        ({"rungs": {"rest_announced_share": 1}, "mix": "expressions"}, "mix 'drawn'"),
        ({"together": {"selected_shar": 0.5}}, "selected_share"),
        ({"together": {"selected_share": 1.01}}, "a loading from -1 to 1"),
        ({"together": {"selected_share": float("nan")}}, "a loading from -1 to 1"),
        ({"rungs": {"leak": float("nan")}}, "rung leak"),
        ({"rungs": {"staff_factor": "much"}}, "one number, or low, central and high"),
        ({"rungs": {"staff_factor": [1, "much", 3]}}, "numbers; found 1, 'much', 3"),
        ({"rungs": {"staff_factor": True}}, "numbers; found True"),
    ],
)
def test_parameters_that_cannot_be_modelled(change, words):
    with pytest.raises(InputError, match=words):
        rehearse(DEFAULTS | change)


def test_all_parameters_that_are_wrong_are_named_at_once():
    with pytest.raises(InputError) as caught:
        rehearse(DEFAULTS | {"rungs": {"nothing": 1, "leak": 2, "delay_years": [1, 2]}})
    assert len(caught.value.faults) == 3
