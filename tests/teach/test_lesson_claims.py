"""The lesson on claims: its truths computed anew, its simulations, and typical wrong answers."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from research.data import load_table
from research.teach.lessons import claims as lesson
from research.teach.lessons.claims import check, claims, errs, how_many_agree, judge, raters

RIGHT = {
    **{"nyb_01": "contradicted", "nyb_07": "supported", "nyb_22": "kept", "nyb_66": "partly"},
    **{"nyb_70": "broken", "nyb_79": "unproven", "an_05": "open", "an_06": "contradicted"},
    **{"jp_04": "unproven", "rev_01b": "partly"},
}


def rule(value, low, high, near):
    """Judge one figure, written out."""
    if math.isnan(value):
        return "unproven"
    outside = max(low - value, value - high, 0)
    return "contradicted" if outside > near else "partly" if outside else "supported"


def stands(row, *, factor=1.0, moves=(0.0,)):
    """Say whether a figure lies in one of the bands, which may be moved."""
    return any(row.low + by <= factor * row.found <= row.high + by for by in moves)


ROWS = [*claims().itertuples()]
KNOWN = [row for row in ROWS if row.found == row.found]
FALSE, TRUE = ([row for row in KNOWN if row.is_true == truth] for truth in (False, True))
STANDS, THREE = [row for row in KNOWN if stands(row)], (-1.5, 0.0, 1.5)
REAL = lesson.real_ratings()


def pct(rows, of, **how):
    return 100 * sum(stands(row, **how) for row in rows) / len(of)


def worth(base):
    right, wrong = base * pct(TRUE, TRUE), (1 - base) * pct(FALSE, FALSE)
    return 100 * right / (right + wrong)


def table(frame):
    """Count pairs of words, each word of either rater in rows and in columns."""
    words = sorted({*frame["first"], *frame["second"]})
    pair = [pd.Categorical(frame[one], words) for one in ("first", "second")]
    return pd.crosstab(*pair, dropna=False).to_numpy()


def same(frame):
    return float(np.mean(frame["first"].to_numpy() == frame["second"].to_numpy()))


def test_truths_are_what_loops_over_claims_and_pairs_give():
    assert check.questions["q3"].truth() == pytest.approx(pct(FALSE, FALSE))
    # Three bands that overlap are one wide band.
    wide = [row.low - 1.5 <= row.found <= row.high + 1.5 for row in FALSE]
    assert check.questions["q4"].truth() == pytest.approx(100 * np.mean(wide))
    assert check.questions["q5"].truth() == pytest.approx(worth(0.1))
    kept = [row for row in STANDS if math.isinf(row.high - row.low)]
    assert check.questions["q6"].truth() == pytest.approx(100 * (1 - len(kept) / len(STANDS)))
    for name, frame in {"q8": raters(), "q9": REAL}.items():
        kappa = cohens_kappa(table(frame), return_results=False)
        assert check.questions[name].truth() == pytest.approx(kappa)
    assert len(REAL) == len(load_table("deal/claim_ratings")) / 2


def test_claims_are_as_true_as_is_said_and_an_exact_figure_tells():
    frame = claims(3000, noise=0.0, seed=9)
    assert (frame["true"].between(frame["low"], frame["high"]) == frame["is_true"]).all()
    known = frame["found"].notna()
    assert ((judge(frame) == "supported") == frame["is_true"])[known].all()
    assert frame["is_true"].mean() == pytest.approx(0.5, abs=0.03)
    missing = (~known).groupby(frame["is_true"]).mean()
    assert missing.tolist() == pytest.approx([0.3, 0.1], abs=0.03)
    assert [rule(row.found, row.low, row.high, row.near) for row in ROWS] == [*judge(claims())]


FUNCTIONS = {
    "a word that is none of the four": lambda *row: rule(*row).title(),
    "a missing figure": lambda *row: "contradicted" if row[0] != row[0] else rule(*row),
    "ends left out": lambda value, *row: "partly" if value in row[:2] else rule(value, *row),
    "outer ends": lambda value, low, high, by: rule(value, low, high, by - 1e-9),
    "one end only": lambda *row: "unproven" if math.isinf(row[2]) else rule(*row),
    "nothing back": lambda *row: None,
    "too few arguments": lambda value: "partly",
}


@pytest.mark.parametrize("slip", FUNCTIONS)
def test_a_function_is_shown_where_it_errs(slip, capsys):
    wrong = FUNCTIONS[slip]
    assert errs(wrong) == "somewhere"
    assert not check.passes("q2", "somewhere")
    told = capsys.readouterr().out
    row = re.search(r"near are \((.*)\): it gives (.*)\.\n", told)
    numbers = [float(one) for one in row[1].split(", ")]
    assert "TypeError" in row[2] if "argument" in slip else row[2] == repr(wrong(*numbers))
    assert row[2] != repr(rule(*numbers))


def test_the_rule_is_right_and_an_empty_cell_is_no_answer():
    assert errs(rule) == errs(rule, seed=7) == "nowhere"
    assert errs(lambda *row: ...) is ...
    assert how_many_agree(...) is ...


COUNTS = table(raters())
FIRST, CHANCE = COUNTS.sum(axis=1) / 150, COUNTS.sum(axis=1) @ COUNTS.sum(axis=0) / 150**2
WRONG = {
    "without a date": ("q1", "A", "neither a date nor a measure"),
    "all false claims": ("q3", pct(FALSE, [row for row in ROWS if not row.is_true]), "without a"),
    "turned round": ("q3", pct(FALSE, STANDS), "supported claims that are false"),
    "a share": ("q3", pct(FALSE, FALSE) / 100, "a share for per cent"),
    "one band": ("q4", pct(FALSE, FALSE), "fixed before"),
    "true ones too": ("q4", pct(KNOWN, KNOWN, moves=THREE), "true claims counted"),
    "half true": ("q5", worth(0.5), "as in the simulation"),
    "rate of true": ("q5", pct(TRUE, TRUE), "true claims that are supported"),
    "survive": ("q6", pct(STANDS, STANDS, factor=10), "still stand"),
    "observed": ("q8", same(raters()), "observed agreement alone"),
    "not divided": ("q8", same(raters()) - CHANCE, "no division"),
    "rows only": ("q8", (same(raters()) - FIRST @ FIRST) / (1 - FIRST @ FIRST), "sums of the rows"),
    "raw": ("q9", same(REAL), "observed agreement alone"),
    "no open ones": ("q9", same(REAL[REAL.ne("open").all(axis=1)]), "open claims left out"),
}  # fmt: skip


@pytest.mark.parametrize("slip", WRONG)
def test_wrong_answers_get_their_hint(slip):
    name, value, hint = WRONG[slip]
    is_right, told = check._verdict(name, value)
    assert not is_right
    assert hint in told


def test_ten_verdicts_are_counted_and_not_told(capsys):
    assert how_many_agree(RIGHT) == "enough"
    assert how_many_agree(RIGHT | {"an_05": "supported", "jp_04": "partly"}) == "enough"
    three = RIGHT | {"an_05": "supported", "jp_04": "partly", "nyb_22": "open"}
    assert how_many_agree(three) == "too few"
    assert not check.passes("q7", "too few")
    told = capsys.readouterr().out
    assert told == "10 of 10 agree.\n8 of 10 agree.\n7 of 10 agree.\n"
    shown = lesson.ten_claims()
    assert [*shown.index] == lesson.TEN
    assert not {"verdict", "view", "reason"} & {*shown}
    assert shown["evidence"].str.len().min() > 30
    assert shown.notna().all(axis=None)


def test_what_is_missing_or_not_known_is_said(capsys):
    assert how_many_agree(RIGHT | {"nyb_22": "supported"}) == "too few"
    assert how_many_agree({"nyb_01": " Partly"}) == "too few"
    assert how_many_agree([1]) is ...
    told = capsys.readouterr().out
    assert "nyb_22: supported is not one of kept, in part" in told
    assert "nyb_01" not in told
    assert "agree" not in told
    assert told.count("nothing is not one of") == 9
    assert "Write a dict" in told
