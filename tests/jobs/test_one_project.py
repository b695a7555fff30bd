"""One project by hand: the gas plant in Ohio, from the files with csv and numpy.

Files are read row by row, the S-curve is written out. Only jobs by state and where output is made
are the package's own: they are held against plain loops in tests of their own.
"""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.jobs.economies import us_state_jobs
from research.jobs.kernels import kernels
from research.jobs.ladder import load_ladder
from research.jobs.model import JobsModel, run
from research.jobs.projects import Portfolio, portfolio
from research.jobs.states import regions

DATA = Path(__file__).parents[2] / "data"
PROJECT, STATE = "Portsmouth gas power, 9.2 GW", "Ohio"
YEARS = range(2026, 2041)
PRICE_YEAR = 2025

# The same sums in another order; series are carried on until nothing is added.
SAME = 1e-9

SCRAP = ("Used", "Other")
NIPA_ALONE = ("111CA", "GFGD")

# OEWS codes of BEA industries, as NAICS 2022 numbers them; the others are the BEA code and "000".
OEWS = """
113FF = 113000 115000
22 = 221000
23 = 236000 237000 238000
3361MV 3364OT = 336000
311FT = 311000 312000
313TT = 313000 314000
315AL = 315000 316000
42 = 423000 424000 425000
445 = 445000
452 = 455000
4A0 = 444000 449000 456000 457000 458000 459000
487OS = 487000 488000 492000
511 = 513000
513 = 516000 517000
514 = 518000 519000
521CI = 521000 522000
HS ORE = 531000
532RL = 532000 533000
5411 5415 5412OP = 541000
55 = 551000
61 622 = 611000 622000 999000 491000 -999101 -999201 -999301
711AS = 711000 712000
81 = 811000 812000 813000
GFGN GFE = 999101
GSLG GSLE = 999201 999301
"""


