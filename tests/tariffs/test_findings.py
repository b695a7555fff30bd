"""Sentences of the tariff notebook turn with their facts: signs, counts, reasons, ends of range."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from research.data import load_table
from research.tariffs import findings
from research.tariffs.elasticities import load_thetas
from research.tariffs.market_frames import diversion
from research.tariffs.models.registry import MODELS, Case, effects
from research.tariffs.scenario import load_scenario
from research.tariffs.welfare_draws import TOGETHER

from .sound_words import faults, sound

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"


def diverted(**changes):
    columns = {
        "sector_name": ["cars", "wood"],
        "imports_bn_usd": [60.0, 40.0],
        "counterfactual_bn_usd": [30.0, 10.0],
        "imports_pct": [10.0, -10.0],
        "home_bn_usd": [-1.0, -0.25],
        "others_bn_usd": [0.5, 0.25],
        "revenue_bn_usd": [2.0, -0.5],
        "old_rate_pct": [20.0, 20.0],
        "new_rate_pct": [10.0, 10.0],
        "buyer_price_pct": [-2.0, -2.0],
    }
    return pd.DataFrame(columns | changes)


def peaks(*rates):
    return pd.DataFrame({"peak_pct": rates}, dtype=float)


def by_set(*best, others=(15.0, 41.0)):
    return pd.DataFrame({"best_pct": best, "best_others_pct": others[: len(best)]})


def welfare(us, japan=(0.03,), low=None, chance=0.7):
    """Medians by set; where there are several, one row of all together comes last."""
    rows = []
    for country, medians in (("United States", us), ("Japan", japan)):
        sets = [f"set {k}" for k, _ in enumerate(medians)]
        shown = [*medians, float(np.median(medians))] if len(medians) > 1 else medians
        names = [*sets, "all sets mixed"] if len(medians) > 1 else sets
        for name, middle in zip(names, shown, strict=True):
            ends = {"low": middle - 0.01 if low is None else low, "high": middle + 0.01}
            ends = {"low": middle, "high": middle} if low == "fixed" else ends
            rows.append(
                {"country": country, "elasticities": name, "central": middle, **ends}
                | {"chance_of_gain": chance, "standard_error": 0.01}
            )
    return pd.DataFrame(rows)


def models(*rows):
    """Title, imports and US welfare; a model without figures has refused."""
    table = pd.DataFrame(rows, columns=["title", "imports_pct", "welfare_pct"])
    refused = np.where(table["imports_pct"].isna(), "rates on TWN", "")
    return table.assign(refused=refused, japan_welfare_pct=0.1)


def drivers(*rows):
    table = pd.DataFrame(rows, columns=["driver", "low_label", "high_label", "at_low", "at_high"])
    return table.assign(base=0.01)


def games(us=11.5, us_welfare=0.008, japan=-0.114):
    return pd.DataFrame(
        {
            "us_rate_pct": [us, 28.0, 28.4],
            "japan_rate_pct": [np.nan, np.nan, 26.7],
            "us_welfare_pct": [us_welfare, 0.5, 0.45],
            "japan_welfare_pct": [japan, -0.2, 0.6],
        }
    )


def forecasts(income, exports, theirs=(-0.2, -3.2), rates=(15.0, 25.0)):
    """Ranges of real income and of exports, one for each state; levels are for the first one."""
    rows = [
        ("forecast", "level", f"bank {k}", "none", rates[0] + 1, value, value)
        for k, value in enumerate(theirs)
    ]
    for kind, ranges in (("real income", income), ("exports lost", exports)):
        rows += [
            ("this repository", kind, "ours", f"state {k}", rates[k], *r)
            for k, r in enumerate(ranges)
        ]
    columns = ["group", "kind", "source", "state", "rate_pct", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(central=(table["low"] + table["high"]) / 2)


def values(static, kept, cut, japan=(0.7, 1.4, 2.4), us=(-1.8, 2.9, 3.9)):
    same = {"static": static, "kept": kept, "cut": cut}
    rows = [*((words, *[value] * 3) for words, value in same.items()), ("J", *japan), ("US", *us)]
    table = pd.DataFrame(rows, columns=["what", "low", "central", "high"])
    years = 68 / table["central"]
    return table.assign(claimed_years=years.where(table["central"] > 0))


def welfare_text(*args, **kwargs):
    states = (load_scenario("deal_15"), load_scenario("letter_25"))
    return sound(findings.welfare_sentence(welfare(*args, **kwargs), *states))


# Trade and revenue.


def test_trade_is_weighed_with_what_was_bought_before_the_change():
    """30 x 10 % and 10 x -10 % are 2 of 40, 5 %; with imports of 2024 it would be 2 %."""
    cut = diverted(imports_pct=[5.0, 5.0], revenue_bn_usd=[-3.0, -1.0])
    text = sound(findings.trade_sentence(diverted(), cut, peaks(25, 65), peaks(100, 180)))
    assert (
        f"keep their prices, imports from Japan change by +5.0{NBSP}% (cars: +10.0{NBSP}%)" in text
    )
    assert f"US sales at home by {MINUS}1.2 USD billion, imports from others by +0.8" in text
    assert "duties on goods from Japan by +1.5 USD billion a year. If they change them" in text
    assert f"it is +5.0{NBSP}% (cars: +5.0{NBSP}%)" in text
    assert f"duties on goods from Japan by {MINUS}4.0 USD billion a year." in text
    assert (
        "In the two largest sectors revenue peaks at 25 to 65 % in the first case, and at" in text
    )
    assert text.endswith("at 100 to 180 % in the second.")


def test_buyers_part_of_the_change_is_that_of_the_sellers_that_change_prices():
    """Duties fall by a tenth of the price, and buyers' prices by half of that, in logs."""
    half = 100 * (np.sqrt(1.1 / 1.21) - 1)
    cut = diverted(old_rate_pct=[21.0, 21.0], new_rate_pct=10.0, buyer_price_pct=half)
    text = sound(findings.trade_sentence(diverted(), cut, peaks(25), peaks(100)))
    assert "so that buyers have 50 % of the change of duties" in text


