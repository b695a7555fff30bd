"""The day of an event, on the bundled figures, held against plain recomputation."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from research.data import load_table
from research.errors import InputError
from research.events import news

#: Two ways through the same algebra in double precision.
EXACT = 1e-10


@pytest.mark.parametrize("yen", [False, True])
def test_nikkei_regression_equals_statsmodels(market, events, yen):
    controls = ["USDJPY"] if yen else []
    out = news.index_reaction(market, events.loc[["deal_announced"]], (-130, -11), controls)
    row = out.loc[("deal_announced", "N225")]
    tokyo = market.returns["N225"].dropna()
    new_york = market.returns["SP500"].dropna()
    previous = {}
    for before, today in zip(tokyo.index[:-1], tokyo.index[1:], strict=True):
        # New York's session of a date closes on the morning of the next Tokyo date.
        between = new_york[(new_york.index >= before) & (new_york.index < today)]
        previous[today] = np.prod(1 + between) - 1
    day = tokyo.index.get_loc(pd.Timestamp("2025-07-23"))
    days = [*tokyo.index[day - 130 : day - 10], tokyo.index[day]]
    design = sm.add_constant(pd.Series(previous)[days].to_frame("x"))
    if yen:
        design["yen"] = market.factors["USDJPY"].reindex(days)
    design["event"] = [0.0] * 120 + [1.0]
    fit = sm.OLS(tokyo[days], design, missing="drop").fit()
    assert row["car"] == pytest.approx(fit.params["event"], abs=EXACT)
    assert row["t"] == pytest.approx(fit.tvalues["event"], abs=1e-8)
    assert row["return"] == pytest.approx(tokyo.iloc[day], abs=EXACT)
    assert row["previous_new_york"] == pytest.approx(previous[days[-1]], abs=EXACT)


def test_reported_moves_are_held_against_the_close(market):
    table = news.reported_moves(load_table("deal/claims"), market)
    # Two more claims state a day's move: false ones that were made up to try checks on.
    assert table["reported_pct"].to_dict() == {"nyb_01": 0.4}
    # The press printed 50,412.87 and 50,344.10 for the two closes.
    close = 100 * (50344.10 / 50412.87 - 1)
    row = table.loc["nyb_01"]
    assert row["measured_pct"] == pytest.approx(close, abs=0.001)
    assert row["difference_pp"] == pytest.approx(close - 0.4, abs=0.001)
    assert not table["same_sign"].any()


def test_a_report_on_a_day_without_a_session_has_no_measure(market):
    claims = load_table("deal/claims").loc[["nyb_01"]]
    claims["evidence"] = "market.n225_return_2025_12_27"
    table = news.reported_moves(claims, market)
    assert np.isnan(table["measured_pct"].iloc[0])
    assert not table["same_sign"].iloc[0]


def test_the_day_holds_indices_funds_and_plain_means(market, events):
    """On 20 February 2026 New York could react, Tokyo after a holiday on the 24th."""
    claims = news.reported_moves(load_table("deal/claims"), market)
    event = events.loc[["scotus_ruling"]]
    moves = news.day_moves(market, event, ["chip", "jp_auto"], claims)
    new_york, tokyo = pd.Timestamp("2026-02-20"), pd.Timestamp("2026-02-24")
    for name, day in (("N225", tokyo), ("SMH", new_york)):
        assert moves.loc[name, "date"] == day
        assert moves.loc[name, "return_pct"] == 100 * market.returns.loc[day, name]
    for group, day in (("chip", new_york), ("jp_auto", tokyo)):
        shares = market.series.index[market.series["group"] == group]
        mean = 100 * market.returns.loc[day, shares].mean()
        assert moves.loc[group, "return_pct"] == pytest.approx(mean, abs=EXACT)
        assert moves.loc[group, "n"] == len(shares)
    assert moves.loc[["chip", "jp_auto"], "label"].tolist() == ["US chips", "Japan cars"]
    assert list(moves["kind"].unique()) == ["index", "fund", "group"]
    assert moves["reported_pct"].isna().all()


def test_a_report_stands_beside_its_index_on_its_day(market, events):
    claims = news.reported_moves(load_table("deal/claims"), market)
    moves = news.day_moves(market, events.loc[["consultation_2"]], ["chip"], claims)
    assert moves["reported_pct"].dropna().to_dict() == {"N225": 0.4}


def test_who_reacts_when_in_local_time(events):
    table = news.who_reacts_when(events.loc["deal_announced"])
    assert table["phase"].to_dict() == {"XTKS": "before open", "XNYS": "after close"}
    assert f"{table.loc['XTKS', 'local_time']:%F %H:%M}" == "2025-07-23 08:12"
    assert f"{table.loc['XTKS', 'closes']:%F %H:%M}" == "2025-07-23 15:30"
    assert set(table["day_zero"]) == {pd.Timestamp("2025-07-23")}


def test_nearby_events_are_counted_in_sessions_of_each_exchange(events):
    near = news.nearby(events, "scotus_ruling", (-1, 2)).set_index("event_id")
    assert "scotus_ruling" not in near.index
    # 20 to 24 February 2026: one Tokyo session (holiday on the 23rd), two after it in New York.
    assert near.loc["s122_effective", ["Tokyo", "New York"]].tolist() == [0, 2]
    closer = news.nearby(events, "scotus_ruling", (-1, 1)).set_index("event_id")
    assert closer.loc["s122_effective", "Tokyo"] == 0
    assert pd.isna(closer.loc["s122_effective", "New York"])


def test_figures_without_a_fund_cannot_tell_the_day(market, events):
    short = replace(market, returns=market.returns.drop(columns=["SMH", "XLE"]))
    claims = news.reported_moves(load_table("deal/claims"), market)
    with pytest.raises(InputError, match="no SMH, XLE"):
        news.day_moves(short, events.loc[["letter_25"]], ["chip"], claims)
