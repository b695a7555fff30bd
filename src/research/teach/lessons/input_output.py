"""Input-output: three industries by hand, jobs in a wrong order, a town in two worlds."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from research.data import load_table
from research.jobs.employment import OUTPUT_YEAR, employment_ratios, price_ratio
from research.jobs.io import TABLE_YEAR, load_io_table, requirements
from research.jobs.ladder import load_ladder
from research.jobs.multipliers import multipliers
from research.teach.check import Checker, Question

# Sectors by the first sign of an industry's code.
_SECTORS = {
    **{"1": "farms and forests", "2": "mines, power and building", "3": "factories"},
    **{"4": "trade and transport", "5": "business services", "6": "schools and health"},
    **{"7": "leisure", "8": "other services", "G": "government"},
    **dict.fromkeys("HO", "real estate"),
}


def small_economy() -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]:
    """Give a made-up economy: flows (rows sell to columns), final demand, jobs, imported shares.

    Flows and final demand, imports taken off, are USD million a year; the imported share of a good
    is that of all who use it.
    """
    names = ["Materials", "Machines", "Services"]
    flows = pd.DataFrame([[40, 90, 20], [20, 100, 40], [30, 60, 110]], names, names, dtype=float)
    columns = ([50.0, 240.0, 300.0], [400, 1_000, 5_000], [0.25, 0.40, 0.05])
    final, jobs, imported = (pd.Series(values, names) for values in columns)
    return flows.rename_axis(index="seller", columns="buyer"), final, jobs, imported


def simulated_economy(seed: int, size: int = 5) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Simulate coefficients, final demand, and the output that is true by construction."""
    generator = np.random.default_rng(seed)
    names = [f"industry {number + 1}" for number in range(size)]
    flows = pd.DataFrame(generator.uniform(0, 10, (size, size)), names, names)
    final = pd.Series(generator.uniform(20, 60, size), names)
    output = flows.sum(axis=1) + final
    return flows / output, final, output


def tried(output_for: Callable[..., Any], seed: int = 11) -> Any:
    """Give what a student's function finds for the first industry of a simulated economy."""
    found = output_for(*simulated_economy(seed)[:2])
    return found if found is None or found is ... else float(np.ravel(found)[0])


def rounds_of(good: str) -> pd.DataFrame:
    """Compute what each industry makes, round by round, for a million dollars of one good."""
    A = _small().A
    made = [np.linalg.matrix_power(A, number)[:, [*A].index(good)] for number in range(7)]
    return pd.DataFrame(1000 * np.array(made), columns=[*A]).rename_axis("round").reset_index()