def test_trade_of_the_sentence_is_that_of_the_models():
    """The models add up imports in dollars, state by state."""
    thetas, deal, letter_25 = (
        load_thetas("fontagne"),
        load_scenario("deal_15"),
        load_scenario("letter_25"),
    )
    kept, cut = (diversion(thetas, deal, letter_25, supply) for supply in (np.inf, 1.5))
    text = findings.trade_sentence(kept, cut, peaks(25), peaks(100))
    for name, words in (("given_prices", "change by"), ("armington", "it is")):
        found = effects(MODELS[name], Case(deal, thetas), letter_25)["imports_pct"]
        assert f"{words} +{found:.1f}{NBSP}% (" in text


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ((25, 25), "revenue peaks at 25 % in the first"),
        ((25, 40, np.nan), "at 25 to 40 %, and at no rate looked at in one of 3 sectors in the"),
        ((np.nan, np.nan), "revenue peaks at no rate looked at in the first"),
    ],
)
def test_peaks_beyond_the_last_rate_are_told(kept, words):
    text = findings.trade_sentence(diverted(), diverted(), peaks(*kept), peaks(100))
    assert words in sound(text)


# Welfare.


def test_sets_that_disagree_are_named_on_their_sides():
    text = welfare_text((0.013, 0.007, -0.006))
    assert f"by +0.007{NBSP}% in the median of all draws (90 % of the draws of each set: " in text
    assert f"set: {MINUS}0.016 to +0.023)" in text
    assert "gain with 2 of 3 sets (set 0 and set 1) and lose with 1 (set 2)." in text
    assert text.endswith("The chance of a gain is 70 % of the draws.")


def test_sets_that_are_all_sure_have_no_chance_but_their_number():
    text = welfare_text((0.013, -0.006), chance=1.0)
    assert text.endswith("with 1 of 2 sets (set 0) and lose with 1 (set 1).")


@pytest.mark.parametrize(("sign", "word"), [(1, "gain"), (-1, "loss")])
def test_sets_that_agree_share_the_sign_of_the_median(sign, word):
    text = welfare_text((0.013 * sign, 0.007 * sign))
    assert f"The median has the same sign with every set: a {word}. The chance" in text


