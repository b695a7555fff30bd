"""Tariffs: published examples and studies through the models of trade."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from research.data import load_table
from research.tariffs.models.gsim import gsim
from research.tariffs.rates import against_published


@dataclass(frozen=True, eq=False, slots=True)
class GsimExample:
    """The example of Francois and Hall (2003): its elasticities are one number each for all.

    Trade at world prices, and one plus the initial tariff, are origin x destination.
    """

    trade: pd.DataFrame
    tariff_power: pd.DataFrame
    import_demand_elasticity: float
    export_supply_elasticity: float
    substitution_elasticity: float


def example() -> GsimExample:
    """Load the example of four regions."""
    rows = load_table("tariffs/gsim_4x4_textbook")
    order = rows["origin"].unique()
    trade, power = (
        rows.pivot(index="origin", columns="destination", values=name).loc[order, order]
        for name in ("trade", "tariff_power")
    )
    kinds = ("import_demand", "export_supply", "substitution")
    return GsimExample(
        trade, power, *(rows[f"{kind}_elasticity"].unique().item() for kind in kinds)
    )


def gsim_example(_: Path | None) -> dict[str, float]:
    """Let the US and the EU drop their tariffs on each other."""
    given = example()
    after = given.tariff_power.copy()
    after.loc["US", "EU"] = after.loc["EU", "US"] = 1.0
    result = gsim(
        given.trade,
        given.tariff_power,
        after,
        import_demand_elasticity=given.import_demand_elasticity,
        export_supply_elasticity=given.export_supply_elasticity,
        substitution_elasticity_sigma=given.substitution_elasticity,
    )
    return {f"price_{name.lower()}": ratio - 1 for name, ratio in result.world_price_ratio.items()}


def japan_rate(_: Path | None) -> dict[str, float]:
    """Compute the average rate on the days that test it, in per cent.

    Where law is younger than the published series, also without that law, as ``known``.
    """
    table = 100 * against_published().query("tested")[["ours_share", "behind_share"]]
    found = {f"day_{day:%Y_%m_%d}": rate for day, rate in table["ours_share"].items()}
    late = table[table["behind_share"].abs() > 1e-9].diff(-1, axis=1)["ours_share"]
    return found | {f"known_{day:%Y_%m_%d}": rate for day, rate in late.items()}
