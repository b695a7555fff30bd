"""Rates of a scenario in the shape of each model, against means computed by hand."""

import numpy as np
import pytest

from research.data import load_table
from research.errors import InputError
from research.tariffs.dated_value import yearly_by_law
from research.tariffs.law import japan_schedule
from research.tariffs.rates import effective_rate, japan_goods
from research.tariffs.scenario import load_scenario, scenario_of
from research.tariffs.scenario_rates import one_good_rates, pair_rates, us_rates, world_sector_rates
from research.tariffs.worlds import world_of_2011


def scenario(*rates, retaliation=()):
    content = {"title": "own", "reason": "a test", "rates": list(rates)}
    return scenario_of(content | {"retaliation": list(retaliation)}, "own")


def line(exporters, rate_share, importer="USA", **more):
    return {"importer": importer, "exporters": exporters, "rate_share": rate_share} | more


def test_later_lines_replace_earlier_ones_on_the_same_goods():
    own = scenario(line(["all"], 0.1), line(["JPN"], 0.25, sectors=["MVH"]))
    rates = us_rates(own)
    assert rates.loc["JPN", "MVH"] == 0.25
    assert (rates.drop(columns="MVH") == 0.1).all(axis=None)
    assert rates.loc["CHN", "MVH"] == 0.1


def test_the_law_of_a_day_gives_the_average_of_that_day():
    rates = us_rates(load_scenario("deal_15")).loc["JPN"]
    imports = load_table("tariffs/us_imports_2024_musd").loc["JPN"].drop("TOTAL")
    mean = float((rates * imports).sum() / imports.sum())
    published = effective_rate(japan_schedule(), japan_goods(), on="2025-09-16", known_on=None)
    assert mean == pytest.approx(published["total_share"], abs=5e-4)
    assert one_good_rates(load_scenario("deal_15"), 2023, retaliation=False).loc[
        "JPN", "USA"
    ] == pytest.approx(mean)


def test_the_day_before_differs_from_the_deal_by_what_the_dated_law_says():
    """Welfare stood against the letter alone, which lost its legal base."""
    before, deal = (us_rates(load_scenario(n)).loc["JPN"] for n in ("day_before", "deal_15"))
    imports = load_table("tariffs/us_imports_2024_musd").loc["JPN"].drop("TOTAL") / 1e3
    wanted = yearly_by_law("day_before").loc["2025-09-16", "total"]
    # Sectors hold simple averages of the rates in them.
    assert float(((before - deal) * imports).sum()) == pytest.approx(wanted, abs=0.1)
    assert before["MVH"] == pytest.approx(0.275, abs=0.01)
    assert before["FOD"] < deal["FOD"]


def test_world_sectors_are_means_over_their_us_sectors():
    rates = world_sector_rates(load_scenario("deal_15"), retaliation=False)
    us, imports = (
        us_rates(load_scenario("deal_15")).loc["JPN"],
        load_table("tariffs/us_imports_2024_musd").loc["JPN"],
    )
    metals = ["STL", "NFM", "FMP"]
    wanted = (us[metals] * imports[metals]).sum() / imports[metals].sum()
    assert rates.loc[("MET", "JPN"), "USA"] == pytest.approx(wanted)
    assert (rates.drop(columns="USA") == 0).all(axis=None)
    services = ["UTC", "TRD", "TRN", "SVC"]
    assert (rates.loc[services] == 0).all(axis=None)
    assert set(load_table("tariffs/sector_codes")) | set(services) == set(
        rates.index.get_level_values(0)
    )


@pytest.mark.parametrize("year", [2023, 2011])
def test_one_good_pays_nothing_at_home_and_a_flat_rate_stays_flat(year):
    own = scenario(line(["all"], 0.2), retaliation=[line(["USA"], 0.1, importer="JPN")])
    rates = one_good_rates(own, year, retaliation=True)
    assert (np.diag(rates.reindex(columns=rates.index)) == 0).all()
    assert (one_good_rates(own, year, retaliation=False)["JPN"] == 0).all()
    if year == 2023:
        assert rates.loc[rates.index != "USA", "USA"].to_numpy() == pytest.approx(0.2)
        assert rates.loc["USA", "JPN"] == pytest.approx(0.1)
    else:
        flows = world_of_2011().flows_musd["USA"].unstack("exporter")["JPN"]
        goods = flows.drop(["UTC", "TRD", "TRN", "SVC"]).sum() / flows.sum()
        assert rates.loc["JPN", "USA"] == pytest.approx(0.2 * goods)


def test_a_country_that_a_source_does_not_tell_apart_is_refused():
    own = scenario(line(["VNM", "CHE"], 0.2))
    assert pair_rates(own, "world_trade_2023", retaliation=False).shape[0] == 2
    with pytest.raises(InputError, match="part of") as caught:
        pair_rates(own, "world_io_2011", retaliation=False)
    assert len(caught.value.faults) == 2