def test_the_row_of_all_sets_is_no_set_of_its_own():
    assert "all sets mixed" not in welfare_text((0.013, -0.007))


def test_one_set_has_nothing_to_agree_with():
    text = welfare_text((0.013,))
    assert "set:" not in text
    assert "every set" not in text


@pytest.mark.parametrize(("us", "japan"), [((0.0, 0.0), (0.0,)), ((0.0, 0.01), (0.01,))])
def test_no_effect_is_neither_gain_nor_loss(us, japan):
    text = welfare_text(us, japan)
    assert "Not every set has an effect on the United States." in text
    assert not re.search("a (gain|loss)\\.", text)


def test_a_set_without_errors_has_no_chances():
    text = welfare_text((0.013,), low="fixed", chance=1.0)
    assert "(all draws alike, for no standard error is published); Japan's by +0.030" in text
    assert "chance" not in text
    assert "to +0.030" not in text


@pytest.mark.parametrize(
    ("chance", "words"),
    [(1.0, "100 %"), (0.998, "more than 99 %"), (0.002, "less than 1 %"), (0.0, "0 %")],
)
def test_only_a_certain_gain_has_a_chance_of_100(chance, words):
    text = welfare_text((0.01,), chance=chance)
    assert text.endswith(f"The chance of a gain is {words} of the draws.")
    assert "(90 % of draws: 0.000 to +0.020)" in text


# First order.


def first_order(exact, first, terms=0.03, volume=-0.01):
    columns = {"state": "deal", "country": ["United States", "Japan"], "exact_pct": [exact, -0.1]}
    parts = {"terms_of_trade_pct": terms, "volume_of_trade_pct": volume, "first_order_pct": first}
    return sound(findings.first_order_sentence(pd.DataFrame(columns | parts)))


@pytest.mark.parametrize(
    ("exact", "first", "head", "words"),
    [
        (-0.0002, 0.0191, "not enough", "not of the same sign."),
        (0.005, 0.0174, "not enough", "3.5 times that."),
        (-0.02, -0.01, "not enough", "0.5 times that."),
        (0.0, 0.01, "not enough", "not of the same sign."),
        (0.01, 0.01, "enough", "the same."),
    ],
)
def test_exact_welfare_is_held_against_first_order(exact, first, head, words):
    text = first_order(exact, first)
    assert text.startswith(f"**First order is {head}.** Against the rates before 2025 *deal*")
    assert f"(terms of trade +0.0300, volume of trade {MINUS}0.0100): {words}" in text


# Models.


def test_models_are_named_at_both_ends_and_those_that_refuse_are_counted():
    rows = [("low one", -11.6, -0.009), ("high one", 33.7, 0.013)]
    text = sound(findings.models_sentence(models(*rows)))
    assert (
        f"Of 2 models on the same scenario and elasticities, imports from Japan move by {MINUS}12"
        in text
    )
    assert (
        f"lowest ({MINUS}0.009{NBSP}%) in *low one* and highest (+0.013{NBSP}%) in *high one*."
        in text
    )
    refused = ("other", np.nan, np.nan)
    one = sound(findings.models_sentence(models(*rows, refused)))
    assert one.endswith("One does not take the case.")
    two = sound(findings.models_sentence(models(*rows, refused, refused)))
    assert two.endswith("Two do not take the case.")


# Forecasts.


