"""States of tariffs in words: every line, the options, and whose welfare is shown."""

from __future__ import annotations

from research.tariffs.scenario import load_scenario, scenario_of
from research.tariffs.scenario_frames import options_sentence, shown_countries
from research.tariffs.welfare_draws import Setting


def own(*rates, retaliation=(), **options):
    content = {"title": "own", "reason": "a test", "rates": list(rates)}
    return scenario_of(content | {"retaliation": list(retaliation)} | options, "own")


def on(exporters, importer="USA", rate=0.1, **more):
    return {"importer": importer, "exporters": exporters, "rate_share": rate} | more


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
