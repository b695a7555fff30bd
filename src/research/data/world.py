"""World trade, world input-output table, and the textbook example of the tariff model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from research.data import catalog, schemas, tables
from research.data.files import read_bytes
from research.data.identities import differences, labels_are
from research.data.tables import Check, Table, place
from research.errors import DataError, Fault, raise_if

#: Rows of the world table stand up to 0.8 % below the printed output in the source.
OUTPUT_GAP_SHARE = 0.01

IO_REGIONS = ("USA", "JPN", "CHN", "EUU", "MEX", "CAN", "KOR", "TWN", "GBR", "IND", "BRA", "ROW")
IO_SECTORS = (
    *("AGR", "MIN", "FOD", "TEX", "WPP", "PET", "CHM", "RMP", "MET"),
    *("MCH", "ELE", "TRQ", "OMF", "UTC", "TRD", "TRN", "SVC"),
)
_REGIONS, _TRADE = "tariffs/world_regions_2023", "tariffs/world_trade_2023_musd"
_IO, GSIM = "tariffs/world_io_2011_musd", "tariffs/gsim_4x4_textbook"


@dataclass(frozen=True, eq=False, slots=True)
class GsimExample:
    """The four-region example of Francois and Hall (2003).

    Attributes
    ----------
    import_demand_elasticity, export_supply_elasticity, substitution_elasticity
        One number each for all regions.
    trade
        Origin x destination, at world prices.
    tariff_power
        Origin x destination, one plus the initial tariff.
    scenario_a, scenario_b
        What changes, in words.
    published_price_change_a
        Printed change of world prices by region in scenario A, as a share.
    source
        Where it is printed.
    """

    import_demand_elasticity: float
    export_supply_elasticity: float
    substitution_elasticity: float
    trade: pd.DataFrame
    tariff_power: pd.DataFrame
    scenario_a: str
    published_price_change_a: pd.Series
    scenario_b: str
    source: str


def load_world_trade() -> pd.DataFrame:
    """Load goods trade of 2023 between 19 regions.

    Returns
    -------
    Exporters x importers, USD million; the diagonal is trade inside a region.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(TRADE).set_index("exporter").rename_axis(columns="importer")


def load_world_regions() -> pd.DataFrame:
    """Load name and GDP of 2023 (USD million) of the 19 regions.

    Raises
    ------
    DataError
        If the table is not as compiled.
    """
    return tables.load(REGIONS).set_index("region")


def load_world_io() -> pd.DataFrame:
    """Load the world input-output table of 2011.

    Returns
    -------
    204 rows ``REGION_SECTOR`` x 204 columns of the same names, final demand ``FD_REGION`` and
    ``output``, USD million.

    Raises
    ------
    DataError
        If the table is not as compiled, or rows miss their output by more than 1 %.
    """
    return tables.load(IO).set_index("row")


def load_gsim_example() -> GsimExample:
    """Load the four-region example of the tariff model with its printed answer.

    Raises
    ------
    DataError
        If the file is not as compiled.
    """
    content, faults = examine_gsim()
    raise_if(DataError, f"The table {GSIM} is not as it should be.", faults)
    catalog.note_read(GSIM)
    regions = pd.Index(content["regions"])
    return GsimExample(
        import_demand_elasticity=content["Em"],
        export_supply_elasticity=content["Ex"],
        substitution_elasticity=content["Es"],
        trade=_square(content["M_origin_by_destination"], regions),
        tariff_power=_square(content["T0"], regions),
        scenario_a=content["scenario_A"],
        published_price_change_a=pd.Series(content["published_price_change_A"], regions),
        scenario_b=content["scenario_B"],
        source=content["source"],
    )


def examine_gsim() -> tuple[dict[str, Any], list[Fault]]:
    """Read the example and collect its faults: file, digest, fields and shapes."""
    raw, faults = read_bytes(GSIM)
    if raw is None:
        return {}, faults
    try:
        content = json.loads(raw)
    except ValueError as error:
        return {}, [*faults, Fault(place(GSIM), "JSON in UTF-8", str(error))]
    return content, [*faults, *_gsim_faults(content)]


