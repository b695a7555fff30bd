"""Tables and words of the figures of power and of contrasts, from results to sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.events import contrasts, minimal_detectable_effect, power_curve
from research.events.captions import contrast_alt, contrast_title, power_alt, power_title
from research.events.frames import contrast_frame, power_frames
from research.words import p_words

GROUPS = pd.Series(
    ["chip"] * 4 + ["energy"] * 3 + ["jp_investor"], index=[f"firm{n}" for n in range(8)]
)


@pytest.fixture(scope="module")
def study(panel):
    return panel(n_firms=8).study()


@pytest.fixture(scope="module")
def power(study):
    curve = power_curve(study, GROUPS, effects=[0.0, 0.05], replications=100)
    smallest = minimal_detectable_effect(study, GROUPS, replications=100)
    return curve, smallest


def test_power_frames_are_per_cent(power):
    curve, smallest = power
    lines, marks = power_frames(curve, smallest, "news", "portfolio_t")
    own = curve[curve["test"] == "portfolio_t"]
    assert lines["group"].tolist() == own["group"].tolist()
    assert lines["effect_pct"].tolist() == [0.0, 5.0] * 3
    assert lines["power_pct"].to_numpy() == pytest.approx(100 * own["power"].to_numpy())
    assert marks["group"].tolist() == ["chip", "energy", "jp_investor"]
    expected = 100 * smallest["portfolio_t_mde"].to_numpy()
    assert marks["mde_pct"].to_numpy() == pytest.approx(expected)


def test_words_of_power_name_the_sharpest_and_the_bluntest():
    marks = pd.DataFrame({"group": ["energy", "chip", "us_auto"], "mde_pct": [4.81, 2.52, np.nan]})
    assert power_title(marks, 0.8) == (
        "One date shows an effect in 80 of 100 cases if it is 2.5 % (US chips) or more, 4.8 % in "
        "US energy"
    )
    assert power_alt(marks, 0.8).endswith("per cent: US energy 4.8; US chips 2.5; US cars none.")
    assert power_title(marks.tail(1), 0.9) == "No group shows any effect in 90 of 100 cases"


def test_one_group_is_not_set_against_itself():
    marks = pd.DataFrame({"group": ["chip"], "mde_pct": [2.52]})
    assert power_title(marks, 0.8) == (
        "One date shows an effect in 80 of 100 cases if it is 2.5 % (US chips) or more"
    )


def test_contrasts_without_a_test_are_not_drawn(panel):
    drawn = panel(n_firms=8)
    drawn.returns.iloc[130, 7] = np.nan
    pairs = [("chip", "energy"), ("chip", "jp_investor")]
    table = contrasts(drawn.study(), pairs, groups=GROUPS)
    frame = contrast_frame(table)
    assert frame["label"].tolist() == ["US chips less US energy"]
    for name in ("difference", "low", "high"):
        assert frame[f"{name}_pct"].tolist() == [100 * table[name].iloc[0]]


def test_several_events_are_named(panel):
    drawn = panel(n_firms=8)
    second = drawn.events.assign(event_id="more", date=drawn.returns.index[140])
    study = type(drawn)(drawn.returns, drawn.benchmark, pd.concat([drawn.events, second])).study()
    frame = contrast_frame(contrasts(study, [("chip", "energy")], groups=GROUPS))
    expected = ["US chips less US energy, news", "US chips less US energy, more"]
    assert frame["label"].tolist() == expected


def test_words_of_contrasts_are_those_of_the_table():
    table = pd.DataFrame(
        {
            "label": ["A less B", "C less D"],
            "difference_pct": [7.14, -2.06],
            "low_pct": [4.1, -5.7],
            "high_pct": [10.0, 1.5],
            "pvalue": [0.00001, 0.246],
            "holm_pvalue": [0.00002, 0.246],
        }
    )
    assert contrast_title(table) == (
        "One of 2 differences stands after adjusting for their number; clearest: A less B, "
        "+7.1 points"
    )
    assert contrast_alt(table).endswith(
        "A less B +7.1 (+4.1 to +10.0, adjusted p < 0.001); "
        "C less D \N{MINUS SIGN}2.1 (\N{MINUS SIGN}5.7 to +1.5, adjusted p = 0.246)."
    )


@pytest.mark.parametrize(
    ("pvalue", "words"), [(0.0272, "= 0.027"), (0.001, "= 0.001"), (0.0009, "< 0.001")]
)
def test_small_p_values_are_never_zero(pvalue, words):
    assert p_words(pvalue) == words
