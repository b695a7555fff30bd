"""Welfare, models and forecasts in frames, against draws made by hand and closed forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.tariffs.model_frames import (
    MEASURES,
    SHOWN,
    forecasts_frame,
    lost_exports_pct,
    models_frame,
    welfare_frame,
)
from research.tariffs.models import Case
from research.tariffs.names import COUNTRY_NAMES, SET_NAMES
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.welfare_draws import WelfareDraws
from research.tariffs.worlds import us_markets

from .own_cases import raw, sold_by_japan_musd, thetas

THETA = 4.0
RANGE = ["low", "central", "high"]


def draws_of(new, old=None):
    """Make draws from arrays by set: in the scenario Japan has ten points less than all others."""
    arrays = new, old or {name: values * 0 for name, values in new.items()}
    scenario, before = (
        pd.concat({name: pd.Series(values) for name, values in each.items()}, names=["set", "draw"])
        for each in arrays
    )
    tables = [
        pd.DataFrame({name: values - less * (name == "JPN") for name in SHOWN})
        for values, less in ((scenario, 10), (before, 0))
    ]
    return WelfareDraws(*tables, pd.DataFrame(index=scenario.index))


def hundred(top):
    """Give 101 draws, so that every hundredth is a quantile, in no order."""
    return np.random.default_rng(3).permutation(np.linspace(0, top, 101))


def japan(name):
    return us_rates(load_scenario(name)).loc["JPN"]


def gdp_of_japan_musd():
    return raw("world_regions_2023").at["JPN", "gdp_2023_musd"]


def test_welfare_has_a_row_for_each_country_and_set_and_all_sets_last():
    frame = welfare_frame(draws_of({"wto": hundred(1), "ilms": hundred(2)}))
    words = [SET_NAMES[name] for name in ("wto", "ilms", "mixture")]
    assert list(frame["elasticities"]) == words * len(SHOWN)
    assert list(frame["country"]) == [COUNTRY_NAMES[name] for name in SHOWN for _ in words]
    assert (frame["low"] < frame["central"]).all()
    assert (frame["central"] < frame["high"]).all()


def test_one_set_alone_is_not_shown_twice():
    frame = welfare_frame(draws_of({"wto": hundred(1)}), countries=["JPN"])
    assert list(frame["elasticities"]) == [SET_NAMES["wto"]]


def test_quantiles_and_chances_are_those_of_the_effect():
    drawn = draws_of({"wto": hundred(100) - 30}, {"wto": hundred(1) * 0 + 10.0})
    frame = welfare_frame(drawn, countries=["USA"]).iloc[0]
    # From -40 to 60 in steps of one: 60 of 101 draws are gains.
    assert list(frame[RANGE]) == pytest.approx([-35, 10, 55])
    assert frame["chance_of_gain"] == pytest.approx(60 / 101)
    assert frame["standard_error"] == pytest.approx((60 * 41) ** 0.5 / 101**1.5)


def test_all_sets_together_are_the_draws_of_each():
    drawn = draws_of({"wto": hundred(1), "ilms": hundred(1) + 5})
    frame = welfare_frame(drawn, countries=["USA"]).set_index("elasticities")
    mixed = frame.loc[SET_NAMES["mixture"]]
    assert frame.loc[SET_NAMES["wto"], "high"] < mixed["central"]
    assert mixed["central"] < frame.loc[SET_NAMES["ilms"], "low"]
    assert mixed["chance_of_gain"] == pytest.approx(201 / 202)


def test_models_keep_order_and_values_under_the_headings_of_the_figure():
    table = pd.DataFrame(
        {
            "title": ["second", "first"],
            "adds": ["more", "less"],
            "imports_pct": [-1.0, -2.0],
            "price_pct": [7.0, 8.0],
            "welfare_pct": [0.1, 0.2],
            "japan_welfare_pct": [-0.3, -0.4],
        },
        index=pd.Index(["b", "a"], name="model"),
    )
    before = table.copy()
    frame = models_frame(table)
    assert list(frame.columns) == ["model", *MEASURES.values()]
    assert frame["model"].tolist() == ["second", "first"]
    for code, words in MEASURES.items():
        assert frame[words].tolist() == table[code].tolist()
    pd.testing.assert_frame_equal(table, before)


def test_exports_lost_at_given_prices_have_their_closed_form():
    """Spending stays; the price index of each market moves by Japan's share of it."""
    markets, base = us_markets(), us_rates(load_scenario("mfn"))
    lost = 0.0
    for sector, sold in sold_by_japan_musd().items():
        spent = markets[sector] * (1 + base[sector].reindex(markets.index).fillna(0))
        share = spent["JPN"] / spent.sum()
        power = (1 + japan("deal_15")[sector]) / (1 + japan("mfn")[sector])
        lost += sold * (power ** -(1 + THETA) / (share * power**-THETA + 1 - share) - 1)
    ours = lost_exports_pct(Case(load_scenario("deal_15"), thetas(THETA)), np.inf)
    assert ours == pytest.approx(100 * lost / gdp_of_japan_musd())
    assert ours < 0