def test_each_state_is_told_with_the_levels_of_its_rate():
    frame = forecasts([(-0.15, -0.07), (-0.21, -0.09)], [(-1.39, -0.72), (-1.83, -1.0)])
    text = sound(findings.forecasts_sentence(frame))
    assert f"from {MINUS}0.2{NBSP}% to {MINUS}3.2{NBSP}%" in text
    first, second = text[text.index("*state 0*") :].split("*state 1*")
    assert first == (
        "*state 0*, 15.0 % on average: real income falls by 0.07 to 0.15 %, exports lost come to "
        "0.72 to 1.39 % of GDP; levels forecast for about that rate: "
        f"{MINUS}0.20{NBSP}% to {MINUS}3.20{NBSP}%, one of 2 is worse than the exports lost. "
    )
    assert second == (
        ", 25.0 % on average: real income falls by 0.09 to 0.21 %, exports lost come to 1.00 to "
        "1.83 % of GDP; no level is forecast for about that rate."
    )


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        ((-0.2, -0.3), "none of 2 are worse than"),
        ((-2.0, -3.0, -0.1), "two of 3 are worse than"),
        ((-2.0,), f"rate: {MINUS}2.00{NBSP}%, one of 1 is worse than"),
        ((-1.84,), "none of 1 are worse than"),
    ],
)
def test_levels_worse_by_more_than_rounding_are_counted(theirs, words):
    frame = forecasts([(-0.2, -0.1)], [(-1.8, -1.0)], theirs)
    assert sound(findings.forecasts_sentence(frame)).endswith(f"{words} the exports lost.")


def test_growth_and_cuts_of_forecasts_are_not_held_against_a_state():
    frame = forecasts([(-0.2, -0.1)], [(-1.8, -1.0)], (-0.2, -3.2, -9.0))
    frame.loc[2, ["kind", "source"]] = "forecast cut", "bank 0"
    text = sound(findings.forecasts_sentence(frame))
    assert "3 figures of 2 forecasters run from" in text
    assert f"to {MINUS}9.0{NBSP}%; 2 are levels" in text
    assert f"{MINUS}0.20{NBSP}% to {MINUS}3.20{NBSP}%, one of 2 is" in text


def test_states_of_one_rate_are_both_held_against_its_levels():
    frame = forecasts([(-0.2, -0.1)] * 2, [(-4.0, -1.0), (-1.8, -1.0)], rates=(15.0, 17.0))
    text = sound(findings.forecasts_sentence(frame))
    assert "none of 2 are worse" in text
    assert "one of 2 is worse" in text


def test_a_gain_does_not_fall():
    text = sound(findings.forecasts_sentence(forecasts([(0.01, 0.03)], [(0.1, 0.42)])))
    assert "rises by 0.01 to 0.03 %, exports gained come to 0.10 to 0.42 % of GDP; lev" in text
    assert "worse" not in text


def test_a_gain_at_one_end_and_a_loss_at_the_other_keep_their_signs():
    text = sound(findings.forecasts_sentence(forecasts([(-0.24, 0.03)], [(-0.85, 0.08)])))
    assert f"changes by {MINUS}0.24 to +0.03 %" in text
    assert f"exports change by {MINUS}0.85 to +0.08 % of GDP" in text


def test_what_rounds_to_nothing_has_no_sign():
    frame = forecasts([(-0.2, 0.001), (-0.001, 0.001)], [(-0.5, -0.5), (0.0, 0.0)])
    text = sound(findings.forecasts_sentence(frame))
    assert "falls by 0.00 to 0.20 %, exports lost come to 0.50 %" in text
    assert "income changes by 0.00 %, exports change by 0.00 % of GDP" in text


# What the rates are worth.


def test_duties_avoided_are_held_against_the_claim():
    text = sound(findings.value_sentence(values(10.0, 2.0, 5.4)))
    assert "they avoid duties of 10.0 USD billion a year, which sellers and buyers share" in text
    assert "the 68 billion that Japan's negotiator named for the deal would take 6.8 years." in text
    assert "Once trade answers it is 2.0 to 5.4 billion, with sellers that keep or cut" in text
    assert f"by +2.9 USD billion ({MINUS}1.8 to +3.9)." in text


def test_other_states_are_not_held_against_the_claim():
    table = values(10.0, 2.0, 2.04).assign(claimed_years=np.nan)
    text = sound(findings.value_sentence(table))
    assert "which sellers and buyers share. Once trade answers it is 2.0 billion" in text
    assert "68" not in text


def test_duties_that_rise_are_not_avoided():
    text = sound(findings.value_sentence(values(-34.1, -26.3, -20.1)))
    assert text.startswith("**No duty is avoided.** At the trade of 2024 duties change by +34.1")
    assert "once trade answers, by +20.1 to +26.3 USD billion." in text
    assert "years" not in text
    still = sound(findings.value_sentence(values(-0.01, 0.0, 0.0)))
    assert "change by 0.0 USD billion a year; once trade answers, by 0.0 USD billion." in still


