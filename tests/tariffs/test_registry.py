"""All models on one scenario: no change where none is asked, one answer where they must agree."""

import numpy as np
import pandas as pd
import pytest

from research.tariffs.elasticities import load_thetas
from research.tariffs.models.registry import MODELS, Case, compare, effects
from research.tariffs.models.solver import ConvergenceError
from research.tariffs.scenario import load_scenario, scenario_of
from research.tariffs.worlds import gdp_musd, one_good, us_imports, us_markets, world_of_2011

from .own_cases import flat, thetas

EFFECTS = [
    "imports_pct",
    "other_imports_pct",
    "price_pct",
    "revenue_bn_usd",
    "welfare_pct",
    "japan_welfare_pct",
]


@pytest.mark.parametrize("name", list(MODELS))
def test_nothing_moves_where_nothing_changes(name):
    deal = load_scenario("deal_15")
    assert effects(MODELS[name], Case(deal, thetas(3.0)), deal).to_numpy() == pytest.approx(0)


def test_models_agree_on_signs_that_theory_gives():
    table = compare(Case(load_scenario("letter_25"), thetas(2.0)), load_scenario("deal_15"))
    assert (table["refused"] == "").all()
    assert (table["imports_pct"] < 0).all()
    assert (table["price_pct"] <= 0).all()
    assert (table["japan_welfare_pct"] <= 0).all()
    assert (table["other_imports_pct"] > 0).all()
    assert table.loc["given_prices", "price_pct"] == 0


def test_a_country_that_a_model_does_not_tell_apart_is_named_by_that_model():
    rate = {"importer": "USA", "exporters": ["TWN"], "rate_share": 0.1}
    own = scenario_of({"title": "own", "reason": "a test", "rates": [rate]}, "own")
    table = compare(Case(own, thetas(2.0)), load_scenario("mfn"))
    refused = table.index[table["refused"] != ""]
    assert list(refused) == ["gsim", "one_sector"]
    assert table.loc[refused, "refused"].str.contains("rates on TWN").all()
    assert table.loc[refused, EFFECTS].isna().all(axis=None)


def test_an_elasticity_below_the_bound_is_refused_by_general_equilibrium_alone():
    table = compare(Case(load_scenario("deal_15"), thetas(-0.24)), load_scenario("mfn"))
    refused = table.index[table["refused"] != ""]
    general = ["one_sector", "one_sector_2011", "no_inputs", "many_sectors"]
    assert list(refused) == general
    assert table.loc[general, "refused"].str.contains("above 0").all()


def test_a_model_without_an_equilibrium_says_so_beside_the_others():
    all_at_once = {
        "title": "own",
        "reason": "a test",
        "rates": [
            {"importer": name, "exporters": ["all"], "rate_share": 2.0}
            for name in ("USA", "JPN", "CHN", "MEX", "CAN")
        ],
        "firm_pass_through": 0.1,
        "labour_supply_elasticity": 10.0,
        "deficit_left_share": 0.0,
        "revenue_use": "income_tax",
    }
    own = scenario_of(all_at_once, "own")
    with pytest.raises(ConvergenceError):
        effects(MODELS["many_sectors"], Case(own, load_thetas("cp_used")), own)
    table = compare(Case(own, load_thetas("cp_used")), load_scenario("mfn"))
    lost = table["refused"].str.contains("largest residual")
    assert lost["many_sectors"]
    assert table.loc[lost, EFFECTS].isna().all(axis=None)
    assert table.loc[~lost, EFFECTS].notna().all(axis=None)


def test_a_scenarios_options_reach_general_equilibrium():
    plain, nothing = flat(0.15), load_scenario("free_trade")
    content = {"title": "own", "reason": "a test", "firm_pass_through": 0.5}
    rate = {"importer": "USA", "exporters": ["JPN"], "rate_share": 0.15}
    borne = scenario_of(content | {"rates": [rate]}, "own")
    for name in ("one_sector", "many_sectors"):
        free, half = (effects(MODELS[name], Case(s, thetas(4.0)), nothing) for s in (plain, borne))
        assert half["welfare_pct"] > free["welfare_pct"]
        assert half["price_pct"] < free["price_pct"]


def test_the_world_of_2023_adds_up_to_gross_domestic_product():
    flows = one_good(2023)
    assert flows.sum(axis=1).to_numpy() == pytest.approx(gdp_musd().reindex(flows.index).to_numpy())
    assert (np.diag(flows) > 0).all()


def test_us_markets_hold_imports_as_they_are_and_home_sales_in_the_share_of_2011():
    markets, imports = us_markets(), us_imports()
    pd.testing.assert_frame_equal(markets.drop(index="USA"), imports, check_names=False)
    bought = world_of_2011().flows_musd["USA"].xs("TRQ")
    share = bought["USA"] / bought.sum()
    assert markets.loc["USA", "MVH"] / markets["MVH"].sum() == pytest.approx(share)
