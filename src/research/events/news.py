"""The day of an event: who could react when, what was reported of it, what else happened."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from research.data import MarketData
from research.data.groups import group_name
from research.errors import Fault, InputError, raise_if
from research.events.study import RETURNS_ARE, event_study, members, split_by_sample
from research.events.windows import day_zero, previous_sessions
from research.sessions import EXCHANGES, first_session, sessions
from research.words import day_words

#: Indices and funds that the story of a day is told with.
NEEDED = ("N225", "TOPIX", "SP500", "SMH", "XLE")

#: How a claim names the return that decides it.
_DAY_RETURN = r"^market\.(?P<series_id>[a-z0-9]+)_return_(?P<date>\d{4}_\d\d_\d\d)$"

_ZONES = {"XTKS": "Asia/Tokyo", "XNYS": "America/New_York"}


def with_day(events: pd.DataFrame, day: str) -> pd.DataFrame:
    """Add a day that is no event to rows of deal/events, as ``own_day``.

    Its news is put at 8:00 in Tokyo, after New York's close of the day before, so that the day
    itself is day 0 of both exchanges.
    A day that is no session of one of them is an `InputError` that names the nearest.
    """
    date, faults = pd.to_datetime(day, format="%Y-%m-%d", errors="coerce"), []
    if pd.isna(date):
        faults.append(Fault("event_date", "a day such as 2025-07-23", repr(day)))
    for code, city in EXCHANGES.items() if not faults else ():
        own = sessions(code)
        after = own.searchsorted(date)
        if date not in own:
            near = " and ".join(f"{one:%Y-%m-%d}" for one in own[max(after - 1, 0) : after + 1])
            asked, todo = f"a session in {city}", f"The nearest are {near}."
            faults.append(Fault("event_date", asked, f"{day}, which is none", todo))
    raise_if(InputError, "This day cannot be studied.", faults)
    moment = (date + pd.Timedelta(hours=8)).tz_localize("Asia/Tokyo").tz_convert("UTC")
    row = {
        "date_local": date, "time_used": "08:00", "timezone": "Asia/Tokyo", "moment_utc": moment,
        "time_status": "assumed", "time_note": "chosen by its date, before Tokyo opens",
        "first_tokyo_session": date, "first_ny_session": date, "category": "own_day",
        "title": f"{day_words(date)}, a day of one's own", "expected_sign_japan": "?",
        "what_changed": "Chosen by its date, whatever happened.", "source_urls": "",
        "confidence": "high",
    }  # fmt: skip
    return pd.concat([events, pd.DataFrame([row], index=["own_day"])]).rename_axis("event_id")


def who_reacts_when(event: pd.Series) -> pd.DataFrame:
    """Say for each exchange when the news of a row of deal/events came and which session is day 0.

    Table: index calendar; city, local_time of the news, phase, day_zero, closes (local).
    """
    rows = {}
    for code, city in EXCHANGES.items():
        found = first_session(event["moment_utc"], code)
        rows[code] = {
            "city": city,
            "local_time": found.asked.tz_convert(_ZONES[code]),
            "phase": found.phase,
            "day_zero": found.used,
            "closes": found.closes.tz_convert(_ZONES[code]),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("calendar")


def nearby(events: pd.DataFrame, event_id: str, window: Sequence[int]) -> pd.DataFrame:
    """List the other events of deal/events whose day 0 falls into a window around that of one.

    Table: event_id, title, category, and for each city the distance in sessions (missing where it
    lies outside the window there).
    """
    columns = {"XTKS": "first_tokyo_session", "XNYS": "first_ny_session"}
    out = events[["title", "category"]].copy()
    for code, column in columns.items():
        positions = sessions(code).get_indexer(pd.DatetimeIndex(events[column]))
        own = positions[events.index.get_loc(event_id)]
        distance = pd.Series(positions - own, index=events.index, dtype="Int64")
        out[EXCHANGES[code]] = distance.where(distance.between(window[0], window[1]))
    found = out.drop(index=event_id).dropna(how="all", subset=list(EXCHANGES.values()))
    return found.reset_index()


def reported_moves(claims: pd.DataFrame, market: MarketData) -> pd.DataFrame:
    """Hold the daily moves of an index that rows of deal/claims state against its closes.

    Table: index claim_id; claimant, paraphrase, series_id, date, reported_pct, measured_pct
    (NaN without a session that day), difference_pp, same_sign.
    """
    claims = claims[claims["control"].eq("no")]  # false ones are kept to try checks on
    decided_by = claims["evidence"].str.extract(_DAY_RETURN)
    daily = decided_by["series_id"].notna() & claims["quantity_low"].notna()
    out = claims.loc[daily, ["claimant", "paraphrase"]].copy()
    out["series_id"] = decided_by["series_id"].str.upper()
    out["date"] = pd.to_datetime(decided_by["date"], format="%Y_%m_%d")
    out["reported_pct"] = claims["quantity_low"]
    out["measured_pct"] = _returns_pct(market, out["series_id"], out["date"])
    out["difference_pp"] = out["measured_pct"] - out["reported_pct"]
    out["same_sign"] = out["measured_pct"] * out["reported_pct"] > 0
    return out


def day_moves(
    market: MarketData, event: pd.DataFrame, groups: Collection[str], reported: pd.DataFrame
) -> pd.DataFrame:
    """Give the return of each index, fund and group (plain mean) on day 0 of its own exchange.

    Means are those of ``groups`` of series.csv; ``reported`` is a result of `reported_moves`.

    Table: index id (series or group); kind (index, fund, group), label, calendar, date, return_pct,
    n, reported_pct.
    """
    absent = ", ".join(name for name in NEEDED if name not in market.returns)
    if absent:
        todo = "Bring them in: the story of a day is told with them."
        fault = Fault("returns", ", ".join(NEEDED), f"no {absent}", todo)
        raise InputError("The day cannot be told.", [fault])
    series = market.series[market.series.index.isin(market.returns.columns)]
    placed = day_zero(event, series["calendar"]).drop_duplicates("calendar")
    dates = placed.set_index("calendar")["date"]
    single = series[series["group"].isin(["index", "etf"])]
    rows = single[["calendar"]].assign(
        label=single["name"], n=1, kind=single["group"].replace("etf", "fund")
    )
    rows["date"] = rows["calendar"].map(dates)
    rows["return_pct"] = _returns_pct(market, rows.index.to_series(), rows["date"])
    shares = members(market, groups).to_frame("group")
    shares["calendar"] = series["calendar"].reindex(shares.index)
    shares["date"] = shares["calendar"].map(dates)
    shares["return_pct"] = _returns_pct(market, shares.index.to_series(), shares["date"])
    means = shares.groupby("group", sort=False).agg(
        calendar=("calendar", "first"),
        date=("date", "first"),
        return_pct=("return_pct", "mean"),
        n=("return_pct", "count"),
    )
    labels = [group_name(str(name)) for name in means.index]
    out = pd.concat([rows, means.assign(kind="group", label=labels)]).rename_axis("id")
    said = reported.drop_duplicates(["series_id", "date"]).set_index(["series_id", "date"])
    out["reported_pct"] = (
        said["reported_pct"].reindex(pd.MultiIndex.from_arrays([out.index, out["date"]])).to_numpy()
    )
    return out[["kind", "label", "calendar", "date", "return_pct", "n", "reported_pct"]]


def _returns_pct(market: MarketData, series: pd.Series, dates: pd.Series) -> pd.Series:
    columns = market.returns.columns.get_indexer(pd.Index(series))
    rows = market.returns.index.get_indexer(pd.DatetimeIndex(dates))
    found = 100 * market.returns.to_numpy()[rows, columns]
    return pd.Series(np.where((rows < 0) | (columns < 0), np.nan, found), index=series.index)


def index_reaction(
    market: MarketData, event: pd.DataFrame, estimation: Sequence[int], controls: Sequence[str]
) -> pd.DataFrame:
    """Measure Tokyo's indices on day 0 against the New York sessions before them.

    ``R_t = a + b1 R(S&P 500 since Tokyo's last close) + b2 dUSD/JPY_t + e_t``: Tokyo closes before
    New York opens, so what New York did is news that Tokyo could know anyway. The yen (ECB fixing
    of the same date) is a control on request; part of its move comes after Tokyo's close.

    ``controls`` are columns of ``market.factors``; the window counts from day 0.

    Table: index (event_id, asset); columns of `EventStudy.car`, return (the index itself on day 0)
    and previous_new_york (S&P 500 since Tokyo's last close), fractions.
    """
    tokyo = [name for name in ("N225", "TOPIX") if name in market.returns]
    previous = previous_sessions(market.returns["SP500"], "XNYS", "XTKS")["return"]
    factors = market.factors[list(controls)].reindex(market.returns.index)
    factors.insert(0, "previous_new_york", previous.reindex(market.returns.index))
    inside, _ = split_by_sample(day_zero(event, pd.Series("XTKS", index=tokyo)), market.returns)
    study = event_study(
        market.returns[tokyo],
        factors,
        inside,
        returns_are=RETURNS_ARE,
        model="market",
        window=(0, 0),
        estimation=estimation,
        allow_empty=True,
    )
    out = study.car().join(study.units[["date"]])
    assets = out.index.get_level_values("asset").to_series(index=out.index)
    out["return"] = _returns_pct(market, assets, out["date"]) / 100
    out["previous_new_york"] = factors["previous_new_york"].reindex(out["date"]).to_numpy()
    return out
