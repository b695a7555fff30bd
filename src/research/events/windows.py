"""Day 0 of each event, and the windows around it: which days a unit (event x asset) can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import Fault, InputError, raise_if
from research.events.design import BENCHMARK, Settings
from research.events.models import Array, Fit, Labels
from research.sessions import EXCHANGES, closing_times, first_session, sessions

#: Row of a day that lies outside the sample.
OUTSIDE = -1

Mask = NDArray[np.bool_]


def day_zero(events: pd.DataFrame, calendars: pd.Series) -> pd.DataFrame:
    """Map every event to its first session on the exchange of every asset.

    Parameters
    ----------
    events
        Index ``event_id``; ``moment_utc`` (with a zone) of the news, as ``deal/events``
        gives it.
    calendars
        Exchange code of each asset (index: assets).

    Table: one row an event and asset: event_id, asset, date (day 0), calendar, asked_utc (the
    moment of the news), phase (before open, in session, after close, no session that day).
    """
    rows, faults = [], []
    for event_id, when in events["moment_utc"].items():
        for code in calendars.unique():
            try:
                found = first_session(when, code)
            except InputError as error:
                faults += [replace(f, where=f"events[{event_id!r}]") for f in error.faults]
                continue
            rows.append((event_id, found.used, code, found.asked, found.phase))
    raise_if(InputError, "day_zero cannot place these events.", list(dict.fromkeys(faults)))
    columns = ["event_id", "date", "calendar", "asked_utc", "phase"]
    listed = {code: calendars.index[calendars == code] for code in calendars.unique()}
    assets = [listed[code] for _, _, code, *_ in rows]
    placed = pd.DataFrame(rows, columns=columns)
    placed = placed.iloc[np.repeat(np.arange(len(rows)), [len(own) for own in assets])]
    placed.insert(1, "asset", assets[0].append(assets[1:]))
    return placed.reset_index(drop=True)


def previous_sessions(returns: pd.Series, source: str, target: str) -> pd.DataFrame:
    """Compound what ``source`` earned between two closes of ``target``.

    A Tokyo session knows the New York sessions that closed after Tokyo's previous close and
    before its own. After a Tokyo holiday that is two or more of them (compounded); after a New
    York holiday it is none, and the return is exactly zero because nothing was traded.

    ``returns`` are simple, on the sessions of ``source`` (fractions).

    Table: index: sessions of ``target`` that the returns cover; ``return`` (fraction) and
    ``sessions`` (how many source sessions were compounded). NaN where one of those has no return,
    also before the first return of the sample.
    """
    closes, targets = closing_times(source), closing_times(target)
    own = returns.dropna()
    if own.empty or own.index.has_duplicates or not own.index.isin(closes.index).all():
        odd = own.index[own.index.duplicated() | ~own.index.isin(closes.index)]
        found = f"{len(odd)} other values, first on {odd[0]}" if len(odd) else "none"
        asked = f"at least one value, on sessions of {source} alone, each once"
        summary = "The returns cannot be brought to another exchange."
        raise InputError(summary, [Fault("returns", asked, found)])
    growth = np.log1p(own.reindex(closes.index).to_numpy(dtype=float))
    # Position of the first target close after each source close.
    slot = targets.searchsorted(closes.to_numpy(), side="right")
    inside = slot < len(targets)
    total = np.bincount(slot[inside], weights=growth[inside], minlength=len(targets))
    count = np.bincount(slot[inside], minlength=len(targets))
    out = pd.DataFrame({"return": np.expm1(total), "sessions": count}, index=targets.index)
    covered = (targets > closes[own.index[0]]) & (targets.index <= own.index[-1])
    return out[covered.to_numpy()]


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """Values of the windows of units of one exchange; -1 is the row of a day outside the sample.

    ``x`` has the columns of the benchmark once for each session that the model reads
    (`research.events.design.Settings.shifts`), the earliest first.
    """

    y: Array  # (U, T)
    x: Array  # (U, T, f)
    y_window: Array  # (U, W)
    x_window: Array  # (U, W, f)
    rows: Labels  # (U, T): positions in the table's dates
    rows_window: Labels  # (U, W)
    cut: Mask  # (U, T): estimation days left out for another event


def sessions_of(
    events: pd.DataFrame, returns: pd.DataFrame, factors: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DatetimeIndex]:
    """List the sessions of each exchange that the events name, or the dates with a benchmark."""
    if "calendar" in events:
        first, last = returns.index[0], returns.index[-1]
        return {str(code): sessions(code, first, last) for code in events["calendar"].unique()}
    table = factors[BENCHMARK] if factors[BENCHMARK].shape[1] else returns
    return {BENCHMARK: pd.DatetimeIndex(returns.index[table.notna().any(axis=1)])}


def with_every_session(
    table: pd.DataFrame, own_sessions: Mapping[str, pd.DatetimeIndex]
) -> pd.DataFrame:
    """Give each session a row: a day that the table lacks is a day without a value."""
    every = table.index
    for own in own_sessions.values():
        every = every if (every.get_indexer(own) >= 0).all() else every.union(own)
    return table if every is table.index else table.reindex(every)


def place(
    events: pd.DataFrame, own_sessions: Mapping[str, pd.DatetimeIndex]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Add to each event row its calendar and the position of day 0 among its sessions."""
    units = events.reset_index(drop=True)[["event_id", "asset", "date"]].copy()
    units["calendar"] = events["calendar"].array if "calendar" in events else BENCHMARK
    position = np.full(len(units), -1)
    for calendar, own in own_sessions.items():
        mine = (units["calendar"] == calendar).to_numpy()
        position[mine] = own.get_indexer(pd.DatetimeIndex(units["date"].array[mine]))
    units["position"], faults = position, []
    for row in units[position < 0].itertuples() if position.min() < 0 else ():
        own = own_sessions[row.calendar]
        after = own.searchsorted(row.date)
        near = " and ".join(f"{day:%Y-%m-%d}" for day in own[max(after - 1, 0) : after + 1])
        faults.append(Fault(
            f"events row {row.Index} ({row.event_id} / {row.asset})",
            f"a {row.calendar} session between {own[0]:%Y-%m-%d} and {own[-1]:%Y-%m-%d}",
            f"{row.date:%Y-%m-%d}, which is none",
            f"The nearest are {near}. Map news with research.events.day_zero, or bring a longer "
            "sample.",
        ))  # fmt: skip
    return units, faults


