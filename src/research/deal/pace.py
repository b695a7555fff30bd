"""How fast the money comes, stage by stage and day by day, against what the deadline asks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.data import load_table

#: What becomes of a dollar, one stage after the other, so that stages never add up.
STAGES = ("pledged", "listed", "selected", "contracted", "disbursed")


def term() -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the day the pledge was signed and its last day, from ``deal/dated_terms``."""
    row = load_table("deal/dated_terms").loc[("deadline", "last day for investments")]
    return row["dated"], row["day"]


def years_left(day: str | pd.Timestamp) -> float:
    """Give the years of 365.25 days to the last day of the pledge."""
    return float((term()[1] - pd.Timestamp(day)).days / 365.25)


def by_stage(as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Cumulate what counts toward the pledge to a day: days of change x `STAGES`, USD billion.

    ``listed`` are candidates other than those selected; ``needed`` is the straight path from
    signature to last day.
    """
    day, steps, (signed, last) = pd.Timestamp(as_of), load_table("deal/deal_milestones"), term()
    steps = steps[(steps["counts_toward_550"] == "yes") & (steps["date"] <= day)]
    sums = steps.groupby(["date", "stage"])["amount_bn_usd"].sum().unstack(fill_value=0.0)
    table = sums.reindex(columns=list(STAGES), fill_value=0.0).cumsum()
    table = table.reindex(table.index.union([day]), method="ffill").rename_axis("day")
    gone = (table.index - signed) / (last - signed)
    return table.assign(needed=table["pledged"] * gone).rename_axis(columns=None)


def pace(as_of: str | pd.Timestamp) -> pd.Series:
    """Say how fast the pledge has been met by a day, and how fast it has to be from then on.

    USD billion: stages, ``with_candidates``, ``behind`` the straight path, ``selected_a_year``
    since signature, ``needed_a_year`` from then on; shares of the pledge.
    """
    now, gone = by_stage(as_of).iloc[-1], pd.Timestamp(as_of) - term()[0]
    now["with_candidates"] = now["selected"] + now.pop("listed")
    for name in ("selected", "with_candidates", "contracted"):
        now[f"{name}_share"] = now[name] / now["pledged"]
    now["behind"] = now["needed"] - now["selected"]
    now["selected_a_year"] = now["selected"] / (gone.days / 365.25)
    now["needed_a_year"] = (now["pledged"] - now["selected"]) / years_left(as_of)
    return now


def waits() -> pd.Series:
    """Count days from the statement of December 2025 to a selection, and on to the first loans.

    The latter in ``working_days`` too, Monday to Friday: no federal holiday lies between.
    """
    steps = load_table("deal/deal_milestones").query("counts_toward_550 == 'yes'")
    chosen, loans = steps.groupby("stage")["date"].min()[["selected", "contracted"]]
    said = load_table("deal/events").at["consultation_2", "date_local"]
    working = int(np.busday_count(chosen.date(), loans.date()))
    days = {"statement_to_selection": chosen - said, "selection_to_loans": loans - chosen}
    return pd.Series({name: gap.days for name, gap in days.items()} | {"working_days": working})


def energy_share() -> float:
    """Give energy's share of the first round by announced cost."""
    cost = load_table("deal/projects").query("round == '1'").set_index("sector")["amount_bn_usd"]
    return float(cost.filter(regex="power|oil|nuclear").sum() / cost.sum())


def project_sizes() -> pd.DataFrame:
    r"""Work out what two projects of round one could do, from ``deal/deal_parameters``.

    ``homes_million`` :math:`= 8.76 \, G f / u` (capacity in GW, capacity factor, MWh a home a
    year), ``export_bn_usd`` :math:`= 0.365 \, b p` (million barrels a day at full use, price) x
    ``low``, ``central``, ``high``: the ends that make each least and most.
    """
    table = load_table("deal/deal_parameters")[["low", "central", "high"]]
    use = table.loc["home_electricity_use", ["high", "central", "low"]].to_numpy()
    sent = table.loc["portsmouth_capacity"] * table.loc["gas_power_capacity_factor"] / 100
    export = 0.365 * table.loc["gulflink_capacity"] * table.loc["crude_price"]
    return pd.DataFrame({"homes_million": 8.76 * sent / use, "export_bn_usd": export}).T
