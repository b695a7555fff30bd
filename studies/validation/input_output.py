"""Input-output: the inverse that BEA prints for 1997, and the example of Miller and Blair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from research.data import load_table
from research.errors import DataError, Fault, raise_if
from research.jobs.accounts import IOTable, io_table
from research.jobs.io import requirements
from research.jobs.multipliers import households, multipliers

#: Scrap, and the two commodities that are used but that nobody makes.
SCRAP = ("S003", "S004", "S006")

#: BEA prints 0.1 million; the largest sum of 147 such cells is off by 0.03.
ROUNDING_MUSD = 0.1

#: Tables of ``data/validation`` by name: the file of BEA, and where the value stands in a line.
FILES = {
    "make_musd": ("IOMakeSummary.txt", 3),
    "use_musd": ("iousesummary.txt", 4),
    "industry_by_industry": ("IndbyIndTRSum.txt", 3),
    "industry_by_commodity": ("IndbyComTRSum.txt", 3),
}

LABELS = ["one", "two"]

# Households pay 50 of their income of 1,000 to households: a dollar of pay from industries is
# 1 / 0.95 dollars of income, of which 0.45 are spent on goods.
SPENT_SHARE = 0.45 / 0.95


def bea1997(folder: Path | None) -> dict[str, float]:
    """Give the largest gap of each inverse to the printed one.

    From BEA's own files, the bundled tables are first held against them, cell by cell.
    """
    tables = bundled_1997()
    if folder is not None:
        theirs = {name: _read(folder / file, place) for name, (file, place) in FILES.items()}
        _check_same(tables, theirs)
    codes = load_table("validation/bea1997_codes").groupby("kind")["code"].agg(list)
    industries, commodities = codes["industry"], codes["commodity"]
    use = tables["use_musd"]
    table = io_table(
        tables["make_musd"].reindex(columns=commodities, fill_value=0.0).loc[industries],
        use.loc[commodities, industries],
        value_added=use.loc[codes["value_added"], industries],
        final_demand=use.loc[commodities, codes["final_demand"]],
        scrap=SCRAP,
        tolerance_musd=ROUNDING_MUSD,
    )
    need = requirements(table, domestic=False)
    by_commodity = need.industry_by_commodity
    found = {
        "industry_by_industry": by_commodity @ need.direct + np.eye(len(by_commodity)),
        "industry_by_commodity": by_commodity,
    }
    return {name: float((ours - tables[name]).abs().max(axis=None)) for name, ours in found.items()}


def bundled_1997() -> dict[str, pd.DataFrame]:
    """Load the four tables, each as a matrix."""
    tables = {name: load_table(f"validation/bea1997_{name}") for name in FILES}
    long = tables["make_musd"].pivot(index="industry", columns="commodity", values="output_musd")
    return tables | {"make_musd": long.fillna(0.0)}


def _read(file: Path, place: int) -> pd.DataFrame:
    """Read lines of row code, column code, more, value as a matrix; what is not printed is zero."""
    lines = pd.read_csv(file, header=None, dtype={0: str, 1: str})
    return lines.pivot(index=0, columns=1, values=place).fillna(0.0)


def _check_same(ours: dict[str, pd.DataFrame], theirs: dict[str, pd.DataFrame]) -> None:
    faults = []
    for name, frame in ours.items():
        rows, columns = (
            frame.index.union(theirs[name].index),
            frame.columns.union(theirs[name].columns),
        )
        whole = [one.reindex(rows, columns=columns).fillna(0.0) for one in (frame, theirs[name])]
        differ = int(((whole[0] - whole[1]).abs() > 1e-9).sum(axis=None))
        if differ:
            asked = f"the cells of {FILES[name][0]}"
            faults.append(Fault(f"data/validation/bea1997_{name}.csv", asked, f"{differ} others"))
    raise_if(DataError, "The bundled tables of 1997 are not BEA's.", faults)


def two_sectors() -> IOTable:
    """Build the two-sector table of Miller and Blair, chapter 2, every industry with one product.

    Final demand of 350 and 1,700 is split into what households buy (50 and 400) and the rest.
    """
    return io_table(
        pd.DataFrame([[1000.0, 0], [0, 2000]], LABELS, LABELS),
        pd.DataFrame([[150.0, 500], [200, 100]], LABELS, LABELS),
        value_added=pd.DataFrame([[300.0, 500], [350, 900]], ["V001", "rest"], LABELS),
        final_demand=pd.DataFrame([[50.0, 300], [400, 1300]], LABELS, ["F010", "others"]),
        tolerance_musd=0,
    )


def miller_blair(_: Path | None) -> dict[str, float]:
    """Put the example through every model that has it."""
    inverse = requirements(two_sectors(), domestic=False).industry_by_commodity.to_numpy()
    output = inverse @ [600, 1500]
    closed = _closed_inverse()
    return (
        {f"l_{r + 1}{c + 1}": inverse[r, c] for r in range(2) for c in range(2)}
        | {f"output_{r + 1}": output[r] for r in range(2)}
        | {f"labour_{r + 1}": output[r] * (0.30, 0.25)[r] for r in range(2)}
        | {f"closed_{r + 1}{c + 1}": closed[r, c] for r in range(3) for c in range(3)}
    )


def _closed_inverse() -> np.ndarray:
    """Give the inverse with households, from the pieces of the closed form."""
    table = two_sectors()
    open_inverse = requirements(table, domestic=False).industry_by_commodity
    per_dollar, basket = households(table, domestic=False)
    output, pay = (open_inverse @ basket).to_numpy(), (per_dollar @ open_inverse).to_numpy()
    income = 1 / 0.95 / (1 - SPENT_SHARE * per_dollar.to_numpy() @ output)
    # One job in one industry: its multipliers are that row of the inverse.
    ones = (pd.Series(row, LABELS) for row in np.eye(2))
    rows = [multipliers(table, one, SPENT_SHARE, domestic=False)["type_2"] for one in ones]
    return np.block([[np.array(rows), (0.45 * output * income)[:, None]], [pay * income, income]])
