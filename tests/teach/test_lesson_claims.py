"""The lesson on claims: its truths computed anew, its simulations, and typical wrong answers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from research.data import load_table
from research.teach.lessons.claims import (
    TEN,
    check,
    claims,
    errs,
    how_many_agree,
    judge,
    partner,
    raters,
    real_ratings,
    ten_claims,
)

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


def pct(rows, of, **how):
    return 100 * sum(stands(row, **how) for row in rows) / len(of)


def worth(base):
    right, wrong = base * pct(TRUE, TRUE), (1 - base) * pct(FALSE, FALSE)
    return 100 * right / (right + wrong)


def kappa(frame, chance=None):
    """Compute Cohen's kappa from counts of pairs."""
    pairs, n = [*zip(frame["first"], frame["second"], strict=True)], len(frame)
    words = {word for pair in pairs for word in pair}
    same = sum(a == b for a, b in pairs) / n
    shares = [[sum(p[k] == word for p in pairs) / n for word in sorted(words)] for k in (0, 1)]
    expected = np.dot(*(np.array(shares) if chance is None else np.array(shares)[list(chance)]))
    return (same - expected) / (1 - expected)


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
    for name, frame in {"q8": raters(), "q9": real_ratings()}.items():
        words = sorted({*frame["first"], *frame["second"]})
        pair = [pd.Categorical(frame[one], words) for one in frame]
        theirs = cohens_kappa(pd.crosstab(*pair, dropna=False), return_results=False)
        assert check.questions[name].truth() == pytest.approx(theirs)
    assert len(real_ratings()) == len(load_table("deal/claim_ratings")) / 2


def test_claims_are_as_true_as_is_said_and_an_exact_figure_tells():
    frame = claims(3000, noise=0.0, seed=8)
    assert (frame["true"].between(frame["low"], frame["high"]) == frame["is_true"]).all()
    known = frame["found"].notna()
    assert ((judge(frame) == "supported") == frame["is_true"])[known].all()
    assert frame["is_true"].mean() == pytest.approx(0.5, abs=0.03)
    missing = (~known).groupby(frame["is_true"]).mean()
    assert missing.tolist() == pytest.approx([0.3, 0.1], abs=0.03)
    assert [rule(row.found, row.low, row.high, row.near) for row in ROWS] == [*judge(claims())]


FUNCTIONS = {
    "plain": lambda value, low, high, near: "supported",
    "missing": lambda value, *of: "contradicted" if value != value else rule(value, *of),
    "end": lambda value, low, high, near: (
        "partly" if value in (low, high) else rule(value, low, high, near)
    ),
    "far end": lambda value, low, high, near: (
        "contradicted" if value in (low - near, high + near) else rule(value, low, high, near)
    ),
    "at least": lambda value, low, high, near: (
        "unproven" if math.isinf(low - high) else rule(value, low, high, near)
    ),
    "nowhere": rule,
}


@pytest.mark.parametrize("where", FUNCTIONS)
def test_a_function_is_told_where_it_errs(where):
    assert errs(FUNCTIONS[where]) == errs(FUNCTIONS[where], seed=7) == where
    assert check.passes("q2", where) == (where == "nowhere")


def test_an_empty_function_and_no_ratings_are_no_answer():
    assert errs(lambda *row: ...) is ...
    assert how_many_agree(...) is ...
    assert check._verdict("q2", errs(lambda *row: None))[1] == "No answer yet."


def test_a_function_that_stops_is_said_to(capsys):
    assert errs(lambda value: "partly") == "stops"
    assert "The function stops: TypeError" in capsys.readouterr().out


WRONG = {
    "without a date": ("q1", "A", "neither a date nor a measure"),
    "all false claims": ("q3", pct(FALSE, [row for row in ROWS if not row.is_true]), "without a"),
    "true for false": ("q3", pct(TRUE, TRUE), "true claims in place"),
    "turned round": ("q3", pct(FALSE, STANDS), "supported claims that are false"),
    "of all": ("q3", pct(FALSE, ROWS), "all claims below"),
    "partly too": (
        "q3", 100 * np.mean([rule(*row[4:5], *row[1:4]) != "contradicted" for row in FALSE]),
        "partly counted",
    ),
    "a share": ("q3", pct(FALSE, FALSE) / 100, "a share for per cent"),
    "one band": ("q4", pct(FALSE, FALSE), "fixed before"),
    "sum": ("q4", sum(pct(FALSE, FALSE, moves=[by]) for by in THREE), "added up"),
    "mean": ("q4", np.mean([pct(FALSE, FALSE, moves=[by]) for by in THREE]), "mean of the"),
    "true, three": ("q4", pct(TRUE, TRUE, moves=THREE), "true claims in place"),
    "half true": ("q5", worth(0.5), "as in the simulation"),
    "rate of true": ("q5", pct(TRUE, TRUE), "true claims that are supported"),
    "rest": ("q5", 100 - worth(0.1), "that are false"),
    "survive": ("q6", pct(STANDS, STANDS, factor=10), "still stand"),
    "sign": ("q6", 100 - pct(STANDS, STANDS, factor=-1), "wrong sign"),
    "observed": ("q8", same(raters()), "observed agreement alone"),
    "first only": ("q8", kappa(raters(), (0, 0)), "first rater used for both"),
    "second only": ("q8", kappa(raters(), (1, 1)), "second rater used for both"),
    "a third": ("q8", (same(raters()) - 1 / 3) / (2 / 3), "equal chances"),
    "raw": ("q9", same(real_ratings()), "observed agreement alone"),
    "no open ones": ("q9", kappa(real_ratings()[real_ratings().ne("open").all(axis=1)]), "open"),
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
    shown = ten_claims()
    assert [*shown.index] == TEN
    assert not {"verdict", "view", "reason"} & {*shown}
    assert shown["evidence"].str.len().min() > 30
    assert shown.notna().all(axis=None)


def test_what_is_missing_or_not_known_is_said(capsys):
    assert how_many_agree({"nyb_1": "kept", **RIGHT} | {"nyb_22": "supported"}) == "incomplete"
    assert how_many_agree({"nyb_01": "partly"}) == how_many_agree([1]) == "incomplete"
    told = capsys.readouterr().out
    assert "nyb_1: no such claim. Did you mean nyb_01?" in told
    assert "agree" not in told
    assert "nyb_22: 'supported' is no verdict on a promise: kept" in told
    assert told.count("no verdict yet") == 9
    assert "not list" in told


def test_a_partner_is_mostly_right():
    right = pd.DataFrame([partner(seed) for seed in range(40)]).eq(RIGHT).mean(axis=None)
    assert 0.55 < right < 0.85
