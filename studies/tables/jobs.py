"""Sums and matches of the tables of jobs; each check takes a frame by line and its name."""

from __future__ import annotations

import pandas as pd

from research.data.content import differences, place
from research.data.tables import checked, labels
from research.errors import Fault

#: Rows of margins and insurance in which the import matrix and the use table count imports
#: differently.
IMPORTS_DIFFER = ("42", "481", "482", "483", "484", "487OS", "524")

#: One figure printed in two tables, each rounded to a million.
SAME_FIGURE_MUSD = 1

#: OEWS rounds each figure to 10 jobs, so a sum is off by at most 5 for each of its parts, and
#: the printed total by 5 more.
OEWS_ROUNDING_JOBS = 5

#: Amounts are printed to 0.1 bn, so a total is off by at most half of that for each project
#: and itself.
AMOUNT_ROUNDING_BN_USD = 0.05

_MAKE, _USE = "jobs/bea_make_2023_musd", "jobs/bea_use_2023_musd"


def codes_of(kind: str) -> list[str]:
    """List the codes of a kind (industry, commodity, final_demand, value_added) in BEA order."""
    return labels(f"jobs/bea_codes.code where kind = {kind}")


def output_is_that_of_the_make_table(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that output of industries and commodities is that of the Make table."""
    use, make = frame.set_index("code"), checked(_MAKE).set_index("code")
    faults = []
    for kind, by_row, by_column in (("industry", make, use.T), ("commodity", make.T, use)):
        codes, column = codes_of(kind), f"total_{kind}_output"
        made, used = by_row.loc[codes, column], by_column.loc[codes, column]
        what = f"{kind} output of the Make table"
        faults += differences(made, used, SAME_FIGURE_MUSD, place(name), what)
    return faults


def imports_are_those_of_the_use_table(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that imports are those of the Use table, seven rows apart."""
    imports, use = frame.set_index("code"), checked(_USE).set_index("code")
    same = [code for code in codes_of("commodity") if code not in IMPORTS_DIFFER]
    ours, theirs = imports.loc[same, "F050"], use.loc[same, "F050"]
    what = "imports of the Use table"
    return differences(theirs, ours, SAME_FIGURE_MUSD, place(name), what)


def output_of_2023_is_that_of_the_make_table(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that gross output of 2023 is that of the Make table."""
    make = checked(_MAKE).set_index("code").loc[codes_of("industry"), "total_industry_output"]
    what = "industry output of the Make table"
    return differences(make, frame.set_index("code")["2023"], SAME_FIGURE_MUSD, place(name), what)


def states_add_up_to_the_united_states(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that states add up to the United States, or to at most that where some are blank."""
    jobs, where = frame.set_index("code"), place(name)
    total, states = jobs["us_total"], jobs.drop(columns="us_total")
    sums, full = states.sum(axis=1), jobs.notna().all(axis=1)
    above = sums.index[~full & (sums > total)]
    return [
        *differences(sums[full], total[full], 0, where, "sum over states"),
        *(
            Fault(f"{where}, {code}", f"states below {total[code]:,.0f}", f"{sums[code]:,.0f}")
            for code in above
        ),
    ]


def sectors_add_up_to_the_total(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that sectors, and subsectors, add up to the jobs of all industries."""
    where = place(name, column="jobs")
    total = frame.loc[frame["industry_code"] == "000000", "jobs"].sum()
    faults = []
    for level in ("sector", "subsector"):
        jobs = frame.loc[frame["level"] == level, "jobs"]
        slack = OEWS_ROUNDING_JOBS * (len(jobs) + 1)
        if abs(jobs.sum() - total) > slack:
            asked = f"sum of each {level} within {slack} of {total:,} in row 000000"
            faults.append(Fault(where, asked, f"{jobs.sum():,}"))
    return faults


def rows_of_a_project_agree(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that a project has one template, amount and start, and no half-known states."""
    faults = []
    for project, rows in frame.groupby("project", sort=False):
        for column in ("template", "amount_bn_usd", "start_lag_years", "expression"):
            values = rows[column].unique()
            if len(values) > 1:
                where = f"{place(name, column=column)}, {project}"
                found = ", ".join(map(str, values))
                faults.append(Fault(where, "one value in all rows of the project", found))
        if len(rows) > 1 and rows["state"].isna().any():
            where = f"{place(name, column='state')}, {project}"
            faults.append(Fault(where, "a state in each of several rows", "a blank"))
    return faults


def amounts_complete_those_of_the_rounds(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask for an amount exactly where the project has none, that completes the round's total."""
    where = place(name, column="amount_bn_usd")
    projects = checked("deal/projects").set_index("project")
    own = frame.drop_duplicates("project").set_index("project")["amount_bn_usd"]
    known = projects["amount_bn_usd"].reindex(own.index)
    asked = "an amount here or in deal/projects, not both"
    faults = [
        Fault(f"{where}, {project}", asked, "none" if pd.isna(own[project]) else "both")
        for project in own.index[own.isna() == known.isna()]
    ]
    filled = own.fillna(known).reindex(projects.index)
    for row in checked("deal/project_rounds").itertuples():
        amounts = filled[projects["round"] == row.round]
        off = abs(amounts.sum() - row.total_bn_usd)
        if amounts.notna().all() and off > AMOUNT_ROUNDING_BN_USD * (len(amounts) + 1):
            asked, found = f"{row.total_bn_usd:g} bn", f"{amounts.sum():g} bn"
            faults.append(Fault(f"{where}, round {row.round}", asked, found))
    return faults
