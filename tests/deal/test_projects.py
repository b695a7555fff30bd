"""Projects are drawn as their ranges say, and a simulator that knows the truth finds it again."""

import numpy as np
import pandas as pd
import pytest

from research.deal.projects import load_kinds, portfolio, project_cash
from research.deal.terms import Terms
from research.deal.value import irr, npv, outcomes
from research.deal.waterfall import share_out

#: Rates are solved to a relative 1e-12 of growth, in per cent.
SOLVED = 1e-8
NIL = ("overrun_pct", "delay_years", "hazard_pct")
ENDS = ["low", "central", "high"]
USUAL = {
    "reading": "B", "compounding": "annual", "payment_order": "interest first",
    "crossing_year": "split", "loss_rule": "as cash", "claw_back": "none", "pooling": "project",
    "deemed_rate_pct": 6.0, "funding_cost_pct": 0.0,
}  # fmt: skip


def kinds_with(**fixed):
    """Give the usual ranges, of which some quantities are one figure for all kinds."""
    kinds = load_kinds()
    for quantity, figure in fixed.items():
        kinds.loc[(slice(None), quantity), :] = figure
    return kinds


def one_project(start_year=2026):
    row = {"kind": "gas power", "amount_bn_usd": 12.0, "start_year": start_year}
    return pd.DataFrame([row], index=["plant"])


def test_a_return_comes_out_as_it_was_put_in():
    """Without overrun, delay and default each project earns what was drawn, PERT's mean."""
    kinds, projects = kinds_with(**dict.fromkeys(NIL, 0.0)), portfolio()
    found = project_cash(projects, kinds, draws=4000, seed=550)
    earned = irr(found.cash - found.paid_in)
    np.testing.assert_allclose(earned, found.return_pct, atol=SOLVED)
    assert not found.failed.any()
    np.testing.assert_allclose(
        found.paid_in.sum(axis=-1), np.tile(projects["amount_bn_usd"], (4000, 1))
    )
    rows = kinds.xs("return_pct", level="quantity").loc[projects["kind"]]
    mean = (rows["low"] + 4 * rows["central"] + rows["high"]) / 6
    # Seven standard errors of the widest range.
    np.testing.assert_allclose(earned.mean(axis=0), mean, atol=7 * 1.6 / np.sqrt(4000))


def test_one_plant_by_hand():
    """12 bn in two halves, a ramp of two years, three years of life, a year late, half dearer."""
    kinds = kinds_with(
        build_years=2, ramp_years=2, life_years=3, return_pct=10, overrun_pct=50, delay_years=1,
        hazard_pct=0,
    )  # fmt: skip
    found = project_cash(one_project(2027), kinds, draws=2, seed=1)
    level = (6 / 1.1 + 6 / 1.1**2) / (0.5 / 1.1**3 + 1 / 1.1**4 + 1 / 1.1**5)
    np.testing.assert_allclose(found.paid_in[0, 0], [0, 9, 9, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(found.cash[1, 0], [0, 0, 0, 0, level / 2, level, level, 0])


def test_defaults_come_as_often_and_bring_back_as_much_as_was_put_in():
    kinds = kinds_with(
        build_years=3, delay_years=0, ramp_years=1, life_years=20, overrun_pct=0, hazard_pct=2,
        hazard_times=2, hazard_years=10, recovery_pct=60,
    )  # fmt: skip
    found = project_cash(one_project(), kinds, draws=20_000, seed=2)
    expected = 1 - 0.96**10
    assert found.failed.mean() == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 20_000))
    for row in range(200):
        cash, paid, back = (x[row, 0] for x in (found.cash, found.paid_in, found.salvage))
        if not found.failed[row, 0]:
            assert back.sum() == 0
            continue
        year = int(np.flatnonzero(back)[0])
        assert 1 <= year <= 10
        assert paid[year:].sum() == cash[year + 1 :].sum() == 0
        assert cash[year] == back[year]
        assert paid.sum() == pytest.approx(4 * min(year, 3))
        assert back[year] == pytest.approx(0.6 * paid.sum() * (1 - max(year - 3, 0) / 20))


def test_years_keep_their_mean_when_rounded_and_a_seed_gives_the_same():
    kinds, plant = kinds_with(**dict.fromkeys(NIL, 0.0) | {"build_years": 2.5}), one_project()
    first, again, other = (
        project_cash(plant, kinds, draws=4000, seed=seed) for seed in (3, 3, 4)
    )  # fmt: skip
    built = (first.paid_in > 0).sum(axis=-1)
    assert set(np.unique(built)) == {2, 3}
    assert built.mean() == pytest.approx(2.5, abs=0.04)
    np.testing.assert_array_equal(first.cash, again.cash)
    assert not np.array_equal(first.return_pct, other.return_pct)


def test_a_change_of_one_quantity_leaves_the_draws_of_the_others():
    usual = project_cash(portfolio(), load_kinds(), draws=50, seed=5)
    safe = project_cash(portfolio(), kinds_with(hazard_pct=0.0), draws=50, seed=5)
    assert 0 < usual.failed.sum() < usual.failed.size
    assert not safe.failed.any()
    for before, after in ((usual.cash, safe.cash), (usual.paid_in, safe.paid_in)):
        np.testing.assert_array_equal(before[~usual.failed], after[~usual.failed])


def test_the_portfolio_is_the_announced_rounds_up_to_the_pledge():
    """Projects of 109 billion, five times over and a little more of each."""
    found = portfolio()
    assert found["amount_bn_usd"].sum() == pytest.approx(550)
    assert len(found) == 6 * 5
    assert found.index.is_unique
    first = found["amount_bn_usd"].filter(like="copy 1")
    assert first.sum() / 109 == pytest.approx(550 / (5 * 109))


def test_outcomes_of_a_portfolio_by_hand():
    """One project pays 121 on 100, one nothing on 50, under reading B at a deemed 6 %."""
    cash, paid_in = np.zeros((2, 1, 2, 3))
    cash[0, 0, 2], paid_in[0, :, 0] = 121, (100, 50)
    shared = share_out(cash, paid_in, Terms(**USUAL))
    found = outcomes(shared, 10.0).iloc[0]
    interest, tail = 112.36 - 100, 121 - 112.36
    japan, us = 100 + interest / 2 + 0.1 * tail, interest / 2 + 0.9 * tail
    assert found["japan_npv"] == pytest.approx(japan / 1.21 - 150)
    assert found["us_npv"] == pytest.approx(us / 1.21)
    assert [*found[["us_npv_share", "us_cash_share"]]] == pytest.approx([us / 121] * 2)
    assert found["japan_irr_pct"] == pytest.approx(100 * (np.sqrt(japan / 150) - 1))
    assert found["project_irr_pct"] == pytest.approx(100 * (np.sqrt(121 / 150) - 1))
    assert (found["japan_loss"], found["project_loss"]) == (50, 50)
    thin = outcomes(share_out(cash * 0.8, paid_in, Terms(**USUAL | {"reading": "A"})), 10.0).iloc[0]
    assert thin["japan_loss"] == pytest.approx(50 + 100 - 96.8 / 2)
    assert thin["project_loss"] == pytest.approx(50 + 3.2)
    sides = npv(shared.japan_net + shared.us, 10.0).sum()
    assert sides == pytest.approx(npv(cash - paid_in, 10.0).sum())
