"""Input-output: three industries by hand, jobs in a wrong order, a town in two worlds."""

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

_SECTORS = {  # by the first sign of an industry's code
    **{"1": "farms and forests", "2": "mines, power, building", "3": "factories"},
    **{"4": "trade and transport", "5": "business services", "6": "schools and health"},
    **{"7": "leisure", "8": "other services", "G": "government"},
    **dict.fromkeys("HO", "real estate"),
}
_M, _S, _ON, _IDLE = "Machines", "Services", "on the project", "no work"
_RUNGS = ["additional_share", "crowding_out_share", "crowding_rise_share"]


def small_economy() -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]:
    """Give a made-up economy: flows (rows sell to columns), final demand, jobs, imported shares."""
    names = ["Materials", "Machines", "Services"]
    flows = pd.DataFrame([[40, 90, 20], [20, 100, 40], [30, 60, 110]], names, names, dtype=float)
    columns = ([50.0, 240.0, 300.0], [400, 1_000, 5_000], [0.5, 0.3, 0.1])
    final, jobs, imported = (pd.Series(values, names) for values in columns)
    return flows.rename_axis(index="seller", columns="buyer"), final, jobs, imported


def simulated_economy(seed: int, size: int = 5) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Simulate coefficients, final demand, and the output that is true by construction."""
    generator = np.random.default_rng(seed)
    flows = pd.DataFrame(generator.uniform(0, 10, (size, size)))
    final = pd.Series(generator.uniform(20, 60, size))
    output = flows.sum(axis=1) + final
    return flows / output, final, output


def rounds_of(good: str) -> pd.DataFrame:
    """Compute what each industry makes, round by round, for a million dollars of one good."""
    A = _small().A
    made = [np.linalg.matrix_power(A, number)[:, [*A].index(good)] for number in range(7)]
    return pd.DataFrame(1000 * np.array(made), columns=[*A]).rename_axis("round").reset_index()


def real_economy() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Give A (without imports), W, and jobs per million dollars by the survey of 2025."""
    need = requirements(load_io_table(), domestic=True)
    return need.industry_direct, need.market_shares, employment_ratios("oews_2025", TABLE_YEAR)


def count_year() -> tuple[pd.Series, pd.Series, pd.Series]:
    """Give output (in dollars of the table's year) and sector, and employees by sector: 2021."""
    codes, year = load_io_table().industries, OUTPUT_YEAR["nipa_2021"]
    output = load_table("jobs/bea_gross_output_musd")[year] * price_ratio(year, TABLE_YEAR)
    sector = pd.Series([_SECTORS[code[0]] for code in codes], codes, name="sector")
    jobs = 1000 * load_table("jobs/employees_2021_thousand")["employees_2021_thousand"]
    return output.reindex(codes), sector, jobs.groupby(sector).sum()


def jobs_file() -> list[float]:
    """Give jobs of 2021 per million dollars as a colleague left them: values in some order."""
    return [*employment_ratios("nipa_2021", TABLE_YEAR).sort_index()]


def two_worlds(seed: int = 550, *, taken: float = 0.75, refilled: float = 0.25) -> pd.DataFrame:
    """Simulate what each adult of a town does without and with a deal that adds 900 places."""
    generator = np.random.default_rng(seed)
    without = np.repeat([_ON, "other work", _IDLE], [600, 8_000, 1_400])
    hired = generator.binomial(900, taken)  # out of other work; the rest had none
    again, with_deal = generator.binomial(hired, refilled), without.copy()
    with_deal[600 : 600 + hired] = with_deal[9_100 + hired :] = _ON
    with_deal[8_600 : 8_600 + again] = "other work"
    town = pd.DataFrame({"without the deal": without, "with the deal": with_deal})
    return town.sample(frac=1, random_state=generator).reset_index(drop=True)


def rungs_drawn() -> pd.DataFrame:
    """Draw 10,000 times what lies between gross and net, from the ranges of the package."""
    return pd.DataFrame(load_ladder().draw(10_000, np.random.default_rng(550)))[_RUNGS]


