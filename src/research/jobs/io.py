"""Input-output: the table of the United States, what a dollar calls for, what must add up.

Industry technology, as the Bureau of Economic Analysis derives its total requirements (Horowitz and
Planting, *Concepts and Methods of the U.S. Input-Output Accounts*, chapter 12): an industry uses
the same inputs whatever it makes, and a commodity is made by industries in fixed market shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.data import load_table, once
from research.errors import Fault, InputError
from research.jobs.accounts import IOTable, balances, import_matrices, io_table

#: Commodities that no industry makes to order: scrap and used goods fall off, noncomparable
#: imports come from abroad.
BEA_SCRAP = ("Used", "Other")

#: Year of the bundled table.
TABLE_YEAR = 2023

#: BEA prints whole millions; sums of 73 to 93 such cells are off by up to 7.
BEA_TOLERANCE_MUSD = 10.0

# A domestic figure is the difference of two rounded ones: twice the variance.
_DOMESTIC = 2**0.5

# What floating point leaves of sums that are exact, relative to all output.
_FLOATING = 1e-12


@dataclass(frozen=True, eq=False, slots=True)
class Requirements:
    """Direct and total requirements, dollars per dollar.

    ``direct`` is B, commodity x industry: inputs per dollar of industry output; ``market_shares``
    W, industry x commodity: industry output per dollar of commodity output, scrap included.
    ``industry_by_commodity`` is ``W (I - B W)^-1``, per dollar of final demand for a commodity.
    """

    direct: pd.DataFrame
    market_shares: pd.DataFrame
    industry_by_commodity: pd.DataFrame

    @property
    def industry_direct(self) -> pd.DataFrame:
        """A = W B, industry x industry: what one industry takes from another per dollar."""
        return self.market_shares @ self.direct


@once
def load_io_table() -> IOTable:
    """Load the table of the United States of `TABLE_YEAR`: 71 industries, 73 commodities."""
    codes = load_table("jobs/bea_codes").groupby("kind")["code"].agg(list)
    make, use, imports = (load_table(f"jobs/bea_{x}_2023_musd") for x in ("make", "use", "imports"))
    industries, commodities = codes["industry"], codes["commodity"]
    return io_table(
        make.loc[industries, commodities],
        use.loc[commodities, industries],
        value_added=use.loc[codes["value_added"], industries],
        final_demand=use.loc[commodities, codes["final_demand"]],
        imports=imports.loc[commodities, industries],
        imported_final_demand=imports.loc[commodities, codes["final_demand"]],
        scrap=BEA_SCRAP,
        tolerance_musd=BEA_TOLERANCE_MUSD,
    )


def identities(table: IOTable) -> pd.DataFrame:
    """Compute how far the table is from each identity.

    Inputs and value added make up industry output, uses and final demand make up commodity
    output, market shares add up to one before scrap is taken out, and final demand f gives back
    output: ``g = W (I - B W)^-1 f``, once with all uses and once with domestic ones.
    ``where`` is the label with the largest gap, empty where that is one of floating point.
    """
    tolerance, nothing = table.tolerance_musd, _FLOATING * table.commodity_output.sum()
    found = {name: (gaps.abs(), tolerance) for name, gaps in balances(table).items()}
    shares = market_shares(table).drop(columns=list(table.scrap)).sum()
    found["market shares = 1"] = ((shares - 1) * table.commodity_output).abs(), nothing
    found["output from final demand"] = _output_gap(table, domestic=False).abs(), tolerance
    if table.imports is not None:
        gap = _output_gap(table, domestic=True).abs()
        found["output from domestic final demand"] = gap, _DOMESTIC * tolerance
    rows = [
        (name, gap.max(), bound, f"{gap.index.name} {gap.idxmax()}" * bool(gap.max() > nothing))
        for name, (gap, bound) in found.items()
    ]
    return pd.DataFrame(rows, columns=["name", "largest_gap_musd", "tolerance_musd", "where"])


def requirements(table: IOTable, *, domestic: bool) -> Requirements:
    """Compute direct and total requirements.

    With U the uses (without imports if ``domestic``), V the Make table, g and q the output of
    industries and commodities, h the scrap that an industry makes and p = h / g:

    ``B = U g^-1``, ``D = V q^-1`` (scrap columns zero), ``W = (I - p)^-1 D``.

    Scrap commodities have no market shares: demand for them makes nobody produce, and an industry
    that makes scrap must make more to deliver a dollar of what it is asked for.
    """
    used = table.use - import_matrices(table)[0] if domestic else table.use
    B = used / table.industry_output
    scrap = table.make[list(table.scrap)].sum(axis=1) / table.industry_output
    W = market_shares(table).div(1 - scrap, axis=0)
    inputs = B.to_numpy() @ W.to_numpy()
    _check_productive(inputs)
    total = W.to_numpy() @ np.linalg.inv(np.eye(len(inputs)) - inputs)
    return Requirements(B, W, pd.DataFrame(total, table.industries, table.commodities))


def market_shares(table: IOTable) -> pd.DataFrame:
    """Compute D: which share of each commodity each industry makes; columns of scrap are zero."""
    output = table.commodity_output
    shares = table.make / output.where(~output.index.isin(table.scrap))
    shares[list(table.scrap)] = 0.0
    return shares


def import_shares(table: IOTable, buyers: Sequence[str]) -> pd.Series:
    """Compute which share of each commodity that these buyers use is imported, 0 to 1.

    Buyers are categories of final demand, industries, or both: ``("F02S", "F02E")`` for structures
    and equipment, ``("23",)`` for what builders buy. NaN where they take none of it, or where
    negative entries (inventories, used goods, corrections) leave no share in that range.
    """
    imports, imported_final = import_matrices(table)
    every = pd.concat([table.use, table.final_demand], axis=1)
    imported = pd.concat([imports, imported_final], axis=1)
    used = every[list(buyers)].sum(axis=1)
    share = imported[list(buyers)].sum(axis=1) / used.where(used > 0)
    return share.where(share.between(0, 1)).rename("import_share")


def _output_gap(table: IOTable, *, domestic: bool) -> pd.Series:
    total = requirements(table, domestic=domestic).industry_by_commodity
    # The column of imports stays in: its domestic part are margins that the Use table books there.
    demand = table.final_demand - import_matrices(table)[1] if domestic else table.final_demand
    return total @ demand.sum(axis=1) - table.industry_output


def _check_productive(inputs: np.ndarray) -> None:
    # The largest column sum bounds the spectral radius from above and costs next to nothing.
    if np.abs(inputs).sum(axis=0).max() < 1:
        return
    radius = float(np.abs(np.linalg.eigvals(inputs)).max())
    if not radius < 1:
        asked = "inputs below output: a spectral radius of direct requirements below 1"
        todo = "Look for industries whose inputs exceed their output."
        fault = Fault("use", asked, f"{radius:.6g}", todo)
        raise InputError("Total requirements are not finite.", [fault])
