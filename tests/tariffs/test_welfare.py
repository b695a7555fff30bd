"""Welfare under drawn elasticities: draws solved one by one, errors by simulation, drivers."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from research.tariffs.elasticities import ALL_GOODS, one_good_theta, theta_table
from research.tariffs.models.equilibrium import solve_equilibrium
from research.tariffs.scenario import load_scenario, scenario_of
from research.tariffs.scenario_rates import one_good_rates
from research.tariffs.welfare import (
    TOGETHER,
    Setting,
    draw_welfare,
    gains_by_set,
    one_at_a_time,
    summarise,
)
from research.tariffs.who_pays import monthly_rates
from research.tariffs.worlds import one_good

from .own_cases import raw

# Points of income; equilibria are solved to 1e-11 in logs.
SAME = 1e-8

LINE = {"importer": "USA", "exporters": ["JPN"], "rate_share": 0.15}
ANSWER = {"importer": "JPN", "exporters": ["USA"], "rate_share": 0.15}
PLAIN = {
    "revenue_use": "lump_sum",
    "labour_supply_elasticity": 0.0,
    "firm_pass_through": 1.0,
    "deficit_left_share": 1.0,
}
SWITCHES = {
    "sellers bear part of a duty": ({}, {"firm_pass_through": 0.8}),
    "labour supply elasticity": ({}, {"labour_supply_elasticity": 0.5}),
    "revenue cuts income tax, labour at 0.5": (
        {},
        {"labour_supply_elasticity": 0.5, "revenue_use": "income_tax"},
    ),
    "trade deficits": ({}, {"deficit_left_share": 0.0}),
}


def own(**changes):
    return scenario_of({"title": "own", "reason": "a test", "rates": [LINE]} | changes, "own")


def one_sector(scenario="deal_15", counterfactual="letter_25", **changes):
    states = [load_scenario(name) for name in (scenario, counterfactual)]
    return Setting(*states, **({"model": "one_sector", "year": 2023} | changes))


def many_sectors():
    return Setting(load_scenario("deal_15"), load_scenario("letter_25"))


def of_one_set(values):
    return pd.concat({"wto": pd.DataFrame(values)}, names=["set", "draw"])


def drawn(*sets, setting=None, draws=4, seed=3):
    return draw_welfare(setting or one_sector(), sets, draws=draws, seed=seed)


def effect_by_hand(setting, theta):
    """One case after the other, not many at once."""
    new, old = (
        setting.economy(state, theta).solve().welfare_pct
        for state in (setting.scenario, setting.counterfactual)
    )
    return new - old


def solved_by_hand(scenario, theta, year=2023, *, retaliation=False):
    """Real income, nominal income over prices, of one good: no labour, no disutility."""
    found = solve_equilibrium(
        one_good(year),
        theta=theta,
        old_rate_share=one_good_rates(load_scenario("mfn"), year, retaliation=False),
        new_rate_share=one_good_rates(scenario, year, retaliation=retaliation),
    ).countries
    return 100 * (found["income_hat"] / found["price_hat"] - 1)


@cache
def drivers_of_many_sectors():
    setting = many_sectors()
    theta = drawn("cp_estimated", "wto", setting=setting, draws=8).theta
    return setting, theta, one_at_a_time(setting, theta).set_index("driver")


@cache
def drivers_of_one_good(retaliation=False, **changes):
    new = own(**changes, retaliation=[ANSWER])
    states = [
        new,
        load_scenario("mfn").model_copy(update=changes | {"retaliation": new.retaliation}),
    ]
    setting = Setting(*states, model="one_sector", year=2023, retaliation=retaliation)
    theta = pd.DataFrame({ALL_GOODS: [2.0, 4.0, 9.0]})
    return setting, theta, one_at_a_time(setting, theta).set_index("driver")


def test_a_seed_is_its_draws():
    one, again, other = (drawn("wto", seed=seed) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one.effect_pct, again.effect_pct)
    pd.testing.assert_frame_equal(one.theta, again.theta)
    assert (one.theta.to_numpy() != other.theta.to_numpy()).all()
    assert (one.effect_pct["JPN"].to_numpy() != other.effect_pct["JPN"].to_numpy()).all()


def test_more_sets_leave_the_draws_of_the_first_as_they_are():
    alone, first = drawn("wto"), drawn("wto", "ilms")
    pd.testing.assert_frame_equal(alone.effect_pct, first.effect_pct.loc[["wto"]])
    assert list(first.theta.index.get_level_values("set")) == ["wto"] * 4 + ["ilms"] * 4


def test_every_draw_is_the_equilibrium_of_its_elasticity():
    found = drawn("ilms", "wto", draws=2)
    for place, theta in found.theta[ALL_GOODS].items():
        new, old = (solved_by_hand(load_scenario(s), theta) for s in ("deal_15", "letter_25"))
        for ours, by_hand in (
            (found.scenario_pct, new),
            (found.counterfactual_pct, old),
            (found.effect_pct, new - old),
        ):
            pd.testing.assert_series_equal(
                ours.loc[place], by_hand, check_names=False, atol=SAME, rtol=0
            )


def test_a_set_without_errors_repeats_its_estimate():
    found = drawn("fontagne", draws=5)
    assert found.theta[ALL_GOODS].tolist() == [one_good_theta("fontagne")] * 5
    assert (found.effect_pct.nunique() == 1).all()
    table = summarise(found.effect_pct)
    assert (table["low"] == table["high"]).all()
    assert set(table["chance_of_gain"]) <= {0.0, 1.0}
    assert (table["standard_error"] == 0).all()


def test_retaliation_is_in_the_states_that_know_it():
    answered = one_sector("deal_15", "mfn", retaliation=True)
    theta = one_good_theta("fontagne")
    found = drawn("fontagne", setting=answered, draws=1)
    deal = solved_by_hand(load_scenario("deal_15"), theta, retaliation=True)
    assert found.scenario_pct["USA"].item() == pytest.approx(deal["USA"], abs=SAME)
    assert found.counterfactual_pct["USA"].item() == pytest.approx(0, abs=SAME)


def test_quantiles_are_those_of_sorted_draws():
    """Of 21 draws the 5 % quantile is the second lowest, the median the eleventh."""
    values = np.random.default_rng(1).permutation(np.arange(-6, 15)) / 100
    row = summarise(of_one_set({"USA": values})).loc["USA"]
    assert row[["low", "central", "high"]].tolist() == pytest.approx([-0.05, 0.04, 0.13])
    assert row["chance_of_gain"] == 14 / 21  # Zero is no gain.


def test_the_error_of_one_set_is_binomial():
    table = summarise(of_one_set({"USA": [1.0] * 3 + [-1.0] * 7}))
    assert table.at["USA", "standard_error"] == pytest.approx((0.3 * 0.7 / 10) ** 0.5)


def test_the_error_of_a_mixture_is_what_other_draws_would_show():
    """Three sets with chances 0.1, 0.9 and 1: the spread of the share over 2,000 seeds."""
    rng, chances, n = np.random.default_rng(2), [0.1, 0.9, 1.0], 60

    def effect():
        signs = {
            k: pd.DataFrame({"USA": np.where(rng.random(n) < p, 1.0, -1.0)})
            for k, p in enumerate(chances)
        }
        return pd.concat(signs, names=["set", "draw"])

    shares = (rng.binomial(n, chances, (2_000, 3)).sum(axis=1)) / (3 * n)
    told = np.mean([summarise(effect()).at["USA", "standard_error"] for _ in range(40)])
    # 2,000 seeds know a spread to 1.6 %; the formula of one set would be 2.2 times too large.
    assert told == pytest.approx(shares.std(), rel=0.08)


def test_elasticities_move_one_group_at_a_time():
    setting, theta, table = drivers_of_many_sectors()
    middle = theta.median()
    assert table["base"].to_numpy() == pytest.approx(effect_by_hand(setting, middle)["USA"])
    rest = [sector for sector in theta.columns if sector not in ("TRQ", "MCH", "ELE")]
    for words, sectors, end, share in (
        ("vehicles", ["TRQ"], "low", 0.05),
        ("electronics", ["ELE"], "high", 0.95),
        ("all other sectors", rest, "high", 0.95),
    ):
        ends = dict(zip(sectors, np.quantile(theta[sectors], share, axis=0), strict=True))
        moved = pd.Series({sector: ends.get(sector, middle[sector]) for sector in theta.columns})
        row = table.loc[f"elasticity of {words}"]
        effect = effect_by_hand(setting, moved)["USA"]
        assert row[f"at_{end}"] == pytest.approx(effect, abs=SAME)
        sold = raw("world_io_2011_musd").filter(regex="^(USA_|FD_USA)").clip(lower=0).sum(axis=1)
        weights = [sold[f"JPN_{sector}"] for sector in ends]
        label = np.average(list(ends.values()), weights=weights)
        assert row[f"{end}_label"] == f"{label:.1f}"


def test_one_good_has_one_elasticity():
    _, theta, table = drivers_of_one_good()
    others, every = "duties on all others", TOGETHER
    switches = [others, *SWITCHES, "Japan answers", every]
    assert list(table.index) == ["elasticity of all goods", *switches]
    row = table.loc["elasticity of all goods"]
    low, high = np.quantile(theta[ALL_GOODS], [0.05, 0.95])
    assert (row["low_label"], row["high_label"]) == (f"{low:.1f}", f"{high:.1f}")


@pytest.mark.parametrize("name", list(SWITCHES))
@pytest.mark.parametrize("given", [{}, {"firm_pass_through": 0.5, "deficit_left_share": 0.5}])
def test_switches_go_from_off_to_on_whatever_the_states_have(name, given):
    setting, theta, table = drivers_of_one_good(**given)
    for end, change in zip(("at_low", "at_high"), SWITCHES[name], strict=True):
        moved = {key: PLAIN[key] for key in SWITCHES[name][1]} | change
        states = [s.model_copy(update=moved) for s in (setting.scenario, setting.counterfactual)]
        changed = replace(setting, scenario=states[0], counterfactual=states[1])
        effect = effect_by_hand(changed, theta.median())["USA"]
        assert table.at[name, end] == pytest.approx(effect, abs=SAME)
    assert np.allclose(table["at_low"].iloc[1:], table["base"].iloc[0], atol=SAME) == (not given)


def test_duties_on_all_others_are_those_collected_and_in_both_states():
    _, theta, table = drivers_of_one_good()
    collected = monthly_rates().dropna().iloc[-1]
    row = table.loc["duties on all others"]
    assert row["high_label"] == f"{100 * collected:.0f} %"
    named = [c for c in one_good(2023) if c not in ("USA", "JPN")]
    others = own(rates=[{"importer": "USA", "exporters": named, "rate_share": collected}]).rates
    states = [
        s.model_copy(update={"rates": (*others, *s.rates)}) for s in (own(), load_scenario("mfn"))
    ]
    new, old = (solved_by_hand(state, theta[ALL_GOODS].median()) for state in states)
    assert row["at_high"] == pytest.approx(new["USA"] - old["USA"], abs=SAME)
    assert row["at_low"] == pytest.approx(row["base"], abs=SAME)


@pytest.mark.parametrize("setting", [one_sector(), many_sectors()])
def test_gains_in_dollars_are_welfare_of_both_and_prices_are_what_income_leaves(setting):
    """Effects stood in per cent alone, without dollars of a household or prices."""
    row = gains_by_set(setting, ["fontagne"]).iloc[0]
    theta = theta_table("fontagne", setting.level)["theta"].to_frame().T
    points = setting.effect(theta).iloc[0]
    gdp = raw("world_regions_2023")["gdp_2023_musd"]
    assert row["us_bn"] == pytest.approx(points["USA"] * gdp["USA"] / 1e5)
    assert row["japan_bn"] == pytest.approx(points["JPN"] * gdp["JPN"] / 1e5)
    households = raw("observed").at["us_households", "value"]
    assert row["us_household"] * households == pytest.approx(1e9 * row["us_bn"])
    solved = [
        setting.economy(one, theta.iloc[0]).solve().countries.loc["USA"]
        for one in (setting.scenario, setting.counterfactual)
    ]
    level = [one["income_hat"] / one["welfare_hat"] / one["wage_hat"] for one in solved]
    assert row["us_price_pct"] == pytest.approx(100 * (level[0] / level[1] - 1))
    assert row["us_price_pct"] < 0


def test_draws_of_one_study_are_no_more_than_those_of_another():
    found = draw_welfare(one_sector(), ["fontagne", "cp_used", "cp_estimated"], draws=10, seed=1)
    assert found.theta.groupby(level="set").size().to_dict() == {
        "fontagne": 10,
        "cp_used": 5,
        "cp_estimated": 5,
    }


def test_all_together_go_from_every_switch_off_to_every_switch_on():
    found = {}
    for given in ({}, {"firm_pass_through": 0.5, "deficit_left_share": 0.5}):
        _, _, table = drivers_of_one_good(**given)
        found[len(given)] = table.loc[TOGETHER, ["at_low", "at_high"]]
    pd.testing.assert_series_equal(found[0], found[2], check_exact=False, atol=SAME)
    plain = drivers_of_one_good()[2]
    assert found[0]["at_low"] == pytest.approx(plain["base"].iloc[0], abs=SAME)
    assert found[0]["at_high"] not in plain["at_high"].drop(TOGETHER).tolist()


@pytest.mark.parametrize("retaliation", [False, True])
def test_japan_answers_from_no_to_yes_whether_or_not_the_setting_has_it(retaliation):
    _, _, table = drivers_of_one_good(retaliation=retaliation)
    row = table.loc["Japan answers"]
    state = own(retaliation=[ANSWER])
    base = load_scenario("mfn").model_copy(update={"retaliation": state.retaliation})
    no, yes = (
        solved_by_hand(state, 4.0, retaliation=on)["USA"]
        - solved_by_hand(base, 4.0, retaliation=on)["USA"]
        for on in (False, True)
    )
    assert (row["at_low"], row["at_high"]) == pytest.approx((no, yes), abs=SAME)
    assert row["base"] == row["at_high" if retaliation else "at_low"]
    assert yes != pytest.approx(no, abs=1e-4)


@pytest.mark.parametrize("answers", [[], [ANSWER]])
def test_no_answer_is_switched_on_that_a_state_does_not_know(answers):
    new = own(retaliation=answers)
    setting = Setting(new, load_scenario("mfn"), model="one_sector", year=2023)
    table = one_at_a_time(setting, pd.DataFrame({ALL_GOODS: [2.0, 4.0]}), "JPN")
    assert "Japan answers" not in table["driver"].tolist()
    assert (table["base"] < 0).all()
