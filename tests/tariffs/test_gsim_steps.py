"""Small steps of the linear model: one step is the model, many are constant elasticities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.data import load_gsim_example
from research.errors import InputError
from research.tariffs.armington import armington
from research.tariffs.gsim import gsim
from research.tariffs.gsim_steps import gsim_in_steps, gsim_limit

ELASTICITIES = {
    "import_demand_elasticity": -1.0,
    "export_supply_elasticity": 1.5,
    "substitution_elasticity_sigma": 5.0,
}


def one_importer(rate):
    """Three suppliers, one of them at home; the rate falls on the first."""
    trade = pd.DataFrame({"home": [30.0, 50.0, 400.0]}, ["a", "b", "home"])
    before = trade * 0 + 1
    after = before.copy()
    after.loc["a"] = 1 + rate
    return trade, before, after


def example():
    case = load_gsim_example()
    free = case.tariff_power.copy()
    free.loc["US", "EU"] = free.loc["EU", "US"] = 1.0
    elasticities = {
        "import_demand_elasticity": case.import_demand_elasticity,
        "export_supply_elasticity": case.export_supply_elasticity,
        "substitution_elasticity_sigma": case.substitution_elasticity,
    }
    return (case.trade, case.tariff_power, free), elasticities


def test_one_step_is_the_model():
    case = one_importer(0.15)
    path = gsim_in_steps(*case, steps=1, **ELASTICITIES)
    once = gsim(*case, **ELASTICITIES)
    pd.testing.assert_frame_equal(path.trade_value, once.trade_value)
    pd.testing.assert_frame_equal(path.welfare, once.summary())
    assert path.world_price_ratio.to_numpy() == pytest.approx(
        1 + once.world_price_change_share.to_numpy()
    )


@pytest.mark.parametrize("rate", [0.05, 0.25, 1.0])
def test_many_steps_end_at_the_exact_model_of_one_importer(rate):
    """CES with constant elasticities, solved by roots: the limit for a change of any size."""
    trade, before, after = one_importer(rate)
    exact = armington(trade["home"], before["home"], after["home"], **ELASTICITIES)
    errors = []
    for steps in (20, 40, 80):
        path = gsim_in_steps(trade, before, after, steps=steps, **ELASTICITIES)
        gap = path.trade_value["home"] / exact.suppliers["trade_value"] - 1
        errors.append(gap.abs().max())
    assert errors[-1] < 0.02 * rate
    assert np.divide(errors[:-1], errors[1:]) == pytest.approx(2, abs=0.2)  # first order
    assert path.world_price_ratio.to_numpy() == pytest.approx(
        exact.suppliers["world_price_ratio"].to_numpy(), rel=0.01 * rate
    )
    assert path.welfare["consumer_surplus_change"].sum() == pytest.approx(
        exact.consumer_surplus_change, rel=2e-2
    )


@pytest.mark.parametrize("rate", [0.05, 0.25, 1.0])
def test_the_limit_is_the_exact_model_of_one_importer(rate):
    trade, before, after = one_importer(rate)
    exact = armington(trade["home"], before["home"], after["home"], **ELASTICITIES)
    errors = []
    for steps in (8, 16, 32):
        path = gsim_limit(trade, before, after, steps=steps, **ELASTICITIES)
        gap = path.trade_value["home"] / exact.suppliers["trade_value"] - 1
        errors.append(gap.abs().max())
    assert errors[-1] < 2e-3 * rate**2
    assert np.divide(errors[:-1], errors[1:]) == pytest.approx(4, abs=0.6)  # second order
    assert path.world_price_ratio.to_numpy() == pytest.approx(
        exact.suppliers["world_price_ratio"].to_numpy(), rel=5e-4 * rate
    )
    assert path.welfare["consumer_surplus_change"].sum() == pytest.approx(
        exact.consumer_surplus_change, rel=2e-3
    )


def test_the_limit_is_told_from_two_paths():
    case, elasticities = example()
    short, long = (gsim_in_steps(*case, steps=steps, **elasticities) for steps in (10, 20))
    limit = gsim_limit(*case, steps=10, **elasticities)
    log_price = 2 * np.log(long.world_price_ratio) - np.log(short.world_price_ratio)
    assert np.log(limit.world_price_ratio).to_numpy() == pytest.approx(log_price.to_numpy())
    pd.testing.assert_frame_equal(limit.welfare, 2 * long.welfare - short.welfare)
    far = gsim_in_steps(*case, steps=400, **elasticities)
    assert limit.trade_value.to_numpy() == pytest.approx(far.trade_value.to_numpy(), rel=0.01)
    assert (limit.trade_value.to_numpy() == 0).sum() == (case[0].to_numpy() == 0).sum()


def test_one_step_is_far_from_it_where_the_change_is_large():
    trade, before, after = one_importer(0.25)
    exact = armington(trade["home"], before["home"], after["home"], **ELASTICITIES)
    once = gsim(trade, before, after, **ELASTICITIES)
    taxed = once.trade_value.at["a", "home"] / exact.suppliers.at["a", "trade_value"]
    assert taxed < 0.9


def test_one_step_understates_the_published_example():
    """Its tariffs are high: the step misses what its own elasticities give along the way."""
    case, elasticities = example()
    once = gsim(*case, **elasticities).world_price_change_share
    long = gsim_limit(*case, **elasticities).world_price_ratio - 1
    assert (np.sign(long) == np.sign(once)).all()
    gainers = ["US", "EU"]
    assert (long[gainers] / once[gainers]).to_numpy() == pytest.approx([1.6, 1.65], abs=0.1)


def test_nothing_moves_where_nothing_changes():
    trade, before, _ = one_importer(0.1)
    path = gsim_limit(trade, before, before, **ELASTICITIES)
    pd.testing.assert_frame_equal(path.trade_value, trade)
    assert path.welfare.to_numpy() == pytest.approx(0)


def test_a_step_that_wipes_out_a_flow_is_refused_by_name():
    trade, before, after = one_importer(1.0)
    steep = ELASTICITIES | {"substitution_elasticity_sigma": 30.0}
    with pytest.raises(InputError, match=r"trade, a to home: asked for a flow above zero"):
        gsim_in_steps(trade, before, after, steps=1, **steep)
    path = gsim_in_steps(trade, before, after, steps=50, **steep)
    assert path.trade_value.min().min() > 0


def test_no_steps_are_no_path():
    with pytest.raises(InputError, match="at least 1; found 0"):
        gsim_in_steps(*one_importer(0.1), steps=0, **ELASTICITIES)
