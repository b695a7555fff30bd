"""The lesson on the waterfall: made-up projects whose truth is known, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from research.data import load_table
from research.deal.projects import Flows, load_kinds, portfolio, project_cash
from research.deal.terms import Reading, Terms
from research.deal.value import Array, break_even_project_irr, crossings_project_irr, npv
from research.deal.waterfall import Waterfall, share_out
from research.teach.check import Checker, Question

#: Cash of a made-up project in five years, the first of them for building; its deemed rate, %.
SMALL, SMALL_PCT = np.array([0.0, 0.0, 20.0, 100.0, 90.0, 100.0]), 10.0
#: A level project: cash a year, years; its deemed rate and Japan's cost of dollars, % a year.
LEVEL, YEARS, DEEMED_PCT, COST_PCT = 15.0, 30, 5.0, 4.0
#: Chance a year that it fails, and what comes back, times the share of its life that is left.
HAZARD, RECOVERY = 0.02, 50.0


def lesson_terms(reading: Reading, deemed_rate_pct: float = DEEMED_PCT, **others: Any) -> Terms:
    """Give the terms of the lesson: yearly compounding, interest first, the split year, no pool."""
    usual: dict[str, Any] = {
        "compounding": "annual", "payment_order": "interest first", "crossing_year": "split",
        "loss_rule": "as cash", "claw_back": "none", "pooling": "project", "funding_cost_pct": 0.0,
    }  # fmt: skip
    return Terms(**{**usual, "reading": reading, "deemed_rate_pct": deemed_rate_pct, **others})


def paid_once(cash: Array) -> Array:
    """Give what Japan pays in: 100 at year 0 of each project."""
    return np.where(np.arange(cash.shape[-1]) == 0, 100.0, np.zeros_like(cash))


def some_projects(seed: int, count: int = 20) -> Array:
    """Draw made-up projects to test a function with: cash, projects x years from year 0."""
    cash = np.random.default_rng(seed).uniform(0, 60, (count, 21))
    return np.where(np.arange(21) < 4, 0.0, cash)


def level_until(fails: Any = YEARS + 1) -> tuple[Array, Array]:
    """Give the cash of level projects that fail in these years, and what of it failure brings."""
    t, fails = np.arange(YEARS + 1), np.asarray(fails)[..., None]
    back = np.where(t == fails, RECOVERY * (1 - t / (YEARS + 1)), 0.0)
    return np.where((t > 0) & (t < fails), LEVEL, 0.0) + back, back


def failure_years(draws: int = 4000, seed: int = 550) -> Array:
    """Draw the year in which each of many level projects fails, at `HAZARD` a year."""
    return np.asarray(np.random.default_rng(seed).geometric(HAZARD, draws))


def real_rates_pct() -> list[float]:
    """Give the deemed rate and Japan's cost of dollars of the report's tables, % a year."""
    names = ["deemed_rate_katz_example", "jbic_usd_funding_cost_model"]
    return [float(x) for x in load_table("deal/deal_parameters").loc[names, "central"]]


def drawn(kind: str, best: bool = False) -> Flows:
    """Draw 1,000 fates of the portfolio's first project of a kind, or those of a best case."""
    listed, kinds = portfolio(), load_kinds()
    ends = {"return_pct": "high", "overrun_pct": "low", "delay_years": "low"}
    for one, end in ends.items() if best else ():
        kinds.loc[(slice(None), one), :] = kinds.loc[(slice(None), one), [end] * 3].to_numpy()
    if best:
        kinds.loc[(slice(None), "hazard_pct"), :] = 0.0
    return project_cash(listed[listed["kind"] == kind][:1], kinds, draws=1000, seed=550)


@cache
def _shared(project: str, **terms: Any) -> Waterfall:
    if project == "gas":
        flows = drawn("gas power")
        return share_out(flows.cash, flows.paid_in, lesson_terms("A", real_rates_pct()[0]))
    fates, _ = level_until(failure_years())
    cash = {
        "small": SMALL, "some": some_projects(1), "level": level_until()[0],
        "failing": fates, "mean of fates": fates.mean(axis=0),
    }[project]  # fmt: skip
    rate_pct = SMALL_PCT if project == "small" else DEEMED_PCT
    return share_out(cash, paid_once(cash), lesson_terms("A", rate_pct, **terms))


def _worth(
    project: str, rate_pct: float = COST_PCT, part: str = "japan_net", **terms: Any
) -> Callable[[], float]:
    return lambda: float(npv(getattr(_shared(project, **terms), part), rate_pct).mean())


