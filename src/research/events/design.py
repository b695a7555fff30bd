"""What an event study is asked to do, and its door: every fault at once, with row and value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TypeAlias

import numpy as np
import pandas as pd

from research.errors import Fault, InputError, nearest
from research.events.models import MODELS, n_coefficients
from research.events.returns import returns_faults
from research.labels import few
from research.sessions import EXCHANGES

#: Fewest usable days of the estimation window, unless the caller says otherwise.
MIN_ESTIMATION = 60

#: Name of the benchmark, and of the sessions that it gives, where events name no exchange.
BENCHMARK = "benchmark"

#: A benchmark: one column a factor; or one of each exchange, by its code.
Benchmark: TypeAlias = pd.Series | pd.DataFrame | Mapping[str, pd.Series | pd.DataFrame]

_PLACE = "Map news to sessions with research.events.day_zero."
_ONE_COLUMN = ("market_adjusted", "scholes_williams")
_KEYS = ["event_id", "asset"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an event study is asked to do; `research.events.event_study` says what each means."""

    returns_are: str
    model: str
    window: tuple[int, int]
    estimation: tuple[int, int]
    min_estimation: int = MIN_ESTIMATION
    lags: int | None = None
    leads: int | None = None
    pool: bool = False

    @property
    def shifts(self) -> range:
        """List the sessions, relative to each estimation day, whose benchmark is read."""
        if self.model == "scholes_williams":
            return range(-1, 2)
        return range(-(self.lags or 0), (self.leads or 0) + 1)

    @property
    def window_shifts(self) -> range:
        """List the same of event days: Scholes and Williams forecast with the day alone."""
        return range(1) if self.model == "scholes_williams" else self.shifts


