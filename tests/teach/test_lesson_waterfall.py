"""Truths of the lesson beside plain loops and closed forms, and what typical slips are told."""

import numpy as np
import pytest
from scipy.optimize import bisect

from research.deal.projects import portfolio
from research.deal.value import npv
from research.deal.waterfall import share_out
from research.teach.lessons import waterfall as lesson
from research.teach.lessons.waterfall import check, lesson_terms, level_until, paid_once

T = np.arange(lesson.YEARS + 1)
LEVEL = np.where(T > 0, 15.0, 0.0)
COST = np.where(T == 0, 100.0, 0.0)


def by_hand(cash, paid, rate, reading="A"):
    """Give cash to Japan and to the United States, and what is owed, in a plain loop."""
    principal, interest, found = 0.0, 0.0, []
    for c, x in zip(cash, paid, strict=True):
        interest += rate * (principal + interest)
        principal += x
        able = c / 2 if reading == "A" else c
        a = min(able, interest)
        b = min(able - a, principal)
        interest, principal = interest - a, principal - b
        own, used = (a + b, 2 * (a + b)) if reading == "A" else (a / 2 + b, a + b)
        found.append((own + (c - used) / 10, used - own + 0.9 * (c - used), interest + principal))
    return np.array(found).T


def worth(cash, rate=0.05, reading="A", at=1.04):
    return float((by_hand(cash, COST, rate, reading)[0] - COST) @ at**-T)


def annuity_of(k):
    return np.where(T > 0, 100 * k / (1 - (1 + k) ** -lesson.YEARS), 0.0)


def leads(k):
    """Say by how much reading A is worth more to Japan than B, of a project that returns k."""
    return worth(annuity_of(k)) - worth(annuity_of(k), reading="B")


def fates():
    """Give how often a level project failed in each year, the last for never, and its cash."""
    years = lesson.failure_years().clip(max=31)
    back = [np.where(k == T, 50 * (1 - T / 31), 0) for k in range(1, 32)]
    cash = [np.where(k > T, LEVEL, 0) + b for k, b in enumerate(back, start=1)]
    return np.bincount(years, minlength=32)[1:] / len(years), cash


def gas():
    deemed, cost = lesson.real_rates_pct()
    flows = lesson.drawn("gas power")
    cash, paid = flows.cash[:, 0], flows.paid_in[:, 0]
    at = (1 + cost / 100) ** -np.arange(cash.shape[-1])
    japan = [by_hand(c, x, deemed / 100)[0] - x for c, x in zip(cash, paid, strict=True)]
    return np.array(japan) @ at, paid @ at


SMALL = by_hand([0, 0, 20, 100, 90, 100], [100, 0, 0, 0, 0, 0], 0.1)
TRUTHS = {
    "q1": lambda: SMALL[2][3],
    "q2": lambda: SMALL[0][5],
    "q3": lambda: np.mean([by_hand(c, COST[:21], 0.05)[0].sum() for c in lesson.some_projects(1)]),
    "q4": lambda: 100 * by_hand(LEVEL, COST, 0.05)[1].sum() / LEVEL.sum(),
    "q5": lambda: worth(LEVEL),
    # At break-even Japan gets half of all cash: an annuity worth 100.
    "q6": lambda: 100 * bisect(lambda k: annuity_of(k)[1] - 2 * annuity_of(0.04)[1], 0.01, 0.5),
    "q7": lambda: 100 * bisect(leads, 0.08, 0.15),
    "q8": lambda: float(np.dot(fates()[0], [worth(cash) for cash in fates()[1]])),
    "q9": lambda: 100 * gas()[0].sum() / gas()[1].sum(),
}


@pytest.mark.parametrize("name", list(check.questions))
def test_truths_are_those_of_plain_loops(name):
    assert check.questions[name].truth() == pytest.approx(TRUTHS[name]())


def test_closed_forms_of_the_level_project():
    """Reading A at the deemed rate: 0.1 (PV(c) - 2 P). Phase one: an annuity of half the cash."""
    split = share_out(LEVEL, COST, lesson_terms("A"))
    assert npv(split.japan_net, 5) == pytest.approx(0.1 * (npv(LEVEL, 5) - 200))
    ends = np.ceil(-np.log(1 - 2 * 0.05 * 100 / 15) / np.log(1.05))
    assert share_out(LEVEL, COST, lesson_terms("B")).recoupment_year < ends
    assert split.recoupment_year == ends


