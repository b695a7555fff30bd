"""Welfare, models and forecasts in frames, against draws made by hand and closed forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.tariffs.model_frames import (
    MEASURES,
    decomposition_frame,
    forecasts_frame,
    levels_near,
    lost_exports_pct,
    models_frame,
    welfare_frame,
)
from research.tariffs.models.registry import Case, many_sectors_solver, one_sector_solver
from research.tariffs.names import SET_NAMES
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import one_good_rates, us_rates
from research.tariffs.welfare_draws import Setting, WelfareDraws
from research.tariffs.worlds import us_markets

from .own_cases import flat, raw, sold_by_japan_musd, thetas

THETA = 4.0
RANGE = ["low", "central", "high"]
SHOWN = {"USA": "United States", "JPN": "Japan", "KOR": "South Korea"}


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
    frame = welfare_frame(draws_of({"wto": hundred(1), "ilms": hundred(2)}), list(SHOWN))
    words = [SET_NAMES[name] for name in ("wto", "ilms", "mixture")]
    assert list(frame["elasticities"]) == words * len(SHOWN)
    assert list(frame["country"]) == [name for name in SHOWN.values() for _ in words]
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


STATES = "deal_15", "letter_25"
KINDS = ["real income", "exports lost"]


@pytest.fixture(scope="module")
def beside():
    drawn = draws_of({"wto": hundred(100)}, {"wto": hundred(50)})
    return forecasts_frame(drawn, *map(load_scenario, STATES), thetas(THETA))


def test_forecasts_are_those_published_with_their_kind_in_the_label(beside):
    theirs = beside[beside["group"] == "forecast"].set_index("label")
    published = raw("gdp_forecasts")
    assert len(theirs) == len(published)
    for row in published.itertuples():
        parts = row.forecaster, row.scenario_words, row.horizon, row.effect_kind
        ours = theirs.loc["{}: {}, {}, {}".format(*parts).replace(" %", "\N{NO-BREAK SPACE}%")]
        assert list(ours[RANGE]) == [row.effect_pct] * 3
        assert (ours["kind"], ours["source"]) == (row.effect_kind, row.forecaster)
    assert (beside["low"] <= beside["central"]).all()
    assert (beside["central"] <= beside["high"]).all()


def test_a_state_stands_below_the_levels_forecast_for_it_and_the_rest_comes_last(beside):
    titles = [load_scenario(name).title for name in STATES]
    published = raw("gdp_forecasts").query("effect_kind == 'level' and rate_of == 'most goods'")
    told = [published.query("rate_on_japan_pct == @rate")["effect_pct"] for rate in (15, 25)]
    runs = (beside["group"] != beside["group"].shift()).cumsum()
    first, deal, second, letter, rest = (rows for _, rows in beside.groupby(runs))
    for near, state, title, levels in zip(
        (first, second), (deal, letter), titles, told, strict=True
    ):
        assert near["central"].tolist() == list(levels)
        assert state["kind"].tolist() == KINDS
        assert set(state["state"]) == {title}
    assert set(rest["label"].str.contains("alone|cars|growth|cut")) == {True}


def test_a_state_is_named_with_its_average_rate(beside):
    bought = pd.Series(sold_by_japan_musd())
    for name in STATES:
        state = beside[beside["state"] == load_scenario(name).title]
        average = 100 * (japan(name) * bought).sum() / bought.sum()
        assert list(state["rate_pct"]) == pytest.approx([average] * 2)


def test_only_levels_on_whole_trade_are_near_a_state():
    rows = [
        ("forecast", "level", 13.4, "too low"),
        ("forecast", "level", 16.5, "level"),
        ("forecast", "growth", 15.0, "growth"),
        ("forecast", "level", np.nan, "cars alone"),
        ("this repository", "level", 15.0, "ours"),
    ]
    table = pd.DataFrame(rows, columns=["group", "kind", "rate_pct", "label"])
    assert levels_near(table, 15.0)["label"].tolist() == ["level"]
    assert levels_near(table, 20.0).empty


def test_a_rate_on_cars_or_without_them_is_none_on_all_goods(beside):
    part = beside.query("group == 'forecast'").set_index("label")["rate_pct"].isna()
    assert set(part[part].index.str.contains("alone|cars")) == {True}
    assert part.sum() == raw("gdp_forecasts")["rate_of"].isin(["reciprocal alone", "cars"]).sum()


def test_our_rows_are_against_the_rates_before_each_state(beside):
    """Draws of each state as they are, and exports lost between both ways of pricing."""
    new, old = map(load_scenario, STATES)
    ours = beside.query("group == 'this repository'").set_index("label")[RANGE]
    assert list(ours.loc[f"real income: {new.title}"]) == pytest.approx([-5, 40, 85])
    assert list(ours.loc[f"real income: {old.title}"]) == pytest.approx([2.5, 25, 47.5])
    for state in (new, old):
        cut, kept = (lost_exports_pct(Case(state, thetas(THETA)), one) for one in (1.5, np.inf))
        row = ours.loc[f"exports lost: {state.title}"]
        assert list(row) == pytest.approx([kept, (kept + cut) / 2, cut])
        assert kept < cut < 0


@pytest.mark.parametrize(
    ("model", "year", "solve"),
    [("one_sector", 2023, one_sector_solver), ("many_sectors", 2011, many_sectors_solver)],
)
def test_exact_welfare_stands_beside_its_first_order_parts(model, year, solve):
    states = load_scenario("flat_15"), load_scenario("letter_25")
    frame = decomposition_frame(Setting(*states, model=model, year=year), thetas(THETA))
    assert frame["state"].tolist() == [state.title for state in states for _ in range(2)]
    assert frame["country"].tolist() == ["United States", "Japan"] * 2
    more = {"year": year} if model == "one_sector" else {}
    solved = solve(states[0], **more, retaliation=False)(thetas(THETA))
    exact = 100 * (solved.countries["welfare_hat"] - 1)
    assert frame["exact_pct"].iloc[:2].tolist() == pytest.approx(exact[["USA", "JPN"]].tolist())
    parts = frame[["terms_of_trade_pct", "volume_of_trade_pct", "other_pct"]].sum(axis=1)
    assert parts.tolist() == pytest.approx(frame["first_order_pct"].tolist())


def test_the_gap_to_first_order_falls_with_the_square_of_the_change():
    base = one_good_rates(load_scenario("mfn"), 2023, retaliation=False).at["JPN", "USA"]
    curvature = []
    for change in (0.02, 0.01):
        setting = Setting(flat(base + change), load_scenario("mfn"), "one_sector", 2023)
        row = decomposition_frame(setting, thetas(THETA)).iloc[1]
        curvature.append((row["exact_pct"] - row["first_order_pct"]) / change**2)
    assert curvature[0] == pytest.approx(curvature[1], rel=0.05)


def test_deficits_that_close_are_no_part_of_trade():
    closing = flat(0.15).model_copy(update={"deficit_left_share": 0.0})
    frame = decomposition_frame(Setting(closing, load_scenario("mfn")), thetas(THETA))
    us, japan, *still = frame["other_pct"]
    assert us < 0 < japan  # one buys more than it sells, the other sells more
    assert still == pytest.approx([0, 0])