def rows_of(units: pd.DataFrame, own: pd.DatetimeIndex, index: pd.Index, days: Labels) -> Labels:
    """Find the rows of the sessions so many ``days`` after each unit's day 0, (U, days)."""
    lookup = np.append(index.get_indexer(own), OUTSIDE)
    position = units["position"].to_numpy()[:, None] + days
    if len(position) and (position[:, 0].min() < 0 or position[:, -1].max() >= len(own)):
        position[(position < 0) | (position >= len(own))] = len(own)
    return np.asarray(lookup[position])


def with_outside(table: pd.DataFrame) -> Array:
    """Give the values with one row of NaN at the end: the row of days outside the sample."""
    return np.vstack([table.to_numpy(dtype=float), np.full(table.shape[1], np.nan)])


def gather(
    units: pd.DataFrame,
    own: pd.DatetimeIndex,
    returns: pd.DataFrame,
    factors: pd.DataFrame,
    settings: Settings,
) -> Sample:
    """Read every unit's windows by the sessions of its own exchange, lags and leads included."""
    estimation, window = (
        np.arange(first, last + 1) for first, last in (settings.estimation, settings.window)
    )
    columns = returns.columns.get_indexer(pd.Index(units["asset"]))[:, None]
    y, x = with_outside(returns), with_outside(factors)

    rows, rows_window = (rows_of(units, own, returns.index, days) for days in (estimation, window))

    def benchmark(same: Labels, days: Labels, shifts: Sequence[int]) -> Array:
        if list(shifts) == [0]:
            return x[same]
        parts = [x[rows_of(units, own, returns.index, days + shift)] for shift in shifts]
        return np.concatenate(parts, axis=-1)

    return Sample(
        y=y[rows, columns],
        x=benchmark(rows, estimation, settings.shifts),
        y_window=y[rows_window, columns],
        x_window=benchmark(rows_window, window, settings.window_shifts),
        rows=rows,
        rows_window=rows_window,
        cut=np.zeros(rows.shape, dtype=bool),
    )


def place_others(
    exclude: pd.DataFrame, own_sessions: Mapping[str, pd.DatetimeIndex]
) -> pd.DataFrame:
    """Add each other event's position, counted in sessions from the first one of the sample.

    An event outside the sample counts as far as its window reaches into it, which only the
    calendar of an exchange can tell.
    """
    out = exclude.reset_index(drop=True)
    if "calendar" not in out:
        out["calendar"] = next(iter(own_sessions))
    out["position"] = np.nan
    faults = []
    for calendar, own in own_sessions.items():
        rows = out[out["calendar"] == calendar]
        known = sessions(calendar) if calendar in EXCHANGES else own
        position = known.get_indexer(pd.DatetimeIndex(rows["date"]))
        from_first = position - known.get_loc(own[0])
        out.loc[rows.index, "position"] = np.where(position < 0, np.nan, from_first)
        for row in rows[(position < 0) & rows["date"].between(own[0], own[-1])].itertuples():
            where = f"exclude row {row.Index} ({row.event_id})"
            todo = "Map the news with research.events.day_zero."
            faults.append(Fault(where, f"a {calendar} session", f"{row.date:%Y-%m-%d}", todo))
    raise_if(InputError, "event_study cannot place the events to exclude.", faults)
    keys = [c for c in ("calendar", "asset", "event_id") if c in out]
    return out.dropna(subset="position").drop_duplicates(keys).astype({"position": int})


