"""The textbook example of GSIM, which is no table: its JSON file, read and checked."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from research.data import catalog
from research.errors import DataError, Fault, raise_if


@dataclass(frozen=True, eq=False, slots=True)
class GsimExample:
    """The four-region example of Francois and Hall (2003).

    Elasticities are one number each for all regions. Trade at world prices, and one plus the
    initial tariff, are origin x destination. The published change is that of world prices, a share.
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


def gsim_example(name: str) -> GsimExample:
    """Read the example from its JSON file."""
    example, faults = examine_gsim(name)
    raise_if(DataError, f"The table {name} is not as it should be.", faults)
    assert example is not None
    return example


def examine_gsim(name: str) -> tuple[GsimExample | None, list[Fault]]:
    """Read the example and collect its faults."""
    faults, where = catalog.digest_faults(name), catalog.show(catalog.path(name))
    try:
        content = json.loads(catalog.path(name).read_bytes())
        regions = pd.Index(content["regions"])
        flows, powers = (
            pd.DataFrame(np.array(content[field], float), regions, regions).rename_axis(
                index="origin", columns="destination"
            )
            for field in ("M_origin_by_destination", "T0")
        )
        example = GsimExample(
            import_demand_elasticity=content["Em"],
            export_supply_elasticity=content["Ex"],
            substitution_elasticity=content["Es"],
            trade=flows,
            tariff_power=powers,
            scenario_a=content["scenario_A"],
            published_price_change_a=pd.Series(content["published_price_change_A"], regions),
            scenario_b=content["scenario_B"],
            source=content["source"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        return None, [*faults, Fault(where, "the fields of its sidecar in JSON", repr(error))]
    if flows.lt(0).any(axis=None) or powers.lt(1).any(axis=None):
        faults.append(Fault(where, "trade of at least 0, powers of at least 1", "less"))
    return example, faults