def _inverse(A: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(np.linalg.inv(np.eye(len(A)) - A), A.index, A.columns)


@cache
def _small() -> SimpleNamespace:
    flows, final, jobs, m = small_economy()
    x = flows.sum(axis=1) + final
    A, wrong, home = flows / x, flows.div(x, axis=0), (flows / x).mul(1 - m, axis=0)
    return SimpleNamespace(A=A, wrong=wrong, e=jobs / x, m=m, L=_inverse(A), home_L=_inverse(home))


@cache
def _real() -> SimpleNamespace:
    (A, W, e), (output, sector, official), table = real_economy(), count_year(), load_io_table()
    names = load_table("jobs/bea_codes").query("kind == 'industry'").set_index("code")["name"]
    orders = {"read": A.index, "code": sorted(A.index), "name": names.sort_values().index}
    file = {key: pd.Series(jobs_file(), order)[A.index] for key, order in orders.items()}
    mix = load_table("jobs/cost_mix")["share"].sort_index()["energy terminal", "capital"]
    told = {key: mix @ multipliers(table, x, 0).loc[mix.index] for key, x in file.items()}
    told["made"] = requirements(table, domestic=True).industry_by_commodity["23"]
    told["gap"] = (file["read"] * output).groupby(sector).sum() - official
    return SimpleNamespace(L=_inverse(A)["23"], W=W["23"], e=e, all=official, **told)


def _net(draws: Any, years: int = 5, least: float = 0.0) -> float:
    new, displaced, rise = (draws[x] for x in _RUNGS)
    return float(np.mean(1000 * new * (1 - displaced) * np.maximum(least, 1 - years * rise)))


def _ask(given: Any, unit: str, tolerance: float = 0.005, *, answer: Any, slips: Any) -> Question:
    """Make a question: what functions find in what is given, the answer and by slips."""
    found = {words: partial(lambda find: find(given()), find) for words, find in slips.items()}
    return Question(lambda: answer(given()), unit, tolerance, found)


check = Checker({
    "q1": _ask(_small, "dollars per dollar", answer=lambda s: s.A.at[_M, _S], slips={
        "rows and columns exchanged": lambda s: s.A.at[_S, _M],
        "the seller's output below the line": lambda s: s.wrong.at[_M, _S],
    }),
    "q2": _ask(partial(simulated_economy, 1), "USD million", answer=lambda s: s[2].iloc[-1], slips={
        "a transposed matrix": lambda s: (_inverse(s[0].T) @ s[1]).iloc[-1],
        "one round of suppliers alone": lambda s: (s[1] + s[0] @ s[1]).iloc[-1],
    }),
    "q3": _ask(_small, "dollars per dollar", answer=lambda s: s.L[_M].sum(), slips={
        "the sum of a row, or a transposed matrix": lambda s: s.L.loc[_M].sum(),
        "suppliers alone, without the first dollar": lambda s: s.L[_M].sum() - 1,
    }),
    "q4": _ask(_small, "jobs per million", answer=lambda s: (s.e @ s.home_L)[_M], slips={
        "imports counted as made at home": lambda s: (s.e @ s.L)[_M],
        "imports taken off once, after the rounds": lambda s: (s.e * (1 - s.m)) @ s.L[_M],
        "the buyer's import share, not the good's": lambda s: (s.e @ _inverse(s.A * (1 - s.m)))[_M],
        "all output at the jobs per dollar of Machines": lambda s: s.e[_M] * s.home_L[_M].sum(),
    }),
    "q5": _ask(_real, "dollars per dollar", 0.001, answer=lambda s: s.made.sum(), slips={
        "the industry's column, whoever else builds": lambda s: s.L.sum(),
    }),
    "q5_jobs": _ask(_real, "jobs per million", 0.001, answer=lambda s: s.e @ s.made, slips={
        "direct jobs alone": lambda s: s.e @ s.W,
        "the industry's column, whoever else builds": lambda s: s.e @ s.L,
    }),
    "q6": _ask(_real, "", 0.0, answer=lambda s: s.gap.abs().idxmax(), slips={
        "per cent, not jobs": lambda s: (s.gap / s.all).abs().idxmax(),
    }),
    "q7": _ask(_real, "per cent", 0.01, answer=lambda s: 100 * (s.read / s.code - 1).type_1, slips={
        "the wrong figure below the line": lambda s: 100 * (s.code / s.read - 1).type_1,
        "direct jobs alone": lambda s: 100 * (s.read / s.code - 1).direct,
        "the order of names": lambda s: 100 * (s.read / s.name - 1).type_1,
    }),
    "q8": _ask(lambda: 1.0 * pd.crosstab(*two_worlds().to_numpy().T), "jobs", 0.0, slips={
        "gross jobs": lambda t: t[_ON].sum(),
        "gross jobs less those planned anyway": lambda t: t[_ON].sum() - t.at[_ON, _ON],
        "those hired from no work; work that was left is taken too": lambda t: t.at[_IDLE, _ON],
    }, answer=lambda t: t.loc[_IDLE].sum() - t[_IDLE].sum()),
    "q9": _ask(cache(rungs_drawn), "jobs", answer=_net, slips={
        "the mean of each rung, not each draw": lambda d: _net(d.mean()),
        "central values of the rungs": lambda d: _net(load_ladder().central()),
        "nothing more displaced in later years": lambda d: _net(d, 0),
        "years in which less than nothing is left": lambda d: _net(d, least=-9),
    }),
})  # fmt: skip
