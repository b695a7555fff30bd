"""An input-output table: what industries make, what they and final buyers use, what is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from research.data import load_table
from research.errors import Fault, InputError, raise_if
from research.jobs.io_checks import balance_faults, output_faults, shape_faults

#: Commodities that no industry makes to order: scrap and used goods fall off, noncomparable
#: imports come from abroad.
BEA_SCRAP = ("Used", "Other")

#: BEA prints whole millions; sums of 73 to 93 such cells are off by up to 7.
BEA_TOLERANCE_MUSD = 10.0


@dataclass(frozen=True, eq=False, slots=True)
class IOTable:
    """A checked Make and Use table; frames are aligned, USD million at producer prices.

    Attributes
    ----------
    make
        Industry x commodity.
    use
        Commodity x industry, imported goods included.
    imports
        Commodity x industry, the imported part of ``use``; ``None`` where it is not known.
    final_demand
        Commodity x category, imports as a negative category.
    imported_final_demand
        Commodity x category, the imported part; with ``imports`` its rows add up to zero.
    value_added
        Component x industry.
    scrap
        Commodities that no industry makes to order.
    year
        Year of the table and of its dollars.
    tolerance_musd
        Largest gap in a sum that rounding explains.
    consumption, compensation
        The category of household consumption and the component that is paid to employees.
    """

    make: pd.DataFrame
    use: pd.DataFrame
    imports: pd.DataFrame | None
    final_demand: pd.DataFrame
    imported_final_demand: pd.DataFrame | None
    value_added: pd.DataFrame
    scrap: tuple[str, ...]
    year: int
    tolerance_musd: float
    consumption: str
    compensation: str

    @property
    def industries(self) -> pd.Index:
        """Labels of the industries."""
        return self.make.index

    @property
    def commodities(self) -> pd.Index:
        """Labels of the commodities."""
        return self.make.columns

    @property
    def industry_output(self) -> pd.Series:
        """Output of each industry, USD million: the rows of Make."""
        return self.make.sum(axis=1)

    @property
    def commodity_output(self) -> pd.Series:
        """Domestic output of each commodity, USD million: the columns of Make."""
        return self.make.sum(axis=0)


def io_table(
    make: pd.DataFrame,
    use: pd.DataFrame,
    *,
    value_added: pd.DataFrame,
    final_demand: pd.DataFrame,
    imports: pd.DataFrame | None = None,
    imported_final_demand: pd.DataFrame | None = None,
    scrap: Sequence[str] = (),
    year: int,
    tolerance_musd: float,
    consumption: str = "F010",
    compensation: str = "V001",
) -> IOTable:
    """Build a table of any size from labelled frames, after checking that it balances.

    Parameters
    ----------
    make
        Industry x commodity; its labels and their order are those of the table.
    use, value_added, final_demand, imports, imported_final_demand, scrap, year, tolerance_musd
        As in `IOTable`; rows and columns may stand in any order.
    consumption, compensation
        Labels needed when households are closed into the model, and only then.

    Raises
    ------
    InputError
        With every fault: arrays without labels, labels that differ, figures that are not finite,
        output that is not positive, sums that differ by more than ``tolerance_musd``, an import
        matrix without its final demand, unknown scrap.
    """
    summary = "This input-output table cannot be used."
    frames = {
        "use": use,
        "value_added": value_added,
        "final_demand": final_demand,
        "imports": imports,
        "imported_final_demand": imported_final_demand,
    }
    raise_if(InputError, summary, shape_faults(make, frames, scrap))
    placed = _aligned(make, frames)
    table = IOTable(
        make=placed["make"],
        use=placed["use"],
        imports=placed.get("imports"),
        final_demand=placed["final_demand"],
        imported_final_demand=placed.get("imported_final_demand"),
        value_added=placed["value_added"],
        scrap=tuple(scrap),
        year=year,
        tolerance_musd=tolerance_musd,
        consumption=consumption,
        compensation=compensation,
    )
    raise_if(InputError, summary, [*output_faults(table), *balance_faults(table)])
    return table


def load_io_table() -> IOTable:
    """Load the table of the United States of 2023: 71 industries, 73 commodities.

    Raises
    ------
    DataError
        If a bundled table is not as compiled.
    InputError
        If an identity of `research.jobs.io_identities` does not hold.
    """
    # The identities need requirements, which need this module.
    from research.jobs.io_identities import check_identities

    codes = load_table("jobs/bea_codes").groupby("kind")["code"].agg(list)
    make, use, imports = (
        load_table("jobs/bea_make_2023_musd"),
        load_table("jobs/bea_use_2023_musd"),
        load_table("jobs/bea_imports_2023_musd"),
    )
    industries, commodities = codes["industry"], codes["commodity"]
    table = io_table(
        make.loc[industries, commodities],
        use.loc[commodities, industries],
        value_added=use.loc[codes["value_added"], industries],
        final_demand=use.loc[commodities, codes["final_demand"]],
        imports=imports.loc[commodities, industries],
        imported_final_demand=imports.loc[commodities, codes["final_demand"]],
        scrap=BEA_SCRAP,
        year=2023,
        tolerance_musd=BEA_TOLERANCE_MUSD,
    )
    check_identities(table)
    return table


def import_shares(table: IOTable, buyers: Sequence[str]) -> pd.Series:
    """Compute which share of each commodity that these buyers use is imported.

    Parameters
    ----------
    table
        With an import matrix.
    buyers
        Categories of final demand, industries, or both: ``("F02S", "F02E")`` for structures and
        equipment, ``("23",)`` for what builders buy.

    Returns
    -------
    pandas.Series
        Commodity -> imported share, 0 to 1. NaN where the buyers take none of it, or where
        negative entries (inventories, used goods, corrections) leave no share in that range.

    Raises
    ------
    InputError
        If the table has no import matrix or a buyer is unknown.
    """
    imports, imported_final = import_matrices(table)
    every = pd.concat([table.use, table.final_demand], axis=1)
    imported = pd.concat([imports, imported_final], axis=1)
    faults = [
        Fault("buyers", "a category of final demand or an industry", repr(buyer))
        for buyer in buyers
        if buyer not in every.columns
    ]
    raise_if(InputError, "The imported share is not defined.", faults)
    used = every[list(buyers)].sum(axis=1)
    share = imported[list(buyers)].sum(axis=1) / used.where(used > 0)
    return share.where(share.between(0, 1)).rename("import_share")


def import_matrices(table: IOTable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the imported part of uses by industries and by final demand.

    Raises
    ------
    InputError
        If the table has none.
    """
    if table.imports is None or table.imported_final_demand is None:
        fault = Fault("imports", "an import matrix", "none", "Give it to io_table.")
        raise InputError("Domestic figures need the imported part of uses.", [fault])
    return table.imports, table.imported_final_demand


