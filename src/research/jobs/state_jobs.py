"""Jobs by state and industry without blanks: suppressed cells filled, joint rows split.

The rule, line by line of the printed table:

1. What the United States has beyond the states with a figure is spread over the suppressed states,
   first in proportion to their jobs in the lines without blanks, then again in proportion to their
   jobs, so filled, in the other lines of the sector. A line alone in its sector stays at the
   first step. `hidden_cell_errors` measures what either step gets wrong.
2. A line blank throughout (514) takes its employees times the jobs per employee of the other lines
   of its sector as the United States, and goes on as in 1.
3. A line that holds several industries is split by their national employees, alike in every state.
   Besides row 54 these are government and real estate, whose joint figure is printed under each of
   their two codes: added up as they stand, the rows would count 31 million jobs twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.labels import frame_faults, series_faults

#: Printed row -> industries whose joint figure it is.
HELD_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "54": ("5411", "5415", "5412OP"),
    "HS": ("HS", "ORE"),
    "GFGN": ("GFGN", "GFE"),
    "GSLG": ("GSLG", "GSLE"),
}

#: Column of the nation.
NATION = "us_total"

# Codes of these NAICS sectors do not begin with the same two characters.
_WIDE = {"3": "31-33", "44": "44-45", "45": "44-45", "4A": "44-45", "48": "48-49", "49": "48-49"}
_WIDE |= {"HS": "53", "OR": "53", "G": "G"}

# Printed figures are whole jobs; a full row may miss its total by the rounding of both.
_ROUNDING_JOBS = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class StateJobs:
    """Jobs by industry and state without blanks.

    Attributes
    ----------
    jobs
        Industry x state, jobs.
    imputed
        Industry x state: True where the figure is not printed for this industry alone.
    rule
        Industry -> how its figures were made; empty where all are printed.
    """

    jobs: pd.DataFrame
    imputed: pd.DataFrame
    rule: pd.Series


def impute_state_jobs(
    state_jobs: pd.DataFrame,
    employees: pd.Series,
    *,
    held_together: Mapping[str, tuple[str, ...]] = HELD_TOGETHER,
) -> StateJobs:
    """Fill the suppressed cells and split the joint rows of jobs by state.

    Parameters
    ----------
    state_jobs
        Industry x states and ``us_total``, jobs, blank where suppressed, as
        ``jobs/bea_state_jobs_2018`` gives it.
    employees
        Employees of every industry in any one unit; their order is that of the result.
    held_together
        Printed row -> industries whose joint figure it is. Rows of these industries beside it
        must repeat it.

    Returns
    -------
    StateJobs
        Rows add up to ``us_total`` wherever that is printed.

    Raises
    ------
    InputError
        If labels do not match, a figure is negative, states exceed the nation or do not add up to
        it, a joint row is not repeated, or no row is without blanks.
    """
    summary = "Jobs by state cannot be filled."
    faults = frame_faults(state_jobs, "state_jobs", allow_blank=True)
    raise_if(InputError, summary, faults or _faults(state_jobs, employees, held_together))
    lines = _lines(employees.index, held_together)
    known = state_jobs.reindex(pd.Index(lines.unique(), name="code"))
    jobs = _filled(known, employees.groupby(lines.to_numpy()).sum())
    split = employees / employees.groupby(lines.to_numpy()).transform("sum")
    out = jobs.loc[lines].set_axis(employees.index).mul(split, axis=0)
    joint = lines.map(lines.value_counts()) > 1
    blank = known.drop(columns=NATION).isna().loc[lines].set_axis(employees.index)
    imputed = blank | np.broadcast_to(joint.to_numpy()[:, None], blank.shape)
    return StateJobs(out.rename_axis(index="code"), imputed, _rules(blank, lines, joint))


def sector(code: str) -> str:
    """Give the NAICS sector of a BEA summary code; government is one."""
    for length in (2, 1):
        if code[:length] in _WIDE:
            return _WIDE[code[:length]]
    return code[:2]


def hidden_cell_errors(
    state_jobs: pd.DataFrame, employees: pd.Series, *, replications: int, seed: int
) -> pd.DataFrame:
    """Hide printed cells, fill them by the rule and by total jobs alone, and measure both.

    In each replication every line with blanks loses as many of its printed cells as it has blanks
    (at most half of them), drawn at random. The error is ``sum |filled - printed| / sum printed``
    over the hidden cells of all replications.

    Parameters
    ----------
    state_jobs, employees
        As in `impute_state_jobs`.
    replications, seed
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        Index line with blanks: hidden (cells a replication), rule_error, total_error (shares).
    """
    lines = _lines(employees.index, HELD_TOGETHER)
    table = state_jobs.reindex(pd.Index(lines.unique(), name="code")).dropna(subset=NATION)
    workers = employees.groupby(lines.to_numpy()).sum().reindex(table.index)
    draws = np.random.default_rng(seed)
    blanks = table.drop(columns=NATION).isna()
    rows = {}
    for code in table.index[blanks.any(axis=1)]:
        printed = blanks.columns[~blanks.loc[code]]
        n = min(int(blanks.loc[code].sum()), len(printed) // 2)
        errors = [
            _hidden_error(table, workers, code, draws.choice(printed, n, replace=False))
            for _ in range(replications)
        ]
        rule, total, size = np.sum(errors, axis=0)
        rows[code] = {"hidden": n, "rule_error": rule / size, "total_error": total / size}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("code")


def _hidden_error(
    table: pd.DataFrame, workers: pd.Series, code: str, hidden: np.ndarray
) -> tuple[float, float, float]:
    """Give the absolute errors of both rules and the jobs hidden."""
    row = table.loc[code].drop(NATION).fillna(0)
    test = table.copy()
    test.loc[code] = row.drop(hidden).reindex(table.columns)
    test.loc[code, NATION] = row.sum()
    truth = row[hidden].astype(float)
    guess = _filled(test, workers).loc[code, hidden]
    size = table.drop(columns=NATION).dropna().sum()[hidden]
    plain = truth.sum() * size / size.sum()
    return float((guess - truth).abs().sum()), float((plain - truth).abs().sum()), truth.sum()


def _lines(codes: pd.Index, held_together: Mapping[str, tuple[str, ...]]) -> pd.Series:
    """Map each industry to the printed row that holds it."""
    holder = {code: line for line, held in held_together.items() for code in held}
    return pd.Series([holder.get(code, code) for code in codes], codes)


def _filled(known: pd.DataFrame, workers: pd.Series) -> pd.DataFrame:
    """Fill the blanks of printed lines (line x states and nation)."""
    jobs = known.drop(columns=NATION).astype(float)
    nation = _nation(known[NATION], workers)
    size = jobs.dropna().sum()
    by_size = pd.DataFrame(np.tile(size, (len(jobs), 1)), jobs.index, jobs.columns)
    first = _spread(jobs, nation, by_size, by_size)
    sectors = jobs.index.map(sector)
    others = first.groupby(sectors).transform("sum") - first
    # A difference of sums: what is left of nothing is rounding.
    others = others.where(others > 1e-6, 0)
    return _spread(jobs, nation, others, by_size)


def _spread(
    jobs: pd.DataFrame, nation: pd.Series, weights: pd.DataFrame, fallback: pd.DataFrame
) -> pd.DataFrame:
    """Spread what the nation has beyond the printed states over the blanks by ``weights``."""
    blank = jobs.isna()
    usable = weights.where(blank, 0).sum(axis=1) > 0
    weights = weights.where(usable, fallback, axis=0).where(blank, 0)
    rest = nation - jobs.sum(axis=1)
    return jobs.fillna(0) + weights.mul(rest / weights.sum(axis=1).where(blank.any(axis=1), 1), 0)


def _nation(nation: pd.Series, workers: pd.Series) -> pd.Series:
    """Fill a blank nation by employees and the sector's jobs per employee."""
    workers = workers.reindex(nation.index)
    sectors = nation.index.map(sector)
    printed = workers.where(nation.notna(), 0).groupby(sectors).transform("sum")
    ratio = nation.fillna(0).groupby(sectors).transform("sum") / printed
    return nation.fillna(workers * ratio).astype(float)