def _gsim_faults(content: object) -> list[Fault]:
    shapes = {
        "Em": (),
        "Ex": (),
        "Es": (),
        "regions": (4,),
        "M_origin_by_destination": (4, 4),
        "T0": (4, 4),
        "published_price_change_A": (4,),
    }
    words = ("source", "scenario_A", "scenario_B")
    if not isinstance(content, dict) or set(content) != {*shapes, *words}:
        found = sorted(content) if isinstance(content, dict) else type(content).__name__
        return [Fault(place(GSIM), f"fields {sorted([*shapes, *words])}", str(found))]
    faults = [
        Fault(f"{place(GSIM)}, {field}", f"shape {shape}", f"{_shape(content[field])}")
        for field, shape in shapes.items()
        if _shape(content[field]) != shape
    ]
    return faults or _gsim_value_faults(content)


def _shape(value: Any) -> tuple[int, ...] | None:
    try:
        return tuple(np.shape(value))
    except ValueError:
        return None  # rows of different lengths


def _gsim_value_faults(content: dict[str, Any]) -> list[Fault]:
    limits = {
        "M_origin_by_destination": (0, "trade of at least 0"),
        "T0": (1, "powers of at least 1"),
    }
    return [
        Fault(f"{place(GSIM)}, {field}", words, f"{np.min(content[field]):g}")
        for field, (low, words) in limits.items()
        if np.min(content[field]) < low
    ]


def _square(rows: list[list[float]], regions: pd.Index) -> pd.DataFrame:
    frame = pd.DataFrame(rows, regions, regions, dtype=float)
    return frame.rename_axis(index="origin", columns="destination")


def _region_codes() -> list[str]:
    return [str(region) for region in tables.read(REGIONS)["region"]]


def _io_rows() -> list[str]:
    return [f"{region}_{sector}" for region in IO_REGIONS for sector in IO_SECTORS]


def _regions_schema() -> pa.DataFrameSchema:
    return schemas.table(
        {
            "region": schemas.text(pattern="[A-Z]{3}", unique=True),
            "region_name": schemas.text(unique=True),
            "gdp_2023_musd": schemas.count(100_000, 50_000_000),
        }
    )


def _trade_schema() -> pa.DataFrameSchema:
    importers = {region: schemas.count(0, 10_000_000) for region in _region_codes()}
    return schemas.table({"exporter": schemas.text(unique=True)} | importers)


def _io_schema() -> pa.DataFrameSchema:
    demand = [f"FD_{region}" for region in IO_REGIONS]
    # Final demand holds inventories, so a few cells are below zero.
    cells = {name: schemas.count(-10_000, 20_000_000) for name in [*_io_rows(), *demand]}
    columns = {"row": schemas.text(unique=True)} | cells
    return schemas.table(columns | {"output": schemas.count(1, 30_000_000)})


def _io_sum_faults(frame: pd.DataFrame) -> list[Fault]:
    table = frame.set_index("row")
    output, sums = table["output"], table.drop(columns="output").sum(axis=1)
    what = "sum over buyers, to 1 %"
    return differences(sums, output, output * OUTPUT_GAP_SHARE, place(_IO), what)


REGIONS = Table(_REGIONS, _regions_schema)
TRADE = Table(
    _TRADE,
    _trade_schema,
    (labels_are(_TRADE, "exporter", _region_codes, "exporters are the importers, in order"),),
    needs=(_REGIONS,),
)
IO = Table(
    _IO,
    _io_schema,
    (
        labels_are(_IO, "row", _io_rows, "rows are the columns, in order"),
        Check("rows add up to output within 1 %", _io_sum_faults),
    ),
)
TABLES = (REGIONS, TRADE, IO)