def final_demand_of(table: IOTable, *, domestic: bool) -> pd.Series:
    """Add up final demand by commodity, USD million; ``domestic`` leaves imported goods out.

    The imports column stays in: minus its imported part leaves zero, but for margins that the
    Use table books there.
    """
    demand = table.final_demand
    if domestic:
        demand = demand - import_matrices(table)[1]
    return demand.sum(axis=1)


def uses_of(table: IOTable, *, domestic: bool) -> pd.DataFrame:
    """Give the uses of industries, commodity x industry; ``domestic`` leaves imports out."""
    return table.use - import_matrices(table)[0] if domestic else table.use


def _aligned(
    make: pd.DataFrame, frames: Mapping[str, pd.DataFrame | None]
) -> dict[str, pd.DataFrame]:
    """Put the frames that are given into the order of Make, by name."""
    industries, commodities = make.index.rename("industry"), make.columns.rename("commodity")
    given = {name: frame for name, frame in frames.items() if frame is not None}
    components = given["value_added"].index.rename("component")
    categories = given["final_demand"].columns.rename("category")
    axes = {
        "make": (industries, commodities),
        "use": (commodities, industries),
        "imports": (commodities, industries),
        "value_added": (components, industries),
        "final_demand": (commodities, categories),
        "imported_final_demand": (commodities, categories),
    }
    return {
        name: frame.astype(float)
        .reindex(index=axes[name][0], columns=axes[name][1])
        .rename_axis(index=axes[name][0].name, columns=axes[name][1].name)
        for name, frame in ({"make": make} | given).items()
    }
