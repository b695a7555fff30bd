"""Sums and matches of the tables of tariffs; each check takes a frame by line and its name."""

from __future__ import annotations

import pandas as pd

from research.data.content import differences, place
from research.data.tables import checked, labels
from research.errors import Fault

#: The source's total stands 1.3e-5 above the sum of its five parts in every row; six digits
#: are printed.
RATE_GAP_SHARE = 2e-5

#: Rows of the world table stand up to 0.8 % below the printed output in the source.
OUTPUT_GAP_SHARE = 0.01

#: What a row of the scopes has in common with its row of the timeline.
SCOPE_KEY = ("effective_date", "authority", "basis", "part")

#: Stands for the sectors that have no row of their own in a set of elasticities.
REST = "REST"

_SECTORS = "tariffs/us_mfn_2025_by_sector.sector"
_TIMELINE = "tariffs/us_tariff_timeline_japan"


def parts_are_within_section_232(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that parts of Section 232 add up to at most their own."""
    rates, where = frame.set_index(frame["date"].dt.strftime("%Y-%m-%d")), place(name)
    parts_232 = rates.filter(regex=r"^s232_\w+_share$").sum(axis=1)
    above = rates.index[parts_232 > rates["s232_share"] + RATE_GAP_SHARE]
    asked = "Section 232 parts of at most"
    return [
        Fault(f"{where}, {day}", f"{asked} {rates['s232_share'][day]:g}", f"{parts_232[day]:g}")
        for day in above
    ]


def no_month_is_missing(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that months follow each other."""
    months = pd.DatetimeIndex(frame["month"])
    every = pd.date_range(months.min(), months.max(), freq="MS")
    where = place(name, column="month")
    return [Fault(where, f"a row {one:%Y-%m}", "none") for one in every.difference(months)]


def scopes_are_those_of_the_timeline(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that each row of the timeline has its scope, and no other row has one."""
    ours, theirs = _keys(frame), _keys(checked(_TIMELINE))
    return [
        *(Fault(place(name), f"a row {_words(x)}", "none") for x in theirs.difference(ours)),
        *rows_are_of_the_timeline(frame, name),
    ]


def rows_are_of_the_timeline(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that each row names a row of the timeline."""
    strange = _keys(frame).difference(_keys(checked(_TIMELINE)))
    return [Fault(place(name), f"a row of {_TIMELINE}", _words(x)) for x in strange]


def _keys(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[list(SCOPE_KEY)].fillna({"part": ""}))


def _words(row: tuple[pd.Timestamp, str, str, str]) -> str:
    day, *names = row
    return ", ".join([f"{day:%Y-%m-%d}", *filter(None, names)])


def estimates_exist(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that each estimate of a set is a row of tariffs/trade_elasticities."""
    estimates = checked("tariffs/trade_elasticities")
    known = set(zip(estimates["source"], estimates["sector"], strict=True))
    asked = "a row of tariffs/trade_elasticities"
    return [
        Fault(place(name, line), asked, f"{row['source']}: {sector}")
        for line, row in frame.iterrows()
        for sector in row["source_sectors"].split("; ")
        if (row["source"], sector) not in known
    ]


def sets_have_every_sector_and_one_horizon(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that a set has every sector or a rest, and one horizon."""
    faults = []
    for one, rows in frame.groupby("set", sort=False):
        where, found = f"{place(name)}, set {one}", set(rows["sector"])
        missing = [] if REST in found else [x for x in labels(_SECTORS) if x not in found]
        faults += [Fault(where, f"a row {sector} or {REST}", "none") for sector in missing]
        horizons = rows["horizon"].unique()
        if len(horizons) > 1:
            faults.append(Fault(where, "one horizon", ", ".join(horizons)))
    return faults


def forecasts_stand_in_their_claims(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that a figure stands in the words of its claim, or of the note beside them."""
    claims = checked("deal/claims").set_index("claim_id")
    told = claims["quantity_low"].map("{:g}".format) + ". " + claims["note"].fillna("")
    faults = []
    for line, row in frame.iterrows():
        words, figure = str(told.get(row["claim_id"], "")), f"{row['effect_pct']:g}"
        if figure not in words:
            where = place(name, line, "effect_pct")
            faults.append(Fault(where, f"a figure of claim {row['claim_id']}: {words}", figure))
    return faults


def world_io_is_regions_by_sectors(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that rows are every sector of every region, and that each has final demand."""
    rows = [str(row) for row in frame["row"]]
    parts = zip(*(row.split("_", 1) for row in rows), strict=True)
    regions, sectors = (list(dict.fromkeys(part)) for part in parts)
    wanted = [f"{region}_{sector}" for region in regions for sector in sectors]
    demand = [column for column in frame if column.startswith("FD_")]
    if rows == wanted and demand == [f"FD_{region}" for region in regions]:
        return []
    asked = "each sector of each region of final demand, in order"
    return [Fault(place(name, column="row"), asked, f"{len(rows)} rows of {len(regions)} regions")]


def world_io_adds_up_to_output(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that rows add up to output within 1 %."""
    table = frame.set_index("row")
    output, sums = table["output"], table.drop(columns="output").sum(axis=1)
    what = "sum over buyers, to 1 %"
    return differences(sums, output, output * OUTPUT_GAP_SHARE, place(name), what)