def test_the_chance_of_failure_that_was_put_in_is_found():
    years = lesson.failure_years()
    often, cash = fates()
    known = np.append(0.02 * 0.98 ** np.arange(30), 0.98**30)
    assert (np.abs(often - known) < 4 * np.sqrt(known * (1 - known) / len(years))).all()
    np.testing.assert_allclose(level_until(np.arange(1, 32))[0], cash)
    values = [worth(c) for c in cash]
    error = np.sqrt(known @ np.square(values) - (known @ values) ** 2) / np.sqrt(len(years))
    assert abs(check.questions["q8"].truth() - known @ values) < 3 * error


def repaid(cash):
    """Give what of Japan's half of a project repays, in all: what is owed less what stays."""
    owed = np.append(100.0, by_hand(cash, COST[:21], 0.05)[2][1:])
    return (owed[:-1] * 1.05 - owed[1:]).sum()


SLIPS = [
    ("q1", lambda: 100 * 1.3 - 10 - 50, "interest on the principal alone"),
    ("q1", lambda: (110 * 1.1 - 10 * 1.1 - 50) * 1.1, "interest added after the cash"),
    ("q2", lambda: 37.741 + (100 - 37.741) / 10, "equal sum of the United States"),
    ("q3", lambda: np.mean([0.9 * repaid(c) + c.sum() / 10 for c in lesson.some_projects(1)]),
     "the repayment of one side"),
    ("q3", lambda: lesson.some_projects(1).sum() / 20 / 2, "halves to the end"),
    ("q3", lambda: np.mean([by_hand(c, COST[:21] / 1.05, 0.05)[0].sum()
                            for c in lesson.some_projects(1)]), "interest added after the cash"),
    ("q4", lambda: 90, "the split of phase two for the whole life"),
    ("q5", lambda: worth(LEVEL, at=1.05), "the deemed rate for the discount rate"),
    ("q6", lambda: 8, "twice the cost of dollars"),
    ("q7", lambda: 100 * bisect(leads, 0.15, 0.3), "the second turn"),
    ("q7", lambda: 12, "a point of the grid"),
    ("q7", TRUTHS["q6"], "the break-even of reading A"),
    ("q8", lambda: worth(np.dot(*fates())), "the split of the mean cash"),
    ("q9", lambda: 100 * np.mean(gas()[0] / gas()[1]), "the mean of ratios"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "hint"), SLIPS)
def test_wrong_answers_do_not_pass_and_are_told_their_slip(name, value, hint):
    right, said = check._verdict(name, value())
    assert not right
    assert hint in said


def test_what_the_text_says_of_the_real_figures_holds():
    deemed, cost = lesson.real_rates_pct()
    money = portfolio().groupby("kind")["amount_bn_usd"].sum()
    assert money.idxmax() == "gas power"

    def cents(kind, reading, **case):
        flows = lesson.drawn(kind, **case)
        shared = share_out(flows.cash, flows.paid_in, lesson_terms(reading, deemed))
        turned = np.isfinite(shared.recoupment_year).any()
        return 100 * npv(shared.japan_net, cost).sum() / npv(flows.paid_in, cost).sum(), turned

    for kind in money.index:
        (a, a_turned), (b, _) = cents(kind, "A"), cents(kind, "B")
        assert a < b < 0
        assert b - a < -b
        assert not a_turned
    assert cents("gas power", "A", best=True)[0] > 0 > cents("gas power", "B", best=True)[0]


def test_what_the_text_says_of_failures_holds():
    twins, back = level_until([8, 31])

    def both(reading, rule, pool):
        terms = lesson_terms(reading, loss_rule=rule, pooling=pool)
        return npv(share_out(twins, paid_once(twins), terms, salvage=back).japan_net, 4).sum()

    cases = [(rule, pool) for rule in ("as cash", "Japan first") for pool in ("project", "pooled")]
    a, b = ([both(reading, *case) for case in cases] for reading in "AB")
    assert a[0] < min(a[1], a[2])
    assert a[3] > max(a[1], a[2])
    assert max(b) - min(b) < 0.1
    _, cash = fates()
    first, last = ([worth(cash[k], reading=one) for one in "AB"] for k in (0, 29))
    assert first[0] < first[1]
    assert last[0] > last[1]
