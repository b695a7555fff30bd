"""Cases worked by hand, closed forms, a recomputation in plain loops, identities, faults."""

import json
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from benchmarks.waterfall import by_hand, flows
from hypothesis import given, settings
from hypothesis import strategies as st

from research.deal.terms import Terms, switches
from research.deal.value import irr, level_project, npv
from research.deal.waterfall import share_out

#: The cases are printed to six digits, and so are their inputs.
PRINTED = 2e-5
#: Sums of doubles in another order.
SAME = 1e-9

#: What of the cases is printed as a number; a year that never comes is null.
NUMBER = float | int | list

CASES = json.loads((Path(__file__).parent / "waterfall_cases.json").read_text())
USUAL = {
    "compounding": "annual", "payment_order": "interest first", "crossing_year": "split",
    "loss_rule": "as cash", "claw_back": "none", "pooling": "project", "deemed_rate_pct": 6.0,
    "funding_cost_pct": 0.0,
}  # fmt: skip
CHOICES = {
    name: get_args(Terms.model_fields[name].annotation)
    for name in ("reading", "compounding", "payment_order", "crossing_year", "loss_rule")
}


SOME = settings(deadline=None, max_examples=15)


def terms(reading, **others):
    return Terms(reading=reading, **USUAL | others)


def paid_at_once(cash, paid=100.0):
    return np.array([paid, *np.zeros(np.shape(cash)[-1] - 1)]) + np.zeros_like(cash)


def flows_of(case):
    asked = case["inputs"]
    cash = asked.get("cash") or [asked["level_cash"]] * asked["years"]
    return np.array([0.0, *cash]), paid_at_once([0.0, *cash], asked["P"])


def answers(cash, paid_in, asked):
    found = share_out(cash, paid_in, asked)
    year = None if np.isnan(found.recoupment_year) else found.recoupment_year
    values = {f"japan_npv_at_{k}": npv(found.japan_net, 100 * float(k)) for k in (0.03, 0.04, 0.06)}
    return values | {
        "japan_by_year": found.japan[1:],
        "us_by_year": found.us[1:],
        "japan_total": found.japan.sum(),
        "us_total": found.us.sum(),
        "japan_irr": irr(found.japan_net) / 100,
        "recoup_year": year,
        "unpaid_at_end": found.unpaid[-1],
    }


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("case")])
def test_every_number_of_the_cases(name):
    case = CASES[name]
    cash, paid_in = flows_of(case)
    last = np.append(np.zeros(len(cash) - 1), cash[-1])
    for part, printed in case.items():
        if part in ("A", "B"):
            found = answers(cash, paid_in, terms(part))
        elif part == "A_salvage_to_japan_first":
            shared = share_out(cash, paid_in, terms("A", loss_rule="Japan first"), salvage=last)
            found = {"japan_total": shared.japan.sum(), "us_total": shared.us.sum()}
            found["japan_irr"] = irr(shared.japan_net) / 100
        elif part == "with_funding_cost_in_principal":
            # The cash that pays both rates and ends with nothing unpaid.
            both = level_project(6 + 100 * printed["f"], case["inputs"]["years"])
            asked = terms("B", funding_cost_pct=100 * printed["f"])
            found = answers(both, paid_in, asked) | {"f": printed["f"]}
        elif part == "closed_form":
            years = -np.log(1 - 6 / cash[1]) / np.log(1.06)
            worth = 0.1 * (npv(cash, 6) - 200)
            found = {"B_recoup_continuous": years, "A_npv_at_r": worth, "A_recoup": 10}
            assert case["A"]["recoup_year"] == 10
            assert np.ceil(years) == case["B"]["recoup_year"]
        else:
            assert part == "inputs"
            found = {**printed, "project_irr": irr(cash - paid_in) / 100}
        for key, number in printed.items():
            asked = pytest.approx(number, abs=PRINTED) if isinstance(number, NUMBER) else number
            assert found[key] == asked