def _rules(blank: pd.DataFrame, lines: pd.Series, joint: pd.Series) -> pd.Series:
    """Say of each industry how its figures were made."""
    rules = {}
    for code in blank.index:
        count, parts = int(blank.loc[code].sum()), []
        if count == blank.shape[1]:
            parts.append("no figure printed: employees and the sector's other rows")
        elif count:
            parts.append(f"{count} suppressed states filled")
        if joint[code]:
            held = ", ".join(lines.index[lines == lines[code]])
            parts.append(f"joint figure of {held} split by national employees")
        rules[code] = "; ".join(parts)
    return pd.Series(rules, name="rule").rename_axis("code")


def _faults(
    table: pd.DataFrame, employees: pd.Series, held_together: Mapping[str, tuple[str, ...]]
) -> list[Fault]:
    """List every reason why the table cannot be filled."""
    if NATION not in table.columns:
        return [Fault("state_jobs, columns", f"a column {NATION}", "none")]
    holders = set(held_together)
    known = table.index.union([code for held in held_together.values() for code in held])
    wanted = known.difference([line for line in holders if line not in held_together[line]])
    faults = series_faults(employees, "employees", wanted, at_least=0)
    if faults:
        return faults
    missing = pd.Index(_lines(employees.index, held_together).unique()).difference(table.index)
    faults = [Fault("state_jobs, rows", f"a row {line}", "none") for line in missing]
    faults += [
        Fault(f"state_jobs, {code}", f"the figures of row {line}", "others", "Split it yourself.")
        for line, held in held_together.items()
        for code in table.index.intersection(held)
        if line in table.index and not table.loc[code].equals(table.loc[line])
    ]
    return faults + _figure_faults(table)


def _figure_faults(table: pd.DataFrame) -> list[Fault]:
    """Compare every row with its nation."""
    states = table.drop(columns=NATION)
    faults = [
        Fault(f"state_jobs, {code}", "jobs of zero or more", f"{low:g}")
        for code, low in table.min(axis=1).items()
        if low < 0
    ]
    if states.dropna().empty:
        faults.append(Fault("state_jobs", "at least one row without blanks", "none"))
    for code, row in states.iterrows():
        nation, total, full = table.at[code, NATION], row.sum(), row.notna().all()
        if pd.isna(nation):
            if row.notna().any():
                faults.append(Fault(f"state_jobs, {code}", f"a figure of {NATION}", "none"))
        elif total > nation + _ROUNDING_JOBS or (full and total < nation - _ROUNDING_JOBS):
            asked = f"states that add up to {nation:,.0f}"
            faults.append(Fault(f"state_jobs, {code}", asked, f"{total:,.0f}"))
    return faults
