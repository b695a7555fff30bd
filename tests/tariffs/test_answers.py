"""Questions of one's own: the notebook's figure at the deal's rate, models by hand, bad input."""

from datetime import date
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from scipy import optimize

import research.tariffs
from research.errors import InputError
from research.findings import bundle_of
from research.tariffs import Measure, own_trade, prepare, what_if
from research.tariffs.answers import _deal_at
from research.tariffs.elasticities import load_thetas
from research.tariffs.models.games import average_rate
from research.tariffs.scenario import load_scenario
from research.tariffs.scenario_rates import us_rates
from research.tariffs.worlds import us_markets

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "03_tariffs.ipynb"
DAY = date(2025, 9, 16)
CARS = {"track": "s232_autos", "goods": ["cars"], "rate_share": 0.2, "basis": "floor",
        "effective_date": DAY, "known_date": DAY, "source": "my own"}  # fmt: skip


def table(*rows):
    names = pd.Index([f"c{k}" for k in range(len(rows))])
    return pd.DataFrame(rows, names.rename("exporter"), names.rename("importer"), dtype=float)


FLOWS, FREE = table([80, 20], [20, 180]), table([0, 0], [0, 0])
TAXED = table([0, 0], [0.1, 0])


def refused(call, *parts):
    """Ask for one error that holds all the parts, and give it."""
    with pytest.raises(InputError) as error:
        call()
    assert [part for part in parts if part not in str(error.value)] == []
    return error.value


def test_at_the_deals_own_rate_the_answer_is_the_notebooks():
    answer = what_if(15)
    found = {one.id: one for one in bundle_of(nbformat.read(NOTEBOOK, as_version=4).cells)}
    gains, income = found["tariffs.who_gains"], answer.tables["by_set"]["us_bn"]
    ends = [income.iloc[-1], income.min(), income.max()]
    assert ends == pytest.approx([gains.value, gains.low, gains.high], rel=1e-9)
    duties, us, japan, trade = answer.findings()
    spared = found["tariffs.value_day_before_year"].value
    # By sector, where the notebook goes by goods: normal rates above the deal's differ by 0.04bn.
    assert duties.value == pytest.approx(-spared, abs=0.05)
    assert us.value == pytest.approx(gains.value)
    assert us.low <= gains.low < us.value < gains.high <= us.high
    assert f"by {japan.value:+.1f}bn" in gains.answer
    assert trade.low < answer.tables["by_set"]["cut_pct"].iloc[-1] < trade.value
    told = str(answer).splitlines()
    assert told[0].startswith("15 % in place of the deal's 15 %, against: law of the day before.")
    assert (told[3], len(told)) == (f"- {us.question} {us.answer}", 9)
    assert us_rates(_deal_at(15, ())).equals(us_rates(load_scenario("deal_15")))


def test_another_rate_moves_the_goods_that_the_deal_covers_and_only_these():
    """Cars, parts and what has no duty of its own: eight tenths of imports in 2024."""
    at = [100 * average_rate(_deal_at(rate, ())) for rate in (15, 20, 25)]
    assert at[1] - at[0] == pytest.approx(at[2] - at[1])
    assert at[1] - at[0] == pytest.approx(5 * 0.80, abs=0.05)
    steel = us_rates(_deal_at(40, ())).at["JPN", "STL"]
    assert steel == us_rates(load_scenario("deal_15")).at["JPN", "STL"]


def test_imports_are_those_of_a_small_market_by_hand():
    """Spending stays, its shares follow prices with the duty to the power of minus theta."""
    answer = what_if(40, baseline="2025-01-01", elasticity_set="ilms")
    theta, bought = load_thetas("ilms").us_sectors, us_markets()
    base, sold = us_rates(load_scenario("mfn")), []
    for state in (_deal_at(40, ()), load_scenario("2025-01-01")):
        rates = us_rates(state.model_copy(update={"on_others_share": last_collected_by_hand()}))
        total = 0.0
        for sector, trade in bought.items():
            old, new = (1 + x[sector].reindex(trade.index, fill_value=0.0) for x in (base, rates))
            spent = trade * old
            share = spent * (new / old) ** -theta[sector]
            total += (spent.sum() * share / share.sum() / new)["JPN"]
        sold.append(total)
    own = answer.tables["by_set"].iloc[-1]
    assert own["kept_pct"] == pytest.approx(100 * (sold[0] / sold[1] - 1), rel=1e-6)
    assert own["kept_pct"] < own["cut_pct"] < 0


def last_collected_by_hand():
    path = Path(__file__).resolve().parents[2] / "data/tariffs/us_monthly_duties_and_prices.csv"
    frame = pd.read_csv(path)
    value = frame.set_index("month")["imports_value_musd"].dropna()
    duties = frame.set_index("month")["customs_duties_musd"].dropna()
    received = duties.shift(-1).dropna()
    return float((received / value).dropna().iloc[-1])


def test_own_measures_are_law_beside_the_deal():
    answer = what_if(measures=[CARS], baseline="deal_15", elasticity_set="ilms")
    same = what_if(measures=[Measure(**CARS)], baseline="deal_15", elasticity_set="ilms")
    assert str(answer) == str(same)
    assert answer.asked.startswith("The deal with own measures, against: 15 % deal.")
    assert answer.findings()[0].value > 0 > answer.findings()[2].value