def read(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def matrix(name, rows, columns):
    """Cells of a table by label; a blank is none."""
    table = {row["code"]: row for row in read(f"jobs/{name}")}
    number = [[float(table[r][c] or "nan") for c in columns] for r in rows]
    return np.array(number)


@cache
def labels(kind):
    return [row["code"] for row in read("jobs/bea_codes") if row["kind"] == kind]


def series(step, start):
    """start + step start + step^2 start + ..., until nothing is added."""
    total, term = start.copy(), start
    while np.abs(term).max() > 1e-17 * np.abs(total).max():
        term = step @ term
        total = total + term
    return total


@cache
def economy():
    """Market shares W, domestic inputs B, pay a dollar v, basket b, output g, import shares."""
    industries, commodities = labels("industry"), labels("commodity")
    make = matrix("bea_make_2023_musd", industries, commodities)
    use = matrix("bea_use_2023_musd", commodities, industries)
    imports = matrix("bea_imports_2023_musd", commodities, industries)
    buyers = ("F010", "F02S", "F02E")
    final = matrix("bea_use_2023_musd", commodities, buyers)
    final_imports = matrix("bea_imports_2023_musd", commodities, buyers)
    pay = matrix("bea_use_2023_musd", ["V001"], industries)[0]
    output, made = make.sum(axis=1), make.sum(axis=0)
    scrap = [commodities.index(code) for code in SCRAP]
    shares = make / made
    shares[:, scrap] = 0
    shares /= (1 - make[:, scrap].sum(axis=1) / output)[:, None]
    basket = (final - final_imports)[:, 0] / final[:, 0].sum()

    def imported(used, foreign):
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(used > 0, foreign / used, np.nan)
        return np.where((share >= 0) & (share <= 1), share, np.nan)

    of_all = imported(use.sum(axis=1), imports.sum(axis=1))
    of_capital = imported(final[:, 1:].sum(axis=1), final_imports[:, 1:].sum(axis=1))
    of_capital = np.where(np.isnan(of_capital), of_all, of_capital)
    return {
        "shares": shares,
        "direct": shares @ ((use - imports) / output),
        "pay": pay / output,
        "basket": basket,
        "output": output,
        "capital": np.nan_to_num(of_capital),
        "operation": np.nan_to_num(of_all),
    }


def price_ratio(from_year):
    """What output of a year costs in the price year: the industry's index, then the deflator."""
    index = matrix("bea_price_index_2017eq100", labels("industry"), ["2023", str(from_year)])
    deflator = {r["year"]: float(r["gdp_deflator_2017eq100"]) for r in read("jobs/gdp_deflator")}
    return index[:, 0] / index[:, 1] * deflator[str(PRICE_YEAR)] / deflator["2023"]


@cache
def employees():
    rows = {r["code"]: r["employees_2021_thousand"] for r in read("jobs/employees_2021_thousand")}
    return {code: 1000 * float(rows[code]) for code in labels("industry")}


@cache
def jobs_per_musd():
    """Both counts over their output, in dollars of the price year."""
    nipa = employees()
    found = {r["industry_code"]: int(r["jobs"]) for r in read("jobs/oews_2025_industry_jobs")}
    oews = {code: found.get(f"{code}000", 0) for code in nipa}
    for line in OEWS.strip().splitlines():
        codes, rows = (side.split() for side in line.split(" = "))
        total = sum(-found[row[1:]] if row[0] == "-" else found[row] for row in rows)
        for code in codes:
            oews[code] = total * nipa[code] / sum(nipa[other] for other in codes)
    oews |= {code: nipa[code] for code in NIPA_ALONE}
    output = matrix("bea_gross_output_musd", labels("industry"), ["2021", "2023"]).T
    counts = np.array([list(nipa.values()), list(oews.values())])
    return counts / (output * np.array([price_ratio(2021), price_ratio(2023)]))


def state_jobs():
    jobs = us_state_jobs()
    return list(jobs.columns), jobs.to_numpy()


@cache
def states(method, delta):
    A = pd.DataFrame(economy()["direct"], labels("industry"), labels("industry"))
    return regions(A, us_state_jobs(), method=method, delta=delta)


def placed(first, home, method, delta, on_site):
    """Output of all rounds by (industry, state)."""
    where = np.eye(len(state_jobs()[0]))[[home]]
    site = [] if on_site is None else [labels("industry")[on_site]]
    return states(method, delta).place(first[None], where, site)[1][0]


def template(quantity):
    rows = read("jobs/project_templates")
    found = [r for r in rows if (r["template"], r["quantity"]) == ("gas power", quantity)]
    return float(found[0]["central"])


def start_of_building(r):
    project = next(p for p in read("deal/projects") if p["project"] == PROJECT)
    link = next(p for p in read("jobs/project_links") if p["project"] == PROJECT)
    day = date.fromisoformat(project["date"])
    start = day.year + (day.timetuple().tm_yday - 1) / 365
    return start + float(link["start_lag_years"]) + r["delay_years"]


def middle_of_building(r):
    return start_of_building(r) + template("build_years") / 2


def calendar(r):
    """Share of the capital that is spent in each year, and the part of it that the plant runs."""
    project = next(p for p in read("deal/projects") if p["project"] == PROJECT)
    start = start_of_building(r)
    build = template("build_years")

    def spent(moment):
        u = min(max((moment - start) / build, 0), 1)
        return 3 * u**2 - 2 * u**3

    shares = [spent(year + 1) - spent(year) for year in YEARS]
    running = [min(max(year + 1 - start - build, 0), 1) for year in YEARS]
    return float(project["amount_bn_usd"]), np.array(shares), np.array(running)


def purchases(phase, factor):
    """Domestic purchases a dollar spent, by commodity, and what industries deliver for it."""
    codes = labels("commodity")
    bought = np.zeros(len(codes))
    for row in read("jobs/cost_mix"):
        if (row["template"], row["phase"]) == ("gas power", phase):
            k = codes.index(row["commodity"])
            bought[k] = float(row["share"]) * (1 - min(1, factor * economy()[phase][k]))
    return bought, economy()["shares"] @ bought


def household_rounds(r):
    """Dollars that households spend in all rounds per dollar of first pay, term by term."""
    e = economy()
    c = r["consumption_share"] * (1 - r["leak"])
    again = c * float(e["pay"] @ series(e["direct"], e["shares"] @ e["basket"]))
    return sum(c * again**n for n in range(200))


def wage_musd():
    """Pay per employee in dollars of the price year, the mean of both counts below."""
    output = economy()["output"] * price_ratio(2023)
    return float(economy()["pay"] @ output) / np.mean(jobs_per_musd() @ output)


def of_a_dollar(phase, r, method, delta):
    """Jobs in the first round and jobs by (industry, state), pay by state, for a million spent."""
    _, first = purchases(phase, r["import_factor"])
    home, site = state_jobs()[0].index(STATE), labels("industry").index("23")
    # What is bought of the building industry is worked on site, in whatever commodity it comes.
    output = placed(first, home, method, delta, site)
    ratio = jobs_ratio(r)
    return float(ratio @ first), ratio[:, None] * output, economy()["pay"] @ output


def jobs_ratio(r):
    nipa, oews = jobs_per_musd()
    return r["nipa_weight"] * nipa + (1 - r["nipa_weight"]) * oews


def by_hand(r, method, delta):
    """Everything that the model says of the one project."""
    e, states = economy(), state_jobs()[0]
    home = states.index(STATE)
    rounds, wage, ratio = household_rounds(r), wage_musd(), jobs_ratio(r)
    basket = e["shares"] @ e["basket"]
    per_spent = [
        ratio[:, None] * placed(basket, s, method, delta, None) for s in range(len(states))
    ]
    amount, shares, running = calendar(r)
    amount *= r["financed_share"] * r["additional_share"]
    real = amount * (1 + r["inflation_pct"] / 100) ** (2025 - middle_of_building(r))
    staff = real * template("staff_per_bn_usd") * r["staff_factor"]
    capital = 1000 * real * shares * bought()
    operation = 1000 * real * template("operating_cost_share") * running
    fade = np.array([(1 + r["productivity_growth_pct"] / 100) ** (2025 - year) for year in YEARS])

    gross = np.zeros((len(YEARS), 6))
    placed_jobs = np.zeros((len(YEARS), len(ratio), len(states)))
    for at, phase, spending, own in (
        (0, "capital", capital, 0 * running),
        (3, "operation", operation, staff * running),
    ):
        direct, total, income = of_a_dollar(phase, r, method, delta)
        for t, spent in enumerate(spending * fade):
            pay = spent * income
            pay[home] += fade[t] * own[t] * wage
            induced = sum(rounds * pay[s] * per_spent[s] for s in range(len(states)))
            gross[t, at] = spent * direct + own[t]
            gross[t, at + 1] = spent * (total.sum() - direct)
            gross[t, at + 2] = induced.sum()
            placed_jobs[t] += spent * total + induced
            placed_jobs[t, labels("industry").index("22"), home] += own[t]
    by_state = placed_jobs.sum(axis=1)
    net = net_of(by_state, crew(r) * capital * fade, r)
    spent_bn = amount * shares.sum()
    at_home = bought() * purchases("capital", r["import_factor"])[0].sum()
    return {
        "gross": gross,
        "gross_state": by_state.mean(axis=0),
        "gross_industry": placed_jobs.sum(axis=2).mean(axis=0),
        "net": net.sum(axis=1),
        "net_state": net.mean(axis=0),
        "permanent": staff,
        "additional": amount,
        "built": spent_bn,
        "bought": spent_bn * bought(),
        "spent_in_us": spent_bn * at_home,
    }


def bought():
    """Part of the cost that buys something: the rest is land, reserve and 4.8 % on half of it."""
    interest = 0.048 * template("build_years") / 2
    idle = template("land_share") + template("contingency_share") + interest / (1 + interest)
    return 1 - idle


def crew(r):
    """Jobs on site for a million of capital: the building industry, for building alone."""
    industry, commodity = labels("industry").index("23"), labels("commodity").index("23")
    building = purchases("capital", r["import_factor"])[0][commodity]
    return jobs_ratio(r)[industry] * economy()["shares"][industry, commodity] * building


def net_of(by_state, on_site, r):
    """Jobs less those that are taken from other work in any state, state by state and year by year.

    No builder is free beyond the share of the trades in Ohio; builders are lost by the states'
    trades, all others by their jobs.
    """
    names, jobs = state_jobs()
    table = {row["state"]: row["470000"] for row in read("jobs/oews_2025_state_trades_jobs")}
    trades = np.array([float(table[name]) for name in names])
    work = jobs.sum(axis=0)
    free = r["trades_slack_share"] * trades[names.index(STATE)]
    net = np.zeros(by_state.shape)
    for t, year in enumerate(YEARS):
        since = max(year + 0.5 - 2026 - r["delay_years"], 0)
        left = max(1 - r["crowding_rise_share"] * since, 0)
        builders = on_site[t] - left * min(on_site[t], free)
        others = (1 - left * (1 - r["crowding_out_share"])) * (by_state[t].sum() - on_site[t])
        net[t] = by_state[t] - builders * trades / trades.sum() - others * work / work.sum()
    return net


def one_project(method, delta):
    every = portfolio("announced", "mou_sectors")
    only = [PROJECT]
    projects = Portfolio(every.lines.loc[only], every.state_shares.loc[only], "announced")
    made = kernels(projects, method=method, delta=delta)
    return JobsModel(projects, (YEARS[0], YEARS[-1]), made)


@pytest.mark.parametrize(("method", "delta"), [("SLQ", 0.0), ("FLQ", 0.3)])
def test_the_gas_plant_in_ohio_by_hand(method, delta):
    rungs = load_ladder().central()
    expected = by_hand(rungs, method, delta)
    found = run(one_project(method, delta), rungs)
    assert list(found.states) == state_jobs()[0]
    assert list(found.industries) == labels("industry")
    for name in ("gross", "gross_state", "gross_industry", "net", "net_state", "permanent"):
        ours = getattr(found, name)[0]
        np.testing.assert_allclose(ours, expected[name], rtol=SAME, atol=SAME, err_msg=name)
    money = dict(
        zip(("additional", "built", "bought", "spent_in_us"), found.money_bn[0, 3:], strict=True)
    )
    assert money == pytest.approx({name: expected[name] for name in money}, rel=SAME)


def test_another_rung_gives_other_numbers():
    """The comparison above can fail: a hundredth more of any rung is seen."""
    rungs = load_ladder().central() | {"trades_slack_share": 1e-4}
    model = one_project("SLQ", 0.0)
    expected = by_hand(rungs, "SLQ", 0.0)
    # What is selected of the pledge, and what the rest goes to, do not touch a selected project.
    idle = {"pledged_bn_usd", "selected_share", "rest_announced_share", "rest_expressions_share"}
    for name in rungs.keys() - idle:
        found = run(model, rungs | {name: 1.01 * rungs[name]})
        assert not np.allclose(found.net[0], expected["net"], rtol=SAME, atol=SAME), name
