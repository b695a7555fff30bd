"""States of tariffs in words: every line, the options, and whose welfare is shown."""

from __future__ import annotations

import pytest

from research.tariffs.scenario import load_scenario, scenario_of
from research.tariffs.scenario_frames import lines_frame, options_sentence, shown_countries
from research.tariffs.welfare_draws import Setting


def own(*rates, retaliation=(), **options):
    content = {"title": "own", "reason": "a test", "rates": list(rates)}
    return scenario_of(content | {"retaliation": list(retaliation)} | options, "own")


def on(exporters, importer="USA", rate=0.1, **more):
    return {"importer": importer, "exporters": exporters, "rate_share": rate} | more


def test_every_line_of_both_states_has_a_row():
    new = own(on(["CHN", "IND"], sectors=["MVH", "STL"]), on(["JPN"], rate=0.125))
    table = lines_frame(Setting(new, load_scenario("letter_25")))
    assert table["state"].tolist() == ["own", "own", "25 % of the letter"]
    first, second, letter = (row for _, row in table.iterrows())
    assert first[["importer", "exporters", "sectors", "rate", "own"]].tolist() == [
        "USA", "CHN, IND", "MVH, STL", "10 %", "none",
    ]  # fmt: skip
    assert (second["exporters"], second["sectors"], second["rate"]) == ("JPN", "all", "12.5 %")
    assert letter["rate"] == "law of 2025-09-15"
    assert letter["own"].startswith("25 % (add_on) on auto_parts, trucks, ")
    assert letter["own"].endswith(" from 2025-09-15")


@pytest.mark.parametrize(("asked", "rows"), [(False, 2), (True, 4)])
def test_retaliation_has_its_rows_where_it_is_in_force(asked, rows):
    states = load_scenario("deal_15"), load_scenario("letter_25")
    table = lines_frame(Setting(*states, retaliation=asked))
    assert len(table) == rows
    assert (table["importer"] == "JPN").sum() == rows - 2


def test_a_state_without_a_line_has_no_row():
    table = lines_frame(Setting(own(on(["JPN"])), load_scenario("free_trade")))
    assert table["state"].tolist() == ["own"]


def test_options_are_told():
    plain = options_sentence(load_scenario("deal_15"))
    assert "labour supply elasticity 0, sellers pass on 100 % of a duty, 100 % of trade" in plain
    assert plain.endswith("and revenue goes back in equal parts.")
    options = {"labour_supply_elasticity": 0.5, "deficit_left_share": 0.0, "firm_pass_through": 0.8}
    set_by_user = options_sentence(own(**options, revenue_use="income_tax"))
    assert "elasticity 0.5, sellers pass on 80 % of a duty, 0 % of trade deficits" in set_by_user
    assert set_by_user.endswith("against income tax.")


def test_countries_of_the_lines_are_shown_between_those_that_always_are():
    states = load_scenario("deal_15"), load_scenario("letter_25")
    assert shown_countries(Setting(*states)) == ["USA", "JPN", "MEX", "KOR"]
    china = own(
        on(["CHN"]), on(["all"]), on(["USA"], importer="IND"), retaliation=[on(["USA"], "CAN")]
    )
    setting = Setting(china, load_scenario("mfn"))
    assert shown_countries(setting) == ["USA", "JPN", "CHN", "IND", "MEX", "KOR"]


def test_countries_that_the_trade_does_not_tell_apart_are_not_shown():
    new = own(on(["VNM"]))
    assert "VNM" not in shown_countries(Setting(new, load_scenario("mfn")))
    one_good = Setting(new, load_scenario("mfn"), model="one_sector", year=2023)
    assert shown_countries(one_good) == ["USA", "JPN", "VNM", "MEX", "KOR"]