def test_revenue_may_rise_where_a_rate_was_beyond_its_peak():
    text = sound(findings.value_sentence(values(10.0, -0.4, 3.0)))
    assert f"it is {MINUS}0.4 to 3.0 billion" in text


# Drivers.


def test_the_three_widest_drivers_are_named_widest_first():
    rows = [
        ("a", "0", "1", 0.010, 0.012),
        ("b", "no", "yes", 0.030, 0.010),
        ("c", "1.0", "2.0", 0.010, 0.013),
        ("d", "0", "1", -0.020, 0.010),
    ]
    text = sound(findings.drivers_sentence(drivers(*rows)))
    assert [text.index(f" {name} (") for name in "dbc"] == sorted(
        text.index(f" {name} (") for name in "dbc"
    )
    assert " a (" not in text
    assert f"d (0 to 1: {MINUS}0.020{NBSP}% to +0.010{NBSP}%)" in text


def test_drivers_that_move_nothing_are_not_what_welfare_hangs_on():
    still, moves = ("a", "0", "1", 0.01, 0.0104), ("b", "0", "1", 0.01, 0.02)
    one = sound(findings.drivers_sentence(drivers(still, moves)))
    assert "a (" not in one
    assert f"b (0 to 1: +0.010{NBSP}% to +0.020{NBSP}%)." in one
    none = sound(findings.drivers_sentence(drivers(still)))
    assert f"No driver alone moves it by 0.001 points of income; it is +0.010{NBSP}%." in none


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (-0.003, f"it is {MINUS}0.003{NBSP}%: the sign turns."),
        (0.004, f"it is +0.004{NBSP}%: the sign stays."),
        (0.0001, f"it is 0.000{NBSP}%."),
    ],
)
def test_all_switches_together_have_a_sentence_of_their_own(on, words):
    moves, together = ("a", "0", "1", 0.01, 0.02), (TOGETHER, "off", "on", -0.5, on)
    text = sound(findings.drivers_sentence(drivers(moves, together)))
    assert text.endswith(words)
    assert TOGETHER not in text


# The best rate.


def test_the_best_rate_hangs_on_the_elasticity():
    text = sound(findings.game_sentence(games(), by_set(7.0, 38.3), 16.4))
    assert text.startswith("**The best tariff on Japan hangs on the elasticity.**")
    assert "11.5 % would be best for the United States at the middle elasticity" in text
    assert f"(+0.008{NBSP}%), at a cost to Japan of 0.11 %; the scenario's average is 16.4" in text
    assert "Set by set it is 7 to 38 %, 15 to 41 % with the duty on all others" in text
    assert "On everybody 28 % would be best, and 28 % where Japan sets its own best of 27" in text


def test_one_set_has_one_best_rate():
    text = sound(findings.game_sentence(games(), by_set(11.5), 16.4))
    assert text.startswith("**The best tariff on Japan hangs on the duties on others.**")
    assert "at this elasticity" in text
    assert "It is 15 % with the duty on all others" in text
    assert "Set by set" not in text


@pytest.mark.parametrize(
    ("japan", "words"),
    [
        (-0.001, "at a cost to Japan of 0.00 %"),
        (0.02, "with a gain to Japan of 0.02 %"),
        (-1.5, "at a cost to Japan of 1.50 %"),
    ],
)
def test_what_the_best_rate_does_to_japan_has_its_sign_in_words(japan, words):
    assert words in sound(findings.game_sentence(games(japan=japan), by_set(7.0, 38.3), 16.4))


def test_claims_that_are_tested_are_in_the_list():
    assert set(findings.CLAIMS) <= set(load_table("deal/claims").index)


@pytest.mark.parametrize(
    "text",
    ["it is nan %", "for for one", "by -0.4", f"by {MINUS}0.00 %", "One do not", "of .00 %", "a ("],
)
def test_words_that_are_wrong_are_seen(text):
    assert faults(text)
