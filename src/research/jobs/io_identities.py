"""Identities that an input-output table and its requirements must meet, as a frame for reports."""

from __future__ import annotations

import pandas as pd

from research.errors import Fault, InputError, raise_if
from research.jobs.io_checks import balances
from research.jobs.io_table import IOTable, final_demand_of
from research.jobs.requirements import market_shares, requirements

# A domestic figure is the difference of two rounded ones: twice the variance.
_DOMESTIC = 2**0.5

# What floating point leaves of sums that are exact, relative to all output.
_FLOATING = 1e-12


def identities(table: IOTable) -> pd.DataFrame:
    """Compute how far the table is from each identity.

    Inputs and value added make up industry output, uses and final demand make up commodity
    output, market shares add up to one before scrap is taken out, and final demand f gives back
    output: ``g = W (I - B W)^-1 f``, once with all uses and once with domestic ones.

    Returns
    -------
    pandas.DataFrame
        name, largest_gap_musd, tolerance_musd, where (the label with the largest gap; empty where
        the gap is one of floating point).
    """
    tolerance, nothing = table.tolerance_musd, _FLOATING * table.commodity_output.sum()
    rows = [(name, gaps, tolerance) for name, gaps in balances(table).items()]
    shares = market_shares(table).drop(columns=list(table.scrap)).sum()
    rows.append(("market shares = 1", (shares - 1) * table.commodity_output, nothing))
    rows.append(("output from final demand", _output_gap(table, domestic=False), tolerance))
    if table.imports is not None:
        gap = _output_gap(table, domestic=True)
        rows.append(("output from domestic final demand", gap, _DOMESTIC * tolerance))
    return pd.DataFrame(
        [
            {
                "name": name,
                "largest_gap_musd": gaps.abs().max(),
                "tolerance_musd": bound,
                "where": f"{gaps.index.name} {gaps.abs().idxmax()}"
                if gaps.abs().max() > nothing
                else "",
            }
            for name, gaps, bound in rows
        ]
    )


def check_identities(table: IOTable) -> None:
    """Refuse a table that is further from an identity than its rounding explains.

    Raises
    ------
    InputError
        With every identity that does not hold.
    """
    found = identities(table)
    faults = [
        Fault(
            f"{row.identity}, {row.where}",
            f"a gap of at most {row.tolerance_musd:.4g} USD million",
            f"{row.largest_gap_musd:.4g}",
        )
        for row in found[~(found["largest_gap_musd"] <= found["tolerance_musd"])]
        .rename(columns={"name": "identity"})
        .itertuples(index=False)
    ]
    raise_if(InputError, "The input-output table does not meet its identities.", faults)


def _output_gap(table: IOTable, *, domestic: bool) -> pd.Series:
    total = requirements(table, domestic=domestic).industry_by_commodity
    return total @ final_demand_of(table, domestic=domestic) - table.industry_output