def disturbed(units: pd.DataFrame, others: pd.DataFrame, settings: Settings) -> tuple[Mask, Mask]:
    """Mark what other events disturb; an event never disturbs units of its own ``event_id``."""
    offsets = np.arange(settings.estimation[0], settings.estimation[1] + 1)
    first, last = settings.window
    cut = np.zeros((len(units), len(offsets)), dtype=bool)
    confounded = np.zeros(len(units), dtype=bool)
    # Without a column asset, all rows concern every asset.
    by_asset = "asset" in others
    for asset in units["asset"].unique() if by_asset else [None]:
        mine = (units["asset"] == asset).to_numpy() if by_asset else np.ones(len(units), dtype=bool)
        rows = others[others["asset"] == asset] if by_asset else others
        zero, own = units["position"].to_numpy()[mine], units["event_id"][mine]
        days = zero[:, None] + offsets
        cut[mine] = _any_other(rows, own, days - last, days - first)
        confounded[mine] = _any_other(rows, own, zero + first, zero + last)
    return cut, confounded


def _any_other(rows: pd.DataFrame, event_id: pd.Series, low: Labels, high: Labels) -> Mask:
    """Tell whether the day 0 of another event lies between two positions, both included.

    ``low`` and ``high`` are (U, ...) and ``event_id`` is (U,).
    """
    positions = np.sort(rows["position"].to_numpy())
    found = np.searchsorted(positions, high, "right") - np.searchsorted(positions, low, "left")
    own = rows.set_index("event_id")["position"].reindex(event_id).to_numpy(dtype=float)
    own = own.reshape(-1, *[1] * (low.ndim - 1))
    return np.asarray(found > ((low <= own) & (own <= high)))


def unit_reasons(fitted: Fit, min_estimation: int) -> NDArray[np.object_]:
    """Say why a unit cannot be used; an empty text where it can."""
    reasons = np.full(len(fitted.df), "", dtype=object)
    reasons[~(fitted.sigma2 > 0)] = "no variation in the estimation window"
    reasons[np.isnan(fitted.coefficients).any(axis=1)] = (
        "benchmark constant or collinear in the estimation window"
    )
    failed = fitted.failure != ""
    reasons[failed] = fitted.failure[failed]
    short = fitted.n_estimation < min_estimation
    reasons[short] = [
        f"{n} usable estimation days, {min_estimation} needed" for n in fitted.n_estimation[short]
    ]
    return reasons


def ledger(
    units: pd.DataFrame,
    own: pd.DatetimeIndex,
    returns: pd.DataFrame,
    sample: Sample,
    reason: NDArray[np.object_],
) -> pd.DataFrame:
    """List everything that a study of one exchange left out."""
    kept = reason == ""
    lost = np.flatnonzero(~kept)
    # Units, dates, the part that lacks them, and why.
    parts = [(lost, units["date"].to_numpy()[lost], "unit", reason[lost])]
    dates = np.append(returns.index.to_numpy(), np.datetime64("NaT"))
    whole = np.zeros(sample.y_window.shape, dtype=bool)
    for part, y, x, rows, cut in (
        ("estimation", sample.y, sample.x, sample.rows, sample.cut),
        ("window", sample.y_window, sample.x_window, sample.rows_window, whole),
    ):
        if not cut.any() and np.isfinite(y).all() and np.isfinite(x).all():
            continue
        no_benchmark = np.asarray(~np.isfinite(x).all(axis=-1))
        unit, day = np.nonzero((~np.isfinite(y) | no_benchmark | cut) & kept[:, None])
        why = {
            "outside the sample": rows[unit, day] == OUTSIDE,
            "no return of the asset": ~np.isfinite(y[unit, day]),
            "no value of the benchmark": no_benchmark[unit, day],
        }
        words = np.select(list(why.values()), list(why), "inside the window of another event")
        parts.append((unit, dates[rows[unit, day]], part, words))
    unit, off = _off_session(units, own, returns, sample, kept)
    words = np.full(len(unit), f"a return on a day that is no {units['calendar'].iloc[0]} session")
    every = [*parts, (unit, dates[off], "off session", words)]
    unit, days = (np.concatenate([one[k] for one in every]) for k in (0, 1))
    names = pd.array([name for *_, name, _ in every], "str")
    names = names.repeat([len(one[0]) for one in every])
    words = np.concatenate([why.astype(object) for *_, why in every])
    keys = {name: units[name].array.take(unit) for name in ("event_id", "asset")}
    return pd.DataFrame(keys | {"date": days, "part": names, "reason": pd.array(words, "str")})


def _off_session(
    units: pd.DataFrame, own: pd.DatetimeIndex, returns: pd.DataFrame, sample: Sample, kept: Mask
) -> tuple[Labels, Labels]:
    """Find returns between a unit's sessions, on days when its exchange has none: unit, row."""
    off = np.flatnonzero(~returns.index.isin(own))
    columns = returns.columns.get_indexer(pd.Index(units["asset"]))
    has_return = np.isfinite(returns.to_numpy(dtype=float)[off])
    if not has_return[:, np.unique(columns)].any():
        return off[:0], off[:0]
    inside = np.hstack([sample.rows, sample.rows_window])
    first = np.where(inside == OUTSIDE, len(returns), inside).min(axis=1)
    held = has_return[:, columns].T & (off > first[:, None]) & (off < inside.max(axis=1)[:, None])
    unit, day = np.nonzero(held & kept[:, None])
    return unit, off[day]
