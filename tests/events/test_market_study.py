"""The market study on the bundled figures, held against plain recomputation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

from research.data import load_market, load_table
from research.data.groups import group_name
from research.data.sources import MarketData
from research.errors import InputError
from research.events import context, frames, indices, many_tests, reactions, reported
from research.events.alignment import previous_sessions
from research.words import signed

#: Two ways through the same algebra in double precision.
EXACT = 1e-10

SETTINGS = {"model": "market", "window": (0, 1), "estimation": (-130, -11)}


@pytest.fixture(scope="module")
def market() -> MarketData:
    return load_market()


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return load_table("deal/events")


def test_each_share_is_measured_against_its_own_market(
    market: MarketData, events: pd.DataFrame
) -> None:
    result = reactions.react(
        market, events.loc[["consultation_2"]], ["energy", "jp_chip"], **SETTINGS
    )
    car = result.car((0, 1)).loc["consultation_2"]
    for asset, benchmark in (("XOM", "SP500"), ("8035.T", "TOPIX")):
        own = market.returns[benchmark].dropna().index
        day = own.get_loc(pd.Timestamp("2025-12-24"))
        before, window = own[day - 130 : day - 10], own[day : day + 2]
        y = market.returns[asset]
        fit = sm.OLS(y[before], sm.add_constant(market.returns.loc[before, benchmark])).fit()
        usual = fit.predict(sm.add_constant(market.returns.loc[window, benchmark]))
        assert car.loc[asset, "car"] == pytest.approx((y[window] - usual).sum(), abs=EXACT)


def test_a_tokyo_holiday_does_not_void_new_york(market: MarketData, events: pd.DataFrame) -> None:
    # 23 February 2026: Tokyo closed, New York open, one day after the ruling's first session.
    result = reactions.react(market, events.loc[["scotus_ruling"]], ["chip", "jp_auto"], **SETTINGS)
    dates = result.summary((0, 1)).loc["scotus_ruling", "date"]
    assert dates["chip"] == pd.Timestamp("2026-02-20")
    assert dates["jp_auto"] == pd.Timestamp("2026-02-24")
    assert result.car((0, 1))["car"].notna().all()


def test_events_beyond_the_sample_are_listed_not_lost(
    market: MarketData, events: pd.DataFrame
) -> None:
    chosen = events.loc[["consultation_2", "s122_expiry_scheduled"]]
    result = reactions.react(market, chosen, ["chip"], **SETTINGS)
    assert list(result.outside["event_id"]) == ["s122_expiry_scheduled"]
    assert result.summary((0, 1)).index.get_level_values("event_id").unique() == ["consultation_2"]


def residuals_of(market: MarketData, asset: str, benchmark: str, day: str) -> pd.Series:
    own = market.returns[benchmark].dropna().index
    place = own.get_loc(pd.Timestamp(day))
    before = own[place - 130 : place - 10]
    design = sm.add_constant(market.returns.loc[before, benchmark])
    return sm.OLS(market.returns.loc[before, asset], design, missing="drop").fit().resid


def test_two_exchanges_a_night_apart_by_plain_loops(
    market: MarketData, events: pd.DataFrame
) -> None:
    """The pause came on 9 April in New York and on the 10th in Tokyo: no date in common."""
    result = reactions.react(market, events.loc[["pause_90_days"]], ["chip", "jp_chip"], **SETTINGS)
    row = result.contrasts([("jp_chip", "chip")], (0, 0)).iloc[0]
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


def test_what_is_detectable_stands_beside_each_group(
    market: MarketData, events: pd.DataFrame
) -> None:
    groups = ["chip", "jp_auto", "jp_investor"]
    result = reactions.react(market, events.loc[["deal_announced"]], groups, **SETTINGS)
    table = result.summary((0, 1)).join(result.detectable((0, 1)).drop(columns="n"))
    assert list(table.index.get_level_values("group")) == groups
    assert table["portfolio_t_mde"].between(0.02, 0.12).all()
    # 80 % power at 5 %: the effect is about 1.96 + 0.84 standard errors.
    band = result.band((0, 1))
    se = (band["high"] - band["low"]) / 2 / stats.t.ppf(0.975, 118)
    assert (table["portfolio_t_mde"] / se).to_numpy() == pytest.approx(2.82, abs=0.03)
    assert np.isnan(table["kp_t_mde"].iloc[2])


def test_unknown_groups_are_named_together(market: MarketData, events: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"'chips'.*\n.*'index'"):
        reactions.react(market, events.head(1), ["chips", "chip", "index"], **SETTINGS)


def test_deal_day_is_why_three_numbers_stand_side_by_side(
    market: MarketData, events: pd.DataFrame
) -> None:
    """Japanese cars rose as never before, but unequally: KP small, portfolio and rank extreme."""
    result = reactions.react(market, events.loc[["deal_announced"]], ["jp_auto"], **SETTINGS)
    row = result.summary((0, 1)).loc[("deal_announced", "jp_auto")]
    quiet = many_tests.placebos(market, events, ["jp_auto"], **SETTINGS)
    ranks = many_tests.placebo_ranks(row.to_frame("jp_auto").T.astype({"kp_t": float}), quiet)
    assert row["caar"] > 0.06
    assert abs(row["kp_t"]) < 1.5 < 3 < row["portfolio_t"]
    assert ranks.loc["jp_auto", "portfolio_rank_pvalue"] < 0.02 < 0.2
    assert ranks.loc["jp_auto", "kp_rank_pvalue"] > 0.2


def test_adjustment_counts_each_group_and_day_once() -> None:
    index = pd.MultiIndex.from_tuples(
        [("a", "g"), ("same_day_as_a", "g"), ("b", "g"), ("b", "h")], names=["event_id", "group"]
    )
    day = pd.to_datetime(["2025-01-02", "2025-01-02", "2025-01-03", "2025-01-03"])
    summary = pd.DataFrame({"kp_pvalue": [0.01, 0.01, 0.04, np.nan], "date": day}, index=index)
    out = many_tests.adjust(summary)
    assert (out["n_hypotheses"] == 2).all()
    assert list(out["holm_pvalue"][:3]) == pytest.approx([0.02, 0.02, 0.04])
    assert np.isnan(out["holm_pvalue"].iloc[3])
    expected = multipletests([0.01, 0.04], method="fdr_bh")[1]
    assert list(out["bh_pvalue"].iloc[[0, 2]]) == pytest.approx(list(expected))


@pytest.mark.parametrize("pvalues", [[np.nan, np.nan], []])
def test_adjustment_without_any_p_value_has_nothing_to_adjust(pvalues: list[float]) -> None:
    index = pd.MultiIndex.from_product([["a", "b"][: len(pvalues)], ["g"]])
    index.names = ["event_id", "group"]
    day = pd.to_datetime(["2025-01-02", "2025-01-03"][: len(pvalues)])
    summary = pd.DataFrame({"kp_pvalue": pd.Series(pvalues, index, dtype=float), "date": day})
    out = many_tests.adjust(summary)
    pd.testing.assert_index_equal(out.index, summary.index)
    assert list(out["n_hypotheses"]) == [0] * len(pvalues)
    assert out[["holm_pvalue", "bh_pvalue"]].isna().all(axis=None)
    assert list(out) == ["kp_pvalue", "date", "n_hypotheses", "holm_pvalue", "bh_pvalue"]


def test_adjustment_of_a_day_counts_the_event_that_has_a_p_value() -> None:
    """Two events of one day, the first without a test: the second is the hypothesis."""
    index = pd.MultiIndex.from_tuples(
        [("a", "g"), ("same_day_as_a", "g"), ("b", "g")], names=["event_id", "group"]
    )
    day = pd.to_datetime(["2025-01-02", "2025-01-02", "2025-01-03"])
    summary = pd.DataFrame({"kp_pvalue": [np.nan, 0.01, 0.04], "date": day}, index=index)
    out = many_tests.adjust(summary)
    assert (out["n_hypotheses"] == 2).all()
    assert list(out["holm_pvalue"]) == pytest.approx([np.nan, 0.02, 0.04], nan_ok=True)


def test_quiet_dates_hold_no_event(market: MarketData, events: pd.DataFrame) -> None:
    placebo = many_tests.placebos(market, events, ["jp_auto"], **SETTINGS)["jp_auto"]
    sessions = market.returns["TOPIX"].dropna().index
    busy = set(events["first_tokyo_session"])
    for date in placebo.table.index:
        day = sessions.get_loc(date)
        assert not busy & set(sessions[day : day + 2])


def test_false_alarms_are_plain_shares(market: MarketData, events: pd.DataFrame) -> None:
    quiet = many_tests.placebos(market, events, ["energy"], **SETTINGS)
    table = quiet["energy"].table
    by_hand = np.mean([2 * stats.t.sf(abs(t), 11) < 0.05 for t in table["kp_t"]])
    alarms = many_tests.false_alarms(quiet)
    assert alarms.loc["energy", "kp_t"] == pytest.approx(by_hand)
    # The naive test is the reason for the whole page: far above its promise of 5 %.
    assert alarms.loc["energy", "csect_t"] > 0.3


def test_nikkei_regression_equals_statsmodels(market: MarketData, events: pd.DataFrame) -> None:
    out = indices.index_reaction(
        market, events.loc[["deal_announced"]], window=(0, 0), estimation=(-130, -11)
    ).loc[("deal_announced", "N225")]
    tokyo = market.returns["N225"].dropna()
    new_york = market.returns["SP500"].dropna()
    previous = {}
    for before, today in zip(tokyo.index[:-1], tokyo.index[1:], strict=True):
        # New York's session of a date closes on the morning of the next Tokyo date.
        between = new_york[(new_york.index >= before) & (new_york.index < today)]
        previous[today] = np.prod(1 + between) - 1
    x = pd.Series(previous)
    day = tokyo.index.get_loc(pd.Timestamp("2025-07-23"))
    days = [*tokyo.index[day - 130 : day - 10], tokyo.index[day]]
    design = sm.add_constant(x[days].to_frame("x"))
    design["event"] = [0.0] * 120 + [1.0]
    fit = sm.OLS(tokyo[days], design).fit()
    assert out["car"] == pytest.approx(fit.params["event"], abs=EXACT)
    assert out["t"] == pytest.approx(fit.tvalues["event"], abs=1e-8)
    assert out["return"] == tokyo.iloc[day]


def test_reported_moves_are_held_against_the_close(market: MarketData) -> None:
    table = reported.reported_moves(load_table("deal/claims"), market)
    assert set(table.index) == {"nyb_01", "bad_02", "bad_04"}
    assert table.loc["nyb_01", "reported_pct"] == 0.4
    # The press printed 50,412.87 and 50,344.10 for the two closes.
    assert table.loc["nyb_01", "measured_pct"] == pytest.approx(
        100 * (50344.10 / 50412.87 - 1), abs=0.001
    )
    assert not table["same_sign"].any()


def test_a_report_on_a_day_without_a_session_has_no_measure(market: MarketData) -> None:
    claims = load_table("deal/claims").loc[["nyb_01"]].assign(date="2025-12-27")
    table = reported.reported_moves(claims, market)
    assert np.isnan(table["measured_pct"].iloc[0])
    assert not table["same_sign"].iloc[0]


def test_who_reacts_when_in_local_time(events: pd.DataFrame) -> None:
    table = context.who_reacts_when(events.loc["deal_announced"])
    assert table.loc["XTKS", "phase"] == "before open"
    assert f"{table.loc['XTKS', 'local_time']:%F %H:%M}" == "2025-07-23 08:12"
    assert table.loc["XNYS", "phase"] == "after close"
    assert set(table["day_zero"]) == {pd.Timestamp("2025-07-23")}


def test_confounders_are_counted_in_sessions_of_each_exchange(events: pd.DataFrame) -> None:
    near = context.confounders(events, "scotus_ruling", (-1, 2)).set_index("event_id")
    assert "scotus_ruling" not in near.index
    # 20 to 24 February 2026: one Tokyo session (holiday on the 23rd), three in New York.
    assert near.loc["s122_effective", "Tokyo"] == 0
    assert near.loc["s122_effective", "New York"] == 2


def test_a_result_draws_itself_one_panel_an_event_and_group(
    market: MarketData, events: pd.DataFrame
) -> None:
    result = reactions.react(
        market, events.loc[["consultation_2", "letter_25"]], ["chip", "energy"], **SETTINGS
    )
    figure = result.studies["XNYS"].plot(result.groups)
    panels = [axes for axes in figure.findobj() if axes.__class__.__name__ == "Axes"]
    assert [axes.get_title(loc="left") for axes in panels] == [
        f"{event} / {group} (12 shares)"
        for event in ("consultation_2", "letter_25")
        for group in ("chip", "energy")
    ]


def test_figures_without_the_yen_or_a_fund_say_so(market: MarketData, events: pd.DataFrame) -> None:
    bare = replace(market, factors=market.factors[["WTI"]])
    assert indices.controls(bare) == {"New York": False}
    with pytest.raises(InputError, match=r"USDJPY.*found WTI"):
        indices.index_reaction(
            bare, events.head(1), window=(0, 0), estimation=(-130, -11), with_usdjpy=True
        )
    short = replace(market, returns=market.returns.drop(columns=["SMH", "XLE"]))
    placed = reactions.react(market, events.loc[["letter_25"]], ["chip"], **SETTINGS).day_zero
    with pytest.raises(InputError, match="no SMH, XLE"):
        reported.day_moves(
            short, placed, ["chip"], reported.reported_moves(load_table("deal/claims"), market)
        )


def test_an_event_after_the_last_figure_is_refused(
    market: MarketData, events: pd.DataFrame
) -> None:
    with pytest.raises(InputError, match=r"s122_expiry_scheduled.*2026-07-24 \(XNYS\)"):
        reactions.react(market, events.loc[["s122_expiry_scheduled"]], ["chip"], **SETTINGS)


def test_ranks_come_with_their_count(market: MarketData, events: pd.DataFrame) -> None:
    quiet = many_tests.placebos(market, events, ["energy"], **SETTINGS)
    summary = pd.DataFrame({"kp_t": [1.0], "portfolio_t": [2.0]}, index=["energy"])
    row = many_tests.placebo_ranks(summary, quiet).loc["energy"]
    larger = (quiet["energy"].table["portfolio_t"].abs() >= 2.0).sum()
    assert row["n_larger"] == larger
    assert row["portfolio_rank_pvalue"] == pytest.approx((1 + larger) / (1 + row["n_quiet"]))


def test_what_is_left_out_is_counted_by_reason() -> None:
    dropped = pd.DataFrame(
        {
            "part": ["unit", "unit", "window"],
            "reason": [
                "21 usable estimation days, 60 needed",
                "0 usable estimation days, 60 needed",
                "no return of the asset",
            ],
        }
    )
    table = frames.left_out(dropped, pd.DataFrame({"event_id": ["x"]}), 4)
    assert table["number"].tolist() == [2, 1, 1, 4]
    assert table["reason"].iloc[0] == "too few usable estimation days, 60 needed"


def test_tokyo_against_the_night_before_equals_statsmodels(
    market: MarketData, events: pd.DataFrame
) -> None:
    result = reactions.react(
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
    plain = reactions.react(market, events.loc[["consultation_2"]], ["chip"], **SETTINGS)
    assert car["NVDA"] == plain.car((0, 1)).loc[("consultation_2", "NVDA"), "car"]


def test_days_of_other_events_are_cut_from_the_estimation_on_each_exchange(
    market: MarketData, events: pd.DataFrame
) -> None:
    others = events.loc[["takaichi_pm", "scotus_ruling", "consultation_2"]]
    asked = (market, events.loc[["consultation_2"]], ["chip", "jp_chip"])
    plain, cut = (reactions.react(*asked, **SETTINGS, **more) for more in ({}, {"exclude": others}))
    for calendar, study in cut.studies.items():
        # Of the three, the first lies in the estimation window, the second after it.
        fewer = plain.studies[calendar].units["n_estimation"] - study.units["n_estimation"]
        assert (fewer == 2).all()
        assert not study.units["confounded"].any()


def test_a_setting_that_leaves_too_few_days_says_so(
    market: MarketData, events: pd.DataFrame
) -> None:
    settings = {
        "base": SETTINGS,
        "cut": {**SETTINGS, "window": [-5, 5], "exclude": events},
    }
    checks = many_tests.robustness(
        market, events.loc[["consultation_2"]], ["chip"], settings=settings
    )
    words = frames.robustness_frame(checks).loc[group_name("chip")]
    assert words["cut"] == "none"
    assert words["base"] == signed(100 * checks["caar"].iloc[0], 1)
    sure = frames.robustness_frame(checks.assign(kp_pvalue=0.04)).loc[group_name("chip")]
    assert sure["base"] == words["base"] + "*"
