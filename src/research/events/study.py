"""`event_study`: from labelled returns and events to one checked result; `react` for our shares."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

import numpy as np
import pandas as pd

from research.data import MarketData
from research.data.groups import NOT_SHARES
from research.errors import Fault, InputError, raise_if
from research.events.design import (
    BENCHMARK,
    MIN_ESTIMATION,
    Benchmark,
    Settings,
    frames_of,
    group_faults,
    study_faults,
)
from research.events.models import Fit, Labels, fit, fit_garch, join
from research.events.results import EventStudy
from research.events.returns import Events, read_tables
from research.events.windows import (
    Sample,
    day_zero,
    disturbed,
    gather,
    ledger,
    place,
    place_others,
    previous_sessions,
    sessions_of,
    unit_reasons,
    with_every_session,
)

#: The market that a share is measured against, by its exchange.
BENCHMARKS = {"XTKS": "TOPIX", "XNYS": "SP500"}

#: Bundled returns are simple; sums of them over a few days are called CAR as in the literature.
RETURNS_ARE = "simple"

# Of one exchange: units kept, by the row of `events`, their models and days; what was dropped.
_Part: TypeAlias = tuple[pd.DataFrame, Fit, Labels, Labels, pd.DataFrame]

_LONGER = "Bring a longer sample, or ask for fewer days: estimation, min_estimation."


def event_study(
    returns: pd.DataFrame,
    benchmark: Benchmark | str | list[str],
    events: Events,
    *,
    returns_are: str,
    window: Sequence[int],
    model: str = "market",
    estimation: Sequence[int] = (-130, -11),
    min_estimation: int = MIN_ESTIMATION,
    lags: int | None = None,
    leads: int | None = None,
    groups: pd.Series | Mapping[str, list[str]] | None = None,
    exclude: pd.DataFrame | None = None,
    pool: bool = False,
    allow_empty: bool = False,
) -> EventStudy:
    """Measure abnormal returns around events.

    Parameters
    ----------
    returns
        Dates (ISO text will do) x assets, fractions (0.01 is 1 %); NaN where the asset has no
        return. `research.events.returns_of` makes them of prices.
    benchmark
        Name of a column of ``returns``, which then is no asset, or of several; or with the same
        dates a Series, or a DataFrame with one column a factor. Shares of several exchanges have
        one each: ``{"XTKS": topix, "XNYS": sp500}``; what New York did between Tokyo's closes is
        `research.events.previous_sessions`. The model ``mean`` does not use it beyond telling
        which dates are sessions.
    events
        Day 0, the first session that can react (`research.events.day_zero`): a date for all
        assets (``"2025-07-23"``), several of them, a dict of one or several by asset, or a table
        with a row for each ``event_id`` (by default the date) and ``asset`` with its ``date``. A
        column ``calendar`` names the exchange of the asset; without it, the dates with a benchmark
        are the sessions.
    returns_are
        ``simple`` or ``log``: what a sum of them means is the caller's to say.
    model
        ``market``, ``market_adjusted``, ``mean``, ``dimson``, ``scholes_williams`` or ``garch``
        (needs the package arch), see `research.events.MODELS`.
    window, estimation
        First and last session of the event and of the estimation window, relative to day 0.
    min_estimation
        Fewest usable estimation days; a unit with fewer is dropped and listed.
    lags, leads
        For ``dimson``: how many sessions of the asset's own exchange before and after each day
        enter with a beta of their own.
    groups
        The assets of each group, or a Series with the group of each asset, for the tests; ``None``
        puts all in one group.
    exclude
        Other events: event_id, date (day 0) and calendar where ``events`` has one; a column asset
        limits a row to that asset. Estimation days inside their event windows are not used and
        listed in ``dropped``; ``units.confounded`` flags event windows that hold their day 0. An
        event does not exclude itself.
    pool
        All events are one sample, in which a firm may stand at several dates; it is tested by
        `research.events.pooled` and told by ``print`` and ``findings``.
    allow_empty
        A study in which no firm can be estimated is a result and not an error.

    Returns
    -------
    EventStudy
        Abnormal returns, CARs, group tests, and what was dropped with the reason.

    Every fault of a table or a setting is in one `InputError`, as is that no firm can be estimated.
    """
    # A benchmark that is a column has the dates of the others, and their faults.
    told_twice = "benchmark.index" if isinstance(benchmark, str | list) else ""
    returns, benchmark, events, groups, faults = read_tables(
        returns, benchmark, events, groups, pool=pool
    )
    settings = Settings(
        returns_are=returns_are,
        model=model,
        window=_pair(window),
        estimation=_pair(estimation),
        min_estimation=min_estimation,
        lags=lags,
        leads=leads,
        pool=pool,
    )
    wrong = study_faults(returns, benchmark, events, settings, exclude)
    faults += [fault for fault in wrong if fault.where != told_twice]
    if groups is not None and not faults:
        faults += group_faults(groups, pd.Index(events["asset"]))
    if not any(fault.where.startswith(("returns", "benchmark", "events")) for fault in faults):
        calendars = events["calendar"].unique() if "calendar" in events else [BENCHMARK]
        factors = frames_of(benchmark, calendars)
        own_sessions = sessions_of(events, returns, factors)
        units, off_session = place(events, own_sessions)
        faults += off_session
    raise_if(InputError, "event_study cannot start.", faults)
    table = with_every_session(returns, own_sessions)
    others = None if exclude is None else place_others(exclude, own_sessions)
    parts: list[_Part] = []
    for calendar, own in own_sessions.items():
        x = with_every_session(factors[calendar], own_sessions)
        x = x.iloc[:, :0] if model == "mean" else x
        rows = units[units["calendar"] == calendar] if len(own_sessions) > 1 else units
        sample = gather(rows, own, table, x, settings)
        if others is not None:
            cut, confounded = disturbed(rows, others[others["calendar"] == calendar], settings)
            sample, rows = replace(sample, cut=cut), rows.assign(confounded=confounded)
        fitted = _fit(sample, settings)
        reason = unit_reasons(fitted, min_estimation)
        estimated = reason == ""
        # A slice takes no copy.
        kept = slice(None) if estimated.all() else estimated
        fitted, lost = fitted.take(kept), ledger(rows, own, table, sample, reason)
        about = _describe(rows[kept], fitted, x.columns, model)
        parts.append((about, fitted, sample.rows[kept], sample.rows_window[kept], lost))
    study = _joined(parts, settings, groups, pd.DatetimeIndex(table.index))
    is_empty = study.units.empty and not allow_empty
    faults = [
        Fault(f"{one.asset} at {one.event_id}", "a firm that can be estimated", one.reason, _LONGER)
        for one in (study.dropped.itertuples() if is_empty else ())
    ]
    raise_if(InputError, "No firm is left to study.", faults)
    return study


def _pair(window: Sequence[int]) -> tuple[int, int]:
    # What is no pair is left as it is, for the checks to name.
    return cast(tuple[int, int], tuple(window) if isinstance(window, list | tuple) else window)


def _describe(units: pd.DataFrame, fitted: Fit, factors: pd.Index, model: str) -> pd.DataFrame:
    columns = ["event_id", "asset", "date", "calendar", "confounded"]
    about = {c: units[c] for c in columns if c in units}
    about |= {"n_estimation": fitted.n_estimation, "df": fitted.df, "sigma": fitted.sigma2**0.5}
    about |= {f"coefficient_{number}": one for number, one in enumerate(fitted.coefficients.T)}
    out = pd.DataFrame(about, index=units.index)
    if model == "dimson":
        by_shift = fitted.coefficients[:, 1:].reshape(len(out), -1, len(factors))
        out[[f"beta_{name}" for name in factors]] = by_shift.sum(axis=1)
    return out


def _fit(sample: Sample, settings: Settings) -> Fit:
    y = np.where(sample.cut, np.nan, sample.y) if sample.cut.any() else sample.y
    if settings.model != "garch":
        return fit(settings.model, y, sample.x, sample.y_window, sample.x_window)
    steps = np.arange(settings.window[0], settings.window[1] + 1) - settings.estimation[1]
    return fit_garch(y, sample.x, sample.y_window, sample.x_window, steps)


def _joined(
    parts: Sequence[_Part], settings: Settings, groups: pd.Series | None, dates: pd.DatetimeIndex
) -> EventStudy:
    """Put the exchanges together, units in the order of ``events``."""
    described, fits, days, window_days, dropped = zip(*parts, strict=True)
    about = pd.concat(described)
    order = np.argsort(about.index.to_numpy(), kind="stable")
    fitted, units = join(fits).take(order), about.iloc[order].set_index(["event_id", "asset"])
    first, last = settings.window
    columns = pd.RangeIndex(first, last + 1, name="day")
    return EventStudy(
        units=units,
        abnormal=pd.DataFrame(fitted.abnormal, index=units.index, columns=columns),
        dropped=pd.concat(dropped, ignore_index=True),
        settings=settings,
        groups=groups,
        _fit=fitted,
        _days=np.concatenate(days)[order],
        _window_days=np.concatenate(window_days)[order],
        _dates=dates,
    )


def share_groups(market: MarketData) -> list[str]:
    """List the groups of firms' shares, in the order of series.csv."""
    groups = market.series["group"].drop_duplicates()
    return [str(group) for group in groups if group not in NOT_SHARES]


