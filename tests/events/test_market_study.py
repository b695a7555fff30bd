"""The market study on the bundled figures, held against plain recomputation."""

import pandas as pd
import pytest
import statsmodels.api as sm

from research.errors import InputError
from research.events import (
    previous_sessions,
)
from research.events.study import react

#: Two ways through the same algebra in double precision.
EXACT = 1e-10

SETTINGS = {"model": "market", "window": (0, 1), "estimation": (-130, -11)}


def test_each_share_is_measured_against_its_own_market(market, events):
    event = events.loc[["consultation_2_statement"]]
    result = react(market, event, ["energy", "jp_chip"], **SETTINGS)
    car = result.car((0, 1)).loc[event.index[0]]
    for asset, benchmark in (("XOM", "SP500"), ("8035.T", "TOPIX")):
        own = market.returns[benchmark].dropna().index
        day = own.get_loc(pd.Timestamp("2025-12-24"))
        before, window = own[day - 130 : day - 10], own[day : day + 2]
        y = market.returns[asset]
        fit = sm.OLS(y[before], sm.add_constant(market.returns.loc[before, benchmark])).fit()
        usual = fit.predict(sm.add_constant(market.returns.loc[window, benchmark]))
        assert car.loc[asset, "car"] == pytest.approx((y[window] - usual).sum(), abs=EXACT)


def test_events_beyond_the_sample_are_listed_not_lost(market, events):
    chosen = events.loc[["consultation_2", "s122_expiry_scheduled"]]
    result = react(market, chosen, ["chip"], **SETTINGS)
    outside = result.dropped[result.dropped["part"] == "event"]
    assert list(outside["event_id"]) == ["s122_expiry_scheduled"]
    assert result.summary((0, 1)).index.get_level_values("event_id").unique() == ["consultation_2"]


def test_unknown_groups_are_named_together(market, events):
    with pytest.raises(InputError, match=r"'chips'.*\n.*'index'"):
        react(market, events.head(1), ["chips", "chip", "index"], **SETTINGS)


def test_an_event_after_the_last_figure_is_refused(market, events):
    with pytest.raises(InputError, match=r"s122_expiry_scheduled.*2026-07-24 \(XNYS\)"):
        react(market, events.loc[["s122_expiry_scheduled"]], ["chip"], **SETTINGS)


def test_tokyo_against_the_night_before_equals_statsmodels(market, events):
    result = react(
        market,
        events.loc[["consultation_2"]],
        ["chip", "jp_chip"],
        **SETTINGS,
        with_previous_new_york=True,
    )
    night = previous_sessions(market.returns["SP500"], "XNYS", "XTKS")["return"]
    own = market.returns["TOPIX"].dropna().index
    day = own.get_loc(pd.Timestamp("2025-12-24"))
    before, window = own[day - 130 : day - 10], own[day : day + 2]
    x = sm.add_constant(pd.DataFrame({"topix": market.returns["TOPIX"], "night": night}))
    y = market.returns["8035.T"]
    fit = sm.OLS(y[before], x.loc[before]).fit()
    car = result.car((0, 1)).loc["consultation_2", "car"]
    assert car["8035.T"] == pytest.approx((y[window] - fit.predict(x.loc[window])).sum(), abs=EXACT)
    plain = react(market, events.loc[["consultation_2"]], ["chip"], **SETTINGS)
    nvidia = [
        one.car((0, 1)).loc[("consultation_2", "NVDA"), ["car", "se"]] for one in (plain, result)
    ]
    assert list(nvidia[0]) == pytest.approx(list(nvidia[1]), rel=EXACT)


def test_days_of_other_events_are_cut_from_the_estimation_on_each_exchange(market, events):
    others = events.loc[["takaichi_pm", "scotus_ruling", "consultation_2"]]
    asked = (market, events.loc[["consultation_2"]], ["chip", "jp_chip"])
    plain, cut = (react(*asked, **SETTINGS, **more) for more in ({}, {"exclude": others}))
    # Of the three, the first lies in the estimation window, the second after it.
    assert (plain.units["n_estimation"] - cut.units["n_estimation"] == 2).all()
    assert not cut.units["confounded"].any()
