"""Sums and matches of the tables of tariffs; each check takes a frame by line and its name."""

from __future__ import annotations

import pandas as pd

from research.data.tables import checked, differences, labels, marked, place
from research.errors import Fault

#: Imports are printed to 0.1 million, so a sum is off by at most half of that for each part,
#: and the printed total by as much again.
IMPORTS_ROUNDING_MUSD = 0.05

#: The source's total stands 1.3e-5 above the sum of its five parts in every row; six digits
#: are printed.
RATE_GAP_SHARE = 2e-5

#: Rows of the world table stand up to 0.8 % below the printed output in the source.
OUTPUT_GAP_SHARE = 0.01

#: What a row of the scopes has in common with its row of the timeline.
SCOPE_KEY = ("effective_date", "authority", "basis", "part")

#: Stands for the sectors that have no row of their own in a set of elasticities.
REST = "REST"

#: Stage of pass-through -> what a share can be of there.
DEFINITIONS = {
    "border": ("duty in the price importers pay",),
    "retail": ("retail price over the tariff rate", "duty cost that consumers bear"),
}

_PARTS = ["base_share", "ieepa_share", "s122_share", "s232_share", "s301_share"]
_SECTORS = "tariffs/us_mfn_2025_by_sector.sector"
_IO, _TIMELINE = "tariffs/world_io_2011_musd", "tariffs/us_tariff_timeline_japan"


def imports_add_up_to_the_world(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that sectors add up to TOTAL and partners to WORLD."""
    imports, where = frame.set_index("partner"), place(name)
    if "WORLD" not in imports.index:
        return [Fault(place(name, column="partner"), "a row WORLD", "none")]
    partners, sectors = imports.drop(index="WORLD"), imports.drop(columns="TOTAL")
    down, across = (
        IMPORTS_ROUNDING_MUSD * (size + 1) for size in (len(partners), sectors.shape[1])
    )
    return [
        *differences(partners.sum(), imports.loc["WORLD"], down, where, "sum over partners"),
        *differences(sectors.sum(axis=1), imports["TOTAL"], across, where, "sum over sectors"),
    ]


def parts_add_up_to_the_rate(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that five parts add up to the total, and parts of Section 232 to at most their own."""
    rates, where = frame.set_index(frame["date"].dt.strftime("%Y-%m-%d")), place(name)
    parts_232 = rates.filter(regex=r"^s232_\w+_share$").sum(axis=1)
    above = rates.index[parts_232 > rates["s232_share"] + RATE_GAP_SHARE]
    total, what = rates[_PARTS].sum(axis=1), "sum of five parts"
    asked = "Section 232 parts of at most"
    return [
        *differences(total, rates["total_share"], RATE_GAP_SHARE, where, what),
        *(
            Fault(f"{where}, {day}", f"{asked} {rates['s232_share'][day]:g}", f"{parts_232[day]:g}")
            for day in above
        ),
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


def scopes_are_applied_or_say_why_not(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that a row has both a track and goods, or neither and a reason."""
    track, goods, note = (frame[column].notna() for column in ("track", "goods", "note"))
    asked, reason = "track and goods both, or neither", "the reason of a row not applied"
    return [
        *(Fault(place(name, line), asked, "one of them") for line in frame.index[track != goods]),
        *(Fault(place(name, x, "note"), reason, "a blank") for x in frame.index[~track & ~note]),
    ]


def collection_ends_with_a_duty_or_later(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that only what ended in law was collected longer, and not to a day before its end."""
    longer = frame[frame["collected_until"].notna()]
    wrong = (longer["basis"] != "ends") | (longer["collected_until"] < longer["effective_date"])
    return [
        Fault(
            place(name, row.Index, "collected_until"),
            "a day from the end of a duty on, for a basis ends alone",
            f"{row.collected_until:%Y-%m-%d} for {row.basis} of {row.effective_date:%Y-%m-%d}",
        )
        for row in longer[wrong].itertuples()
    ]


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


def codes_of_each_source_stand_once(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that each code of each source of trade has one country, and no other code has any."""
    partners = labels("tariffs/us_imports_2024_musd.partner")
    sources = {
        "us_imports_2024": [one for one in partners if one != "WORLD"],
        "world_trade_2023": labels("tariffs/world_regions_2023.region"),
        "world_io_2011": _io_parts()[0],
    }
    faults = []
    for source, known in sources.items():
        ours = frame[source].dropna()
        faults += [
            Fault(place(name, line, source), f"a code of {source}", repr(code))
            for line, code in ours.items()
            if code not in known
        ]
        faults += [
            Fault(place(name, column=source), f"{code} once", f"{list(ours).count(code)} times")
            for code in known
            if list(ours).count(code) != 1
        ]
    return faults


def every_import_sector_has_a_world_sector(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that each sector of US imports has a row, with a sector of the world table."""
    missing = [code for code in labels(_SECTORS) if code not in set(frame["sector"])]
    strange = frame["world_sector"][~frame["world_sector"].isin(_io_parts()[1])]
    return [
        *(Fault(place(name), f"a row {code}", "none") for code in missing),
        *(
            Fault(place(name, line, "world_sector"), f"a sector of {_IO}", repr(code))
            for line, code in strange.items()
        ),
    ]


def _io_parts(rows: list[str] | None = None) -> tuple[list[str], list[str]]:
    """Give the regions and the sectors of the rows of the world table, in order."""
    parts = [row.split("_", 1) for row in rows or labels(f"{_IO}.row")]
    regions, sectors = (list(dict.fromkeys(part)) for part in zip(*parts, strict=True))
    return regions, sectors


def world_io_is_regions_by_sectors(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that rows are every sector of every region, and that each has final demand."""
    rows = [str(row) for row in frame["row"]]
    regions, sectors = _io_parts(rows)
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


def findings_of_pass_through_are_complete(frame: pd.DataFrame, name: str) -> list[Fault]:
    """Ask that a row has a figure, two ends that are named, and a share that its stage can have."""
    low, central, high = (frame[column].notna() for column in ("low", "central", "high"))
    pairs = {(stage, one) for stage, known in DEFINITIONS.items() for one in known}
    told = frame["interval"].notna()
    given = pd.Series(list(zip(frame["stage"], frame["definition"], strict=True)), frame.index)
    wrong = (
        ("central", "a figure", ~(low | central | high)),
        ("low", "both low and high, or neither", low != high),
        ("interval", "what low and high are, where they are", (low | high) != told),
        ("definition", "a share that the stage can have", ~given.isin(pairs)),
    )
    return marked(frame, name, wrong)
