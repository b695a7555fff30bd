"""Reactions of the project's shares and indices, each measured against its own market."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd
from statsmodels.stats.multitest import multipletests

from research.data.sources import MarketData
from research.errors import Fault, InputError, raise_if
from research.events.alignment import previous_sessions
from research.events.day_zero import day_zero
from research.events.placebo import Placebo, time_placebo
from research.events.results import EventStudy
from research.events.study import event_study

#: The market that a share is measured against, by its exchange.
BENCHMARKS = {"XTKS": "TOPIX", "XNYS": "SP500"}

#: Groups of series.csv that are not shares of firms.
NOT_SHARES = ("index", "etf")

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

    def path(self) -> pd.DataFrame:
        """Give the cumulative path of every event and group, as `EventStudy.path`."""
        return pd.concat([study.path(self.groups) for study in self.studies.values()])

    def car(self, window: Sequence[int]) -> pd.DataFrame:
        """Give the CAR of every event and share, as `EventStudy.car`, with the group."""
        out = pd.concat([study.car(window) for study in self.studies.values()])
        out["group"] = self.groups.reindex(out.index.get_level_values("asset")).to_numpy()
        return out

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
        Fault("groups", f"one of {', '.join(known)}", repr(group))
        for group in groups
        if group not in known
    ]
    chosen = market.series.loc[market.series["group"].isin(list(groups)), "group"]
    needed = [*chosen.index, *(BENCHMARKS[c] for c in _calendars(market, chosen).unique())]
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
) -> Reactions:
    """Measure how groups of shares reacted to events, each share against its own market.

    Tokyo shares are measured against TOPIX, New York shares against the S&P 500, so that a
    common move of the market is not taken for a reaction of the group.

    Parameters
    ----------
    market
        Figures from `research.data.load_market`.
    events
        Rows of `research.data.load_events` (index ``event_id``, column ``moment_utc``).
    groups
        Names of groups of series.csv.
    model, window, estimation
        As in `event_study`.

    Raises
    ------
    InputError
        If a group is unknown or a setting is not usable.
    """
    chosen = members(market, groups)
    calendars = _calendars(market, chosen)
    placed = day_zero(events, calendars)
    inside, outside = _split(placed, market.returns)
    studies = {}
    for calendar, rows in inside.groupby("calendar", sort=False):
        assets = list(calendars.index[calendars == calendar])
        studies[str(calendar)] = event_study(
            market.returns[assets],
            market.returns[BENCHMARKS[str(calendar)]],
            rows,
            returns_are=RETURNS_ARE,
            model=model,
            window=window,
            estimation=estimation,
        )
    return Reactions(studies=studies, groups=chosen, day_zero=placed, outside=outside)


def placebos(
    market: MarketData,
    events: pd.DataFrame,
    groups: Collection[str],
    *,
    model: str,
    window: Sequence[int],
    estimation: Sequence[int],
) -> dict[str, Placebo]:
    """Run the time placebo of each group; every event given counts as busy.

    Raises
    ------
    InputError
        As in `react` and `time_placebo`.
    """
    chosen = members(market, groups)
    calendars = _calendars(market, chosen)
    exchanges = calendars.unique()
    exchange_days = day_zero(events, pd.Series(exchanges, index=exchanges))
    out = {}
    for group in groups:
        assets = list(chosen.index[chosen == group])
        calendar = str(calendars[assets[0]])
        out[group] = time_placebo(
            market.returns[assets],
            market.returns[BENCHMARKS[calendar]],
            group,
            calendar=calendar,
            busy=list(exchange_days.loc[exchange_days["calendar"] == calendar, "date"]),
            returns_are=RETURNS_ARE,
            model=model,
            window=window,
            estimation=estimation,
        )
    return out


def adjust(summary: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """Adjust the Kolari-Pynnonen p-values of many events and groups for their number.

    Events with the same day 0 ask the same question of a group: each (group, day 0) counts
    once. Holm controls the chance of one false finding, Benjamini-Hochberg the share of them.

    Returns
    -------
    pandas.DataFrame
        ``summary`` with holm_pvalue, bh_pvalue and n_hypotheses; NaN where the test is.
    """
    keys = summary.reset_index()[["group", "date"]]
    pvalues = pd.Series(summary["kp_pvalue"].to_numpy(), index=pd.MultiIndex.from_frame(keys))
    family = pvalues[~pvalues.index.duplicated()].dropna()
    out = summary.copy()
    out["n_hypotheses"] = len(family)
    for method, column in (("holm", "holm_pvalue"), ("fdr_bh", "bh_pvalue")):
        adjusted = pd.Series(multipletests(family, level, method)[1], index=family.index)
        out[column] = adjusted.reindex(pvalues.index).to_numpy()
    return out


def index_reaction(
    market: MarketData,
    events: pd.DataFrame,
    *,
    window: Sequence[int],
    estimation: Sequence[int],
    with_usdjpy: bool = False,
) -> pd.DataFrame:
    """Measure Tokyo's indices against the New York sessions before them.

    Tokyo closes before New York opens: what New York did since Tokyo's last close is the news
    that Tokyo could know anyway. USD/JPY (ECB fixing of the same date) is a control on request;
    part of its move comes after Tokyo's close.

    Returns
    -------
    pandas.DataFrame
        Index (event_id, asset); columns of `EventStudy.car`, ``return`` (the index itself on
        day 0), ``previous_new_york`` (S&P 500 since Tokyo's last close) and the betas.
    """
    tokyo = [name for name in ("N225", "TOPIX") if name in market.returns]
    previous = previous_sessions(market.returns["SP500"], "XNYS", "XTKS")["return"]
    factors = pd.DataFrame({"previous_new_york": previous.reindex(market.returns.index)})
    if with_usdjpy:
        factors["usdjpy"] = market.factors["USDJPY"].reindex(market.returns.index)
    placed = day_zero(events, pd.Series("XTKS", index=tokyo))
    inside, _ = _split(placed, market.returns)
    study = event_study(
        market.returns[tokyo],
        factors,
        inside,
        returns_are=RETURNS_ARE,
        model="market",
        window=window,
        estimation=estimation,
    )
    out = study.car().join(study.units[["date", "n_estimation"]])
    for number, name in enumerate(factors, start=1):
        out[f"beta_{name}"] = study.units[f"coefficient_{number}"]
    out["return"] = [market.returns.at[row.date, row.Index[1]] for row in out.itertuples()]
    out["previous_new_york"] = factors["previous_new_york"].reindex(out["date"]).to_numpy()
    return out


def _calendars(market: MarketData, assets: pd.Series) -> pd.Series:
    return market.series.loc[assets.index, "calendar"]


def _split(placed: pd.DataFrame, returns: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows whose day 0 the sample covers from those it does not."""
    covered = {
        calendar: returns[BENCHMARKS[str(calendar)]].dropna().index
        for calendar in placed["calendar"].unique()
    }
    first = placed["calendar"].map({code: days[0] for code, days in covered.items()})
    last = placed["calendar"].map({code: days[-1] for code, days in covered.items()})
    inside = (placed["date"] >= first) & (placed["date"] <= last)
    outside = placed.loc[~inside, ["event_id", "calendar", "date"]].drop_duplicates()
    outside["reason"] = "day 0 is outside the sample of the benchmark"
    return placed[inside], outside.reset_index(drop=True)