@SOME
@given(
    seed=st.integers(0, 2**32),
    rate=st.floats(0, 15),
    cost=st.sampled_from([0.0, 4.5]),
    one=st.floats(0.2, 0.9),
    two=st.floats(0, 1),
)
def test_all_switches_agree_with_plain_loops(seed, rate, cost, one, two):
    drawn = flows(4, (3, 14), seed)
    shares = {
        "phase_one_japan_share": one, "phase_one_us_share": 1 - one,
        "phase_two_japan_share": two, "phase_two_us_share": 1 - two,
    }  # fmt: skip
    for options in product(*CHOICES.values()):
        chosen = dict(zip(CHOICES, options, strict=True)) | shares
        asked = Terms(**USUAL | chosen | {"deemed_rate_pct": rate, "funding_cost_pct": cost})
        found = share_out(*drawn[:2], asked, salvage=drawn[2])
        np.testing.assert_allclose(found.japan + found.us, drawn[0], atol=SAME)
        assert min(found.japan.min(), found.us.min(), found.unpaid.min()) >= 0
        for at in np.ndindex(found.japan.shape[:-1]):
            japan, us, unpaid = by_hand(*(x[at] for x in drawn), asked)
            np.testing.assert_allclose(found.japan[at], japan, atol=SAME)
            np.testing.assert_allclose(found.us[at], us, atol=SAME)
            np.testing.assert_allclose(found.unpaid[at], unpaid, atol=SAME)
            repaid = np.flatnonzero(unpaid > 1e-7)[-1] + 1
            year = np.nan if repaid == len(unpaid) else repaid
            np.testing.assert_equal(found.recoupment_year[at], year)


@SOME
@given(seed=st.integers(0, 2**32))
def test_reading_a_is_worth_a_tenth_of_what_is_left_at_the_deemed_rate(seed):
    cash, paid_in, _ = flows(4, (3, 14), seed)
    found = share_out(cash, paid_in, terms("A"))
    left = npv(cash, 6) - 2 * npv(paid_in, 6)
    # Nothing is shared as in phase two where something is unpaid.
    expected = np.where(np.isnan(found.recoupment_year), left / 2, left / 10)
    np.testing.assert_allclose(npv(found.japan_net, 6), expected, atol=SAME * 100)


@SOME
@given(seed=st.integers(0, 2**32))
def test_pooled_projects_are_one_and_present_values_add_up(seed):
    cash, paid_in, _ = flows(4, (3, 14), seed)
    for reading in "AB":
        found = share_out(cash, paid_in, terms(reading, pooling="pooled"))
        alone = share_out(cash.sum(axis=1), paid_in.sum(axis=1), terms(reading))
        np.testing.assert_allclose(found.japan[:, 0], alone.japan, atol=SAME)
        np.testing.assert_array_equal(found.recoupment_year[:, 0], alone.recoupment_year)
        sides = npv(found.japan_net, 4.8) + npv(found.us, 4.8)
        np.testing.assert_allclose(sides, npv(cash - paid_in, 4.8).sum(axis=1, keepdims=True))


@SOME
@given(seed=st.integers(0, 2**32))
def test_claw_back_takes_what_was_not_funded_from_all_projects(seed):
    cash, paid_in, _ = flows(4, (3, 14), seed)
    unfunded = np.where(np.random.default_rng(seed).random((4, 14)) < 0.2, 30.0, 0.0)
    plain = share_out(cash, paid_in, terms("B"), unfunded=unfunded)
    found = share_out(cash, paid_in, terms("B", claw_back="until filled"), unfunded=unfunded)
    for draw in range(4):
        gap = 0.0
        for t in range(14):
            gap += unfunded[draw, t]
            taken = min(gap, plain.japan[draw, :, t].sum())
            gap -= taken
            left = plain.japan[draw, :, t].sum() - taken
            assert found.japan[draw, :, t].sum() == pytest.approx(left, abs=SAME)
    np.testing.assert_allclose(found.japan + found.us, cash, atol=SAME)
    np.testing.assert_array_equal(found.unpaid, plain.unpaid)


def test_the_order_matters_only_where_it_should():
    """Yearly compounding makes reading A one sum; thin cash makes the readings one."""
    cash, paid_in, _ = flows(4, (3, 14))
    orders = ("interest first", "principal first")
    first, second = (
        share_out(cash, paid_in, terms("A", payment_order=order)).japan for order in orders
    )
    np.testing.assert_allclose(first, second, atol=SAME)
    thin = level_project(1.0, 12)
    a, b = (share_out(thin, paid_at_once(thin), terms(reading)).japan for reading in "AB")
    assert thin[1] > 6
    assert not np.allclose(a, b)
    a, b = (share_out(thin / 2, paid_at_once(thin), terms(reading)).japan for reading in "AB")
    np.testing.assert_allclose(a, b)


def test_switches_of_the_table_are_those_of_the_terms():
    listed = switches().index.to_frame(index=False).groupby("term")["option"].agg(set)
    known = {
        name: set(get_args(field.annotation))
        for name, field in Terms.model_fields.items()
        if get_args(field.annotation) and name != "phase_one_japan_share"
    }
    assert listed.drop("funding_cost").to_dict() == known
    found = Terms(reading="A", **USUAL)
    assert (found.phase_one_japan_share, found.phase_two_us_share) == (0.5, 0.9)
