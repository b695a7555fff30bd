"""The market study on the bundled figures, held against plain recomputation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from research.errors import InputError
from research.events import (
    contrasts,
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


def residuals_of(market, asset, benchmark, day):
    own = market.returns[benchmark].dropna().index
    place = own.get_loc(pd.Timestamp(day))
    before = own[place - 130 : place - 10]
    design = sm.add_constant(market.returns.loc[before, benchmark])
    return sm.OLS(market.returns.loc[before, asset], design, missing="drop").fit().resid


def test_two_exchanges_a_night_apart_by_plain_loops(market, events):
    """The pause came on 9 April in New York and on the 10th in Tokyo: no date in common."""
    result = react(market, events.loc[["pause_90_days"]], ["chip", "jp_chip"], **SETTINGS)
    row = contrasts(result, [("jp_chip", "chip")], window=(0, 0)).iloc[0]
    car = result.car((0, 0)).loc["pause_90_days"].dropna()
    york, tokyo = (list(car.index[car["group"] == name]) for name in ("chip", "jp_chip"))
    e = {a: residuals_of(market, a, "SP500", "2025-04-09") for a in york}
    e |= {a: residuals_of(market, a, "TOPIX", "2025-04-10") for a in tokyo}
    sessions = market.returns["TOPIX"].dropna().index
    follows = {day: sessions[sessions > day][0] for day in e[york[0]].index}
    total = 0.0
    for a in car.index:
        for b in car.index:
            if (a in york) == (b in york):
                pairs = [(e[a][d], e[b][d]) for d in e[a].index if d in e[b].index]
            else:
                ny, jp = (a, b) if a in york else (b, a)
                days = [d for d in e[ny].index if follows[d] in e[jp].index]
                pairs = [(e[ny][d], e[jp][follows[d]]) for d in days]
            x, y = np.array(pairs).T
            r = (x @ y) / np.sqrt((x @ x) * (y @ y))
            sign = 1 if (a in york) == (b in york) else -1
            weight = (len(york) if a in york else len(tokyo)) * (
                len(york) if b in york else len(tokyo)
            )
            total += sign * r * car.at[a, "se"] * car.at[b, "se"] / weight
    assert row["se"] == pytest.approx(np.sqrt(total), rel=1e-9)
    assert row["overlap"] == 0
    assert row["correlation"] > 0.4


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
    assert car["NVDA"] == plain.car((0, 1)).loc[("consultation_2", "NVDA"), "car"]


def test_days_of_other_events_are_cut_from_the_estimation_on_each_exchange(market, events):
    others = events.loc[["takaichi_pm", "scotus_ruling", "consultation_2"]]
    asked = (market, events.loc[["consultation_2"]], ["chip", "jp_chip"])
    plain, cut = (react(*asked, **SETTINGS, **more) for more in ({}, {"exclude": others}))
    # Of the three, the first lies in the estimation window, the second after it.
    assert (plain.units["n_estimation"] - cut.units["n_estimation"] == 2).all()
    assert not cut.units["confounded"].any()