def by_hand(flows, tax, theta):
    """Solve two countries with one good in levels for the wage of the first; real income, %."""
    y, e = flows.sum(axis=1), flows.sum(axis=0)
    share, power = flows / e, 1 + tax

    def spending(wage):
        paid = share * (np.array([wage, 1.0])[:, None] * power) ** -theta
        price = paid.sum(axis=0)
        part = paid / price
        income = np.array([wage, 1.0]) * y / (1 - ((power - 1) / power * part).sum(axis=0))
        return part, income, price ** (-1 / theta)

    def excess(wage):
        part, income, _ = spending(wage)
        return (part / power * income).sum(axis=1)[0] - wage * y[0]

    _, income, price = spending(optimize.brentq(excess, 0.5, 2, xtol=1e-14))
    return 100 * (income / e / price - 1)


def test_own_trade_is_solved_as_by_hand_in_any_order_of_labels():
    thetas = {"low": 2.0, "high": 6.0}
    answer = own_trade(FLOWS, old_rate_share=FREE, new_rate_share=TAXED, theta=thetas)
    hand = {name: by_hand(FLOWS.to_numpy(), TAXED.to_numpy(), one) for name, one in thetas.items()}
    for name, income in hand.items():
        assert answer.tables["income_pct"][name].tolist() == pytest.approx(income, rel=1e-8)
    first = answer.findings()[0]
    ends = sorted(income[0] for income in hand.values())
    assert [first.low, first.value, first.high] == pytest.approx([ends[0], sum(ends) / 2, ends[1]])
    turned = TAXED.iloc[::-1, ::-1]
    again = own_trade(FLOWS.iloc[::-1], old_rate_share=FREE, new_rate_share=turned, theta=thetas)
    assert sorted(str(again).splitlines()) == sorted(str(answer).splitlines())
    by_sets = own_trade(FLOWS, old_rate_share=FREE, new_rate_share=TAXED)
    assert by_sets.tables["income_pct"].shape == (2, 7)


@pytest.mark.parametrize("rate", [-1, 201, float("nan"), "20", True])
def test_no_rate_is_refused(rate):
    refused(lambda: what_if(rate), "rate_pct: asked for per cent from 0 to 200; found", repr(rate))


def test_every_fault_of_a_question_is_told_at_once_with_the_nearest_name():
    bad = CARS | {"goods": ["carz"], "rate_share": 20}
    late = CARS | {"effective_date": date(2026, 1, 1)}
    odd = {"baseline": "day_befor", "elasticity_set": "ilmss"}
    words = ("rate_pct: asked for", "Did you mean day_before?", "Did you mean ilms?")
    words += ("measures, entry 1", "For 20 % write 0.2")
    refused(lambda: what_if(-5, measures=[bad], **odd), *words)
    refused(lambda: what_if(measures=[CARS | {"goods": ["carz"]}]), "Did you mean cars?")
    refused(
        lambda: what_if(-5, measures=[late]),
        "effective by 2025-09-16; found 2026-01-01",
        "rate_pct",
    )
    refused(lambda: what_if(measures=CARS), "measures: asked for a list")
    refused(lambda: what_if(15, baseline="deal_15"), "Nothing would change")


def trade_faults(flows=FLOWS, old=FREE, new=TAXED, theta=4.0):
    rates = {"old_rate_share": old, "new_rate_share": new}
    return refused(lambda: own_trade(flows, theta=theta, **rates))


def test_tables_read_the_other_way_round_or_without_names_are_refused():
    said = str(trade_faults(flows=FLOWS.T, new=TAXED.T))
    assert said.count("axes named importer, exporter. Give it transposed: `.T`.") == 2
    said = str(trade_faults(new=TAXED.rename_axis(index=None)))
    assert "asked for rows of exporter, columns of importer; found axes named None, imp" in said
    # The solver takes tables without names, but none that is named the other way round.
    world = {"old_rate_share": FREE, "theta": 4.0}
    refused(lambda: prepare(FLOWS, new_rate_share=TAXED.T, **world), "Give it transposed")
    prepare(FLOWS.rename_axis(index=None, columns=None), new_rate_share=TAXED, **world)


def test_every_fault_of_own_trade_is_told_beside_those_of_the_flows():
    negative, gap = FLOWS.copy(), FLOWS.copy()
    negative.iloc[0, 1], gap.iloc[0, 1] = -20, np.nan
    new = TAXED.rename(index={"c1": "c9"})
    said = str(trade_faults(negative, new=new, theta=-1))
    assert all(x in said for x in ("c0, c1: -20", "'c9'", "theta: asked for"))
    assert "finite figures; found c0, c1: nan" in str(trade_faults(gap))
    said = str(trade_faults(FLOWS.drop(index="c1"), new=25 * TAXED, theta=0))
    assert all(x in said for x in ("flows_musd", "at most 2; found c1, c0: 2.5", "theta"))
    assert "a DataFrame with labels" in str(trade_faults(FLOWS.to_numpy()))
    assert "theta: asked for at least one elasticity" in str(trade_faults(FLOWS.T, theta={}))


def test_a_prepared_world_is_asked_for_rates_that_can_be():
    world = {"old_rate_share": FREE, "new_rate_share": FREE}
    economy = prepare(FLOWS, theta=4.0, **world)
    rates = TAXED.to_numpy()
    assert economy.at(rates).welfare_pct.equals(economy.at(TAXED.iloc[::-1]).welfare_pct)
    refused(lambda: economy.at(250 * rates), "at most 2; found c1, c0: 25")
    refused(lambda: economy.at(-rates), "rates of zero or more")
    refused(lambda: economy.at(TAXED.T), "Give it transposed")
    refused(lambda: economy.at(rates + np.eye(2)), "no rate on a country's own goods")


def test_what_is_public_is_there():
    assert all(getattr(research.tariffs, name) for name in research.tariffs.__all__)
    with pytest.raises(AttributeError, match="no attribute 'what_iff'"):
        _ = research.tariffs.what_iff
