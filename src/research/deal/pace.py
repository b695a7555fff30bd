"""How fast the money comes, stage by stage and day by day, against what the deadline asks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.data import load_table
from research.errors import Fault, InputError

#: What becomes of a dollar, one stage after the other, so that stages never add up.
STAGES = ("pledged", "listed", "selected", "contracted", "disbursed")

#: Sectors of ``deal/projects`` that are energy.
ENERGY = ("gas power", "gas power for AI", "nuclear", "oil export")

_STEPS = "deal/deal_milestones"


def term() -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the day the pledge was signed and its last day, from ``deal/dated_terms``."""
    row = load_table("deal/dated_terms").loc[("deadline", "last day for investments")]
    return row["dated"], row["day"]


def years_left(day: str | pd.Timestamp) -> float:
    """Give the years of 365.25 days from a day to the last day of the pledge.

    A day outside the time of the pledge is an `InputError`.
    """
    at, (signed, last) = pd.to_datetime(day, errors="coerce"), term()
    if not signed < at < last:
        asked = f"a day between {signed:%Y-%m-%d} and {last:%Y-%m-%d}"
        raise InputError("There is no pace on that day.", [Fault("day", asked, repr(day))])
    return float((last - at).days / 365.25)


def by_stage(as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Cumulate what counts toward the pledge to a day: days of change x `STAGES`, USD billion.

    Rows of ``deal/deal_milestones`` with ``counts_toward_550``; ``listed`` are candidates that are
    not selected. ``needed`` is the straight path from signature to last day.
    """
    years_left(as_of)  # checks the day
    day, steps, (signed, last) = pd.Timestamp(as_of), load_table(_STEPS), term()
    steps = steps[(steps["counts_toward_550"] == "yes") & (steps["date"] <= day)]
    sums = steps.groupby(["date", "stage"])["amount_bn_usd"].sum().unstack(fill_value=0.0)
    table = sums.reindex(columns=list(STAGES), fill_value=0.0).cumsum()
    table = table.reindex(table.index.union([day]), method="ffill").rename_axis("day")
    gone = (table.index - signed) / (last - signed)
    return table.assign(needed=table["pledged"] * gone).rename_axis(columns=None)


def pace(as_of: str | pd.Timestamp) -> pd.Series:
    r"""Say how fast the pledge has been met by a day, and how fast it has to be from then on.

    .. math:: \text{pace} = S / (t - t_0), \qquad \text{needed} = (P - S) / (T - t)

    USD billion: the stages, ``with_candidates`` (listed projects are others than those selected),
    ``behind`` the straight path; ``selected_a_year`` since signature, ``needed_a_year``; shares of
    the pledge.
    """
    now, signed = by_stage(as_of).iloc[-1], term()[0]
    chosen, pledge = now["selected"], now["pledged"]
    candidates = chosen + now["listed"]
    years = (pd.Timestamp(as_of) - signed).days / 365.25
    more = {
        "with_candidates": candidates,
        "behind": now["needed"] - chosen,
        "selected_a_year": chosen / years,
        "needed_a_year": (pledge - chosen) / years_left(as_of),
        "selected_share": chosen / pledge,
        "with_candidates_share": candidates / pledge,
        "contracted_share": now["contracted"] / pledge,
    }
    return pd.concat([now.drop("listed"), pd.Series(more)])


def waits() -> pd.Series:
    """Count days from the statement of December 2025 to a selection, and on to the first loans.

    ``statement_to_selection``, ``selection_to_loans``, and the latter in ``working_days`` from
    Monday to Friday (no federal holiday lies between).
    """
    first = load_table(_STEPS).query("counts_toward_550 == 'yes'").groupby("stage")["date"].min()
    said = pd.Timestamp(load_table("deal/events").at["consultation_2", "date_local"])
    days = first[["selected", "contracted"]].to_numpy("datetime64[D]")
    return pd.Series(
        {
            "statement_to_selection": (first["selected"] - said).days,
            "selection_to_loans": (first["contracted"] - first["selected"]).days,
            "working_days": int(np.busday_count(*days)),
        }
    )


def energy_share() -> float:
    """Give energy's share of the first round by announced cost."""
    first = load_table("deal/projects").query("round == '1'")
    energy = first["sector"].isin(ENERGY)
    return float(first["amount_bn_usd"][energy].sum() / first["amount_bn_usd"].sum())


def project_sizes() -> pd.DataFrame:
    r"""Work out what two projects of round one could do, from ``deal/deal_parameters``.

    .. math:: \text{homes} = 8.76 \, G f / u, \qquad \text{export} = 0.365 \, b p

    with capacity :math:`G` in GW, capacity factor :math:`f`, use of a home :math:`u` in MWh a year,
    :math:`b` million barrels a day at full use and price :math:`p`. ``homes_million`` and
    ``export_bn_usd`` x ``low``, ``central``, ``high``: the ends that make each least and most.
    """
    table = load_table("deal/deal_parameters")[["low", "central", "high"]]
    use = table.loc["home_electricity_use", ["high", "central", "low"]].to_numpy()
    run = table.loc["gas_power_capacity_factor"] / 100
    homes = 8.76 * table.loc["portsmouth_capacity"] * run / use
    export = 0.365 * table.loc["gulflink_capacity"] * table.loc["crude_price"]
    return pd.DataFrame({"homes_million": homes, "export_bn_usd": export}).T