@pytest.mark.parametrize("supply", [0.7, 1.5, np.inf])
def test_exports_lost_to_buyers_that_spend_the_same_do_not_hang_on_supply(supply):
    ratio = (1 + japan("mfn")) / (1 + japan("letter_25"))
    lost = (sold_by_japan_musd() * (ratio - 1)).sum()
    ours = lost_exports_pct(Case(load_scenario("letter_25"), thetas(0.0)), supply)
    assert ours == pytest.approx(100 * lost / gdp_of_japan_musd())


def test_nothing_is_lost_at_the_rates_before():
    assert lost_exports_pct(Case(load_scenario("mfn"), thetas(THETA)), 1.5) == pytest.approx(0)


def test_forecasts_stand_above_ours_as_they_were_published():
    states = load_scenario("deal_15"), load_scenario("letter_25")
    drawn = draws_of({"wto": hundred(1)}, {"wto": hundred(2)})
    frame = forecasts_frame(drawn, *states, thetas(THETA))
    published = raw("gdp_forecasts")
    theirs, ours = (rows for _, rows in frame.groupby("group", sort=False))
    assert list(theirs["central"]) == list(published["effect_pct"])
    for column in ("low", "high"):
        assert theirs[column].tolist() == theirs["central"].tolist()
    for label, row in zip(theirs["label"], published.itertuples(), strict=True):
        parts = row.forecaster, row.scenario_words, row.horizon
        assert label.replace("\N{NO-BREAK SPACE}", " ") == "{}: {}, {}".format(*parts)
        assert " %" not in label
    assert ours["label"].tolist() == [
        f"{what}: {state.title}" for what in ("real income", "exports lost") for state in states
    ]
    assert (frame["low"] <= frame["central"]).all()
    assert (frame["central"] <= frame["high"]).all()


def test_our_rows_are_against_the_rates_before_each_state():
    """Draws of each state as they are, and exports lost between both ways of pricing."""
    new, old = load_scenario("deal_15"), load_scenario("letter_25")
    drawn = draws_of({"wto": hundred(100)}, {"wto": hundred(50)})
    ours = forecasts_frame(drawn, new, old, thetas(THETA)).tail(4).set_index("label")[RANGE]
    assert list(ours.loc[f"real income: {new.title}"]) == pytest.approx([-5, 40, 85])
    assert list(ours.loc[f"real income: {old.title}"]) == pytest.approx([2.5, 25, 47.5])
    for state in (new, old):
        cut, kept = (lost_exports_pct(Case(state, thetas(THETA)), one) for one in (1.5, np.inf))
        row = ours.loc[f"exports lost: {state.title}"]
        assert list(row) == pytest.approx([kept, (kept + cut) / 2, cut])
        assert kept < cut < 0
