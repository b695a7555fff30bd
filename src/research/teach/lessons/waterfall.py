"""The lesson on the waterfall: made-up projects whose truth is known, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np

from research.data import load_table
from research.deal.projects import Flows, load_kinds, portfolio, project_cash
from research.deal.terms import Reading, Terms
from research.deal.value import Array, break_even_project_irr, crossings_project_irr, npv
from research.deal.waterfall import Waterfall, share_out
from research.teach.check import Checker, Question

#: Cash of a made-up project in five years, the first of them for building; its deemed rate, %.
SMALL, SMALL_PCT = np.array([0.0, 0.0, 60.0, 100.0, 90.0, 60.0]), 10.0
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
    """Give the cash of level projects that fail in given years, and what of it a failure brings.

    From the year of failure on nothing is earned; that year brings back `RECOVERY` times the share
    of the life that is left. Beyond the last year nothing has failed.
    """
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


def drawn(kind: str, case: Literal["as taken", "no failure", "best"] = "as taken") -> Flows:
    """Draw 1,000 fates of the portfolio's first project of a kind, from the report's ranges.

    At best every return is at its high end, nothing fails, overruns and delays are at their least.
    """
    listed, kinds = portfolio(), load_kinds()
    ends = {"return_pct": "high", "overrun_pct": "low", "delay_years": "low"}
    for quantity, end in ends.items() if case == "best" else ():
        rows = kinds.index.get_level_values("quantity") == quantity
        kinds.loc[rows] = kinds.loc[rows, [end] * 3].to_numpy()
    if case != "as taken":
        kinds.loc[(slice(None), "hazard_pct"), :] = 0.0
    return project_cash(listed[listed["kind"] == kind][:1], kinds, draws=1000, seed=550)


@cache
def _shared(project: str, **others: Any) -> Waterfall:
    rates = {"small": SMALL_PCT, "gas": real_rates_pct()[0], "safe gas": real_rates_pct()[0]}
    rate_pct = rates.get(project, DEEMED_PCT)
    years = failure_years()
    if "gas" in project:
        flows = drawn("gas power", "as taken" if project == "gas" else "no failure")
        cash, paid, back = flows.cash, flows.paid_in, flows.salvage
    elif project in ("small", "some"):
        cash = SMALL if project == "small" else some_projects(1)
        paid, back = paid_once(cash), 0 * cash
    else:
        fails = {"level": YEARS + 1, "failing": years, "failed": years[years <= YEARS]}
        cash, back = level_until(fails.get(project, round(years.clip(max=YEARS + 1).mean())))
        paid = paid_once(cash)
    terms = lesson_terms(**{"reading": "A", "deemed_rate_pct": rate_pct, **others})
    return share_out(cash, paid, terms, salvage=back)


def _worth(
    project: str, rate_pct: float = COST_PCT, part: str = "japan_net", **terms: Any
) -> Callable[[], float]:
    return lambda: float(npv(getattr(_shared(project, **terms), part), rate_pct).mean())


def _small(part: str, year: int, times: float = 1.0, **terms: Any) -> Callable[[], float]:
    return lambda: times * float(getattr(_shared("small", **terms), part)[year])


def _needed(target_pct: float, reading: Reading = "A", years: int = YEARS) -> Callable[[], float]:
    return lambda: break_even_project_irr(lesson_terms(reading), target_pct, years=years)


def _crossing(at: int, rate_pct: float = COST_PCT) -> Callable[[], float]:
    return lambda: crossings_project_irr(lesson_terms("A"), rate_pct, years=YEARS)[at]


def _us_pct(rate_pct: float = 0.0, **terms: Any) -> Callable[[], float]:
    us, japan = (_worth("level", rate_pct, part, **terms) for part in ("us", "japan"))
    return lambda: 100 * us() / (us() + japan())


def _cents(
    at: int = 1, over: Any = None, project: str = "gas", part: str = "japan_net", **terms: Any
) -> Callable[[], float]:
    def cents() -> float:
        shared, pct = _shared(project, **terms), [*real_rates_pct(), 0.0][at]
        worth, paid = npv(getattr(shared, part), pct), npv(shared.paid_in, pct)
        return float(100 * (over(worth / paid) if over else worth.sum() / paid.sum()))

    return cents


def _under(of: Callable[..., Callable[[], float]], *args: Any) -> dict[str, Callable[[], float]]:
    """Give what comes out under terms that are taken for those of the question."""
    others: dict[str, dict[str, Any]] = {
        "reading B": {"reading": "B"},
        "deemed interest on the principal alone": {"compounding": "simple"},
        "no deemed interest": {"deemed_rate_pct": 0.0},
        "the whole crossing year in halves": {"crossing_year": "whole"},
        "what a failure brings back to Japan first": {"loss_rule": "Japan first"},
    }
    return {slip: of(*args, **terms) for slip, terms in others.items()}


check = Checker({
    "q1": Question(_small("unpaid", 3), "millions", slips={
        "the balance before the cash of year 3": _small("unpaid", 2, 1.1),
        "the balance a year too early": _small("unpaid", 2),
        "the balance a year too late": _small("unpaid", 4),
        "interest on what is left after the cash of the year": lambda: float(
            133.1 - SMALL[:4] / 2 @ 1.1 ** (4 - np.arange(4))),
    } | _under(_small, "unpaid", 3)),
    "q2": Question(_small("japan", 5), "millions", slips={
        "a tenth of all cash of the year": lambda: 0.1 * SMALL[5],
        "the last repayment alone": _small("unpaid", 4, 1.1),
        "a rest from which the equal part of the United States is not taken": lambda: (
            0.9 * 1.1 * _small("unpaid", 4)() + 0.1 * SMALL[5]),
        "the cash of the United States": _small("us", 5),
        "no interest in year 5": lambda: 0.8 * _small("unpaid", 4)() + 0.1 * SMALL[5],
    } | _under(_small, "japan", 5)),
    "q3": Question(_worth("some", 0.0, "japan"), "", 0.001, slips={
        "the cash of the United States": _worth("some", 0.0, "us"),
        "halves to the end of the life": lambda: float(some_projects(1).sum(axis=1).mean() / 2),
    } | _under(_worth, "some", 0.0, "japan")),
    "q4": Question(_us_pct(), "per cent", slips={
        "the split of phase two for the whole life": lambda: 90.0,
        "the split of phase one for the whole life": lambda: 50.0,
        "Japan's share": lambda: 100 - _us_pct()(),
        "discounted cash": _us_pct(COST_PCT),
        "cash over what is left after Japan's payment": lambda: (
            100 * _worth("level", 0.0, "us")() / (LEVEL * YEARS - 100)),
    } | _under(_us_pct)),
    "q5": Question(_worth("level"), "millions", slips={
        "the deemed rate for the discount rate": _worth("level", DEEMED_PCT),
        "all flows a year too late, the payment in year 1": lambda: _worth("level")() / 1.04,
        "the first cash at year 0": lambda: 1.04 * _worth("level", part="japan")() - 100,
        "what Japan pays in left out": _worth("level", part="japan"),
        "no discounting": _worth("level", 0.0),
        "the cash of the United States": _worth("level", part="us"),
        "all cash of the project": lambda: _worth("level")() + _worth("level", part="us")(),
        "half of the cash to the end of the life": lambda: (
            float(npv(level_until()[0] / 2, COST_PCT)) - 100),
    } | _under(_worth, "level")),
    "q6": Question(_needed(COST_PCT), "per cent a year", slips={
        "Japan's money back without interest": _needed(0.0),
        "the deemed rate as what Japan must earn": _needed(DEEMED_PCT),
        "reading B": _needed(COST_PCT, "B"),
        "a Japan that gets all cash": lambda: COST_PCT,
        "twice the cost of dollars": lambda: 2 * COST_PCT,
        "a year's cash over the cost, which is no rate of return": lambda: float(
            200 / npv(np.r_[0, np.ones(YEARS)], COST_PCT)),
        "a life one year too short": _needed(COST_PCT, years=YEARS - 1),
    }),
    "q7": Question(_crossing(0), "per cent a year", 0.01, {
        "the second crossing": _crossing(1),
        "the deemed rate for the discount rate": _crossing(0, DEEMED_PCT),
        "sums without discounting": _crossing(0, 0.0),
        "the break-even of reading A": _needed(COST_PCT),
        "the break-even of reading B": _needed(COST_PCT, "B"),
    }),
    "q8": Question(_worth("failing"), "millions", slips={
        "the median draw, in which nothing fails": _worth("level"),
        "the failed ones alone": _worth("failed"),
        "a failure in the mean year": _worth("mean year"),
        "the deemed rate for the discount rate": _worth("failing", DEEMED_PCT),
        "what Japan pays in left out": _worth("failing", part="japan"),
        "the split of the mean cash, not the mean of the splits": lambda: (
            _worth("failing", pooling="pooled")() / len(failure_years())),
    } | _under(_worth, "failing")),
    "q9": Question(_cents(), "cents", 0.001, slips={
        "no failures": _cents(project="safe gas"),
        "no discounting": _cents(2),
        "the deemed rate for the discount rate": _cents(0),
        "what Japan pays in left out": _cents(part="japan"),
        "the median draw": _cents(over=np.median),
        "the mean of ratios, not the ratio of means": _cents(over=np.mean),
        "dollars paid in that are not discounted": lambda: (
            100 * _worth("gas", real_rates_pct()[1])() / _worth("gas", 0.0, "paid_in")()),
    } | _under(_cents)),
})  # fmt: skip