def real_economy() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Give A (industries), W (industries x commodities) and jobs per million dollars of output.

    All is the United States of 2023, imports left out of A; jobs are those of a survey of 2025.
    """
    need = requirements(load_io_table(), domestic=True)
    return need.industry_direct, need.market_shares, employment_ratios("oews_2025", TABLE_YEAR)


def count_year() -> tuple[pd.Series, pd.Series, pd.Series]:
    """Give output and sector of each industry and employees of each sector, all of 2021.

    Output is in million dollars of the table's year, so that jobs per million fit.
    """
    codes, year = load_io_table().industries, OUTPUT_YEAR["nipa_2021"]
    output = load_table("jobs/bea_gross_output_musd")[year] * price_ratio(year, TABLE_YEAR)
    sector = pd.Series([_SECTORS[code[0]] for code in codes], codes, name="sector")
    jobs = 1000 * load_table("jobs/employees_2021_thousand")["employees_2021_thousand"]
    return output.reindex(codes), sector, jobs.groupby(sector).sum()


def jobs_file() -> list[float]:
    """Give jobs of 2021 per million dollars as a colleague left them: values in some order."""
    return [*employment_ratios("nipa_2021", TABLE_YEAR).sort_index()]


def terminal_mix() -> pd.Series:
    """Give the commodities that a dollar of an energy terminal buys, as the package has them."""
    return load_table("jobs/cost_mix")["share"].sort_index()["energy terminal", "capital"]


def two_worlds(seed: int = 550, *, taken: float = 0.75, refilled: float = 0.25) -> pd.DataFrame:
    """Simulate what each adult of a town does with a project and without the deal.

    600 places would have come anyway and 900 are new. A new place is filled from other work with
    the chance ``taken``, and the work so left by someone without work with that of ``refilled``.
    """
    generator = np.random.default_rng(seed)
    without = np.repeat(["on the project", "other work", "no work"], [600, 8_000, 1_400])
    hired = generator.binomial(900, taken)
    again, with_deal = generator.binomial(hired, refilled), without.astype(object)
    with_deal[600 : 600 + hired] = with_deal[-(900 - hired) or 10_000 :] = "on the project"
    with_deal[8_600 : 8_600 + again] = "other work"
    town = pd.DataFrame({"without the deal": without, "with the deal": with_deal})
    return town.sample(frac=1, random_state=generator).reset_index(drop=True)


def rungs_drawn() -> pd.DataFrame:
    """Draw 10,000 times what lies between gross and net, from the ranges of the package."""
    return _drawn().copy()


@cache
def _drawn() -> pd.DataFrame:
    rungs = ["additional_share", "crowding_out_share", "crowding_rise_share"]
    return pd.DataFrame(load_ladder().draw(10_000, np.random.default_rng(550)))[rungs]


def _inverse(A: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(np.linalg.inv(np.eye(len(A)) - A), A.index, A.columns)


@cache
def _small() -> SimpleNamespace:
    flows, final, jobs, m = small_economy()
    x = flows.sum(axis=1) + final
    A, wrong, home = flows / x, flows.div(x, axis=0), (flows / x).mul(1 - m, axis=0)
    more = {"L": _inverse(A), "home_L": _inverse(home), "e": jobs / x, "m": m}
    return SimpleNamespace(A=A, wrong=wrong, flows=flows, **more)


@cache
def _building() -> SimpleNamespace:
    (A, W, e), table = real_economy(), load_io_table()
    home, every = (requirements(table, domestic=x).industry_by_commodity for x in (True, False))
    jobs = multipliers(table, e, 0).loc["23"]
    return SimpleNamespace(L=_inverse(A), W=W, e=e, jobs=jobs, made=home["23"], every=every["23"])


@cache
def _file() -> SimpleNamespace:
    (_, _, survey), (output, sector, official), mix = real_economy(), count_year(), terminal_mix()
    codes, names = survey.index, load_table("jobs/bea_codes").query("kind == 'industry'")
    orders = {"table": codes, "code": sorted(codes), "name": names.sort_values("name")["code"]}
    orders["again"] = codes[codes.argsort().argsort()]
    read = {key: pd.Series(jobs_file(), order)[codes] for key, order in orders.items()}
    gap = (read["table"] * output).groupby(sector).sum() - official
    read["survey"] = survey
    per_musd = {x: multipliers(load_io_table(), y, 0) for x, y in read.items()}
    jobs = {key: mix @ x.loc[mix.index, "type_1"] for key, x in per_musd.items()}
    return SimpleNamespace(gap=gap, official=official, **jobs)


@cache
def _town() -> pd.DataFrame:
    town = two_worlds()
    return pd.crosstab(town["without the deal"], town["with the deal"]).astype(float)


def _net(draws: Any, years: int = 5, least: float = 0.0, average: Any = np.mean) -> Any:
    new, displaced, rise = (draws[x] for x in _drawn())
    return average(1000 * new * (1 - displaced) * np.maximum(least, 1 - years * rise))


def _found(given: Callable[[], Any], find: Callable[[Any], Any]) -> Any:
    return find(given())


def _ask(
    given: Callable[[], Any], unit: str, tolerance: float, finds: dict[str, Callable[[Any], Any]]
) -> Question:
    """Make a question; what is found of what is given is the answer first, then slips."""
    later = {words: partial(_found, given, find) for words, find in finds.items()}
    return Question(later.pop("answer"), unit, tolerance, later)


_M, _S, _ON, _IDLE = "Machines", "Services", "on the project", "no work"

check = Checker({
    "q1": _ask(_small, "dollars per dollar of output", 0.005, {
        "answer": lambda s: s.A.at[_M, _S],
        "rows and columns exchanged": lambda s: s.A.at[_S, _M],
        "the seller's output below the line": lambda s: s.wrong.at[_M, _S],
        "all inputs of the buyer below the line": lambda s: s.A.at[_M, _S] / s.A[_S].sum(),
        "the flow itself, not divided": lambda s: s.flows.at[_M, _S],
    }),
    "q2": _ask(partial(simulated_economy, 11), "million dollars of output", 0.005, {
        "answer": lambda s: s[2].iloc[0],
        "a transposed matrix": lambda s: (_inverse(s[0].T) @ s[1]).iloc[0],
        "final demand alone": lambda s: s[1].iloc[0],
        "one round of suppliers alone": lambda s: (s[1] + s[0] @ s[1]).iloc[0],
        "suppliers alone, without final demand": lambda s: (s[2] - s[1]).iloc[0],
        "I - A where its inverse belongs": lambda s: (s[1] - s[0] @ s[1]).iloc[0],
    }),
    "q3": _ask(_small, "dollars of output per dollar", 0.005, {
        "answer": lambda s: s.L[_M].sum(),
        "the sum of a row, or a transposed matrix": lambda s: s.L.loc[_M].sum(),
        "coefficients over the seller's output": lambda s: _inverse(s.wrong)[_M].sum(),
        "one round of suppliers alone": lambda s: 1 + s.A[_M].sum(),
        "suppliers alone, without the first dollar": lambda s: s.L[_M].sum() - 1,
    }),
    "q4": _ask(_small, "jobs per million dollars", 0.005, {
        "answer": lambda s: (s.e @ s.home_L)[_M],
        "imports counted as made at home": lambda s: (s.e @ s.L)[_M],
        "imported shares for home shares": lambda s: (s.e @ _inverse(s.A.mul(s.m, axis=0)))[_M],
        "the buyer's import share, not the good's": lambda s: (s.e @ _inverse(s.A * (1 - s.m)))[_M],
        "imports taken off once, at the end": lambda s: (1 - s.m[_M]) * (s.e @ s.L)[_M],
        "all output at the jobs per dollar of Machines": lambda s: s.e[_M] * s.home_L[_M].sum(),
        "direct jobs alone": lambda s: s.e[_M],
        "jobs per dollar of the wrong industries": lambda s: s.e.to_numpy()[::-1] @ s.home_L[_M],
        "a row for a column, or a transposed matrix": lambda s: (s.home_L @ s.e)[_M],
    }),
    "q5": _ask(_building, "dollars of output per dollar", 0.001, {
        "answer": lambda s: s.made.sum(),
        "the industry's column, whoever else builds": lambda s: s.L["23"].sum(),
        "the sum of a row, or a transposed matrix": lambda s: s.L.loc["23"].sum(),
        "imports counted as made at home": lambda s: s.every.sum(),
        "suppliers alone": lambda s: s.made.sum() - s.W["23"].sum(),
    }),
    "q5_jobs": _ask(_building, "jobs per million dollars", 0.001, {
        "answer": lambda s: s.jobs["type_1"],
        "direct jobs alone": lambda s: s.jobs["direct"],
        "suppliers' jobs alone": lambda s: s.jobs["indirect"],
        "the industry's column, whoever else builds": lambda s: (s.e @ s.L)["23"],
        "imports counted as made at home": lambda s: s.e @ s.every,
        "all output at the jobs per dollar of Construction": lambda s: s.e["23"] * s.made.sum(),
    }),
    "q6": _ask(_file, "", 0.0, {
        "answer": lambda s: s.gap.abs().idxmax(),
        "per cent, not jobs": lambda s: (s.gap / s.official).abs().idxmax(),
        "too many jobs alone, not too few": lambda s: s.gap.idxmax(),
    }),
    "q7": _ask(_file, "per cent", 0.01, {
        "answer": lambda s: 100 * (s.table / s.code - 1),
        "the right figure held against the wrong one": lambda s: 100 * (s.code / s.table - 1),
        "the jobs of the whole economy": lambda s: 100 * s.gap.sum() / s.official.sum(),
        "the survey in place of the mended file": lambda s: 100 * (s.table / s.survey - 1),
        "the order of names": lambda s: 100 * (s.table / s.name - 1),
        "the order applied again, not undone": lambda s: 100 * (s.table / s.again - 1),
    }),
    "q8": _ask(_town, "jobs", 0.0, {
        "answer": lambda t: t.loc[_IDLE].sum() - t[_IDLE].sum(),
        "gross jobs": lambda t: t[_ON].sum(),
        "gross jobs less those planned anyway": lambda t: t[_ON].sum() - t.at[_ON, _ON],
        "gross jobs less those hired away": lambda t: t.at[_ON, _ON] + t.at[_IDLE, _ON],
        "those hired from no work; work that was left is taken too": lambda t: t.at[_IDLE, _ON],
    }),
    "q9": _ask(_drawn, "jobs", 0.005, {
        "answer": _net,
        "the mean of each rung, not each draw": lambda d: _net(d.mean()),
        "central values of the rungs": lambda d: _net(load_ladder().central()),
        "nothing more displaced in later years": lambda d: _net(d, 0),
        "all money taken as new": lambda d: _net(d.assign(additional_share=1)),
        "chi where 1 - chi belongs": lambda d: _net(d.assign(crowding_out_share=1 - d.iloc[:, 1])),
        "years in which less than nothing is left": lambda d: _net(d, least=-9),
        "the median, not the mean": lambda d: _net(d, average=np.median),
    }),
})  # fmt: skip