def members(market: MarketData, groups: Collection[str] | pd.Series) -> pd.Series:
    """Give the group of each share of the groups asked for (index: series ids).

    A Series gives shares (index) groups of one's own.
    """
    if isinstance(groups, pd.Series):
        chosen, known = groups, list(market.series.index)
        what, wrong, asked = "firms", chosen.index.difference(known), "a series of these figures"
        chosen = chosen[chosen.index.isin(known)]
    else:
        what, known = "groups", share_groups(market)
        chosen = market.series.loc[market.series["group"].isin(list(groups)), "group"]
        wrong = [group for group in groups if group not in known]
        asked = f"a group with shares in these figures: {', '.join(known)}"
    faults = [Fault(what, asked, repr(one)) for one in wrong]
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
    groups: Collection[str] | pd.Series,
    *,
    with_previous_new_york: bool = False,
    exclude: pd.DataFrame | None = None,
    **settings: Any,
) -> EventStudy:
    """Measure how groups of shares reacted to events, each share against its own market.

    Tokyo shares are measured against TOPIX, New York shares against the S&P 500, so that a
    common move of the market is not taken for a reaction of the group. ``groups`` are names of
    series.csv, or a Series that puts shares (index) into groups of one's own.

    ``events`` and ``exclude`` are rows of ``deal/events``; windows of the latter are cut out of the
    estimation, each on its own day 0 of each exchange. ``with_previous_new_york`` measures Tokyo
    shares against the S&P 500 between Tokyo's closes as well; ``settings`` are those of
    `event_study`: model, window, estimation, lags, leads. ``dropped`` lists pairs of event and
    exchange that the sample does not cover as part ``event``.
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
        night = previous_sessions(market.returns[BENCHMARKS["XNYS"]], "XNYS", "XTKS")["return"]
        tokyo = market.returns[BENCHMARKS["XTKS"]].to_frame()
        benchmark["XTKS"] = tokyo.assign(previous_new_york=night)
    study = event_study(
        market.returns[list(chosen.index)],
        benchmark,
        inside,
        returns_are=RETURNS_ARE,
        groups=chosen,
        exclude=others,
        allow_empty=True,
        **settings,
    )
    if outside.empty:
        return study
    lost = outside.drop(columns="calendar").assign(part="event")
    return replace(study, dropped=pd.concat([study.dropped, lost], ignore_index=True))


def calendars_of(market: MarketData, assets: pd.Series) -> pd.Series:
    """Give the exchange code of each asset (both indexed by series id)."""
    return market.series["calendar"].loc[assets.index]


def split_by_sample(
    placed: pd.DataFrame, returns: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows of `day_zero` whose date the sample covers from those it does not."""
    inside, covered = np.zeros(len(placed), dtype=bool), {}
    for code in placed["calendar"].unique():
        days = covered[code] = returns.index[returns[BENCHMARKS[code]].notna()]
        dates, own = placed["date"].to_numpy(), (placed["calendar"] == code).to_numpy()
        inside |= own & (dates >= days.to_numpy()[0]) & (dates <= days.to_numpy()[-1])
    if inside.all():
        return placed, placed.iloc[:0]
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
