"""Reactions of the project's shares and indices, each measured against its own market."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from research.data import MarketData
from research.data.groups import NOT_SHARES
from research.errors import Fault, InputError, raise_if
from research.events.alignment import previous_sessions
from research.events.contrasts import contrasts
from research.events.day_zero import day_zero
from research.events.power import minimal_detectable_effect
from research.events.results import EventStudy
from research.events.study import event_study

#: The market that a share is measured against, by its exchange.
BENCHMARKS = {"XTKS": "TOPIX", "XNYS": "SP500"}

#: Bundled returns are simple; sums of them over a few days are called CAR as in the literature.
RETURNS_ARE = "simple"


@dataclass(frozen=True, eq=False, slots=True)
class Reactions:
    """Event studies on both exchanges, read as one.

    Attributes
    ----------
    studies
        Event study of each exchange (code -> result); an exchange without a usable event is
        absent.
    groups
        Group of each share (index: series ids).
    day_zero
        Day 0 of every event and share, with the moment asked and the phase of the session.
    outside
        Pairs of event and exchange that the sample does not cover: event_id, calendar, date,
        reason.
    """

    studies: dict[str, EventStudy]
    groups: pd.Series
    day_zero: pd.DataFrame
    outside: pd.DataFrame

    def summary(self, window: Sequence[int]) -> pd.DataFrame:
        """Give one row an event and group; columns as `EventStudy.summary`, plus date (day 0)."""
        rows = [study.summary(window, self.groups) for study in self.studies.values()]
        out = pd.concat(rows)
        return out.join(self._group_dates())

    def band(self, window: Sequence[int]) -> pd.DataFrame:
        """Give the interval of each event's and group's mean CAR, as `EventStudy.band`."""
        bands = [study.band(window, self.groups) for study in self.studies.values()]
        return pd.concat(bands)

    def path(self) -> pd.DataFrame:
        """Give the cumulative path of every event and group, as `EventStudy.path`."""
        return pd.concat([study.path(self.groups) for study in self.studies.values()])

    def car(self, window: Sequence[int]) -> pd.DataFrame:
        """Give the CAR of every event and share, as `EventStudy.car`, with the group."""
        out = pd.concat([study.car(window) for study in self.studies.values()])
        out["group"] = self.groups.reindex(out.index.get_level_values("asset")).to_numpy()
        return out

    def contrasts(
        self, pairs: Sequence[tuple[str, str]], window: Sequence[int] | None = None
    ) -> pd.DataFrame:
        """Compare pairs of groups, also across exchanges, as `research.events.contrasts`."""
        return contrasts(list(self.studies.values()), pairs, groups=self.groups, window=window)

    def detectable(
        self, window: Sequence[int] | None = None, power: float = 0.8, level: float = 0.05
    ) -> pd.DataFrame:
        """Give each event's and group's `research.events.power.minimal_detectable_effect`."""
        return pd.concat(
            [
                minimal_detectable_effect(study, self.groups, power, level, window=window)
                for study in self.studies.values()
            ]
        )

    @property
    def dropped(self) -> pd.DataFrame:
        """What the studies left out, with the reason."""
        return pd.concat([s.dropped for s in self.studies.values()], ignore_index=True)

    def _group_dates(self) -> pd.Series:
        placed = self.day_zero.assign(group=self.day_zero["asset"].map(self.groups))
        return placed.groupby(["event_id", "group"])["date"].first()


def share_groups(market: MarketData) -> list[str]:
    """List the groups of firms' shares, in the order of series.csv."""
    groups = market.series["group"].drop_duplicates()
    return [str(group) for group in groups if group not in NOT_SHARES]


def members(market: MarketData, groups: Collection[str]) -> pd.Series:
    """Give the group of each share of the groups asked for (index: series ids).

    Raises
    ------
    InputError
        If a group is unknown, or a share of it has no returns in this source.
    """
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
) -> Reactions:
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

    Raises
    ------
    InputError
        If a group is unknown or a setting is not usable.
    """
    chosen = members(market, groups)
    calendars = calendars_of(market, chosen)
    others = None if exclude is None else _by_exchange(exclude)
    placed = day_zero(events, calendars)
    inside, outside = split_by_sample(placed, market.returns)
    studies = {}
    for calendar, rows in inside.groupby("calendar", sort=False):
        assets = list(calendars.index[calendars == calendar])
        studies[str(calendar)] = event_study(
            market.returns[assets],
            _benchmark(market, str(calendar), with_previous_new_york),
            rows,
            returns_are=RETURNS_ARE,
            model=model,
            window=window,
            estimation=estimation,
            lags=lags,
            leads=leads,
            exclude=others,
        )
    return Reactions(studies=studies, groups=chosen, day_zero=placed, outside=outside)


def _benchmark(
    market: MarketData, calendar: str, with_previous_new_york: bool
) -> pd.Series | pd.DataFrame:
    own = market.returns[BENCHMARKS[calendar]]
    if calendar == "XNYS" or not with_previous_new_york:
        return own
    previous = previous_sessions(market.returns[BENCHMARKS["XNYS"]], "XNYS", calendar)["return"]
    return pd.DataFrame({own.name: own, "previous_new_york": previous.reindex(own.index)})


def _by_exchange(events: pd.DataFrame) -> pd.DataFrame:
    exchanges = pd.Series(list(BENCHMARKS), index=list(BENCHMARKS))
    return day_zero(events, exchanges).drop(columns="asset")


def calendars_of(market: MarketData, assets: pd.Series) -> pd.Series:
    """Give the exchange code of each asset (both indexed by series id)."""
    calendars: pd.Series = market.series.loc[assets.index, "calendar"]
    return calendars


def split_by_sample(
    placed: pd.DataFrame, returns: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows of `day_zero` whose date the sample covers from those it does not.

    Raises
    ------
    InputError
        If the sample covers none of them.
    """
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