def _small(part: str, year: int, **terms: Any) -> float:
    return float(getattr(_shared("small", **terms), part)[year])


def _us_pct(rate_pct: float = 0.0) -> float:
    us, japan = (_worth("level", rate_pct, part)() for part in ("us", "japan"))
    return 100 * us / (us + japan)


def _needed(target_pct: float) -> float:
    return break_even_project_irr(lesson_terms("A"), target_pct, years=YEARS)


def _crossing(at: int) -> float:
    return crossings_project_irr(lesson_terms("A"), COST_PCT, years=YEARS)[at]


def _gas(part: str = "japan_net", rate_pct: float | None = None) -> Array:
    return npv(getattr(_shared("gas"), part), rate_pct or real_rates_pct()[1])


check = Checker({
    "q1": Question(lambda: _small("unpaid", 3), "millions", slips={
        "interest on the principal alone": lambda: _small("unpaid", 3, compounding="simple"),
        "all of the cash taken off, not half": lambda: 133.1 - SMALL[1:4].dot([1.21, 1.1, 1.0]),
        "interest added after the cash": lambda: 133.1 - SMALL[1:4].dot([1.331, 1.21, 1.1]) / 2,
    }),
    "q2": Question(lambda: _small("japan", 5), "millions", slips={
        "the whole crossing year in halves": lambda: 0.5 * SMALL[5],
        "a rest from which the equal sum of the United States is not taken": lambda: (
            0.9 * 1.1 * _small("unpaid", 4) + 0.1 * SMALL[5]),
        "no interest in year 5": lambda: 0.8 * _small("unpaid", 4) + 0.1 * SMALL[5],
    }),
    "q3": Question(_worth("some", 0.0, "japan"), "", 0.001, slips={
        # Right is 0.8 of what is repaid and a tenth of all cash; here it is 0.9 of it.
        "a rest from which the repayment of one side is taken, not of both": lambda: (
            1.125 * _worth("some", 0.0, "japan")() - some_projects(1).sum(axis=1).mean() / 80),
        "halves to the end, as if what is owed never shrank or the rate were a share": lambda: (
            some_projects(1).sum(axis=1).mean() / 2),
        "interest added after the cash": lambda: share_out(
            some_projects(1), paid_once(some_projects(1)) / 1.05, lesson_terms("A")
        ).japan.sum(axis=1).mean(),
        "the whole crossing year in halves": _worth("some", 0.0, "japan", crossing_year="whole"),
    }),
    "q4": Question(_us_pct, "per cent", slips={
        "the split of phase two for the whole life": lambda: 90.0,
        "Japan's share": lambda: 100 - _us_pct(),
        "discounted cash": lambda: _us_pct(COST_PCT),
    }),
    "q5": Question(_worth("level"), "millions", slips={
        "the deemed rate for the discount rate": _worth("level", DEEMED_PCT),
        "all flows a year too late, the payment in year 1": lambda: _worth("level")() / 1.04,
        "what Japan pays in left out": _worth("level", part="japan"),
        "no discounting": _worth("level", 0.0),
    }),
    "q6": Question(lambda: _needed(COST_PCT), "per cent a year", slips={
        "the deemed rate as what Japan must earn": lambda: _needed(DEEMED_PCT),
        "twice the cost of dollars": lambda: 2 * COST_PCT,
    }),
    "q7": Question(lambda: _crossing(0), "per cent a year", slips={
        "the second turn": lambda: _crossing(1),
        "a point of the grid, not the turn": lambda: np.ceil(_crossing(0)),
        "the break-even of reading A": lambda: _needed(COST_PCT),
    }),
    "q8": Question(_worth("failing"), "millions", slips={
        "the likeliest fate, in which nothing fails": _worth("level"),
        "what Japan pays in left out": _worth("failing", part="japan"),
        "the split of the mean cash, not the mean of the splits": _worth("mean of fates"),
    }),
    "q9": Question(lambda: 100 * _gas().sum() / _gas("paid_in").sum(), "cents", 0.001, slips={
        "the cost of dollars of the made-up projects": lambda: (
            100 * _gas(rate_pct=COST_PCT).sum() / _gas("paid_in", COST_PCT).sum()),
        "what Japan pays in left out": lambda: 100 * _gas("japan").sum() / _gas("paid_in").sum(),
        "the mean of ratios, not of sums": lambda: 100 * (_gas() / _gas("paid_in")).mean(),
    }),
})  # fmt: skip
