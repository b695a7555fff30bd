"""Reactions of the project's shares to events, each share against the market of its exchange."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd

from research.data import MarketData
from research.data.groups import NOT_SHARES
from research.errors import Fault, InputError, raise_if
from research.events.day import day_zero, previous_sessions
from research.events.results import EventStudy
from research.events.study import event_study

#: The market that a share is measured against, by its exchange.
BENCHMARKS = {"XTKS": "TOPIX", "XNYS": "SP500"}

#: Bundled returns are simple; sums of them over a few days are called CAR as in the literature.
RETURNS_ARE = "simple"


def share_groups(market: MarketData) -> list[str]:
    """List the groups of firms' shares, in the order of series.csv."""
    groups = market.series["group"].drop_duplicates()
    return [str(group) for group in groups if group not in NOT_SHARES]


def members(market: MarketData, groups: Collection[str]) -> pd.Series:
    """Give the group of each share of the groups asked for (index: series ids)."""
    known = share_groups(market)
    faults = [
        Fault("groups", f"a group with shares in these figures: {', '.join(known)}", repr(group))
        for group in groups
        if group not in known
    ]
    chosen = market.series.loc[market.series["group"].isin(list(groups)), "group"]
    needed = [*chosen.index, *(BENCHMARKS[c] for c in calendars_of(market, chosen).unique())]
    absent = [series for series in needed if series not in market.returns]
    if absent:
        todo = "Bring them in, or leave their group out."
        faults.append(Fault("returns", "a column for each share", f"no {', '.join(absent)}", todo))
    raise_if(InputError, "These groups cannot be studied.", faults)
    return chosen


def react(
    market: MarketData,
    events: pd.DataFrame,
    groups: Collection[str],
    *,
    model: str,
    window: Sequence[int],
    estimation: Sequence[int],
    lags: int | None = None,
    leads: int | None = None,
    with_previous_new_york: bool = False,
    exclude: pd.DataFrame | None = None,
) -> EventStudy:
    """Measure how groups of shares reacted to events, each share against its own market.

    Tokyo shares are measured against TOPIX, New York shares against the S&P 500, so that a
    common move of the market is not taken for a reaction of the group.

    Parameters
    ----------
    market
        Figures from `research.data.load_market`.
    events
        Rows of ``deal/events`` (index ``event_id``, column ``moment_utc``).
    groups
        Names of groups of series.csv.
    model, window, estimation, lags, leads
        As in `event_study`.
    with_previous_new_york
        Whether Tokyo shares are measured against the S&P 500 between Tokyo's closes as well.
    exclude
        Rows of ``deal/events`` whose event windows are cut out of the estimation, each on its own
        day 0 of each exchange; an event does not exclude itself.

    Returns
    -------
    EventStudy
        With the groups; ``dropped`` lists pairs of event and exchange that the sample does not
        cover as part ``event``.
    """
    chosen = members(market, groups)
    calendars = calendars_of(market, chosen)
    inside, outside = split_by_sample(day_zero(events, calendars), market.returns)
    exchanges = pd.Series(list(BENCHMARKS), index=list(BENCHMARKS))
    others = None if exclude is None else day_zero(exclude, exchanges).drop(columns="asset")
    benchmark: dict[str, pd.Series | pd.DataFrame] = {
        code: market.returns[BENCHMARKS[code]] for code in calendars.unique()
    }
    if with_previous_new_york and "XTKS" in benchmark:
        own = market.returns[BENCHMARKS["XTKS"]]
        night = previous_sessions(market.returns[BENCHMARKS["XNYS"]], "XNYS", "XTKS")["return"]
        benchmark["XTKS"] = pd.DataFrame(
            {own.name: own, "previous_new_york": night.reindex(own.index)}
        )
    study = event_study(
        market.returns[list(chosen.index)],
        benchmark,
        inside,
        returns_are=RETURNS_ARE,
        model=model,
        window=window,
        estimation=estimation,
        lags=lags,
        leads=leads,
        groups=chosen,
        exclude=others,
    )
    lost = outside.drop(columns="calendar").assign(part="event")
    return replace(study, dropped=pd.concat([study.dropped, lost], ignore_index=True))


def calendars_of(market: MarketData, assets: pd.Series) -> pd.Series:
    """Give the exchange code of each asset (both indexed by series id)."""
    calendars: pd.Series = market.series.loc[assets.index, "calendar"]
    return calendars


def split_by_sample(
    placed: pd.DataFrame, returns: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows of `day_zero` whose date the sample covers from those it does not."""
    covered = {
        calendar: returns[BENCHMARKS[str(calendar)]].dropna().index
        for calendar in placed["calendar"].unique()
    }
    first = placed["calendar"].map({code: days[0] for code, days in covered.items()})
    last = placed["calendar"].map({code: days[-1] for code, days in covered.items()})
    inside = (placed["date"] >= first) & (placed["date"] <= last)
    outside = placed.loc[~inside, ["event_id", "calendar", "date"]].drop_duplicates()
    outside["reason"] = "day 0 is outside the sample of the benchmark"
    if not inside.any():
        faults = [
            Fault(
                str(row.event_id),
                f"day 0 inside the figures, which go from {covered[row.calendar][0]:%F} "
                f"to {covered[row.calendar][-1]:%F}",
                f"{row.date:%F} ({row.calendar})",
            )
            for row in outside.itertuples()
        ]
        raise InputError("No event of these can be studied.", faults)
    return placed[inside], outside.reset_index(drop=True)