def frames_of(benchmark: Benchmark, codes: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Give the benchmark of each exchange as a table."""
    own = benchmark if isinstance(benchmark, Mapping) else dict.fromkeys(codes, benchmark)
    return {c: v.to_frame() if isinstance(v, pd.Series) else v for c, v in own.items()}


def study_faults(
    returns: pd.DataFrame,
    benchmark: Benchmark,
    events: pd.DataFrame,
    settings: Settings,
    exclude: object = None,
) -> list[Fault]:
    """Find everything that is wrong with the arguments of `research.events.event_study`."""
    tables = frames_of(benchmark, [BENCHMARK])
    if isinstance(benchmark, Mapping):
        tables = {f"benchmark[{code!r}]": table for code, table in tables.items()}
    widths = {n: t.shape[1] if isinstance(t, pd.DataFrame) else 1 for n, t in tables.items()}
    simple = settings.returns_are == "simple"
    n_dates = len(returns) if isinstance(returns, pd.DataFrame) else None
    return [
        *_model_faults(settings, widths),
        *_window_faults(settings, n_dates),
        *returns_faults(returns, tables, simple=simple),
        *event_faults(events, returns),
        *_exchange_faults(benchmark, events),
        *_exclude_faults(exclude, events),
    ]


def _model_faults(s: Settings, widths: Mapping[str, int]) -> list[Fault]:
    faults = []
    if s.returns_are not in ("simple", "log"):
        found = repr(s.returns_are)
        faults.append(Fault("returns_are", "'simple' or 'log'", found, "Say which they are."))
    if s.model not in MODELS:
        asked, todo = f"one of {', '.join(MODELS)}", nearest(str(s.model), list(MODELS))
        return [*faults, Fault("model", asked, repr(s.model), todo)]
    for name, width in widths.items():
        if s.model in _ONE_COLUMN and width != 1:
            faults.append(Fault(name, f"one column for {s.model}", f"{width} columns"))
        elif s.model != "mean" and width == 0:
            faults.append(Fault(name, f"at least one column for the {s.model} model", "none"))
    if s.model == "garch" and find_spec("arch") is None:
        todo = "Install it: .venv/bin/pip install -e '.[garch]'."
        asked = "the package arch for the model 'garch'"
        faults.append(Fault("model", asked, "not installed", todo))
    of_lags = _lag_faults(s)
    reads = max(widths.values(), default=1) * (1 if of_lags else len(s.shifts))
    fewest = n_coefficients(s.model, reads) + 3
    if not _is_whole(s.min_estimation) or s.min_estimation < fewest:
        asked, todo = f"at least {fewest} for this model", "Patell's test needs T - k > 2."
        faults.append(Fault("min_estimation", asked, repr(s.min_estimation), todo))
    return faults + of_lags


def _lag_faults(s: Settings) -> list[Fault]:
    asked = f"nothing for the model {s.model!r}"
    todo = "Leave it out, or use model='dimson'."
    if s.model == "dimson":
        asked = "a whole number from 0 for the model 'dimson'"
        todo = "Take 1 for trades a session late, more for shares that trade rarely."
    return [
        Fault(name, asked, repr(value), todo)
        for name, value in (("lags", s.lags), ("leads", s.leads))
        if not (is_count(value) if s.model == "dimson" else value is None)
    ]


def _window_faults(s: Settings, n_dates: int | None) -> list[Fault]:
    faults = pair_faults("window", s.window) + pair_faults("estimation", s.estimation)
    if faults:
        return faults
    (first, last), (start, end) = s.estimation, s.window
    leads = s.shifts[-1] if s.model in MODELS and not _lag_faults(s) else 0
    if last + leads >= start:
        asked = f"an end at or before {start - leads - 1}"
        todo = "The estimation window must not see the event, nor must the benchmark that it reads."
        faults.append(Fault("estimation", asked, str(last), todo))
    if _is_whole(s.min_estimation) and last - first + 1 < s.min_estimation:
        asked = f"at least min_estimation={s.min_estimation} sessions"
        faults.append(Fault("estimation", asked, str(last - first + 1)))
    span = max(end, 0) - min(first, 0) + 1
    if n_dates is not None and span > n_dates:
        asked = f"windows that fit into the {n_dates} dates of returns"
        todo = "Shorten the windows or bring a longer sample."
        faults.append(Fault("window and estimation", asked, f"{span} sessions", todo))
    return faults


def pair_faults(name: str, pair: object) -> list[Fault]:
    """Find that ``pair`` is not two whole numbers (first, last) with first <= last."""
    whole = isinstance(pair, tuple | list) and len(pair) == 2 and all(map(_is_whole, pair))
    if whole and pair[0] <= pair[1]:  # type: ignore[index]
        return []
    return [Fault(name, "two whole numbers (first, last), first <= last", repr(pair))]


def inner_window(window: Sequence[int] | None, outer: tuple[int, int]) -> tuple[int, int]:
    """Read a window inside that of the study, which is the default."""
    if window is None:
        return outer
    if pair_faults("window", window) or window[0] < outer[0] or window[1] > outer[1]:
        asked, todo = f"two days (first, last) within {outer}", "Run event_study with a wider one."
        fault = Fault("window", asked, repr(window), todo)
        raise InputError("A window of tests must lie inside the window of the study.", [fault])
    return int(window[0]), int(window[1])


def group_faults(groups: object, assets: pd.Index) -> list[Fault]:
    """Find that groups are no names of assets, each once, or hold no asset of the study."""
    asked = "a dict of lists of assets, or a Series of group names indexed by asset, each once"
    if not isinstance(groups, pd.Series):
        return [Fault("groups", asked, type(groups).__name__)]
    if groups.index.has_duplicates:
        twice = groups.index[groups.index.duplicated()][0]
        return [Fault("groups", asked, f"{twice} twice", "A share in two groups needs two calls.")]
    if not groups.reindex(assets.unique()).notna().any():
        asked = f"a group of at least one asset of the study, for example {assets[0]}"
        return [Fault("groups", asked, f"{len(groups)} rows, none of them for such an asset")]
    return []


def event_faults(events: pd.DataFrame, returns: pd.DataFrame) -> list[Fault]:
    """Find what is wrong with a table of events: columns, keys, assets, dates, exchanges."""
    if not isinstance(events, pd.DataFrame):
        asked = "a date, dates, a dict of them by asset, or a DataFrame"
        return [Fault("events", asked, type(events).__name__)]
    counts = Counter(events.columns)
    wrong = [c for c in (*_KEYS, "date") if counts[c] != 1]
    wrong += ["calendar"] if counts["calendar"] > 1 else []
    if wrong:
        found = ", ".join(f"{counts[c] or 'no'} {c}" for c in wrong)
        return [Fault("events", "columns event_id, asset, date, each once", found)]
    if events.empty:
        return [Fault("events", "at least one row", "none")]
    return [
        *_key_faults(events),
        *_asset_faults(events["asset"], returns),
        *_date_faults(events["date"]),
        *_code_faults("events", events, "Name the exchange in each row, or leave the column out."),
    ]


def _key_faults(events: pd.DataFrame) -> list[Fault]:
    faults = [
        Fault(f"events row {row}", "a value of event_id and of asset", "none")
        for row in np.flatnonzero(events[_KEYS].isna().to_numpy().any(axis=1))
    ]
    again = events.duplicated(_KEYS).to_numpy()
    if again.any():
        twice = events.loc[again, _KEYS]
        found = few(f"{event} / {asset}" for event, asset in twice.itertuples(index=False))
        asked = "one row for each event and asset"
        faults.append(Fault("events", asked, f"more than one for {found}"))
    return faults


def _asset_faults(assets: pd.Series, returns: pd.DataFrame) -> list[Fault]:
    known = list(map(str, returns.columns)) if isinstance(returns, pd.DataFrame) else []
    return [
        Fault("events.asset", "a column of returns", repr(asset), nearest(str(asset), known))
        for asset in (assets.dropna().unique() if known else ())
        if asset not in returns
    ]


def _date_faults(dates: pd.Series, name: str = "events") -> list[Fault]:
    if not isinstance(dates.dtype, np.dtype) or dates.dtype.kind != "M":
        odd = [
            one for one in dates if pd.isna(pd.to_datetime(str(one), "coerce", format="%Y-%m-%d"))
        ]
        found = f"{dates.dtype}, for example {odd[0]!r}" if odd else str(dates.dtype)
        asked = "dates without a time zone, as 2025-07-23"
        return [Fault(f"{name}.date", asked, found, _PLACE)]
    return [
        Fault(f"{name} row {row}", "a date without a time of day", str(dates.iloc[row]), _PLACE)
        for row in np.flatnonzero(dates.to_numpy() != dates.to_numpy().astype("datetime64[D]"))
    ]


def _code_faults(name: str, rows: pd.DataFrame, todo: str) -> list[Fault]:
    codes = rows["calendar"] if "calendar" in rows else pd.Series(dtype=object)
    return [
        Fault(f"{name} row {row}", " or ".join(EXCHANGES), repr(codes.iloc[row]), todo)
        for row in np.flatnonzero(~codes.isin(EXCHANGES))
    ]


def _exchange_faults(benchmark: Benchmark, events: pd.DataFrame) -> list[Fault]:
    if not isinstance(benchmark, Mapping) or not isinstance(events, pd.DataFrame):
        return []
    codes = list(events["calendar"].unique()) if "calendar" in events else ["a column calendar"]
    lost = [code for code in codes if code not in benchmark]
    asked, found = "one of each exchange that the events name", f"none of {few(lost)}"
    return [Fault("benchmark", asked, found, _PLACE)] if lost else []


def _exclude_faults(exclude: object, events: pd.DataFrame) -> list[Fault]:
    if exclude is None:
        return []
    needed = ["event_id", "date", *(["calendar"] if "calendar" in events else [])]
    if not isinstance(exclude, pd.DataFrame):
        return [Fault("exclude", "a DataFrame of events", type(exclude).__name__)]
    if [c for c in ("event_id", "date", "calendar") if c in exclude] != needed:
        asked = f"columns {', '.join(needed)}, and calendar where and only where events have it"
        todo = "research.events.day_zero makes such a table."
        return [Fault("exclude", asked, ", ".join(map(str, exclude.columns)), todo)]
    keys = [c for c in ("calendar", "asset", "event_id") if c in exclude]
    moments = exclude.drop_duplicates([*keys, "date"])
    faults = [
        Fault("exclude", f"one date for event {event_id!r}", "several", "Give each its own id.")
        for event_id in moments.loc[moments.duplicated(keys), "event_id"].unique()
    ]
    return faults + _date_faults(exclude["date"], "exclude") + _code_faults("exclude", exclude, "")


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_count(value: object) -> bool:
    """Tell a whole number from 0."""
    return _is_whole(value) and value >= 0  # type: ignore[operator]
